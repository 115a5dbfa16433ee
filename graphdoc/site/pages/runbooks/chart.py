"""The runbook for a newer chart: the line to change on each cluster, and whom it reaches."""

from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import NamedTuple

from graphdoc.graph.repo_graph import Edge, EdgeKind, GraphNode, NodeKind
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.redact import without_credentials
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import flag, said_version, text
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.writing.markup import DASH, Markup, chip, code, html, join, plural
from graphdoc.site.writing.page import Block, Page
from graphdoc.site.writing.steps import steps
from graphdoc.site.writing.tables import Filter, Row, capped, filtered, row

__all__ = ["CHART_RUNBOOK", "chart_runbook", "is_upgradable", "upgrade_pages"]

CHART_RUNBOOK = "runbooks/upgrade-chart.md"
_TITLE = "Upgrade a chart"
_HEAD = ("Chart", "Version", "Change this line", "Clusters", "Applications")


class _Line(NamedTuple):
    """One line that sets the version of one chart."""

    chart: str
    version: str
    place: Span


def chart_runbook(atlas: Atlas) -> Iterator[Page]:
    """The page; none for an estate without charts."""
    scope = Scope(atlas, CHART_RUNBOOK)
    lines = _lines(atlas, atlas.graph.nodes(NodeKind.CHART))
    required = tuple(_required(scope, atlas.graph.edges(EdgeKind.REQUIRES)))
    if not lines and not required:
        return
    charts = {line.chart for line in lines}
    sentence = (
        f"Where the version of each chart stands: {plural(len(charts), 'chart')} in "
        f"{plural(len(lines), 'line')} of Git, with the clusters and Applications that follow."
    )
    rows = [_row(scope, line, nodes) for line, nodes in lines.items()]
    more = scope.page("Charts", "charts/index.md")
    listed = filtered(_HEAD, rows, Filter("charts", "Filter charts"), weight=50_000, more=more)
    blocks = (
        Block("In this order", "steps", _steps(scope, atlas.graph.nodes(NodeKind.CHART))),
        Block("The lines", "lines", listed),
        Block("Charts that another chart requires", "required", _required_table(required)),
    )
    strip = (chip(scope.page("all charts", "charts/index.md")),)
    yield scope.compose(_TITLE, sentence, strip, blocks)


def upgrade_pages(atlas: Atlas) -> Iterator[Page]:
    """A page for each chart that an Application renders, or another chart requires."""
    return (_one(atlas, key) for key, n in atlas.charts_by_key.items() if is_upgradable(atlas, n))


def is_upgradable(atlas: Atlas, nodes: tuple[GraphNode, ...]) -> bool:
    """Whether Git shows a line that sets the version of a chart."""
    kinds = (EdgeKind.RENDERS, EdgeKind.REQUIRES)
    return any(any(atlas.graph.edges_to(node.id, kind)) for node in nodes for kind in kinds)


def _one(atlas: Atlas, key: str) -> Page:
    scope, nodes = Scope(atlas, atlas.upgrade_page(key)), atlas.charts_by_key[key]
    title = f"Upgrade {nodes[0].name}"
    lines = _lines(atlas, nodes)
    rows = [_row(scope, line, apps) for line, apps in lines.items()]
    edges = [e for node in nodes for e in atlas.graph.edges_to(node.id, EdgeKind.REQUIRES)]
    required = tuple(_required(scope, edges))
    apps = {app.name for found in lines.values() for app in found}
    sentence = (
        f"Where the version of {nodes[0].name} stands: {plural(len(lines), 'line')} of Git that "
        f"{plural(len(apps), 'Application')} {'follows' if len(apps) == 1 else 'follow'}."
    )
    blocks = (
        Block("In this order", "steps", _steps(scope, nodes)),
        Block("The lines", "lines", capped(_HEAD, rows, 60_000, more=scope.around(nodes[0].id))),
        Block("Charts that require it", "required", _required_table(required)),
    )
    strip = (
        chip(scope.page(f"the chart {nodes[0].name}", atlas.chart_page(key))),
        chip(scope.page("any chart", CHART_RUNBOOK)),
    )
    return scope.compose(title, sentence, strip, blocks)


def _lines(atlas: Atlas, charts: Iterable[GraphNode]) -> Mapping[_Line, tuple[GraphNode, ...]]:
    """Every line with the Applications that follow it, by chart."""
    found = grouped(
        (_line(atlas, app, chart, edge.locations[-1]), app)
        for chart in charts
        for edge in atlas.graph.edges_to(chart.id, EdgeKind.RENDERS)
        if (app := atlas.graph.node(edge.source)) and app.kind is NodeKind.APPLICATION
    )
    return dict(sorted(found.items(), key=itemgetter(0)))


def _line(atlas: Atlas, app: GraphNode, chart: GraphNode, named: Span) -> _Line:
    version = text(chart.attributes, "version")
    if flag(chart.attributes, "local"):
        return _Line(chart.id, version, _version_line(atlas, chart.locations[0]))
    set_at = (s for s in atlas.settings(app.id) if s.what == "Chart version")
    places = [s.place for s in set_at if s.key == chart.name and s.value == version]
    return _Line(chart.id, version, places[0] if places else named)


def _version_line(atlas: Atlas, chart: Span) -> Span:
    """The line of a ``Chart.yaml`` that says the version; its first where that is not plain."""
    clone = atlas.clones.get(chart.file.repository)
    if clone is None or chart.file.path not in clone.files:
        return chart
    lines = clone.read(chart.file.path).decode("utf-8", "replace").splitlines()
    numbered = enumerate(lines, start=1)
    found = (
        Span(chart.file, number, 1, number, len(line) + 1)
        for number, line in numbered
        if line.startswith("version:")
    )
    return next(found, chart)


def _row(scope: Scope, line: _Line, nodes: tuple[GraphNode, ...]) -> Row:
    names = {node.name: node.id for node in nodes}
    users = (scope.application(name) for name in sorted(names))
    return row(
        scope.node(line.chart),
        code(said_version(line.version) or DASH),
        scope.source(line.place),
        scope.clusters(nodes),
        join(users, ", "),
        words=" ".join(sorted({node.cluster or "" for node in nodes})),
    )


def _required(scope: Scope, edges: Iterable[Edge]) -> Iterator[Row]:
    for edge in edges:
        chart = scope.atlas.graph.node(edge.target)
        if chart is not None and chart.kind is NodeKind.CHART:
            yield row(
                scope.node(edge.target),
                code(said_version(text(chart.attributes, "version")) or DASH),
                scope.sources(edge.locations[-1:]),
                scope.node(edge.source),
            )


def _required_table(rows: tuple[Row, ...]) -> Markup:
    if not rows:
        return Markup()
    return filtered(
        ("Chart", "Version", "Change this line", "Required by"),
        rows,
        Filter("required-charts", "Filter charts"),
        weight=40_000,
    )


def _steps(scope: Scope, charts: Iterable[GraphNode]) -> Markup:
    from_outside = [
        without_credentials(text(node.attributes, "repository"))
        for node in charts
        if not flag(node.attributes, "local")
    ]
    read = (
        "Read what the chart's own repository says of the versions in between, above all of "
        "renamed values and changed CRDs."
        if from_outside
        else "Raise the version in the chart with every change of its templates."
    )
    return steps(
        (
            read,
            "Begin where the line reaches no cluster of production; a line that several clusters "
            "share changes them all in one commit.",
            html(
                "Look at what changes before you merge: {} for Applications and values; the keys "
                "that the new chart no longer knows are {}.",
                code("graphdoc diff"),
                scope.page("findings", "findings/index.md"),
            ),
            html(
                "Wait until each Application is healthy, see {}.",
                scope.page("in which order they sync", "waves/index.md"),
            ),
        )
    )
