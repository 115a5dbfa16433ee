"""Nodes and edges as they are gathered, each once, with all the places that show it.

No credential of an address gets past here: not in an id, not in a name, not in an attribute.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from functools import cached_property

from graphdoc.graph.repo_graph import Edge, EdgeKind, GraphNode, NodeKind, RepoGraph
from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import Span
from graphdoc.model.node import Plain
from graphdoc.model.redact import redact, without_user

__all__ = ["Drawing"]


# Long, and made public where it is read.
_PUBLIC = "manifest"


@dataclass(slots=True)
class _Node:
    kind: NodeKind
    name: str
    cluster: str | None
    locations: dict[Span, None]
    attributes: dict[str, Plain]
    later: list[Callable[[], dict[str, Plain]]] = field(default_factory=list)


class _Later(Mapping[str, Plain]):
    """Attributes that are worked out once somebody asks: no rule does."""

    def __init__(self, node: _Node) -> None:
        self._node = node

    @cached_property
    def _facts(self) -> dict[str, Plain]:
        facts: dict[str, Plain] = {}
        for given in (*(work_out() for work_out in self._node.later), self._node.attributes):
            facts |= {
                key: value if key == _PUBLIC else redact(value)
                for key, value in given.items()
                if key not in facts
            }
        return facts

    def __getitem__(self, key: str) -> Plain:
        return self._facts[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)


@dataclass(slots=True)
class _Edge:
    locations: dict[Span, None]
    attributes: dict[str, Plain]


@dataclass(slots=True)
class Drawing:
    """A graph in the making; what is drawn twice keeps its first attributes and gains places."""

    _nodes: dict[str, _Node] = field(default_factory=dict)
    _edges: dict[tuple[str, str, EdgeKind, Plain], _Edge] = field(default_factory=dict)

    def node(
        self,
        id_: str,
        name: str,
        locations: Iterable[Span],
        *,
        cluster: str | None = None,
        attributes: dict[str, Plain] | None = None,
    ) -> str:
        """Draw a node; its kind is the first part of its id."""
        id_ = without_user(id_)
        known = self._nodes.get(id_)
        if known is None:
            kind = NodeKind(id_.partition(":")[0])
            known = self._nodes[id_] = _Node(kind, without_user(name), cluster, {}, {})
        known.locations.update(dict.fromkeys(locations))
        for key, value in (attributes or {}).items():
            known.attributes.setdefault(key, redact(value))
        return id_

    def add_later(self, id_: str, work_out: Callable[[], dict[str, Plain]]) -> None:
        """Give a node that is drawn the attributes that a function finds, if they are asked for."""
        self._nodes[without_user(id_)].later.append(work_out)

    def set_attribute(self, id_: str, key: str, value: Plain) -> None:
        """Say something more of a node that is drawn."""
        self._nodes[without_user(id_)].attributes[key] = redact(value)

    def has_node(self, id_: str) -> bool:
        """Whether the node is drawn."""
        return without_user(id_) in self._nodes

    def edge(
        self,
        source: str,
        kind: EdgeKind,
        target: str,
        locations: Iterable[Span],
        attributes: dict[str, Plain] | None = None,
    ) -> None:
        """Draw an edge; two layers of one values file differ in their order."""
        ends = without_user(source), without_user(target)
        key = (*ends, kind, (attributes or {}).get("order"))
        public = {name: redact(value) for name, value in (attributes or {}).items()}
        known = self._edges.setdefault(key, _Edge({}, public))
        known.locations.update(dict.fromkeys(locations))

    def finish(self, production: frozenset[str]) -> RepoGraph:
        """The graph; an edge to something that was never drawn is left out."""
        nodes = (
            GraphNode(id_, n.kind, n.name, n.cluster, tuple(n.locations), _attributes(n))
            for id_, n in self._nodes.items()
        )
        edges = (
            Edge(source, target, kind, tuple(e.locations), e.attributes)
            for (source, target, kind, _), e in self._edges.items()
            if source in self._nodes and target in self._nodes
        )
        return RepoGraph(nodes, edges, production)


def _attributes(node: _Node) -> Mapping[str, Plain]:
    return _Later(node) if node.later else node.attributes
