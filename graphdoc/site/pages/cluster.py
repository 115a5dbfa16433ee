"""One cluster: what is on it, in which order, and what is special about it."""

from collections.abc import Iterator

from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind
from graphdoc.site.atlas import Atlas
from graphdoc.site.cards import Diagram
from graphdoc.site.drawing import Drawn, drawn
from graphdoc.site.facts import flag, text, texts
from graphdoc.site.figure import board
from graphdoc.site.markup import NOTHING, Markup, chip, html, join, kind_chip, plural
from graphdoc.site.page import Block, Page, compose
from graphdoc.site.pages.waves import verdict
from graphdoc.site.pictures.tree import tree_diagram, wave_lanes
from graphdoc.site.scope import Scope, finding_chips
from graphdoc.site.tables import Row, table

__all__ = ["cluster_page"]


def cluster_page(atlas: Atlas, node: GraphNode) -> Page:
    """The tree, the differences from the base, and the hosts, Secrets and findings of a cluster."""
    path = atlas.cluster_page(node.name)
    scope = Scope(atlas, path)
    tree = _tree(scope, node)
    findings = atlas.cluster_findings(node.name)
    blocks = (
        scope.findings(findings, node.name),
        Block("Applications by sync wave", "tree", _tree_and_board(scope, node, tree)),
        Block("What differs from the base", "differs", _differences(scope, node)),
        Block("Hosts", "hosts", _hosts(scope, node)),
        Block("Secrets", "secrets", _secrets(scope, node)),
        Block("Applications", "applications", _applications(scope, node)),
    )
    text_ = compose(node.name, _sentence(atlas, node), _strip(scope, node), blocks)
    return Page(path, node.name, text_, tree.figures, tree.files)


def _sentence(atlas: Atlas, node: GraphNode) -> str:
    count = len(atlas.by_cluster.get(node.name, ()))
    provider = text(node.attributes, "provider")
    where = f" on {provider}" if provider else ""
    kind = "production cluster" if flag(node.attributes, "production") else "cluster"
    return f"{node.name} is a {kind}{where} with {plural(count, 'Application')}, all below one root."


def _strip(scope: Scope, node: GraphNode) -> Iterator[Markup]:
    yield kind_chip("cluster", "Cluster")
    root = scope.atlas.graph.node(text(node.attributes, "root"))
    for span in (root.locations if root else node.locations)[:1]:
        yield scope.source_chip(span)
    yield chip(plural(len(scope.atlas.by_cluster.get(node.name, ())), "Application"))
    if text(node.attributes, "provider"):
        yield chip(text(node.attributes, "provider"))
    yield from finding_chips(scope.atlas.cluster_findings(node.name))


def _tree(scope: Scope, node: GraphNode) -> Drawn:
    def without_parents(_: Diagram) -> Diagram:
        return tree_diagram(scope, node.name, parents=False)

    return drawn(tree_diagram(scope, node.name), scope.here, "apps/index.md", (without_parents,))


def _tree_and_board(scope: Scope, node: GraphNode, tree: Drawn) -> Markup:
    lanes = wave_lanes(scope, node.name)
    waves = Markup(board(lanes))  # noqa: S704 -- escaped by the board
    said = html("<p>{}</p>", verdict(scope, node.name))
    return html('{}\n\n<div class="gd-wide">{}</div>\n\n<div class="gd-narrow">{}</div>', said, tree.body, waves)


def _differences(scope: Scope, node: GraphNode) -> Markup:
    rows = (row for app in scope.atlas.by_cluster.get(node.name, ()) for row in _patched(scope, app))
    found = table(("Application", "What", "Here", "In the base"), rows)
    return found or html("<p>{}</p>", "No patch: every Application is as its base says.")


def _patched(scope: Scope, app: GraphNode) -> Iterator[Row]:
    linked = scope.node(app.id, app.name)
    for edge in scope.atlas.graph.edges_to(app.id, EdgeKind.PATCHES):
        pointer = text(edge.attributes, "pointer") or "the manifest"
        here, base = edge.locations[-1:], edge.locations[:-1] or app.locations[:1]
        yield Row((linked, html("<code>{}</code>", pointer), scope.sources(here), scope.sources(base[-1:])))


def _hosts(scope: Scope, node: GraphNode) -> Markup:
    return table(("Host", "Application", "Where"), _served(scope, node))


def _served(scope: Scope, node: GraphNode) -> Iterator[Row]:
    for app in scope.atlas.by_cluster.get(node.name, ()):
        for edge in scope.atlas.graph.edges_from(app.id, EdgeKind.SERVES):
            yield Row((scope.node(edge.target), scope.node(app.id, app.name), scope.sources(edge.locations[-1:])))


def _secrets(scope: Scope, node: GraphNode) -> Markup:
    found = [n for n in scope.atlas.graph.nodes(NodeKind.SECRET) if n.cluster == node.name]
    rows = (
        Row((scope.node(n.id), text(n.attributes, "namespace"), _made(n), _users(scope, n))) for n in found
    )
    return table(("Secret", "Namespace", "Made by", "Used by"), rows)


def _made(node: GraphNode) -> Markup:
    if flag(node.attributes, "missing"):
        return html('<span class="sev error">{}</span>', "✕ nothing")
    return html("{}", ", ".join(texts(node.attributes, "producers")) or "unknown")


def _users(scope: Scope, node: GraphNode) -> Markup:
    users = dict.fromkeys(edge.source for edge in scope.atlas.graph.edges_to(node.id, EdgeKind.USES))
    return scope.nodes(users) or html("{}", "nobody")


def _applications(scope: Scope, node: GraphNode) -> Markup:
    rows = (_application(scope, app) for app in scope.atlas.by_cluster.get(node.name, ()))
    return table(("Application", "Wave", "Namespace", "Defined by", "Renders"), rows)


def _application(scope: Scope, app: GraphNode) -> Row:
    wave = app.attributes.get("wave")
    rendered = app.attributes.get("rendered")
    kinds = rendered.get("kinds") if isinstance(rendered, dict) else None
    count = sum(n for n in kinds.values() if isinstance(n, int)) if isinstance(kinds, dict) else 0
    known = flag(app.attributes, "resolved")
    said = plural(count, "resource") if count else NOTHING
    return Row((
        scope.node(app.id, app.name), str(wave) if isinstance(wave, int) else "0",
        ", ".join(texts(app.attributes, "namespaces")), scope.sources(app.locations[:1]),
        join((said, NOTHING if known else "not fully analysed"), " "),
    ), id=f"app-{scope.atlas.row(app)}-{app.name}")  # fmt: skip
