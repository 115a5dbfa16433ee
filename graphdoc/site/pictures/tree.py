"""The Applications of one cluster below their root, in lanes by sync wave."""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain, pairwise

from graphdoc.graph.repo_graph import GraphNode, NodeKind
from graphdoc.model.grouping import grouped, way_up
from graphdoc.site.atlas.atlas import Atlas, worst
from graphdoc.site.atlas.facts import entries, flag, text, texts
from graphdoc.site.atlas.ordering import find_steps, orders, rollout_step, step_id, wave_of
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.diagrams.cards import Card, Chip, Diagram, Direction, Edge, Lane
from graphdoc.site.writing.markup import plural

__all__ = ["step_lanes", "tree_diagram"]

_KINDS = {
    NodeKind.KUSTOMIZATION: ("kustomization", "kustomization, applied by hand"),
    NodeKind.CHART: ("chart", "chart, installed by hand"),
    NodeKind.APPLICATION_SET: ("applicationset", "ApplicationSet"),
    NodeKind.FILE: ("file", "manifests, applied by hand"),
}


def tree_diagram(scope: Scope, cluster: str, *, parents: bool = True) -> Diagram:
    """The root, each app of apps, and a lane for every wave below it.

    Without ``parents`` an app of apps is a chip like others, which makes the picture smaller.
    """
    tree = _Tree(scope, cluster, parents=parents)
    cards, lanes, edges = tree.parts()
    return Diagram(
        id=f"tree-{scope.atlas.cluster_slugs[cluster]}",
        title=f"Applications of {cluster}, by sync wave",
        description=f"What brings each Application of {cluster}, and in which order.",
        nodes=(*cards, *lanes),
        edges=edges,
        columns=tree.ranks(lanes),
        rankdir=Direction.TOP_DOWN,
        explore=scope.explore(f"cluster:{cluster}"),
        ranksep=0.5,
        nodesep=0.35,
    )


def step_lanes(scope: Scope, cluster: str) -> tuple[Lane, ...]:
    """The Applications of a cluster for a board: a lane for what comes at once."""
    found = find_steps(scope.atlas, cluster)
    return tuple(_lane(scope, step_id(step), str(step), nodes) for step, nodes in found.items())


class _Tree:
    def __init__(self, scope: Scope, cluster: str, *, parents: bool) -> None:
        self._scope = scope
        self._atlas = scope.atlas
        self._nodes = {node.id: node for node in scope.atlas.by_cluster.get(cluster, ())}
        self._sets = _sets(scope.atlas, self._nodes)
        self._parents = _parent_ids(self._nodes, self._sets, every=parents)

    def parts(self) -> tuple[tuple[Card, ...], tuple[Lane, ...], tuple[Edge, ...]]:
        by_parent = self._children()
        lanes = tuple(
            lane for parent, nodes in by_parent.items() for lane in self._lanes(parent, nodes)
        )
        inner = Counter(self._atlas.parent_of(id_) for id_ in self._parents)
        cards = tuple(
            self._card(id_, len(by_parent.get(id_, ())) + inner[id_]) for id_ in self._parents
        )
        return cards, lanes, tuple(self._orders(lanes))

    def _children(self) -> Mapping[str, list[GraphNode]]:
        """The Applications that are chips, by the card above them."""
        found: dict[str, list[GraphNode]] = {id_: [] for id_ in self._parents}
        for node in self._nodes.values():
            if node.id not in found:
                found.setdefault(self._above(node.id), []).append(node)
        return {id_: nodes for id_, nodes in found.items() if nodes}

    def _above(self, id_: str) -> str:
        """The nearest card above an Application."""
        parent_of = self._atlas.parent_of
        cards = (one for one in way_up(parent_of(id_), parent_of) if one in self._parents)
        return next(chain(cards, self._parents), "")

    def _card(self, id_: str, children: int) -> Card:
        node = self._atlas.graph.node(id_)
        if node is None:
            return Card(id_, "file", id_.partition(":")[2], "applied by hand")
        kind, type_line = _KINDS.get(node.kind, ("", ""))
        if node.kind is NodeKind.APPLICATION:
            kind, type_line = self._application_card(node)
        lines = (_path(node), plural(children, "Application"))
        return Card(
            id_,
            kind,
            node.name,
            type_line,
            lines=tuple(filter(None, lines)),
            href=self._scope.to(self._atlas.page(id_)),
        )

    def _application_card(self, node: GraphNode) -> tuple[str, str]:
        if flag(node.attributes, "root"):
            return "root", "root Application"
        return "parent", f"app of apps · wave {wave_of(node)}"

    def _lanes(self, parent: str, nodes: list[GraphNode]) -> Iterator[Lane]:
        """One lane a wave or step of a rollout, or a single one below what minds neither."""
        by_place = grouped((self._place(parent, node), node) for node in nodes)
        loose = "in no step" if any(by_place) else "at once"
        for place in sorted(by_place):
            name = f"wave {place}" if orders(parent) else f"step {place}" if place else loose
            yield _lane(self._scope, f"{parent}|{place}", name, by_place[place])

    def _place(self, parent: str, node: GraphNode) -> int:
        return wave_of(node) if orders(parent) else rollout_step(self._atlas, node)

    def ranks(self, lanes: tuple[Lane, ...]) -> tuple[tuple[str, ...], ...]:
        """What stands abreast below one parent: its lanes and its own apps of apps, by wave."""
        found = (tuple(id_ for _, id_ in steps) for steps in self._steps(lanes).values())
        return tuple(rank for rank in found if len(rank) > 1)

    def _steps(self, lanes: tuple[Lane, ...]) -> Mapping[str, list[tuple[int, str]]]:
        steps: dict[str, list[tuple[int, str]]] = {id_: [] for id_ in self._parents}
        for lane in lanes:
            steps.setdefault(_owner(lane), []).append((int(lane.id.rpartition("|")[2]), lane.id))
        for id_ in self._parents:
            above, node = self._atlas.parent_of(id_), self._nodes.get(id_) or self._sets.get(id_)
            if above in steps and above != id_ and node is not None:
                steps[above].append((self._place(above, node), id_))
        return {owner: sorted(found) for owner, found in steps.items()}

    def _orders(self, lanes: tuple[Lane, ...]) -> Iterator[Edge]:
        for owner, steps in self._steps(lanes).items():
            if owner in self._parents:
                yield from (Edge(owner, id_, weight=2) for _, id_ in steps)
            for (place, before), (later, after) in pairwise(steps):
                if place < later and (place or orders(owner)):
                    yield Edge(before, after, "then", css="then", weight=10)


def _sets(atlas: Atlas, nodes: Mapping[str, GraphNode]) -> Mapping[str, GraphNode]:
    """The ApplicationSets that make some of these Applications."""
    made = {text(node.attributes, "parent") for node in nodes.values()}
    return {n.id: n for n in atlas.graph.nodes(NodeKind.APPLICATION_SET) if n.id in made}


def _parent_ids(
    nodes: Mapping[str, GraphNode], sets: Mapping[str, GraphNode], *, every: bool
) -> tuple[str, ...]:
    """What gets a card: the roots, and whatever else brings Applications."""
    named = {text(n.attributes, "parent") for n in (*nodes.values(), *sets.values())}
    roots = {id_ for id_, node in nodes.items() if flag(node.attributes, "root")}
    inner = named & nodes.keys() if every else set()
    outer = named - nodes.keys() - {""}
    return tuple(sorted(roots | inner | outer, key=lambda id_: (id_ not in roots, id_)))


def _owner(lane: Lane) -> str:
    return lane.id.rpartition("|")[0]


def _lane(scope: Scope, id_: str, name: str, nodes: tuple[GraphNode, ...]) -> Lane:
    ordered = sorted(nodes, key=lambda node: node.name)
    return Lane(
        id_,
        name,
        plural(len(nodes), "Application"),
        chips=tuple(_chip(scope, node) for node in ordered),
    )


def _chip(scope: Scope, node: GraphNode) -> Chip:
    namespaces = texts(node.attributes, "namespaces")
    return Chip(
        scope.atlas.kind(node),
        node.name,
        scope.to(scope.atlas.page(node.id)),
        severity=worst(scope.atlas.application_findings(node)),
        groups=namespaces[:1],
        folder=next((text(s, "path") for s in entries(node.attributes, "sources")), ""),
    )


def _path(node: GraphNode) -> str:
    return node.locations[0].file.path if node.locations else ""
