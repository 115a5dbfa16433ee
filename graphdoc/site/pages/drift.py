"""Drift: from the recorded architecture, and of the clusters from each other."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from graphdoc.graph.repo_graph import GraphNode
from graphdoc.model.grouping import grouped
from graphdoc.model.node import Node, Scalar
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.input import Comparison
from graphdoc.site.atlas.ordering import sync_of
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.atlas.where import default_files
from graphdoc.site.pages.changes import changed_table
from graphdoc.site.pages.clusters import release_of
from graphdoc.site.writing.markup import (
    NOTHING,
    Markup,
    chip,
    code,
    html,
    join,
    paragraph,
    plural,
)
from graphdoc.site.writing.page import Block, Page, SearchRank
from graphdoc.site.writing.redact import Redactor
from graphdoc.site.writing.shown_values import leaves, shown
from graphdoc.site.writing.tables import Filter, Row, capped, filtered, row

__all__ = ["drift_page"]

_PATH = "drift.md"
_TITLE = "Drift"
_CLUSTERS = 8
_VALUES = "graphdoc values"


def drift_page(atlas: Atlas) -> Page:
    """What differs from the record, then version, sync and values that differ between clusters."""
    scope = Scope(atlas, _PATH)
    blocks = (
        Block("From the recorded architecture", "recorded", _recorded(scope)),
        Block("Versions that differ between clusters", "versions", _versions(scope)),
        Block("Sync policies that differ from the others", "sync", _sync(scope)),
        Block("Values that differ between clusters", "values", _values(scope)),
    )
    strip = (
        chip(scope.page("parity of clusters", "clusters/index.md")),
        chip(scope.page("changes", "changes.md")),
    )
    return scope.compose(_TITLE, _sentence(atlas), strip, blocks, SearchRank.LIST)


def _sentence(atlas: Atlas) -> str:
    between = "between the clusters" if _several(atlas) else "from what was recorded"
    return (
        f"{_differing(atlas.site.recorded)}What differs {between}, as Git says it: what really "
        "runs was not looked at."
    )


def _differing(recorded: Comparison | None) -> str:
    if recorded is None:
        return ""
    if not recorded.changes:
        return "Git is as recorded. "
    count = len(recorded.changes)
    return f"{plural(count, 'thing')} {'differs' if count == 1 else 'differ'} from the record. "


def _recorded(scope: Scope) -> Markup:
    recorded = scope.atlas.site.recorded
    if recorded is None:
        return paragraph("{}", scope.atlas.site.unrecorded or "No architecture is recorded.")
    if not recorded.changes:
        return paragraph("{}", f"Nothing differs from {recorded.base}.")
    return changed_table(scope, recorded.changes, "recorded-changes")


def _several(atlas: Atlas) -> bool:
    return len(atlas.clusters) > 1


def _versions(scope: Scope) -> Markup:
    if not _several(scope.atlas):
        return NOTHING
    rows = (row for title in scope.atlas.families for row in _version_row(scope, title))
    more = scope.page("Clusters", "clusters/index.md")
    found = capped(("Application", "Version", "Clusters"), rows, 15_000, more=more)
    return found or paragraph("No Application is known to have several versions on its clusters.")


def _version_row(scope: Scope, title: str) -> Iterator[Row]:
    """The versions of one thing, a chart or an image, that are known and are not the same."""
    found = grouped((release_of(scope.atlas, node), node) for node in scope.atlas.families[title])
    of = Counter(what for what, version in found if version)
    for (what, version), nodes in sorted(found.items()):
        if version and of[what] > 1:
            yield row(scope.family(title), code(version), scope.clusters(nodes))


def _sync(scope: Scope) -> Markup:
    """Who is not synced as most are."""
    atlas = scope.atlas
    if not atlas.applications:
        return NOTHING
    policies = Counter(sync_of(atlas, node) for node in atlas.applications)
    if len(policies) < 2:  # noqa: PLR2004 -- an exception takes two
        return paragraph("{}", f"All Applications are synced alike: {next(iter(policies))}.")
    usual = min(policies, key=lambda policy: (-policies[policy], policy))
    rows = []
    for name in sorted(atlas.by_name):
        policies_here = grouped((sync_of(atlas, node), node) for node in atlas.by_name[name])
        for policy, nodes in sorted(policies_here.items()):
            if policy != usual:
                linked = scope.application(name)
                where = scope.sources(nodes[0].locations[:1])
                rows.append(row(linked, policy, scope.clusters(nodes), where))
    said = paragraph("{}", f"{policies[usual]} of {policies.total()} are synced so: {usual}.")
    head = ("Application", "Synced", "Clusters", "Where")
    return said + filtered(
        head,
        rows,
        Filter("sync-exceptions", "Filter Applications"),
        weight=20_000,
        more=scope.page("Applications", "apps/index.md"),
    )


class _Difference(NamedTuple):
    """A key that the layers of one Application set otherwise on some clusters."""

    name: str
    key: str
    values: Mapping[str, tuple[Node | None, list[GraphNode]]]


def _values(scope: Scope) -> Markup:
    """Each key that an Application's layers set to other values on other clusters."""
    if not _several(scope.atlas):
        return NOTHING
    found = [d for title in scope.atlas.families for d in _differences(scope.atlas, title)]
    if not found:
        return paragraph("No Application has values that differ between clusters.")
    rows = (_difference_row(scope, difference) for difference in found)
    head = ("Application", "Key", "Values")
    by, more = Filter("value-differences", "Filter keys"), html("what {} prints", code(_VALUES))
    return filtered(head, rows, by, weight=45_000, more=more)


def _differences(atlas: Atlas, name: str) -> Iterator[_Difference]:
    nodes = atlas.families[name]
    if len(nodes) == 1:
        return
    by_node = [(node, dict(_effective(atlas, node))) for node in nodes]
    for key in sorted({key for _, values in by_node for key in values}):
        found: dict[str, tuple[Node | None, list[GraphNode]]] = {}
        for node, values in by_node:
            value = values.get(key)
            found.setdefault(_raw(value), (value, []))[1].append(node)
        if len(found) > 1:
            yield _Difference(name, key, found)


def _effective(atlas: Atlas, node: GraphNode) -> Iterator[tuple[str, Node]]:
    """What the layers above the chart's own defaults set, and what is rendered without a chart."""
    rendered = grouped(
        (f"{s.key} ({s.what.lower()})", s) for s in atlas.settings(node.id) if s.is_rendered
    )
    for key, settings in rendered.items():
        said = ", ".join(dict.fromkeys(setting.value for setting in settings))
        yield key, Scalar(said, settings[0].place)
    for source in atlas.sources(node.id):
        defaults = default_files(source)
        for key, value in leaves(source.values) if source.values else ():
            if value.span.file not in defaults:
                yield key, value


def _raw(node: Node | None) -> str:
    if node is None:
        return ""
    return f"={node.value}" if isinstance(node, Scalar) else type(node).__name__


def _difference_row(scope: Scope, difference: _Difference) -> Row:
    parts = [
        html('<span class="gd-value">{}</span>', _value(scope, difference.key, node, on))
        for node, on in difference.values.values()
    ]
    hidden = len(parts) - _CLUSTERS
    more = html(" {} more", str(hidden)) if hidden > 0 else NOTHING
    linked = scope.family(difference.name)
    shown_parts = join(parts[:_CLUSTERS], " ")
    return row(linked, code(difference.key), shown_parts + more)


def _value(scope: Scope, key: str, value: Node | None, on: list[GraphNode]) -> Markup:
    clusters = scope.clusters(on)
    if value is None:
        return html("not set on {}", clusters)
    redactor = Redactor(scope.atlas.resources(on[0].id))
    return html("{} on {} {}", shown(key, value, redactor), clusters, scope.source(value.span))
