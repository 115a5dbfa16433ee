"""The graph that rules, reports and pages ask questions of. The only module that knows networkx.

To import networkx takes longer than to analyse a small estate, so only a loop is reason to do it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from graphdoc.model.dataclass import dataclass
from graphdoc.model.edge import EdgeKind
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.node import Plain

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["Edge", "EdgeKind", "GraphNode", "NodeKind", "RepoGraph"]


class NodeKind(StrEnum):
    """What a node stands for; the value is the first part of its id."""

    REPOSITORY = "repository"
    CLUSTER = "cluster"
    APPLICATION = "application"
    APPLICATION_SET = "applicationset"
    PROJECT = "project"
    KUSTOMIZATION = "kustomization"
    FILE = "file"
    CHART = "chart"
    VALUES = "values"
    SECRET = "secret"
    SEALED_SECRET = "sealedsecret"
    POLICY = "policy"
    HOST = "host"
    IMAGE = "image"
    NAMESPACE = "namespace"


@dataclass(frozen=True, slots=True)
class GraphNode:
    """One thing of the estate; ``locations`` is never empty, the place to change comes last."""

    id: str
    kind: NodeKind
    name: str
    cluster: str | None
    locations: tuple[Span, ...]
    attributes: Mapping[str, Plain] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge:
    """``source`` depends on or acts on ``target``, because of what is written at ``locations``."""

    source: str
    target: str
    kind: EdgeKind
    locations: tuple[Span, ...]
    attributes: dict[str, Plain] = field(default_factory=dict)

    @property
    def sort_key(self) -> tuple[str, str, str, str]:
        """The order in which edges leave the program; layers keep theirs."""
        order = self.attributes.get("order")
        return (
            self.source,
            self.kind,
            f"{order:06}" if isinstance(order, int) else "",
            self.target,
        )


class RepoGraph:
    """Nodes and edges of one estate. Every iterator yields in sorted order.

    ``production`` names the clusters for production, those that no root stands for among them.
    """

    def __init__(
        self,
        nodes: Iterable[GraphNode],
        edges: Iterable[Edge],
        production: frozenset[str] = frozenset(),
    ) -> None:
        self.production = production
        self._nodes = {node.id: node for node in sorted(nodes, key=lambda node: node.id)}
        self._edges = tuple(sorted(edges, key=lambda edge: edge.sort_key))
        self._out = grouped((edge.source, edge) for edge in self._edges)
        self._in = grouped((edge.target, edge) for edge in self._edges)
        self._nodes_of = grouped((node.kind, node) for node in self._nodes.values())
        self._edges_of = grouped((edge.kind, edge) for edge in self._edges)

    def nodes(self, kind: NodeKind | None = None) -> Iterator[GraphNode]:
        """Every node, or those of one kind."""
        return iter(self._nodes_of.get(kind, ()) if kind else self._nodes.values())

    def edges(self, kind: EdgeKind | None = None) -> Iterator[Edge]:
        """Every edge, or those of one kind."""
        return iter(self._edges_of.get(kind, ()) if kind else self._edges)

    def node(self, id_: str) -> GraphNode | None:
        """The node with this id, if there is one."""
        return self._nodes.get(id_)

    def edges_from(self, id_: str, kind: EdgeKind | None = None) -> Iterator[Edge]:
        """What a node depends on or acts on."""
        return (e for e in self._out.get(id_, ()) if kind is None or e.kind is kind)

    def edges_to(self, id_: str, kind: EdgeKind | None = None) -> Iterator[Edge]:
        """What depends on or acts on a node."""
        return (e for e in self._in.get(id_, ()) if kind is None or e.kind is kind)

    def sources(self, id_: str, kind: EdgeKind) -> Iterator[GraphNode]:
        """The nodes that depend on or act on a node."""
        return (node for e in self.edges_to(id_, kind) if (node := self.node(e.source)))

    def targets(self, id_: str, kind: EdgeKind) -> Iterator[GraphNode]:
        """The nodes that a node depends on or acts on."""
        return (node for e in self.edges_from(id_, kind) if (node := self.node(e.target)))

    def cycles(self, *kinds: EdgeKind) -> Iterator[tuple[Edge, ...]]:
        """One shortest loop for each strongly connected part, over edges of the given kinds.

        Each loop starts at its smallest id, so that the same estate names it alike. What manages
        itself is no loop.
        """
        edges = (edge for edge in self._edges if edge.kind in kinds and not _is_own(edge))
        pairs = [(edge.source, edge.target) for edge in edges]
        if not _has_loop(pairs):
            return
        import networkx as nx  # noqa: PLC0415 -- see above

        part: nx.DiGraph[str] = nx.DiGraph(pairs)
        parts = (sorted(c) for c in nx.strongly_connected_components(part))
        for component in sorted(c for c in parts if len(c) > 1 or part.has_edge(c[0], c[0])):
            yield self._loop(part.subgraph(component), component[0], kinds)

    def _loop(
        self, part: "nx.DiGraph[str]", start: str, kinds: tuple[EdgeKind, ...]
    ) -> tuple[Edge, ...]:
        import networkx as nx  # noqa: PLC0415 -- see above

        backs = sorted(part.predecessors(start))
        routes = (nx.shortest_path(part, start, back) for back in backs)
        route = min(routes, key=lambda found: (len(found), found))
        pairs = zip(route, [*route[1:], start], strict=True)
        return tuple(self._edge(source, target, kinds) for source, target in pairs)

    def _edge(self, source: str, target: str, kinds: tuple[EdgeKind, ...]) -> Edge:
        return next(e for e in self._out[source] if e.target == target and e.kind in kinds)


def _is_own(edge: Edge) -> bool:
    return edge.kind is EdgeKind.MANAGES and edge.source == edge.target


def _has_loop(pairs: Iterable[tuple[str, str]]) -> bool:
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for source, target in pairs:
        sorter.add(source, target)
    try:
        sorter.prepare()
    except CycleError:
        return True
    return False
