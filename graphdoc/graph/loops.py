"""Loops in the graph as findings name them: each once, with the edge whose removal breaks most."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from graphdoc.graph.reach import reach
from graphdoc.graph.repo_graph import Edge, EdgeKind, RepoGraph
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped, once
from graphdoc.model.location import Location, Span

__all__ = ["Loop", "find_loops"]

# Every edge of a part is tried in turn; a larger part gets the edge that closes the shortest loop.
_TRIED = 200
# Where one would break an edge; all that are written there go with it.
_Place: TypeAlias = Callable[[Edge], Span]


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


def find_loops(
    graph: RepoGraph, *kinds: EdgeKind, place: _Place = lambda edge: edge.locations[-1]
) -> Iterator[Loop]:
    """Every loop by edges of the given kinds that is left when those before it are broken.

    Yields:
        One loop a part and cut; parts written at the same places (one base on two clusters) count
        once.
    """
    return once(_loops(graph, kinds, place), lambda loop: loop.primary)


def _loops(graph: RepoGraph, kinds: tuple[EdgeKind, ...], place: _Place) -> Iterator[Loop]:
    waiting = [graph]
    for left in waiting:
        for edges in left.cycles(*kinds):
            part = _part(left, edges[0].source, kinds)
            inner = [e for id_ in sorted(part) for e in _out(left, id_, kinds) if e.target in part]
            if len(inner) > _TRIED:
                yield Loop(edges, edges[-1])
                continue
            loop = _loop(left, edges, inner, kinds, place)
            yield loop
            into = (e for id_ in sorted(part) for e in left.edges_to(id_))
            kept = (e for e in into if place(e) != place(loop.cut))
            waiting.append(RepoGraph((), kept))


def _loop(
    graph: RepoGraph,
    loop: tuple[Edge, ...],
    inner: list[Edge],
    kinds: tuple[EdgeKind, ...],
    place: _Place,
) -> Loop:
    part = frozenset(edge.source for edge in inner)

    def left(cut: Edge) -> list[Edge]:
        return _on_loops([edge for edge in inner if place(edge) != place(cut)])

    def order(edge: Edge) -> tuple[int, int, int]:
        ways_in = [e.kind in kinds for e in graph.edges_to(edge.target) if e.source not in part]
        # What something of another kind starts from is where one begins to read the loop.
        entered = 0 if False in ways_in else 1 if ways_in else 2
        return (len(left(edge)), entered, -loop.index(edge))

    cut = min(loop, key=order)
    return Loop(loop, cut, part.difference(edge.source for edge in left(cut)))


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
