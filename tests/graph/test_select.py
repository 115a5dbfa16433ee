"""Which nodes an expression means."""

import pytest

from graphdoc.graph.repo_graph import Edge, EdgeKind, GraphNode, NodeKind, RepoGraph
from graphdoc.graph.select import UnknownNodeError, find_nodes, select, subgraph
from graphdoc.model.location import SourceFile, file_start

_PLACE = (file_start(SourceFile("platform", "a.yaml")),)
_CHART = "chart:https://charts.example.com/web@1.0.0+2"


def _node(id_: str) -> GraphNode:
    kind, _, rest = id_.partition(":")
    return GraphNode(id_, NodeKind(kind), rest.rpartition("/")[2], None, _PLACE)


def _edge(source: str, kind: EdgeKind, target: str) -> Edge:
    return Edge(source, target, kind, _PLACE)


GRAPH = RepoGraph(
    [
        _node(id_)
        for id_ in (
            "application:prod/root",
            "application:prod/web",
            "application:dev/web",
            "cluster:prod",
            "values:platform/values/base.yaml",
            "values:platform/values/prod/web.yaml",
            _CHART,
        )
    ],
    [
        _edge("application:prod/root", EdgeKind.MANAGES, "application:prod/web"),
        _edge("application:prod/root", EdgeKind.TARGETS, "cluster:prod"),
        _edge("application:prod/web", EdgeKind.LAYERS, "values:platform/values/base.yaml"),
        _edge("application:prod/web", EdgeKind.LAYERS, "values:platform/values/prod/web.yaml"),
        _edge("application:dev/web", EdgeKind.LAYERS, "values:platform/values/base.yaml"),
        _edge("application:prod/web", EdgeKind.RENDERS, _CHART),
    ],
)


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        ("application:prod/web", {"application:prod/web"}),
        ("web", {"application:prod/web", "application:dev/web"}),
        ("application:*/web", {"application:prod/web", "application:dev/web"}),
        ("application:*", set()),
        ("values:platform/*/*.yaml", {"values:platform/values/base.yaml"}),
        (
            "values:platform/**",
            {"values:platform/values/base.yaml", "values:platform/values/prod/web.yaml"},
        ),
        (
            "1+application:prod/root",
            {"application:prod/root", "application:prod/web", "cluster:prod"},
        ),
        ("cluster:prod+", {"cluster:prod", "application:prod/root"}),
        (
            "values:platform/values/prod/web.yaml+1",
            {"values:platform/values/prod/web.yaml", "application:prod/web"},
        ),
        (
            "values:platform/values/prod/web.yaml+2",
            {
                "values:platform/values/prod/web.yaml",
                "application:prod/web",
                "application:prod/root",
            },
        ),
        ("cluster:prod application:dev/web", {"cluster:prod", "application:dev/web"}),
        ("web,application:prod/**", {"application:prod/web"}),
        ("+application:dev/web,values:**", {"values:platform/values/base.yaml"}),
        ("+application:dev/web,cluster:prod application:dev/web", {"application:dev/web"}),
        (_CHART, {_CHART}),
        (f"{_CHART}+1", {_CHART, "application:prod/web"}),
        ("", set()),
    ],
)
def test_expression(expression: str, ids: set[str]) -> None:
    assert select(GRAPH, expression) == ids


def test_everything_below_a_node() -> None:
    assert select(GRAPH, "+application:prod/root") == {
        node.id for node in GRAPH.nodes() if node.id != "application:dev/web"
    }


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("application:prod/wbe", "; did you mean 'application:prod/web'?"),
        ("aplication:prod/web", "; did you mean 'application:prod/web'?"),
        ("ROT", "; did you mean 'root'?"),
        ("zzzzzz", ""),
    ],
)
def test_an_unknown_name_offers_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(UnknownNodeError) as caught:
        find_nodes(GRAPH, name)
    assert caught.value.hint == hint


def test_a_part_keeps_the_edges_between_its_nodes() -> None:
    part = subgraph(GRAPH, {"application:prod/root", "application:prod/web"})
    assert [node.id for node in part.nodes()] == ["application:prod/root", "application:prod/web"]
    assert [edge.kind for edge in part.edges()] == [EdgeKind.MANAGES]


_SPACED = "values:platform/my app/a, b.yaml"


@pytest.mark.parametrize(
    ("expression", "ids"),
    [
        (_SPACED, {_SPACED}),
        (f'"{_SPACED}"', {_SPACED}),
        (f'"{_SPACED}"+', {_SPACED, "application:dev/web"}),
        (f'"{_SPACED}" cluster:prod', {_SPACED, "cluster:prod"}),
        (f'values:platform/"my app"/*,"{_SPACED}"', {_SPACED}),
    ],
)
def test_names_with_spaces_and_commas_stand_in_quotes(expression: str, ids: set[str]) -> None:
    nodes = [_node(id_) for id_ in (_SPACED, "application:dev/web", "cluster:prod")]
    graph = RepoGraph(nodes, [_edge("application:dev/web", EdgeKind.LAYERS, _SPACED)])
    assert select(graph, expression) == ids
