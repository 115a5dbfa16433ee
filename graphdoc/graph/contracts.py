"""Where the graph is otherwise than a contract says."""

from collections import deque
from collections.abc import Iterator

from graphdoc.graph.repo_graph import Edge, RepoGraph
from graphdoc.graph.select import UnknownNodeError, select
from graphdoc.model.contract import Contract, ContractKind, Reach, Selector
from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import Span

__all__ = ["Breach", "find_breaches", "find_mistake", "selected"]


@dataclass(frozen=True, slots=True)
class Breach:
    """A node that does not keep a contract: by a chain of edges, or for want of one.

    ``span`` is where one would change it.
    """

    node: str
    chain: tuple[Edge, ...]
    span: Span


def find_mistake(graph: RepoGraph, selector: Selector) -> str:
    """What a selector names that does not exist, and what may be meant; empty where all does."""
    try:
        select(graph, selector.text)
    except UnknownNodeError as error:
        return str(error)
    return ""


def selected(graph: RepoGraph, selector: Selector) -> frozenset[str]:
    """The nodes that a selector means; none where it names what does not exist."""
    try:
        return select(graph, selector.text)
    except UnknownNodeError:
        return frozenset()


def find_breaches(graph: RepoGraph, contract: Contract) -> Iterator[Breach]:
    """Every node that does not keep a contract, in the order of the ids."""
    origins, targets = (selected(graph, s) for s in (contract.origin, contract.target))
    walker = _Walker(graph, contract, origins, targets)
    for origin in sorted(origins):
        if contract.kind is ContractKind.FORBIDDEN:
            chains = walker.chains(origin)
            yield from (Breach(origin, c, c[0].locations[-1]) for c in chains)
        elif not any(walker.chains(origin)):
            yield Breach(origin, (), _place_to_change(graph, contract, origin, targets))


@dataclass(frozen=True, slots=True)
class _Walker:
    graph: RepoGraph
    contract: Contract
    origins: frozenset[str]
    targets: frozenset[str]

    def chains(self, origin: str) -> Iterator[tuple[Edge, ...]]:
        """The shortest chain to each target that is met before any other."""
        pending: deque[tuple[Edge, ...]] = deque((edge,) for edge in self._edges(origin))
        seen = {origin}
        while pending:
            chain = pending.popleft()
            met = chain[-1].target
            if met in self.targets and (met not in seen or len(chain) == 1):
                seen.add(met)
                yield chain
            elif met not in seen and self._goes_on(met):
                seen.add(met)
                pending.extend((*chain, edge) for edge in self._edges(met))

    def _edges(self, id_: str) -> Iterator[Edge]:
        kinds = self.contract.edges
        return (e for e in self.graph.edges_from(id_) if not kinds or e.kind in kinds)

    def _goes_on(self, met: str) -> bool:
        """Another origin has chains of its own, and what is forbidden to it is told there."""
        if self.contract.reach is Reach.DIRECT:
            return False
        return self.contract.kind is ContractKind.REQUIRED or met not in self.origins


def _place_to_change(
    graph: RepoGraph, contract: Contract, origin: str, targets: frozenset[str]
) -> Span:
    """The only edge that leads to something like the target, or else the node itself."""
    node = graph.node(origin)
    assert node is not None  # select() yields what the graph holds
    words = (*targets, *contract.target.text.replace(",", " ").split())
    likely = {word.partition(":")[0] for word in words}
    edges = [e for e in graph.edges_from(origin) if not contract.edges or e.kind in contract.edges]
    like = [edge for edge in edges if edge.target.partition(":")[0] in likely]
    return like[0].locations[-1] if len(like) == 1 else node.locations[-1]
