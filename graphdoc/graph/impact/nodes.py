"""Which Applications the change of a node reaches that is no file: a chart, a Secret, a host."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from graphdoc.graph.impact.files import Effect, Reached, merge_reached
from graphdoc.graph.reach import ways
from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind, RepoGraph
from graphdoc.model.location import SourceFile

__all__ = ["REACHING_KINDS", "find_brought", "find_node_impact", "find_secret_impact"]

_Ways: TypeAlias = dict[str, tuple[str, ...]]
# What those who depend on a node of the kind would notice.
_EFFECTS = {
    NodeKind.APPLICATION: Effect.MANIFEST,
    NodeKind.APPLICATION_SET: Effect.MANIFEST,
    NodeKind.CHART: Effect.RESOURCES,
    NodeKind.HOST: Effect.RESOURCES,
    NodeKind.IMAGE: Effect.RESOURCES,
    NodeKind.REPOSITORY: Effect.RESOURCES,
    NodeKind.SEALED_SECRET: Effect.SECRET,
    NodeKind.SECRET: Effect.SECRET,
}
REACHING_KINDS = frozenset(_EFFECTS)
# What of these changes may bring other Applications.
_BRINGING = frozenset(
    {NodeKind.APPLICATION, NodeKind.APPLICATION_SET, NodeKind.CHART, NodeKind.REPOSITORY}
)
_UPWARDS = frozenset({
    EdgeKind.READS, EdgeKind.RENDERS, EdgeKind.REQUIRES, EdgeKind.RUNS, EdgeKind.SERVES,
    EdgeKind.USES,
})  # fmt: skip


def find_node_impact(graph: RepoGraph, id_: str) -> tuple[Reached, ...]:
    """The Applications that the change of a node may reach, sorted by id."""
    start = graph.node(id_)
    if start is None or start.kind not in _EFFECTS:
        return ()
    found = [*_reach(graph, start)]
    maker = graph.node(str(start.attributes.get("application", "")))
    if start.kind is NodeKind.SEALED_SECRET and maker is not None:
        found.append(_reached(maker, (id_,), Effect.RESOURCES))
    return merge_reached(found)


def find_secret_impact(graph: RepoGraph, files: Iterable[SourceFile]) -> Iterator[Reached]:
    """The Applications that use a Secret, or a copy of one, which these files make."""
    touched = frozenset(files)
    for node in graph.nodes(NodeKind.SECRET):
        makers = {span.file for span in node.locations} if node.attributes["producers"] else set()
        for file in sorted(makers & touched)[:1]:
            for found in find_node_impact(graph, node.id):
                yield replace(found, via=(f"file:{file}", *found.via))


def find_brought(graph: RepoGraph, id_: str, via: tuple[str, ...]) -> Iterator[Reached]:
    """The Applications that what a change reaches brings, directly or by others."""
    brought = ways({id_: via}, partial(_managed, graph))
    del brought[id_]
    yield from _applications(graph, brought, Effect.MANIFEST)


def _reach(graph: RepoGraph, start: GraphNode) -> Iterator[Reached]:
    reached = ways({start.id: ()}, lambda id_: _next(graph, id_))
    yield from _applications(graph, reached, _EFFECTS[start.kind])
    for id_ in sorted(reached) if start.kind in _BRINGING else ():
        yield from find_brought(graph, id_, reached[id_])


def _applications(graph: RepoGraph, found: _Ways, effect: Effect) -> Iterator[Reached]:
    for id_, via in found.items():
        node = graph.node(id_)
        if node is not None and node.kind is NodeKind.APPLICATION:
            yield _reached(node, via or (id_,), effect)


def _managed(graph: RepoGraph, id_: str) -> Iterator[str]:
    return (edge.target for edge in graph.edges_from(id_, EdgeKind.MANAGES))


def _next(graph: RepoGraph, id_: str) -> Iterator[str]:
    """What a change of a node changes in turn."""
    yield from (e.source for e in graph.edges_to(id_) if e.kind in _UPWARDS)
    yield from (e.target for e in graph.edges_from(id_, EdgeKind.UNSEALS))
    if id_.startswith("secret:"):
        yield from (n.id for n in graph.nodes(NodeKind.SECRET) if _is_copy(n, id_))


def _is_copy(node: GraphNode, id_: str) -> bool:
    origins = node.attributes.get("copy_of")
    return isinstance(origins, list) and id_ in origins


def _reached(node: GraphNode, via: tuple[str, ...], effect: Effect) -> Reached:
    return Reached(node.id, node.name, node.cluster or "", (effect,), via)
