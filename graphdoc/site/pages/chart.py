"""One chart: who renders it, what one can set, and what its templates make."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import NamedTuple

from graphdoc.graph.repo_graph import Edge, EdgeKind, GraphNode, NodeKind
from graphdoc.model.finding import Finding
from graphdoc.model.grouping import grouped
from graphdoc.model.helm import LayerKind
from graphdoc.model.location import SourceFile, Span, file_start
from graphdoc.model.node import Node
from graphdoc.resolve.resolved import ResolvedSource
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import flag, said_version, text
from graphdoc.site.atlas.paths import anchor_id, key_ids
from graphdoc.site.atlas.scope import Scope, finding_chips
from graphdoc.site.pages.runbooks.chart import is_upgradable
from graphdoc.site.writing.markup import (
    DASH,
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
from graphdoc.site.writing.page import Block, Page
from graphdoc.site.writing.redact import Redactor
from graphdoc.site.writing.shown_values import leaves, shown
from graphdoc.site.writing.tables import Filter, Row, capped, filtered, row, table

__all__ = ["chart_page"]

_OVERRIDES = 6


# Below the chart's folder, which may be that of the whole repository.
_OWN = ("Chart.yaml", "values.yaml", "templates/")


class _Use(NamedTuple):
    """A chart in one source of one Application."""

    app: GraphNode
    source: ResolvedSource
    span: Span


def chart_page(atlas: Atlas, key: str) -> Page:
    """The page of all versions of a chart."""
    scope = Scope(atlas, atlas.chart_page(key))
    nodes = atlas.charts_by_key[key]
    uses, users = tuple(_uses(atlas, nodes)), _renderers(atlas, nodes)
    above = [e for node in nodes for e in atlas.graph.edges_to(node.id, EdgeKind.REQUIRES)]
    below = [e for node in nodes for e in atlas.graph.edges_from(node.id, EdgeKind.REQUIRES)]
    findings = _findings(atlas, nodes)
    blocks = (
        scope.findings(findings, nodes[0].name),
        Block("Who renders it", "used-by", _users(scope, nodes)),
        Block("Required by", "required-by", _charts(scope, ((e, e.source) for e in above))),
        Block("What one can set", "values", _values(scope, uses, users, is_required=bool(above))),
        Block("What its templates make", "templates", _templates(scope, nodes[0], uses)),
        Block("Requires", "requires", _charts(scope, ((e, e.target) for e in below))),
    )
    sentence = _sentence(nodes, users, len({edge.source for edge in above}))
    strip = (*_strip(scope, key, nodes), *finding_chips(findings))
    page = scope.compose(nodes[0].name, sentence, strip, blocks)
    return replace(page, edit=scope.edit(nodes[0])) if _is_local(nodes) else page


def _is_local(nodes: tuple[GraphNode, ...]) -> bool:
    return flag(nodes[0].attributes, "local")


def _uses(atlas: Atlas, nodes: tuple[GraphNode, ...]) -> Iterator[_Use]:
    ids = {node.id for node in nodes}
    edges = (e for id_ in ids for e in atlas.graph.edges_to(id_, EdgeKind.RENDERS))
    for edge in sorted(edges, key=lambda e: (e.source, e.target)):
        app = atlas.graph.node(edge.source)
        for source in atlas.sources(edge.source):
            if app is not None and source.chart is not None and source.chart.id in ids:
                yield _Use(app, source, edge.locations[-1])


def _renderers(atlas: Atlas, nodes: tuple[GraphNode, ...]) -> tuple[GraphNode, ...]:
    """The Applications that render it, be it by a kustomization that has Helm do so."""
    found = (atlas.graph.sources(node.id, EdgeKind.RENDERS) for node in nodes)
    return tuple(chain.from_iterable(found))


def _sentence(nodes: tuple[GraphNode, ...], users: tuple[GraphNode, ...], above: int) -> str:
    first = nodes[0]
    kept = "kept in Git" if _is_local(nodes) else "taken from outside"
    where = text(first.attributes, "repository")
    apps, clusters = {user.name for user in users}, {user.cluster for user in users}
    used = (
        f"rendered by {plural(len(apps), 'Application')} on {plural(len(clusters), 'cluster')}"
        if users
        else "rendered by no Application"
        if not above
        else f"a part of {plural(above, 'other chart')}"
    )
    return f"{first.name} is a Helm chart {kept}, in {where or 'no known place'}, {used}."


def _strip(scope: Scope, key: str, nodes: tuple[GraphNode, ...]) -> Iterator[Markup]:
    yield kind_chip("chart", "Helm chart")
    yield from (scope.source_chip(span) for span in nodes[0].locations[:1] if _is_local(nodes))
    versions = sorted({said_version(text(n.attributes, "version")) for n in nodes} - {""})
    yield chip(f"version {', '.join(versions)}" if versions else "no version")
    if is_upgradable(scope.atlas, nodes):
        yield chip(scope.page("upgrade it", scope.atlas.upgrade_page(key)))


def _users(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    """A row for each line that names the chart; every version keeps a place to link to."""
    rows = [row for node in nodes for row in _version_rows(scope, node)]
    anchors = join(html('<i id="{}"></i>', anchor_id(node.id)) for node in nodes)
    head = ("Application", "Clusters", "Version", "Named at")
    found = capped(head, rows, 30_000, more=scope.around(nodes[0].id))
    return anchors + (found or paragraph("No Application renders it by itself."))


def _version_rows(scope: Scope, node: GraphNode) -> Iterator[Row]:
    merged = grouped(
        ((user.name, edge.locations[-1]), user)
        for edge in scope.atlas.graph.edges_to(node.id, EdgeKind.RENDERS)
        if (user := scope.atlas.graph.node(edge.source))
    )
    version = said_version(text(node.attributes, "version"))
    for (name, place), users in sorted(merged.items(), key=lambda item: item[0]):
        shown_version = code(version) if version else DASH
        linked = scope.node(users[0].id, name)
        yield row(linked, scope.clusters(users), shown_version, scope.source(place))


def _findings(atlas: Atlas, nodes: tuple[GraphNode, ...]) -> tuple[Finding, ...]:
    """The findings about a chart and in what it consists of."""
    found = (f for node in nodes for f in atlas.file_findings(node.id, partial(_is_own, node)))
    return tuple(dict.fromkeys(found))


def _is_own(node: GraphNode, file: SourceFile) -> bool:
    if not _is_local((node,)) or file.repository != text(node.attributes, "repository"):
        return False
    folder = text(node.attributes, "path")
    return file.path.startswith(tuple(posixpath.join(folder, name) for name in _OWN))


def _values(
    scope: Scope, uses: tuple[_Use, ...], users: tuple[GraphNode, ...], *, is_required: bool
) -> Markup:
    """Each default of the chart, and which Applications set something else."""
    defaults = _defaults(uses)
    if not defaults:
        return paragraph("{}", _no_values(uses, is_rendered=bool(users), is_required=is_required))
    redactor = Redactor(r for use in uses for r in use.source.resources)
    changed = _overrides(uses, frozenset(value.span.file for value in defaults.values()))
    rows = [
        row(
            code(key),
            shown(key, value, redactor),
            _setters(scope, changed.get(key, {})),
            scope.line(value.span),
            id_=id_,
        )
        for (key, value), id_ in zip(defaults.items(), key_ids(defaults), strict=True)
    ]
    head = ("Key", "Default", "Set by", "In values.yaml")
    first = next(iter(defaults.values())).span
    by = Filter("chart-values", "Filter keys")
    return filtered(head, rows, by, weight=50_000, more=scope.source(first))


def _no_values(uses: tuple[_Use, ...], *, is_rendered: bool, is_required: bool) -> str:
    if any(use.source.chart is not None and use.source.chart.path is not None for use in uses):
        return "It brings no values of its own."
    if uses:
        return "Its own values are not at hand: the chart is not in Git, nor in a chart cache."
    if is_rendered:
        return "A kustomization has Helm render it, and sets its values beside its name."
    if is_required:
        return "Whoever renders a chart that requires it sets its values there, below its name."
    return "Nothing renders it, so no value is in force."


def _defaults(uses: tuple[_Use, ...]) -> Mapping[str, Node]:
    for use in uses:
        for layer in use.source.layers:
            if layer.kind is LayerKind.CHART_DEFAULTS:
                return dict(leaves(layer.root))
    return {}


def _overrides(
    uses: tuple[_Use, ...], defaults: frozenset[object]
) -> Mapping[str, Mapping[str, GraphNode]]:
    """By key the Applications that set it, one for each name."""
    found: dict[str, dict[str, GraphNode]] = {}
    for use in uses:
        for key, value in leaves(use.source.values) if use.source.values else ():
            if value.span.file not in defaults:
                found.setdefault(key, {}).setdefault(use.app.name, use.app)
    return found


def _setters(scope: Scope, apps: Mapping[str, GraphNode]) -> Markup:
    linked = [scope.node(apps[name].id, name) for name in sorted(apps)]
    return several(linked, _OVERRIDES) or html("{}", DASH)


def _templates(scope: Scope, node: GraphNode, uses: tuple[_Use, ...]) -> Markup:
    """What comes out of each template, over all Applications."""
    made: dict[Span, dict[str, set[str]]] = {}
    for use in uses:
        for resource in use.source.resources:
            kinds = made.setdefault(file_start(resource.span.file), {})
            kinds.setdefault(resource.kind, set()).add(use.app.name)
    rows = (
        row(scope.source(place), _kinds(kinds))
        for place, kinds in sorted(made.items(), key=lambda item: item[0].file)
    )
    return capped(("Template", "Makes"), rows, more=scope.around(node.id))


def _kinds(kinds: Mapping[str, set[str]]) -> str:
    said = (
        f"{kind} ({plural(len(names), 'Application')})" for kind, names in sorted(kinds.items())
    )
    return ", ".join(said)


def _charts(scope: Scope, ends: Iterable[tuple[Edge, str]]) -> Markup:
    """The charts at the other ends of some requirements."""
    rows = (
        row(scope.node(chart), _version(scope, chart), scope.sources(edge.locations))
        for edge, chart in ends
    )
    return table(("Chart", "Version", "Where"), rows)


def _version(scope: Scope, id_: str) -> str:
    node = scope.atlas.graph.node(id_)
    is_chart = node is not None and node.kind is NodeKind.CHART
    return said_version(text(node.attributes, "version")) if node is not None and is_chart else DASH
