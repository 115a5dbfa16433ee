"""The values of an Application: its layers in order, and what they come to, key by key."""

from collections.abc import Iterator

from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind
from graphdoc.model.grouping import grouped
from graphdoc.model.helm import LayerKind, ValueLayer
from graphdoc.model.location import Span
from graphdoc.resolve.resolved import ResolvedApplication, ResolvedSource, Tool
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.paths import key_ids
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.writing.markup import (
    DASH,
    NOTHING,
    Markup,
    code,
    html,
    paragraph,
    plural,
    several,
)
from graphdoc.site.writing.redact import Redactor
from graphdoc.site.writing.shown_values import leaves, shown
from graphdoc.site.writing.tables import Row, capped, fitting, row, table

__all__ = ["effective_values", "value_stack", "without_values_file"]

_WORDS = {
    LayerKind.CHART_DEFAULTS: "chart defaults",
    LayerKind.FILE: "values file",
    LayerKind.VALUES: "values in the Application",
    LayerKind.VALUES_OBJECT: "valuesObject in the Application",
    LayerKind.PARAMETERS: "parameters in the Application",
    LayerKind.FILE_PARAMETERS: "fileParameters in the Application",
}

_ALONE = "No values file beside the chart's own: what else is set stands in the Application itself."
_NAMED = 40


def value_stack(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    """The layers of each cluster in Helm's order; clusters with the same layers share them."""
    rows: dict[tuple[object, ...], list[GraphNode]] = {}
    layers: dict[tuple[object, ...], list[ValueLayer]] = {}
    for node in nodes:
        found = _layers(scope.atlas.resolved.get(node.id))
        key = tuple(layer.root.span for layer in found)
        if found:
            rows.setdefault(key, []).append(node)
            layers[key] = found
    head = ("Cluster", "Position", "Layer", "Keys", "File", "Named at")
    listed = (row for key, on in rows.items() for row in _stack(scope, on, layers[key]))
    more = scope.page("Values files", "values/index.md")
    stacked = capped(head, listed, 14_000, more=more)
    alone = stacked and all(_is_alone(scope.atlas, node) for node in nodes)
    return (paragraph("{}", _ALONE) if alone else NOTHING) + stacked


def without_values_file(scope: Scope) -> Markup:
    """Which Applications render a chart and read no values file."""
    nodes = scope.atlas.graph.nodes(NodeKind.APPLICATION)
    alone = {node.name: node.id for node in nodes if _is_alone(scope.atlas, node)}
    links = [scope.node(id_, name) for name, id_ in sorted(alone.items())]
    return paragraph("{}.", several(links, _NAMED)) if links else NOTHING


def effective_values(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    """Each key with its value and the line that set it; equal ones of several clusters are one."""
    merged = grouped(
        ((key, value, place), node)
        for node in nodes
        for key, value, place in _effective(scope, node)
    )
    ordered = sorted(merged.items(), key=lambda item: (item[0][0], item[0][2]))
    ids = key_ids(key for (key, _, _), _ in ordered)
    rows = [
        row(code(key), scope.clusters(found), value, scope.source(place), id_=id_)
        for ((key, value, place), found), id_ in zip(ordered, ids, strict=True)
    ]
    if not rows:
        return NOTHING
    head = ("Key", "Cluster", "Value", "Set at")
    rows, hidden = fitting(rows, 20_000, head)
    rest = paragraph("{}", f"{hidden} more; graphdoc values shows all.") if hidden else NOTHING
    return html(
        '<details class="gd-t" data-search-exclude><summary>{}</summary>{}{}</details>',
        f"{plural(len(merged), 'value')}, without what only the chart says",
        table(head, rows),
        rest,
    )


def _is_alone(atlas: Atlas, node: GraphNode) -> bool:
    """Whether an Application renders a chart and names no values file, there or missing."""
    charts = [source for source in atlas.sources(node.id) if source.tool is Tool.HELM]
    return bool(charts) and not any(s.source.helm_options.value_files for s in charts)


def _layers(resolved: ResolvedApplication | None) -> list[ValueLayer]:
    return [layer for source in resolved.sources for layer in source.layers] if resolved else []


def _stack(scope: Scope, nodes: list[GraphNode], layers: list[ValueLayer]) -> Iterator[Row]:
    clusters = scope.clusters(nodes)
    for position, layer in enumerate(layers, start=1):
        named = scope.source(layer.reference) if layer.reference else DASH
        file = _file(scope, layer)
        yield row(
            clusters,
            f"{position} of {len(layers)}",
            _WORDS[layer.kind],
            str(len(layer.root.entries)),
            file,
            named,
        )


def _file(scope: Scope, layer: ValueLayer) -> Markup:
    if layer.file is None:
        return scope.source(layer.root.span)
    id_ = f"values:{layer.file}"
    readers = {e.source for e in scope.atlas.graph.edges_to(id_, EdgeKind.LAYERS)}
    place = scope.source(layer.root.span._replace(line=1))
    said = html(
        ' <span class="gd-dim">{}</span>',
        scope.page(f"read by {len(readers)}", scope.atlas.page(id_)),
    )
    return place + said if readers else place


def _effective(scope: Scope, node: GraphNode) -> Iterator[tuple[str, Markup, Span]]:
    resolved = scope.atlas.resolved.get(node.id)
    sources = [s for s in resolved.sources if s.values is not None] if resolved else []
    if resolved and sources:
        redactor = Redactor(resolved.resources)
        for source in sources:
            yield from _values(source, redactor)


def _values(source: ResolvedSource, redactor: Redactor) -> Iterator[tuple[str, Markup, Span]]:
    """What the Application's own layers set; the chart's other defaults would bury it."""
    defaults = {layer.file for layer in source.layers if layer.kind is LayerKind.CHART_DEFAULTS}
    for key, node in leaves(source.values) if source.values else ():
        if node.span.file not in defaults:
            yield key, shown(key, node, redactor), node.span
