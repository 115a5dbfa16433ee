"""All Applications in one table, grouped as the team groups them."""

from collections.abc import Iterator

from graphdoc.graph.repo_graph import GraphNode, NodeKind
from graphdoc.site.atlas.addresses import parts_of
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import entry, namespaces_of, said_version, text, texts
from graphdoc.site.atlas.ordering import place_of
from graphdoc.site.atlas.paths import anchor_id
from graphdoc.site.atlas.scope import MARKS, Scope, finding_chips
from graphdoc.site.pages.clusters import chart_version_of
from graphdoc.site.pages.history import touched
from graphdoc.site.pages.parts import Part
from graphdoc.site.writing.markup import Markup, html, join, plural, several
from graphdoc.site.writing.page import Block, Page, SearchRank
from graphdoc.site.writing.tables import (
    Filter,
    Row,
    Section,
    capped,
    filtered,
    row,
    row_weight,
)

__all__ = ["application_index", "sort_of"]

# An Application may be called 2: further pages of the list stand apart.
_FOLDER = "apps/list"
_HEAD = ("Application", "What it is", "Clusters", "Wave", "Namespace", "Chart", "Findings")
_BYTES = 75_000
_NAMES = 2
_WORDS = {
    "root": "root Application",
    "parent": "app of apps",
    "infrastructure": "infrastructure Application",
    "application": "Application",
}


def application_index(atlas: Atlas) -> Iterator[Page]:
    """One row a name, with a filter, on as many pages as it takes; ApplicationSets below."""
    scope = Scope(atlas, f"{_FOLDER}/2.md")
    named = [(name, group) for group in atlas.order() for name in atlas.members(group)]
    weighed = ((name, row_weight(_row(scope, name, group), _HEAD)) for name, group in named)
    parts = parts_of(weighed, _BYTES) or [[]]
    yield from (_page(atlas, Part(number, parts)) for number in range(len(parts)))


def _page(atlas: Atlas, part: Part) -> Page:
    scope = Scope(atlas, part.path(_FOLDER))
    count, names = len(atlas.applications), len(atlas.by_name)
    rendered = f" by name; rendered for each cluster they are {count}" if count != names else ""
    sentence = (
        f"{plural(names, 'Application')}{rendered}. "
        "Each has a page with what defines it, what it gets and what it touches."
    )
    rows = _rows(scope, frozenset(part.names[part.number]))
    label = "Filter Applications"
    blocks = (
        Block("", "list", filtered(_HEAD, rows, Filter("apps", label))),
        Block("ApplicationSets", "applicationsets", Markup() if part.number else _sets(scope)),
    )
    title = part.title("Applications")
    known = scope.unresolved(atlas.applications)
    strip = (*finding_chips(atlas.site.findings), *known, *part.strip(scope, _FOLDER))
    return scope.compose(title, part.sentence(sentence), strip, blocks, SearchRank.LIST)


def sort_of(atlas: Atlas, node: GraphNode) -> str:
    """What an Application is, in words."""
    return _WORDS[atlas.kind(node)]


def _rows(scope: Scope, names: frozenset[str]) -> Iterator[Row | Section]:
    for group in scope.atlas.order():
        members = [name for name in scope.atlas.members(group) if name in names]
        if members:
            yield Section(group)
        yield from (_row(scope, name, group) for name in members)


def _row(scope: Scope, name: str, group: str) -> Row:
    nodes = scope.atlas.by_name[name]
    places = sorted({place_of(scope.atlas, node) for node in nodes})
    namespaces = sorted({space for node in nodes for space in namespaces_of(node)})
    return row(
        scope.application(name),
        sort_of(scope.atlas, nodes[0]),
        _clusters(scope, nodes),
        ", ".join(places),
        several(namespaces, _NAMES),
        _charts(scope.atlas, nodes),
        _findings(scope.atlas, nodes),
        words=group,
    )


def _clusters(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    names = sorted({node.cluster or "" for node in nodes})
    if len(names) > 4 and len(names) == len(scope.atlas.clusters):  # noqa: PLR2004 -- a list of five is no glance
        return html("all {}", str(len(names)))
    return scope.clusters(nodes)


def _charts(atlas: Atlas, nodes: tuple[GraphNode, ...]) -> str:
    names = {text(entry(node.attributes, "chart"), "name") for node in nodes}
    charted = (n for n in nodes if text(entry(n.attributes, "chart"), "name"))
    versions = {chart_version_of(atlas, node) for node in charted}
    return " ".join(
        [*sorted(filter(None, names)), ", ".join(map(said_version, sorted(filter(None, versions))))]
    ).strip()


def _findings(atlas: Atlas, nodes: tuple[GraphNode, ...]) -> Markup:
    found = dict.fromkeys(f for node in nodes for f in atlas.application_findings(node))
    severities = [f.severity for f in found]
    parts = (
        html(
            '<span class="sev {}" title="{}">{} {}</span>',
            severity,
            severity,
            mark,
            str(severities.count(severity)),
        )
        for severity, mark in MARKS.items()
        if severity in severities
    )
    return join(parts, " ") or html("{}", "none")


def _sets(scope: Scope) -> Markup:
    rows = (
        row(
            node.name,
            scope.cluster(node.cluster or ""),
            ", ".join(texts(node.attributes, "generators")),
            touched(scope, scope.atlas.names_of(texts(node.attributes, "applications"))),
            scope.sources(node.locations[:1]),
            id_=anchor_id(node.id),
        )
        for node in scope.atlas.graph.nodes(NodeKind.APPLICATION_SET)
    )
    head = ("ApplicationSet", "Cluster", "Generators", "Applications", "Where")
    return capped(head, rows, 30_000, more=scope.page("Explorer", "explorer.md"))
