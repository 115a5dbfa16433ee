"""How a change travels: from people through repositories and Argo CD to the clusters."""

from collections.abc import Iterator
from dataclasses import replace

from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind
from graphdoc.model.grouping import grouped
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import is_kept, number, text, texts
from graphdoc.site.atlas.ordering import sync_of
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.diagrams.cards import Card, Diagram, Direction, Edge, Frame, Row, first_rows
from graphdoc.site.writing.markup import plural

__all__ = ["context_diagram"]

_HUB = "argocd"
_LISTED_CLUSTERS = 12
# More cards than these abreast are wider than a page.
_ABREAST = 6
# More repositories than these are the rows of one card, which then holds so many.
_DRAWN_REPOSITORIES = 3
_LISTED_REPOSITORIES = 8
_ALL_REPOSITORIES = "repositories"
_LISTED_ROWS = 6
_SERVICES = 3
# What several clusters get from one file, and so counts once.
_BY_NAME = frozenset({NodeKind.APPLICATION, NodeKind.POLICY})
# Argo CD's own names of services that are also names of products.
_KNOWN_SERVICES = frozenset({"github", "mattermost", "opsgenie", "pagerduty", "slack", "teams"})


def context_diagram(scope: Scope) -> Diagram:
    """The estate as one picture: who changes what, who reads it, where it arrives."""
    atlas = scope.atlas
    repositories = _repositories(scope)
    clusters = _clusters(scope)
    outside = tuple(_outside(atlas))
    hub = Card(
        _HUB,
        "argocd",
        "Argo CD",
        "makes clusters match Git",
        lines=_hub_lines(atlas),
        href=scope.to("waves/index.md"),
    )
    sides = tuple(card.id for card in outside if card.id == "notify")
    return Diagram(
        id="context",
        title="How a change reaches the clusters",
        description="People change repositories, Argo CD reads them and changes the clusters.",
        nodes=(*outside, *repositories, hub, *clusters),
        edges=tuple(_edges(atlas, repositories, clusters, outside)),
        columns=tuple(
            column
            for column in (_ids(repositories), (_HUB, *sides), _ids(clusters))
            if len(column) > 1
        ),
        frames=_frames(repositories, clusters),
        rankdir=Direction.TOP_DOWN,
    )


def _ids(cards: tuple[Card, ...]) -> tuple[str, ...]:
    return tuple(card.id for card in cards)


def _frames(repositories: tuple[Card, ...], clusters: tuple[Card, ...]) -> tuple[Frame, ...]:
    named = (("Git, the source of truth", repositories), ("Clusters", clusters))
    return tuple(Frame(title, _ids(cards)) for title, cards in named if cards)


def _repositories(scope: Scope) -> tuple[Card, ...]:
    nodes = list(scope.atlas.graph.nodes(NodeKind.REPOSITORY))
    if len(nodes) > _DRAWN_REPOSITORIES:
        return (_listed_repositories(scope, nodes),)
    ordered = sorted(nodes, key=lambda node: (text(node.attributes, "role") != "values", node.name))
    return tuple(_repository(scope, node) for node in ordered)


def _listed_repositories(scope: Scope, nodes: list[GraphNode]) -> Card:
    """All in one card, those with the most Applications first."""
    held = {node.id: _held(scope.atlas, node, NodeKind.APPLICATION) for node in nodes}
    rows = tuple(
        _repository_row(scope, node)
        for node in sorted(nodes, key=lambda node: (-held[node.id], node.name))
    )
    shown, hidden = first_rows(rows, _LISTED_REPOSITORIES, scope.to("repos/index.md"))
    name = plural(len(nodes), "repository", "repositories")
    return Card(_ALL_REPOSITORIES, "repository", name, rows=shown, folded=hidden)


def _repository_row(scope: Scope, node: GraphNode) -> Row:
    holds = next(_holdings(scope.atlas, node), "").partition(" · ")[0]
    return Row(node.name, holds, scope.to(scope.atlas.page(node.id)))


def _repository(scope: Scope, node: GraphNode) -> Card:
    role = text(node.attributes, "role")
    return Card(
        node.id,
        "repository",
        node.name,
        f"{role} repository".strip(),
        lines=tuple(_holdings(scope.atlas, node)),
        href=scope.to(scope.atlas.page(node.id)),
    )


def _holdings(atlas: Atlas, node: GraphNode) -> Iterator[str]:
    kinds = (
        (NodeKind.APPLICATION, "Application", ""),
        (NodeKind.VALUES, "values file", ""),
        (NodeKind.CHART, "chart", ""),
        (NodeKind.POLICY, "policy", "policies"),
    )
    found = [
        plural(count, one, many) for kind, one, many in kinds if (count := _held(atlas, node, kind))
    ]
    built = 0 if found else _held(atlas, node, NodeKind.KUSTOMIZATION)
    found += [plural(built, "kustomization")] if built else []
    yield from (" · ".join(found[i : i + 2]) for i in range(0, len(found), 2))


def _held(atlas: Atlas, repository: GraphNode, kind: NodeKind) -> int:
    """How many things of a kind are written in a repository, whatever the number of clusters."""
    return len(
        {
            node.name if kind in _BY_NAME else node.id
            for node in atlas.written_in(repository.name, kind)
            if is_kept(node)
        }
    )


def _clusters(scope: Scope) -> tuple[Card, ...]:
    by_provider = grouped(
        (text(node.attributes, "provider"), node) for node in scope.atlas.clusters
    )
    if len(scope.atlas.clusters) > _LISTED_CLUSTERS:
        return tuple(
            _counted(scope, provider, nodes) for provider, nodes in sorted(by_provider.items())
        )
    named = {provider: nodes for provider, nodes in by_provider.items() if provider}
    alone = by_provider.get("", ())
    cards = [_provider(scope, provider, nodes) for provider, nodes in sorted(named.items())]
    if len(cards) + len(alone) > _ABREAST and len(alone) > 1:
        return (*cards, _provider(scope, "", alone))
    return (*cards, *(_cluster(scope, node) for node in alone))


def _provider(scope: Scope, provider: str, nodes: tuple[GraphNode, ...]) -> Card:
    return replace(_named(scope, provider, nodes), min_width=170)


def _named(scope: Scope, provider: str, nodes: tuple[GraphNode, ...]) -> Card:
    counted = plural(len(nodes), "cluster")
    return Card(
        f"provider:{provider}",
        "cluster",
        provider or counted,
        counted if provider else "clusters",
        rows=tuple(Row(n.name, _size(scope, n), scope.to(scope.atlas.page(n.id))) for n in nodes),
    )


def _cluster(scope: Scope, node: GraphNode) -> Card:
    return Card(
        node.id,
        "cluster",
        node.name,
        "cluster",
        lines=(_size(scope, node),),
        href=scope.to(scope.atlas.page(node.id)),
        min_width=130,
    )


def _counted(scope: Scope, provider: str, nodes: tuple[GraphNode, ...]) -> Card:
    card, index = _named(scope, provider, nodes), scope.to("clusters/index.md")
    rows, hidden = first_rows(card.rows, _LISTED_ROWS, index)
    return replace(card, rows=rows, href=index, folded=hidden)


def _size(scope: Scope, node: GraphNode) -> str:
    count = number(node.attributes, "applications")
    found = len(scope.atlas.by_cluster.get(node.name, ()))
    return plural(found if count is None else count, "Application")


def _hub_lines(atlas: Atlas) -> tuple[str, ...]:
    by_hand = {node.name for node in atlas.applications if sync_of(atlas, node) == "by hand"}
    automated = len(atlas.by_name) - len(by_hand)
    if not automated:
        return (plural(len(by_hand), "Application"), "synced by hand")
    return (f"{automated} of {plural(len(atlas.by_name), 'Application')}", "synced automatically")


def _outside(atlas: Atlas) -> Iterator[Card]:
    yield Card("people", "external", "Engineers", lines=("change Git by pull request",), ghost=True)
    if any(atlas.graph.edges(EdgeKind.WRITES)):
        yield Card("ci", "external", "CI", lines=("writes image tags",), ghost=True)
    services = _services(atlas)
    if services:
        name = services[0].capitalize() if services[0] in _KNOWN_SERVICES else services[0]
        title = name if len(services) == 1 else plural(len(services), "service")
        lines = ("sync notifications", *(services[:_SERVICES] if len(services) > 1 else ()))
        yield Card("notify", "external", title, lines=lines, ghost=True)


def _services(atlas: Atlas) -> tuple[str, ...]:
    """Where notifications go: ``<trigger>.<service>`` names it last."""
    subscriptions = (
        key for node in atlas.applications for key in texts(node.attributes, "notifications")
    )
    return tuple(sorted({key.rpartition(".")[2] for key in subscriptions}))


def _edges(
    atlas: Atlas,
    repositories: tuple[Card, ...],
    clusters: tuple[Card, ...],
    outside: tuple[Card, ...],
) -> Iterator[Edge]:
    config = _config_repository(atlas, repositories)
    if config:
        yield Edge("people", config, "merges", weight=5)
    for target in _written(atlas, repositories):
        yield Edge("ci", target, "sets image tags", css="values", weight=5)
    for position, card in enumerate(repositories):
        middle = position == (len(repositories) - 1) // 2
        label, said = _reads(atlas, card.id)
        yield Edge(card.id, _HUB, label, tip=said, weight=12 if middle else 1)
    for position, card in enumerate(clusters):
        yield Edge(_HUB, card.id, "syncs" if position == 0 else "")
    for card in outside:
        if card.id == "notify":
            yield Edge(_HUB, card.id, "notifies", css="notify")


def _config_repository(atlas: Atlas, repositories: tuple[Card, ...]) -> str:
    """The repository with the most Applications, where most changes start."""
    held = [
        (_held(atlas, node, NodeKind.APPLICATION), node.id)
        for node in atlas.graph.nodes(NodeKind.REPOSITORY)
    ]
    shown = _ids(repositories)
    best = max(held, default=(0, ""), key=lambda pair: pair[0])[1]
    return best if best in shown else next(iter(shown), "")


def _written(atlas: Atlas, repositories: tuple[Card, ...]) -> tuple[str, ...]:
    names = {
        f"repository:{node.locations[0].file.repository}"
        for edge in atlas.graph.edges(EdgeKind.WRITES)
        if (node := atlas.graph.node(edge.target)) and node.locations
    }
    shown = _ids(repositories)
    if shown == (_ALL_REPOSITORIES,):
        return shown if names else ()
    return tuple(id_ for id_ in shown if id_ in names)


def _reads(atlas: Atlas, repository: str) -> tuple[str, str]:
    """How an arrow to Argo CD is labelled, and what it says as a sentence."""
    edges = atlas.graph.edges_to(repository, EdgeKind.READS)
    count = len(atlas.names_of(edge.source for edge in edges))
    if count:
        return f"read by {count}", f"read by Argo CD for {plural(count, 'Application')}"
    roots = {id_ for node in atlas.clusters for id_ in texts(node.attributes, "roots")}
    held = [n for n in map(atlas.graph.node, roots) if n and _is_written_in(n, repository)]
    label = plural(len(held), "root") if held else ""
    return label, f"read by Argo CD for {label}" if label else ""


def _is_written_in(node: GraphNode, repository: str) -> bool:
    return any(f"repository:{place.file.repository}" == repository for place in node.locations[:1])
