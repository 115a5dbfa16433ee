"""One values file: who layers it, at which position, and whether its keys win."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from graphdoc.graph.repo_graph import EdgeKind, GraphNode
from graphdoc.model.grouping import grouped
from graphdoc.model.helm import ValueLayer
from graphdoc.model.location import Span
from graphdoc.model.node import NOTHING, Mapping, Node, along, is_null, node_at
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.paths import key_ids
from graphdoc.site.atlas.readings import Reading
from graphdoc.site.atlas.scope import Scope, finding_chips
from graphdoc.site.writing.markup import Markup, chip, code, html, kind_chip, plural
from graphdoc.site.writing.page import Block, Page
from graphdoc.site.writing.redact import Redactor
from graphdoc.site.writing.shown_values import dotted, leaf_pointers, shown
from graphdoc.site.writing.tables import Filter, Row, capped, filtered, row

__all__ = ["values_page"]
_OPEN = "not rendered"


class _Fate(NamedTuple):
    """A key of the file, and what becomes of it in an Application."""

    key: str
    value: Markup
    place: Span
    winner: Span | None


def values_page(atlas: Atlas, node: GraphNode) -> Page:
    """The page of one values file."""
    scope = Scope(atlas, atlas.values_page(node.id))
    title = node.id.partition(":")[2]
    file = node.locations[0].file
    found = {app.id: app for app in atlas.graph.sources(node.id, EdgeKind.LAYERS)}
    readers = tuple(found[id_] for id_ in sorted(found))
    readings = atlas.readings.get(file, ())
    findings = atlas.file_findings(node.id, lambda other: other == file)
    blocks = (
        scope.findings(findings, node.name),
        Block("Who reads it", "used-by", _readers(scope, node, readings)),
        Block("Its keys, and whether they win", "keys", _keys(scope, node, readings)),
    )
    strip = (
        kind_chip("values", "values file"),
        scope.source_chip(node.locations[0]),
        chip(scope.page("all values files", "values/index.md")),
        *finding_chips(findings),
    )
    page = scope.compose(title, _sentence(title, readers), strip, blocks)
    return replace(page, edit=scope.edit(node))


def _sentence(title: str, readers: tuple[GraphNode, ...]) -> str:
    names = sorted({app.name for app in readers})
    clusters = plural(len({app.cluster for app in readers}), "cluster")
    who = f"{names[0]} reads" if len(names) == 1 else f"{plural(len(names), 'Application')} read"
    return f"{title} is a values file that {who} on {clusters}."


def _readers(scope: Scope, node: GraphNode, readings: tuple[Reading, ...]) -> Markup:
    """Who names the file; its position only where its layers are known."""
    places = {found.app.id: (found.position, len(found.source.layers)) for found in readings}
    merged: dict[tuple[str, str, Span], list[GraphNode]] = {}
    for edge in scope.atlas.graph.edges_to(node.id, EdgeKind.LAYERS):
        app = scope.atlas.graph.node(edge.source)
        if app is not None:
            place = _place(*places.get(app.id, (0, 0)))
            is_known = any(source.layers for source in scope.atlas.sources(app.id))
            key = (app.name, place or ("sets nothing" if is_known else _OPEN), edge.locations[-1])
            merged.setdefault(key, []).append(app)
    rows = (
        row(scope.node(on[0].id, name), scope.clusters(on), place, scope.source(named))
        for (name, place, named), on in sorted(merged.items(), key=lambda item: item[0])
    )
    head = ("Application", "Clusters", "Position", "Named at")
    return capped(head, rows, more=scope.around(node.id))


def _place(position: int, end: int) -> str:
    if not position:
        return ""
    last = ", the last: it wins" if position == end else ""
    return f"{position} of {end}{last}"


def _keys(scope: Scope, node: GraphNode, readings: tuple[Reading, ...]) -> Markup:
    """Each key once for each fate; the Applications that share a fate share the row."""
    merged = grouped((fate, found.app) for found in readings for fate in _fates(found))
    ordered = sorted(merged.items(), key=lambda item: (item[0].place, item[0].winner or ()))
    ids = key_ids(fate.key for fate, _ in ordered)
    rows = [_key_row(scope, *told, id_) for told, id_ in zip(ordered, ids, strict=True)]
    head = ("Key", "Value", "Line", "In force")
    return filtered(
        head,
        rows,
        Filter("values-keys", "Filter keys", searched=scope.atlas.are_values_searched),
        weight=60_000,
        more=scope.sources(node.locations[:1]),
    )


def _fates(found: Reading) -> Iterator[_Fate]:
    redactor = Redactor(found.source.resources)
    values, above = found.source.values or NOTHING, found.source.layers[found.position :]
    for pointer, node in leaf_pointers(found.layer.root):
        key = dotted(pointer)
        wins = _wins(node, node_at(values, pointer))
        winner = None if wins else _winner(pointer, above) or node.span
        yield _Fate(key, shown(key, node, redactor), node.span, winner)


def _wins(node: Node, final: Node | None) -> bool:
    """Whether the key is in force; a ``null`` is where the key is gone."""
    if final is None:
        return is_null(node)
    return final.span == node.span


def _winner(pointer: str, above: Sequence[ValueLayer]) -> Span | None:
    """Which of the layers above, the last first, sets the key or what it is within."""
    for layer in reversed(above):
        deepest = along(layer.root, pointer)[-1]
        if not isinstance(deepest, Mapping) or node_at(layer.root, pointer):
            return deepest.span
    return None


def _key_row(scope: Scope, fate: _Fate, apps: tuple[GraphNode, ...], id_: str) -> Row:
    if fate.winner is None:
        said = html("yes, in {}", _apps(scope, apps))
    else:
        said = html("no, overridden at {} in {}", scope.source(fate.winner), _apps(scope, apps))
    return row(code(fate.key), fate.value, scope.line(fate.place), said, id_=id_)


def _apps(scope: Scope, apps: tuple[GraphNode, ...]) -> Markup:
    names = sorted({app.name for app in apps})
    if len(names) > 1:
        return html("{}", plural(len(names), "Application"))
    return html("{} on {}", scope.node(apps[0].id, names[0]), scope.clusters(apps))
