"""Loops in the graph as findings name them: each once, with the edge whose removal breaks most."""

from collections.abc import Iterable, Iterator

from graphdoc.graph.reach import reach
from graphdoc.graph.repo_graph import Edge, EdgeKind, RepoGraph
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped, once
from graphdoc.model.location import Location, Span

__all__ = ["Loop", "find_loops"]

# Every edge of a part is tried in turn; a larger part gets the edge that closes the shortest loop.
_TRIED = 200


@dataclass(frozen=True, slots=True)
class Loop:
    """One shortest loop of a strongly connected part, and the edge that breaks most loops.

    ``freed`` are the nodes of the part that are on no loop without that edge.
    """

    edges: tuple[Edge, ...]
    cut: Edge
    freed: frozenset[str] = frozenset()

    @property
    def ids(self) -> tuple[str, ...]:
        """The nodes in order, the first again at the end."""
        return (*(edge.source for edge in self.edges), self.edges[0].source)

    @property
    def primary(self) -> Span:
        """Where the breaking edge is written."""
        return self.cut.locations[-1]

    @property
    def related(self) -> tuple[Location, ...]:
        """Where the other edges of the loop are written."""
        others = (edge for edge in self.edges if edge is not self.cut)
        return tuple(Location(edge.locations[-1], f"{edge.source} {edge.kind}") for edge in others)


def find_loops(graph: RepoGraph, *kinds: EdgeKind) -> Iterator[Loop]:
    """Every part of the graph whose nodes lead to each other by edges of the given kinds.

    Yields:
        One loop a part; parts written at the same places (one base on two clusters) count once.
    """
    found = (_loop(graph, edges, kinds) for edges in graph.cycles(*kinds))
    return once(found, lambda loop: loop.primary)


def _loop(graph: RepoGraph, loop: tuple[Edge, ...], kinds: tuple[EdgeKind, ...]) -> Loop:
    part = _part(graph, loop[0].source, kinds)
    inner = [e for id_ in sorted(part) for e in _out(graph, id_, kinds) if e.target in part]
    if len(inner) > _TRIED:
        return Loop(loop, loop[-1])

    def order(edge: Edge) -> tuple[int, int, int]:
        rest = [other for other in inner if other is not edge]
        ways_in = [e.kind in kinds for e in graph.edges_to(edge.target) if e.source not in part]
        # What something of another kind starts from is where one begins to read the loop.
        entered = 0 if False in ways_in else 1 if ways_in else 2
        return (len(_on_loops(rest)), entered, -loop.index(edge))

    cut = min(loop, key=order)
    left = _on_loops([edge for edge in inner if edge is not cut])
    return Loop(loop, cut, part.difference(edge.source for edge in left))


def _part(graph: RepoGraph, start: str, kinds: tuple[EdgeKind, ...]) -> frozenset[str]:
    forward = reach([start], lambda id_: (e.target for e in _out(graph, id_, kinds)))
    backward = reach([start], lambda id_: (e.source for k in kinds for e in graph.edges_to(id_, k)))
    return forward & backward


def _out(graph: RepoGraph, id_: str, kinds: tuple[EdgeKind, ...]) -> Iterable[Edge]:
    return (edge for kind in kinds for edge in graph.edges_from(id_, kind))


def _on_loops(edges: list[Edge]) -> list[Edge]:
    targets = grouped((edge.source, edge.target) for edge in edges)
    reached = {
        id_: reach([id_], lambda at: targets.get(at, ())) for id_ in {e.target for e in edges}
    }
    return [edge for edge in edges if edge.source in reached[edge.target]]
