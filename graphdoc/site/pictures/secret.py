"""Where a Secret comes from and who uses it, on one cluster."""

from collections.abc import Container, Iterable, Iterator

from graphdoc.graph.repo_graph import Edge as GraphEdge
from graphdoc.graph.repo_graph import EdgeKind, GraphNode
from graphdoc.model.grouping import grouped
from graphdoc.site.atlas.facts import flag, text, texts
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.atlas.secret_words import makers_in_git, used_as
from graphdoc.site.diagrams.cards import Card, Diagram, Edge
from graphdoc.site.writing.markup import plural

__all__ = ["secret_diagram"]


def secret_diagram(scope: Scope, name: str, cluster: str, secrets: Iterable[GraphNode]) -> Diagram:
    """From what makes the Secret, through its clones, to the Applications that use it."""
    nodes = tuple(secrets)
    original = _original(scope, nodes)
    edges = [edge for node in nodes for edge in _around(scope, node, original)]
    makers = [card for node in nodes for card in _maker_cards(scope, node)]
    arrows = [Edge(card.id, card.id.partition("|")[2], "makes", css="secret") for card in makers]
    arrows += (arrow for node in nodes for arrow in _perhaps(scope, node))
    cards = {card.id: card for card in (*makers, *(_secret_card(scope, node) for node in nodes))}
    cards |= _other_cards(scope, cards, edges, arrows)
    drawn = (*arrows, *map(_arrow, edges))
    shown = (arrow for arrow in drawn if {arrow.source, arrow.target} <= cards.keys())
    return Diagram(
        id=f"secret-{scope.atlas.cluster_slugs.get(cluster, 'x')}",
        title=f"{name} on {cluster}: from its maker to its users",
        description=f"What makes {name} on {cluster}, which policy clones it, and who uses it.",
        nodes=tuple(cards.values()),
        edges=tuple(dict.fromkeys(shown)),
        columns=tuple(_columns(cards.values(), edges, original)),
        explore=scope.explore(nodes[0].id) if nodes else "",
        ranksep=0.62,
        nodesep=0.16,
    )


def _other_cards(
    scope: Scope, known: Container[str], edges: Iterable[GraphEdge], arrows: Iterable[Edge]
) -> dict[str, Card]:
    """What stands at the ends of edges and has no card yet."""
    ends = [end for edge in edges for end in (edge.source, edge.target)]
    ends += (arrow.target for arrow in arrows)
    nodes = (scope.atlas.graph.node(id_) for id_ in dict.fromkeys(ends) if id_ not in known)
    return {node.id: _other_card(scope, node) for node in nodes if node is not None}


def _columns(
    cards: Iterable[Card], edges: list[GraphEdge], original: str
) -> Iterator[tuple[str, ...]]:
    """What stands below each other: the way to the policy, its clones, the Applications."""
    kinds = {edge.source: "user" for edge in edges if edge.kind is EdgeKind.USES}
    for edge in edges:
        if edge.kind is EdgeKind.CLONES and not flag(edge.attributes, "matched"):
            kinds[edge.target] = "clone"
    makers = _makers(edges, original)
    groups = {"maker": makers} | grouped(
        (kinds.get(card.id, card.kind), card.id) for card in cards if card.id not in makers
    )
    return (ids for ids in groups.values() if len(ids) > 1)


def _makers(edges: list[GraphEdge], original: str) -> tuple[str, ...]:
    """What unseals an original that is cloned, itself, and the policy that clones it."""
    sealed = [e.source for e in edges if e.kind is EdgeKind.UNSEALS and e.target == original]
    policies = [e.target for e in edges if e.kind is EdgeKind.CLONES and e.source == original]
    return tuple(dict.fromkeys([*sealed, original, *policies])) if policies else ()


def _original(scope: Scope, nodes: tuple[GraphNode, ...]) -> str:
    """The one Secret of the name that is no clone; empty where that is not clear."""
    graph = scope.atlas.graph
    made = [
        n.id
        for n in nodes
        if not flag(n.attributes, "missing") and not any(graph.edges_to(n.id, EdgeKind.CLONES))
    ]
    return made[0] if len(made) == 1 else ""


def _around(scope: Scope, node: GraphNode, original: str) -> Iterator[GraphEdge]:
    graph = scope.atlas.graph
    yield from graph.edges_to(node.id, EdgeKind.UNSEALS)
    yield from graph.edges_to(node.id, EdgeKind.USES)
    for clone in graph.edges_to(node.id, EdgeKind.CLONES):
        yield clone
        source = text(clone.attributes, "source") or original
        if graph.node(source):
            yield GraphEdge(
                source, clone.source, EdgeKind.CLONES, clone.locations, {"matched": True}
            )


def _perhaps(scope: Scope, node: GraphNode) -> Iterator[Edge]:
    for mention in scope.atlas.mentions_of(node):
        yield Edge(node.id, mention.application, "perhaps used by", css="secret")


def _arrow(edge: GraphEdge) -> Edge:
    match edge.kind:
        case EdgeKind.UNSEALS:
            return Edge(edge.source, edge.target, "unsealed", css="secret")
        case EdgeKind.CLONES if flag(edge.attributes, "matched"):
            return Edge(edge.source, edge.target, "matched", css="policy")
        case EdgeKind.CLONES:
            return Edge(edge.source, edge.target, "clones", css="policy")
        case _:
            return Edge(edge.target, edge.source, used_as(edge) or "used by", css="secret")


def _secret_card(scope: Scope, node: GraphNode) -> Card:
    keys = texts(node.attributes, "keys")
    namespace = text(node.attributes, "namespace")
    missing = flag(node.attributes, "missing")
    clone = any(scope.atlas.graph.edges_to(node.id, EdgeKind.CLONES))
    word = "missing Secret" if missing else "clone" if clone else "Secret"
    lines = (f"keys {', '.join(keys)}",) if keys else ("nothing makes it",) if missing else ()
    return Card(
        node.id,
        "secret",
        node.name,
        f"{word} · ns {namespace}",
        lines=lines,
        href=scope.to(scope.atlas.page(node.id)),
        ghost=missing or clone,
    )


def _maker_cards(scope: Scope, node: GraphNode) -> Iterator[Card]:
    """What makes a Secret from a line in Git, and is no node itself."""
    if any(scope.atlas.graph.edges_to(node.id, EdgeKind.UNSEALS)) or not node.locations:
        return
    place = node.locations[0]
    found = makers_in_git(node)
    if found:
        others = node.locations[1:3] if len(found) > 1 else ()
        name, *lines = (f"{at.file.path.rpartition('/')[2]}:{at.line}" for at in (place, *others))
        said, href = ", ".join(found), scope.place(place)
        yield Card(f"maker|{node.id}", "file", name, said, lines=tuple(lines), href=href)


def _other_card(scope: Scope, node: GraphNode) -> Card:
    kinds = {
        "sealedsecret": "SealedSecret in Git",
        "policy": "Kyverno policy",
        "application": "Application",
    }
    kind = scope.atlas.kind(node) if node.kind.value == "application" else node.kind.value
    place = node.locations[0] if node.locations else None
    lines = (
        (f"{place.file.path.rpartition('/')[2]}:{place.line}",)
        if place and kind == "sealedsecret"
        else ()
    )
    keys = texts(node.attributes, "keys")
    counted = (plural(len(keys), "key"),) if kind == "sealedsecret" and keys else ()
    return Card(
        node.id,
        kind,
        node.name,
        kinds.get(node.kind.value, node.kind.value),
        lines=(*lines, *counted),
        href=scope.to(scope.atlas.page(node.id)),
    )
