"""Where the explorer puts nodes, and what it says of them."""

import json
from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from graphdoc.graph.repo_graph import GraphNode, NodeKind
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.explorer.page import FLOW, arrows, explorer_page, explorer_script, place_nodes
from tests.site.small_estate import CANARIES, HOSTILE, site_input

KEYS = st.tuples(st.sampled_from(list(NodeKind)), st.sampled_from(["", "dev", "prod"]))


def nodes(keys: list[tuple[NodeKind, str]]) -> list[GraphNode]:
    """Nodes of these kinds and clusters, each with an id of its own."""
    return [
        GraphNode(f"{kind}:{cluster}/{number}", kind, str(number), cluster or None, ())
        for number, (kind, cluster) in enumerate(keys)
    ]


def shown() -> dict[str, Any]:
    """The data of the small estate."""
    text = explorer_script(Scope(Atlas(site_input()), "explorer.md"))
    found: dict[str, Any] = json.loads(text.removeprefix("window.graphdocData = ").rstrip(";\n"))
    return found


def test_every_kind_has_a_column() -> None:
    assert sorted(FLOW) == sorted(NodeKind)


@given(st.lists(KEYS, min_size=1, max_size=60))
def test_no_two_boxes_touch_and_order_does_not_matter(keys: list[tuple[NodeKind, str]]) -> None:
    found = place_nodes(nodes(keys))
    places = found.places.values()
    assert all(
        abs(a[0] - b[0]) >= 184 or abs(a[1] - b[1]) >= 44 for a, b in combinations(places, 2)
    )
    assert place_nodes(reversed(nodes(keys))) == found


@given(st.lists(KEYS, min_size=1, max_size=60))
def test_a_row_holds_one_cluster_and_a_column_one_kind(keys: list[tuple[NodeKind, str]]) -> None:
    listed = nodes(keys)
    found = place_nodes(listed)
    for node in listed:
        x, y = found.places[node.id]
        assert (
            max(start for start in found.columns.values() if start <= x) == found.columns[node.kind]
        )
        assert (
            max(start for start in found.rows.values() if start <= y)
            == found.rows[node.cluster or ""]
        )


def test_the_script_holds_the_whole_graph() -> None:
    graph, data = site_input().graph, shown()
    ids = [row[0] for row in data["nodes"]]
    kinds = list(data["kinds"])
    assert [(row[0], kinds[row[2]], data["clusters"][row[4]]) for row in data["nodes"]] == [
        (node.id, node.kind, node.cluster or "") for node in graph.nodes()
    ]
    assert [(ids[a], ids[b], data["relations"][kind]) for a, b, kind, _, _ in data["edges"]] == [
        (arrow.source, arrow.target, arrow.kind) for arrow in arrows(graph)
    ]
    assert [(data["files"][file], line) for *_, file, line in data["edges"]] == [
        (
            f"{arrow.locations[-1].file.repository} {arrow.locations[-1].file.path}",
            arrow.locations[-1].line,
        )
        for arrow in arrows(graph)
    ]


def test_namespaces_and_sealed_secrets_hang_on_what_applies_them() -> None:
    found = [
        (arrow.source, arrow.kind, arrow.target)
        for arrow in arrows(site_input().graph)
        if arrow.kind.startswith("applies") and arrow.source.startswith("application:dev/s")
    ]
    assert found == [
        ("application:dev/secrets", "applies into", "namespace:dev/shop"),
        ("application:dev/shop", "applies into", "namespace:dev/shop"),
        ("application:dev/secrets", "applies", "sealedsecret:dev/shop/credentials"),
    ]


def test_names_cannot_leave_the_script() -> None:
    text = explorer_script(Scope(Atlas(site_input()), "explorer.md"))
    assert text.count("\n") == 1
    assert text.isascii()
    assert HOSTILE not in explorer_page(Atlas(site_input())).markdown


def test_no_secret_is_in_the_script() -> None:
    text = explorer_script(Scope(Atlas(site_input()), "explorer.md"))
    assert [canary for canary in CANARIES if canary in text] == []
