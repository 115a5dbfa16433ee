"""One Application on all its clusters: what it is, what sets it, what breaks if one touches it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from graphdoc.graph.repo_graph import Edge, EdgeKind, GraphNode
from graphdoc.model.finding import Finding
from graphdoc.model.grouping import grouped, listed
from graphdoc.resolve.resolved import Tool
from graphdoc.resolve.source.plugins import named_plugin
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import entry, flag, namespace_of, said_version, text, texts
from graphdoc.site.atlas.ordering import orders, sync_of, wave_of
from graphdoc.site.atlas.scope import Scope, counts, finding_chips
from graphdoc.site.atlas.secret_words import used_as
from graphdoc.site.diagrams.drawing import drawn
from graphdoc.site.pages.applications import sort_of
from graphdoc.site.pages.clusters import version_of
from graphdoc.site.pages.coverage import reasons_of
from graphdoc.site.pages.history import day, history_of
from graphdoc.site.pages.settings import change_rows, changes_of
from graphdoc.site.pages.values import effective_values, value_stack
from graphdoc.site.pictures.neighbourhood import neighbourhood_diagram
from graphdoc.site.pictures.order import place_on
from graphdoc.site.writing.icons import kind_label
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
    several,
)
from graphdoc.site.writing.page import Block, Page, SearchRank
from graphdoc.site.writing.tables import Row, capped, row, table

__all__ = ["application_page"]

_ASSUMED = (
    " No clone registers its cluster, so that one is assumed: how many there are, and what is "
    "called after them, may differ."
)
_UNORDERED = " Its sync wave orders nothing: waves count among what one Application brings."
_ID = re.compile(r"(?<!\S)application(set)?:[^\s/]+/([^\s,]+)")
_WORDS = 6
_PLACES = 3
_LONG = 36
_NAMED = 4
_VERBS = (
    (EdgeKind.USES, "uses"),
    (EdgeKind.SERVES, "serves"),
    (EdgeKind.RUNS, "runs"),
    (EdgeKind.RENDERS, "renders"),
    (EdgeKind.READS, "reads"),
    (EdgeKind.MANAGES, "manages"),
)


def application_page(atlas: Atlas, name: str) -> Page:
    """The page of all Applications of one name."""
    path = atlas.application_page(name)
    nodes = atlas.by_name[name]
    scope = Scope(atlas, path)
    shown = min(nodes, key=lambda node: (node.cluster not in atlas.production, node.id))
    picture = drawn(neighbourhood_diagram(scope, shown), path, scope.to("apps/index.md"))
    findings = tuple(dict.fromkeys(f for node in nodes for f in atlas.application_findings(node)))
    blocks = (
        scope.findings(findings, name),
        Block(f"Around it on {shown.cluster}", "around", picture.body),
        Block("Where do I change…", "where", _changes(scope, nodes), _change_words(atlas, name)),
        Block("Per cluster", "per-cluster", _per_cluster(scope, nodes)),
        Block("Value layers, the last one wins", "values", value_stack(scope, nodes)),
        Block("Uses", "uses", _uses(scope, nodes)),
        Block("Used by", "used-by", _used_by(scope, nodes)),
        Block("If it goes from Git", "deleted", _fates(scope, nodes)),
        Block("Effective values", "effective", effective_values(scope, nodes)),
        Block("History", "history", history_of(scope, nodes)),
        Block("What is not known", "unknown", _unknown(scope, nodes)),
    )
    sentence, strip = _sentence(atlas, name), _strip(scope, nodes, findings)
    page = scope.compose(name, sentence, strip, blocks, SearchRank.SUBJECT)
    figures, files = picture.figures, picture.files
    return replace(page, figures=figures, files=files, edit=scope.edit(shown))


def _sentence(atlas: Atlas, name: str) -> str:
    nodes = atlas.by_name[name]
    first = nodes[0]
    what = sort_of(atlas, first)
    article = "an" if what[0] in "aeiouAEIOU" else "a"
    waves = sorted(set(map(wave_of, nodes)))
    ordered = any(orders(text(node.attributes, "parent")) for node in nodes)
    namespace = _one_of(set(_namespaces(nodes)), "namespaces")
    chart = _one_of({text(entry(node.attributes, "chart"), "name") for node in nodes}, "charts")
    return (
        f"{name} is {article} {what}"
        + (f" in sync wave{'s' * (len(waves) > 1)} {listed(map(str, waves))}" if ordered else "")
        + ". It runs "
        + _where(atlas, nodes)
        + (f", in {_named('namespace', namespace)}" if namespace else "")
        + (f", from {_named('chart', chart)}" if chart else "")
        + "."
        + ("" if ordered or waves == [0] else _UNORDERED)
        + "".join(dict.fromkeys(_plugins(atlas, nodes)))
        + (_ASSUMED if any(flag(node.attributes, "assumed") for node in nodes) else "")
    )


def _plugins(atlas: Atlas, nodes: tuple[GraphNode, ...]) -> Iterator[str]:
    """Who renders it where that is no tool that is run here, and what therefore is not known."""
    for source in chain.from_iterable(atlas.sources(node.id) for node in nodes):
        if source.tool is Tool.PLUGIN:
            plugin = named_plugin(source.source)
            unknown = "what it deploys" if source.build is None else "what the plugin fills in"
            yield (
                f" Argo CD has {plugin} render it. graphdoc runs no plugins, so {unknown} is not"
                " known here."
            )


def _where(atlas: Atlas, nodes: tuple[GraphNode, ...]) -> str:
    if len(atlas.clusters) == 1:
        return f"on {atlas.clusters[0].name}"
    return f"on {len({n.cluster for n in nodes})} of {len(atlas.clusters)} clusters"


def _named(word: str, name: str) -> str:
    return name if name.startswith("one of ") else f"{word} {name}"


def _one_of(names: set[str], words: str) -> str:
    """The name that all clusters share; of several only their number."""
    found = sorted(names - {""})
    return found[0] if len(found) == 1 else f"one of {len(found)} {words}" if found else ""


def _namespaces(nodes: tuple[GraphNode, ...]) -> list[str]:
    return sorted({namespace_of(node) for node in nodes} - {""})


def _strip(
    scope: Scope, nodes: tuple[GraphNode, ...], findings: tuple[Finding, ...]
) -> Iterator[Markup]:
    first = nodes[0]
    yield kind_chip(scope.atlas.kind(first), sort_of(scope.atlas, first))
    yield from (scope.source_chip(span) for span in first.locations[:1])
    yield chip(scope.page(scope.atlas.groups[first.name], "apps/index.md"))
    for label, value in _facts(nodes):
        yield chip(f"{label} {value}")
    yield chip(html("<span>on {}</span>", scope.clusters(nodes)))
    yield from (
        chip(html("last change {}", day(c.time))) for c in scope.atlas.commits_of(nodes)[:1]
    )
    yield from finding_chips(findings)
    yield from scope.unresolved(nodes, f"{scope.here}#unknown")


def _facts(nodes: tuple[GraphNode, ...]) -> Iterator[tuple[str, str]]:
    node, namespaces = nodes[0], _namespaces(nodes)
    yield "wave", str(wave_of(node))
    if namespaces:
        named = several(namespaces, _NAMED)
        yield "namespace" if len(namespaces) == 1 else "namespaces", named
    if text(node.attributes, "project"):
        yield "project", text(node.attributes, "project")
    if texts(node.attributes, "owners"):
        yield "owned by", ", ".join(texts(node.attributes, "owners"))
    chart = entry(node.attributes, "chart")
    if text(chart, "name"):
        yield "chart", f"{text(chart, 'name')} {said_version(text(chart, 'version'))}".strip()


def _per_cluster(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    head = ("Cluster", "Version", "Images", "Sync", "Overlay patch", "Last values file", "Findings")
    differ = len(_namespaces(nodes)) > 1
    rows = (_cluster_row(scope, node, differ) for node in nodes)
    return capped(head, rows, 13_000, more=scope.page("Clusters", "clusters/index.md"))


def _cluster_row(scope: Scope, node: GraphNode, differ: bool) -> Row:  # noqa: FBT001
    atlas = scope.atlas
    values = texts(node.attributes, "values")
    last = atlas.graph.node(values[-1]) if values else None
    version = version_of(atlas, node)
    images = join((_image(image) for image in texts(node.attributes, "images")), Markup(" <br>"))
    into = namespace_of(node) if differ else ""
    told = html(' <span class="gd-dim">in {}</span>', into) if into else NOTHING
    return row(
        scope.cluster(node.cluster or "") + told,
        code(said_version(version)) if version else DASH,
        images or DASH,
        sync_of(atlas, node),
        scope.sources(atlas.patches_of(node)) or "none",
        scope.sources(last.locations[:1]) if last else DASH,
        counts(atlas.application_findings(node)) or "none",
        id_=atlas.row(node),
    )


def _image(image: str) -> Markup:
    """The name and tag of an image, with its registry on hovering; a short one in one line."""
    name = image.rpartition("/")[2]
    css = "gd-nowrap" if len(name) <= _LONG else "gd-value"
    return html('<span class="{}" title="{}">{}</span>', css, image, code(name))


def _uses(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    head = ("What", "Name", "Cluster", "How", "Where")
    found = capped(head, _relations(scope, nodes), 13_000, more=scope.around(nodes[0].id))
    return found or paragraph("Nothing that is known from Git.")


def _relations(scope: Scope, nodes: tuple[GraphNode, ...]) -> Iterator[Row]:
    """What the Application leads to; the same on several clusters is one row."""
    for kind, verb in _VERBS:
        merged: dict[tuple[str, str, str], list[tuple[GraphNode, Edge]]] = {}
        for node in nodes:
            for edge in scope.atlas.graph.edges_from(node.id, kind):
                target = scope.atlas.graph.node(edge.target)
                name = target.name if target else edge.target
                how = used_as(edge) or verb
                merged.setdefault((edge.target.partition(":")[0], name, how), []).append(
                    (node, edge)
                )
        yield from (_relation(scope, key, merged[key]) for key in sorted(merged))


def _relation(scope: Scope, key: tuple[str, str, str], found: list[tuple[GraphNode, Edge]]) -> Row:
    kind, _, how = key
    clusters = scope.clusters([node for node, _ in found])
    places = dict.fromkeys(edge.locations[-1] for _, edge in found if edge.locations)
    where = scope.sources(list(places)[:_PLACES])
    return row(kind_label(kind), scope.node(found[0][1].target), clusters, how, where)


def _used_by(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    merged = grouped(
        ((parent.id, place_on(scope.atlas, parent, node.cluster)), node)
        for node in nodes
        for parent in scope.atlas.graph.sources(node.id, EdgeKind.MANAGES)
    )
    rows = (
        row(scope.node(id_), "manages it", scope.clusters(found), scope.sources(places))
        for (id_, places), found in sorted(merged.items())
    )
    head = ("Who", "How", "Cluster", "Where")
    found = capped(head, rows, 6_000, more=scope.around(nodes[0].id))
    return found or paragraph("Nothing in Git manages it.")


def _fates(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    """What Argo CD would do; clusters on which it would do the same share a row."""
    merged = grouped((_ID.sub(_named_kind, scope.atlas.fates[node.id]), node) for node in nodes)
    rows = (row(scope.clusters(found), html("It {}.", fate)) for fate, found in merged.items())
    return table(("Cluster", "What Argo CD does"), rows)


def _named_kind(id_: re.Match[str]) -> str:
    return f"{'ApplicationSet' if id_[1] else 'Application'} {id_[2]}"


def _changes(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    rows = change_rows(scope, changes_of(scope.atlas, nodes), name=False)
    every = scope.page("Where do I change…", "where.md")
    return capped(("What", "Cluster", "Value now", "Change it here"), rows, 20_000, more=every)


def _change_words(atlas: Atlas, name: str) -> str:
    """What one may look for: the settings of an Application, by the words of the search."""
    found = {c.setting.what: None for c in changes_of(atlas, atlas.by_name[name])}
    words = [what[0].lower() + what[1:] for what in found][:_WORDS]
    return f"{', '.join(words)} of {name}" if words else ""


def _unknown(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    reasons = grouped(
        (reason, node)
        for node in nodes
        if not flag(node.attributes, "resolved")
        for reason in reasons_of(scope.atlas, node.id)
    )
    rows = (
        row(scope.clusters(found), reason, scope.source(where) if where else DASH)
        for (reason, where), found in reasons.items()
    )
    return table(("Cluster", "Why its resources are not all known", "Where"), rows)
