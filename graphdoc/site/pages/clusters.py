"""The clusters: what runs where and what differs, and a page for each."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind
from graphdoc.model.finding import Severity
from graphdoc.model.grouping import grouped
from graphdoc.site.atlas.atlas import Atlas, worst
from graphdoc.site.atlas.environments import find_environments
from graphdoc.site.atlas.facts import entry, flag, said_version, text, texts
from graphdoc.site.atlas.other_names import other_names
from graphdoc.site.atlas.scope import MARKS, Scope, counts
from graphdoc.site.pages.clouds import cloud_table
from graphdoc.site.pages.history import touched
from graphdoc.site.pictures.order import roots_of
from graphdoc.site.writing.markup import (
    DASH,
    NOTHING,
    Markup,
    Sole,
    chip,
    html,
    join,
    paragraph,
    plural,
)
from graphdoc.site.writing.page import Block, Page, SearchRank
from graphdoc.site.writing.tables import (
    Cell,
    Filter,
    Row,
    Section,
    capped,
    filtered,
    row,
    table,
)

__all__ = ["chart_version_of", "cluster_index", "release_of", "version_of"]

_PATH = "clusters/index.md"
# What the signs of the matrix mean, each with what shows that it is there.
_LEGEND = (
    ("Δ patched on this cluster", "", ">Δ<"),
    ("≠ version differs from the others", "", ">≠<"),
    (f"{DASH} not on this cluster", "", 'class="no"'),
    ("▲ has a warning", "warning", ">▲<"),
    ("✕ has an error", "error", ">✕<"),
)
_CALLED = "Some folders go by another name than the cluster, or the overlay, that they belong to."
_WIDEST = 12
_OTHERS = 6
_DIGEST = re.compile(r"[0-9a-f]{32,}")
_DIGEST_SHOWN = 12


def cluster_index(atlas: Atlas) -> Page:
    """The parity matrix, the facts of each cluster, and overlays that no root uses."""
    scope = Scope(atlas, _PATH)
    title = "Clusters and parity"
    several = "cluster, at which version, and where one differs from the others."
    sentence = f"Which Application runs on which {several}"
    if len(atlas.clusters) == 1:
        sentence = "Which Applications the cluster runs, and at which version."
    blocks = (
        Block("", "parity", _matrix(scope)),
        Block(
            "Facts",
            "facts",
            table(("Cluster", "Applications", "Provider", "Root", "Findings"), _facts(scope)),
        ),
        Block("Differences between clouds", "clouds", cloud_table(scope)),
        Block("Environments by name", "environments", _environments(scope)),
        Block("Other names", "aliases", _aliases(scope)),
        Block("Overlays without a root", "without-root", _unreached(scope)),
    )
    return scope.compose(title, sentence, (), blocks, SearchRank.LIST)


def chart_version_of(atlas: Atlas, node: GraphNode) -> str:
    """The version of the chart; a local one that only wraps another goes by that one's."""
    chart = _chart_of(atlas, node)
    return (_wrapped(atlas, node, chart)[0] or text(chart.attributes, "version")) if chart else ""


def version_of(atlas: Atlas, node: GraphNode) -> str:
    """What tells one release from another: the version of the chart, else the tag of the image."""
    return release_of(atlas, node)[1]


def release_of(atlas: Atlas, node: GraphNode) -> tuple[str, str]:
    """The same with what it is the version of: only two of one thing can be compared."""
    chart, version = _chart_of(atlas, node), chart_version_of(atlas, node)
    if version and chart and _is_release(atlas, node, chart):
        return "chart", version
    images = texts(node.attributes, "images")
    tags = {image.rpartition(":")[2] for image in images if ":" in image.rpartition("/")[2]}
    tag = next(iter(tags)) if len(tags) == 1 else ""
    is_told = tag and not (version and tag == "latest")
    return ("image", _short(tag)) if is_told else ("chart", version)


def _chart_of(atlas: Atlas, node: GraphNode) -> GraphNode | None:
    """The chart of an Application: its own, else what its kustomization or sources inflate.

    Of several charts it is the one of the Application's name, or any if all have one version.
    """
    own = atlas.graph.node(text(entry(node.attributes, "chart"), "id"))
    charts = [n for n in atlas.graph.targets(node.id, EdgeKind.RENDERS) if n.kind is NodeKind.CHART]
    named = [chart for chart in charts if chart.name == node.name] or charts
    is_one = len({text(chart.attributes, "version") for chart in named}) == 1
    return own or (named[0] if is_one else None)


def _is_release(atlas: Atlas, node: GraphNode, chart: GraphNode) -> bool:
    """Whether the version of its chart tells more of an Application than its image does."""
    if entry(node.attributes, "chart"):
        return "://" in chart.id or _wrapped(atlas, node, chart)[1]
    return chart.name == node.name


def _wrapped(atlas: Atlas, node: GraphNode, own: GraphNode) -> tuple[str, bool]:
    """The version of the sole chart that a local one adds nothing to, and whether both are one.

    One without templates may wrap a chart for anything, of which the image tells more.
    """
    required = list(atlas.graph.targets(own.id, EdgeKind.REQUIRES))
    if len(required) != 1 or not flag(own.attributes, "local"):
        return "", False
    path = text(own.attributes, "path")
    is_named = required[0].name in {own.name, node.name, path.rpartition("/")[2]}
    clone = atlas.site.estate.clone(text(own.attributes, "repository"))
    adds = clone is None or clone.is_directory(f"{path}/templates".lstrip("/"))
    version = "" if adds and not is_named else text(required[0].attributes, "version")
    return version, bool(version) and is_named


def _short(tag: str) -> str:
    """A tag as a reader compares it; a digest by its beginning."""
    return tag[:_DIGEST_SHOWN] if _DIGEST.fullmatch(tag) else tag


def _matrix(scope: Scope) -> Markup:
    clusters = [node.name for node in scope.atlas.clusters]
    if not scope.atlas.applications:
        return paragraph("No Application is known, and so not what runs where.")
    if len(clusters) > _WIDEST or _is_sparse(scope.atlas):
        return _exceptions(scope)
    head = ("Application", *clusters)
    found = filtered(
        head,
        _matrix_rows(scope, clusters),
        Filter("matrix", "Filter Applications", "gd-matrix"),
        weight=60_000,
        more=scope.page("Applications", "apps/index.md"),
    )
    used = [chip(words, css) for words, css, sign in _LEGEND if sign in found]
    if len(clusters) > 1:
        used.insert(0, chip("1.2.3 as the others"))
    legend = html('<div class="gd-prov gd-after">{}</div>', join(used, " ")) if used else NOTHING
    return found + legend


def _is_sparse(atlas: Atlas) -> bool:
    """Whether hardly a name stands on two clusters, so that a matrix would show empty cells."""
    families = atlas.families.values()
    shared = sum(len({node.cluster for node in nodes}) > 1 for nodes in families)
    return len(atlas.clusters) > 1 and shared < len(families) / 10


def _exceptions(scope: Scope) -> Markup:
    """Where a matrix would be too wide or empty: what is usual, and where it is not so."""
    head = ("Application", "Clusters", "Usual version", "Otherwise")
    label = "Filter Applications"
    more = scope.page("Applications", "apps/index.md")
    rows = _exception_rows(scope)
    return filtered(head, rows, Filter("matrix", label), weight=60_000, more=more)


def _exception_rows(scope: Scope) -> Iterator[Row | Section]:
    atlas = scope.atlas
    for group, families in _families(atlas):
        yield Section(group)
        for title in families:
            nodes = {node.cluster: node for node in atlas.families[title]}
            usual = _usual(atlas, nodes)
            others = [n for n in nodes.values() if version_of(atlas, n) not in {"", usual[1]}]
            said = [
                scope.node(n.id, f"{n.cluster} {_told(atlas, n, usual)}") for n in others[:_OTHERS]
            ]
            more = [f"{len(others) - _OTHERS} more"] if len(others) > _OTHERS else []
            linked = scope.family(title)
            clusters = scope.clusters(list(nodes.values()))
            yield row(linked, clusters, usual[1] or DASH, join([*said, *more], ", ") or DASH)


def _matrix_rows(scope: Scope, clusters: list[str]) -> Iterator[Row | Section]:
    for group, families in _families(scope.atlas):
        yield Section(group)
        for title in families:
            names = {node.name for node in scope.atlas.families[title]} - {title}
            words = " ".join((group, *sorted(names)))
            yield row(scope.family(title), *_cells(scope, title, clusters), words=words)


def _families(atlas: Atlas) -> Iterator[tuple[str, list[str]]]:
    """The groups with what a reader compares in each: a family stands where its first one does."""
    found = grouped((atlas.groups[nodes[0].name], title) for title, nodes in atlas.families.items())
    yield from ((group, list(found[group])) for group in atlas.order() if group in found)


def _cells(scope: Scope, title: str, clusters: list[str]) -> Iterator[Cell]:
    nodes = {node.cluster: node for node in scope.atlas.families[title]}
    usual = _usual(scope.atlas, nodes)
    for cluster in clusters:
        node = nodes.get(cluster)
        yield _cell(scope, node, usual) if node else Cell(html("<span>{}</span>", DASH), "no")


def _usual(atlas: Atlas, nodes: Mapping[str | None, GraphNode]) -> tuple[str, str]:
    """The version that most clusters have, as far as it is known; of equals the first by name."""
    found = Counter(told for node in nodes.values() if (told := release_of(atlas, node))[1])
    return min(found, key=lambda told: (-found[told], told), default=("", ""))


def _told(atlas: Atlas, node: GraphNode, usual: tuple[str, str]) -> str:
    """A version in a row of others, with what it is of where that is something else."""
    what, version = release_of(atlas, node)
    of = f"{what} " if version and what != usual[0] else ""
    return of + said_version(version)


def _cell(scope: Scope, node: GraphNode, usual: tuple[str, str]) -> Cell:
    what, version = release_of(scope.atlas, node)
    severity = worst(scope.atlas.application_findings(node))
    differs = what == usual[0] and version not in {"", usual[1]}
    mark = _mark(scope.atlas, node, severity, differs=differs)
    css = severity if severity and severity is not Severity.INFO else "drift" if differs else ""
    href = scope.to(scope.atlas.page(node.id))
    said = _told(scope.atlas, node, usual) or "yes"
    return Cell(html('<a href="{}">{}{}</a>', href, mark, said), css)


def _mark(atlas: Atlas, node: GraphNode, severity: Severity | None, *, differs: bool) -> Markup:
    """The sign of what is worst or odd, with its word for who cannot see it."""
    said, sign = "", ""
    if severity and severity is not Severity.INFO:
        said, sign = severity, MARKS[severity]
    elif differs:
        said, sign = "differs", "≠"
    elif atlas.own_patches(node):
        said, sign = "patched", "Δ"
    return html('<i role="img" aria-label="{}">{}</i> ', said, sign) if sign else NOTHING


def _facts(scope: Scope) -> Iterator[Row]:
    is_stated = any(text(node.attributes, "provider") for node in scope.atlas.clusters)
    unknown = "not stated" if is_stated else Sole(DASH)
    for node in scope.atlas.clusters:
        places = [span for _, span in roots_of(scope.atlas, node.name)] or node.locations
        found = scope.atlas.cluster_findings(node.name)
        applications = scope.atlas.by_cluster.get(node.name, ())
        yield row(
            scope.cluster(node.name),
            str(len(applications)),
            text(node.attributes, "provider") or unknown,
            scope.sources(places[:1]),
            counts(found) or "none",
            id_=scope.atlas.cluster_slugs[node.name],
        )


def _environments(scope: Scope) -> Markup:
    """Environments without a cluster of their name, each with its Applications and settings."""
    said = paragraph("No cluster is called so, but Applications, their namespaces or folders are.")
    rows = [
        row(
            word,
            touched(scope, sorted({node.name for node in nodes})),
            scope.page(f"values of {word}", f"where.md?changes={word}&parts={word}"),
            id_=f"environment-{word}",
        )
        for word, nodes in find_environments(scope.atlas).items()
    ]
    head = ("Environment", "Applications", "Where do I change…")
    return said + table(head, rows) if rows else NOTHING


def _aliases(scope: Scope) -> Markup:
    """Names under which a cluster appears in paths: told by the team, or seen in its overlay."""
    rows = (
        row(
            scope.cluster(one.cluster),
            one.name,
            scope.source(one.span) if one.span else "told in graphdoc.yaml",
        )
        for one in other_names(scope.atlas)
    )
    found = table(("Cluster", "Also called", "Seen in"), rows)
    return paragraph("{}", _CALLED) + found if found else NOTHING


def _unreached(scope: Scope) -> Markup:
    """Overlays that lead to no cluster: no root and no kustomization names them."""
    overlays = [
        node
        for node in scope.atlas.graph.nodes(NodeKind.KUSTOMIZATION)
        if text(node.attributes, "role") == "overlay" and not scope.atlas.is_reached(node.id)
    ]
    rows = (row(node.name, scope.sources(node.locations[-1:]), _built(node)) for node in overlays)
    more = scope.page("Repositories", "repos/index.md")
    listed = capped(("Overlay", "Where", "Includes"), rows, 30_000, more=more)
    count = plural(len(overlays), "overlay")
    said = paragraph("{}", f"{count} that no root leads to: nothing of them reaches a cluster.")
    return said + listed if listed else NOTHING


def _built(node: GraphNode) -> str:
    resources = node.attributes.get("resources")
    patches = node.attributes.get("patches")
    words = ((resources, "entry", "entries"), (patches, "patch", "patches"))
    return ", ".join(
        plural(count, one, many) for count, one, many in words if isinstance(count, int)
    )
