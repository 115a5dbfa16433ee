"""One cluster: what is on it, in which order, and what is special about it."""

from collections.abc import Iterator
from dataclasses import replace

from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, unescape_pointer, walk
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import flag, namespace_of, namespaces_of, text, texts
from graphdoc.site.atlas.ordering import find_steps, place_of
from graphdoc.site.atlas.scope import Scope, finding_chips
from graphdoc.site.diagrams.cards import Diagram
from graphdoc.site.diagrams.drawing import Drawn, drawn
from graphdoc.site.diagrams.figure import board
from graphdoc.site.diagrams.folding import fold_lanes
from graphdoc.site.pages.secrets import made, users_of
from graphdoc.site.pages.waves import short_lanes, verdict
from graphdoc.site.pictures.order import order_diagram, roots_of
from graphdoc.site.pictures.tree import step_lanes, tree_diagram
from graphdoc.site.writing.markup import (
    DASH,
    NOTHING,
    Markup,
    chip,
    code,
    html,
    join,
    kind_chip,
    paragraph,
    plural,
    several,
)
from graphdoc.site.writing.page import Block, Page, SearchRank
from graphdoc.site.writing.redact import HIDDEN, is_secret_key, shown_value
from graphdoc.site.writing.shown_values import scalar_text
from graphdoc.site.writing.tables import Row, capped, row, share_beside

__all__ = ["cluster_page"]

# A strategic merge patch says again what it is about.
_REPEATED = frozenset({"/apiVersion", "/kind", "/metadata/name"})
_NAMED = 4
_REGISTERED = " Where they run, only the clusters tell that are registered with its Argo CD."
_CALLED = "It goes by the name of the ApplicationSet that starts it."


def cluster_page(atlas: Atlas, node: GraphNode) -> Page:
    """The tree, the differences from the base, and the hosts, Secrets and findings of a cluster."""
    scope = Scope(atlas, atlas.cluster_page(node.name))
    tree, order = _tree(scope, node), _order(scope, node)
    found = scope.findings(atlas.cluster_findings(node.name), node.name)
    said = found.body if found else ""
    waves = _tree_and_board(scope, node, tree)
    taken = (*tree.figures.values(), *order.figures.values(), waves, said)
    share = share_beside(taken)
    blocks = (
        found,
        Block("Applications by sync wave", "tree", waves),
        Block("What differs from the base", "differs", _differences(scope, node, share)),
        Block("Hosts", "hosts", _hosts(scope, node, share)),
        Block("Secrets", "secrets", _secrets(scope, node, share)),
        Block("Applications", "applications", _applications(scope, node, share)),
        Block("In which order it comes up", "order", order.body),
    )
    sentence, strip = _sentence(atlas, node), _strip(scope, node)
    page = scope.compose(node.name, sentence, strip, blocks, SearchRank.SUBJECT)
    return replace(page, figures=tree.figures | order.figures, files=tree.files | order.files)


def _sentence(atlas: Atlas, node: GraphNode) -> str:
    applications = atlas.by_cluster.get(node.name, ())
    provider = text(node.attributes, "provider")
    where = f" on {provider}" if provider else ""
    kind = "production cluster" if flag(node.attributes, "production") else "cluster"
    roots = max(1, len(texts(node.attributes, "roots")))
    below = "one root" if roots == 1 else plural(roots, "root")
    held = f"with {plural(len(applications), 'Application')}, all below {below}"
    if not applications:
        held = f"that starts with {below}; Git shows none of its Applications"
    said = f"{node.name} is a {kind}{where} {held}."
    if any(flag(app.attributes, "assumed") for app in applications):
        said += _REGISTERED
    sets = {f"applicationset:{node.name}/{node.name}"} & {*texts(node.attributes, "roots")}
    return f"{said} {_CALLED}" if sets else said


def _strip(scope: Scope, node: GraphNode) -> Iterator[Markup]:
    yield kind_chip("cluster", "Cluster")
    yield chip(scope.page("all clusters", "clusters/index.md"))
    yield chip(scope.page("rebuild it", scope.atlas.rebuild_page(node.name)))
    places = [span for _, span in roots_of(scope.atlas, node.name)] or node.locations
    for span in places[:1]:
        yield scope.source_chip(span)
    yield chip(plural(len(scope.atlas.by_cluster.get(node.name, ())), "Application"))
    if text(node.attributes, "provider"):
        yield chip(text(node.attributes, "provider"))
    yield from finding_chips(scope.atlas.cluster_findings(node.name))
    yield from scope.unresolved(scope.atlas.by_cluster.get(node.name, ()))


def _tree(scope: Scope, node: GraphNode) -> Drawn:
    def without_parents(_: Diagram) -> Diagram:
        return fold_lanes(tree_diagram(scope, node.name, parents=False))

    def one_card_a_wave(tree: Diagram) -> Diagram:
        return replace(order_diagram(scope, node.name), id=tree.id, title=tree.title)

    folds = (without_parents, one_card_a_wave)
    return drawn(tree_diagram(scope, node.name), scope.here, scope.to("apps/index.md"), folds)


def _order(scope: Scope, node: GraphNode) -> Drawn:
    """How the cluster is built from nothing, where that takes more than one step."""
    if len(find_steps(scope.atlas, node.name)) < 2:  # noqa: PLR2004 -- one is no order
        return Drawn(NOTHING, {}, {})
    made = drawn(order_diagram(scope, node.name), scope.here, scope.to("waves/index.md"))
    steps = scope.page("what to do at each step", scope.atlas.rebuild_page(node.name))
    return replace(made, body=html("<p>The runbook says {}.</p>\n\n{}", steps, made.body))


def _tree_and_board(scope: Scope, node: GraphNode, tree: Drawn) -> Markup:
    waves = Markup(board(short_lanes(scope, step_lanes(scope, node.name))))
    said = paragraph("{}", verdict(scope, node.name))
    if not scope.atlas.by_cluster.get(node.name):
        return said
    return html(
        '{}\n\n<div class="gd-wide">{}</div>\n\n<div class="gd-narrow">{}</div>',
        said,
        tree.body,
        waves,
    )


def _differences(scope: Scope, node: GraphNode, share: float) -> Markup:
    """Each field that a patch set; the same patch of several Applications is one row."""
    merged = grouped(
        ((pointer, _now(pointer, field), field.span), (app, field.earlier[-1:]))
        for app in scope.atlas.by_cluster.get(node.name, ())
        for pointer, field in _patched(scope.atlas, app)
    )
    rows = (_difference(scope, *key, apps) for key, apps in merged.items())
    head = ("Application", "Field", "Value here", "Set at", "Instead of")
    more = html("the pages of the {}", scope.page("Applications", "apps/index.md"))
    found = capped(head, rows, int(22_000 * share), more=more)
    if len(scope.atlas.clusters) == 1 or not scope.atlas.by_cluster.get(node.name):
        return found
    return found or paragraph(
        "No patch changes an Application; what values files set is on the page of each."
    )


def _patched(atlas: Atlas, app: GraphNode) -> Iterator[tuple[str, Node]]:
    """The patched fields of an Application; what an ApplicationSet fills in is no patch."""
    resolved = atlas.resolved.get(app.id)
    parent = atlas.graph.node(text(app.attributes, "parent"))
    if resolved is None or (parent and parent.kind is NodeKind.APPLICATION_SET):
        return iter(())
    return _patched_fields(resolved.manifest)


def _difference(
    scope: Scope,
    pointer: str,
    now: Markup,
    here: Span,
    found: tuple[tuple[GraphNode, tuple[Span, ...]], ...],
) -> Row:
    linked = several([scope.node(app.id, app.name) for app, _ in found], _NAMED)
    places = dict.fromkeys(span for _, below in found for span in below)
    instead = html("{}", "what each base says") if len(places) > 1 else scope.sources(places)
    return row(
        linked,
        code(unescape_pointer(pointer).lstrip("/")),
        now,
        scope.source(here),
        instead or "not in the base",
    )


def _patched_fields(manifest: Mapping) -> Iterator[tuple[str, Node]]:
    """The highest fields that another file than the manifest's wrote, or that replaced another."""
    kind = manifest.scalar("kind")
    home = (kind or manifest).origins[0].file
    below = ""
    for pointer, node in walk(manifest):
        inside = pointer in _REPEATED or (bool(below) and pointer.startswith(f"{below}/"))
        is_container = isinstance(node, Mapping) and bool(node.entries)
        if inside or not pointer or (node.span.file == home and (is_container or not node.earlier)):
            continue
        if not is_container or node.span.file != home:
            below = pointer
            yield pointer, node


def _now(pointer: str, node: Node) -> Markup:
    key = pointer.rpartition("/")[2]
    if not isinstance(node, Scalar):
        return html("{}", "a list" if isinstance(node, Sequence) else "several keys")
    value = "null" if node.value is None else scalar_text(node)
    return code(HIDDEN if is_secret_key(key) else shown_value(value))


def _hosts(scope: Scope, node: GraphNode, share: float) -> Markup:
    more = scope.page("Hosts", "hosts/index.md")
    return capped(
        ("Host", "Application", "Where"), _served(scope, node), int(14_000 * share), more=more
    )


def _served(scope: Scope, node: GraphNode) -> Iterator[Row]:
    for app in scope.atlas.by_cluster.get(node.name, ()):
        for edge in scope.atlas.graph.edges_from(app.id, EdgeKind.SERVES):
            yield row(
                scope.node(edge.target),
                scope.node(app.id, app.name),
                scope.sources(edge.locations[-1:]),
            )


def _secrets(scope: Scope, node: GraphNode, share: float) -> Markup:
    found = scope.atlas.on(node.name, NodeKind.SECRET)
    rows = (
        row(scope.node(n.id), text(n.attributes, "namespace"), made(n), users_of(scope, n))
        for n in found
    )
    more = scope.page("Secrets", "secrets/index.md")
    return capped(
        ("Secret", "Namespace", "Made by", "Used by"), rows, int(14_000 * share), more=more
    )


def _applications(scope: Scope, node: GraphNode, share: float) -> Markup:
    rows = (_application(scope, app) for app in scope.atlas.by_cluster.get(node.name, ()))
    head = ("Application", "Wave", "Namespace", "Defined by", "Renders")
    more = scope.page("Applications", "apps/index.md")
    return capped(head, rows, int(30_000 * share), more=more)


def _application(scope: Scope, app: GraphNode) -> Row:
    rendered = app.attributes.get("rendered")
    kinds = rendered.get("kinds") if isinstance(rendered, dict) else None
    count = sum(n for n in kinds.values() if isinstance(n, int)) if isinstance(kinds, dict) else 0
    known = flag(app.attributes, "resolved")
    said = plural(count, "resource") if count else NOTHING
    return row(
        scope.node(app.id, app.name),
        place_of(scope.atlas, app),
        ", ".join(namespaces_of(app) or (namespace_of(app),)) or DASH,
        scope.sources(app.locations[:1]),
        join((said, NOTHING if known else "not fully analysed"), " "),
    )
