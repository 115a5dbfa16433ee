"""The runbook for a new cluster: what one is made of here, shown on an existing one."""

from collections.abc import Iterator, Mapping
from operator import itemgetter
from posixpath import dirname

from graphdoc.graph.repo_graph import GraphNode, NodeKind
from graphdoc.model.grouping import grouped
from graphdoc.model.location import SourceFile
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.examples import example_cluster
from graphdoc.site.atlas.facts import is_kept
from graphdoc.site.atlas.other_names import aliases_of
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.atlas.sealed import sealed_secrets
from graphdoc.site.pages.runbooks.secret import SECRET_RUNBOOK
from graphdoc.site.pictures.order import roots_of, scripts_of
from graphdoc.site.writing.markup import NOTHING, Markup, chip, code, html, paragraph, plural
from graphdoc.site.writing.page import Block, Page, numbered
from graphdoc.site.writing.steps import command, steps
from graphdoc.site.writing.tables import Row, capped, row, table

__all__ = ["CLUSTER_RUNBOOK", "cluster_runbook"]

CLUSTER_RUNBOOK = "runbooks/add-cluster.md"
_TITLE = "Add a cluster"
_WORDS = {
    NodeKind.KUSTOMIZATION: "kustomization",
    NodeKind.FILE: "manifest",
    NodeKind.VALUES: "values file",
    NodeKind.CHART: "chart",
}
_Folder = tuple[str, str]
_Folders = Mapping[_Folder, tuple[GraphNode, ...]]


def cluster_runbook(atlas: Atlas) -> Iterator[Page]:
    """The page; none for an estate without clusters."""
    node = example_cluster(atlas)
    if node is None:
        return
    scope = Scope(atlas, CLUSTER_RUNBOOK)
    own, shared = _parts(atlas, node)
    sentence = (
        f"What a cluster is made of here, shown on {node.name}: "
        f"{_files(own)} of its own in {plural(len(own), 'folder')}, and {_files(shared)} that it "
        "shares with others."
    )
    if len(atlas.clusters) == 1:
        sentence = f"What the one cluster here, {node.name}, is made of, as a pattern for another."
    blocks = (
        *numbered(
            Block("Write the root", "root", _root(scope, node)),
            Block(f"Copy what only {node.name} reads", "own", _folders(scope, own)),
            Block("Leave what clusters share", "shared", _folders(scope, shared)),
            Block("Seal its Secrets", "secrets", _secrets(scope, node)),
            Block("Start it and check", "check", _check(scope, node)),
        ),
        Block("Overlays that no root leads to yet", "waiting", _waiting(scope)),
    )
    strip = (
        chip(html("copy {}", scope.cluster(node.name))),
        chip(scope.page("all clusters", "clusters/index.md")),
    )
    yield scope.compose(_TITLE, sentence, strip, blocks)


def _parts(atlas: Atlas, node: GraphNode) -> tuple[_Folders, _Folders]:
    """The folders that only one cluster reads, and those that others read too."""
    clusters = (other.name for other in atlas.clusters if other.name != node.name)
    others = frozenset[str]().union(*map(atlas.reached_by, clusters))
    read = sorted(atlas.reached_by(node.name))
    found = [n for id_ in read if (n := atlas.graph.node(id_)) and _is_file(atlas, n)]
    return (
        _by_folder(n for n in found if n.id not in others),
        _by_folder(n for n in found if n.id in others),
    )


def _is_file(atlas: Atlas, node: GraphNode) -> bool:
    known = atlas.checkouts
    return node.kind in _WORDS and is_kept(node) and node.locations[0].file.repository in known


def _by_folder(nodes: Iterator[GraphNode]) -> _Folders:
    placed = ((node.locations[0].file, node) for node in nodes)
    found = grouped(((file.repository, dirname(file.path)), node) for file, node in placed)
    return dict(sorted(found.items(), key=itemgetter(0)))


def _files(folders: _Folders) -> str:
    return plural(sum(map(len, folders.values())), "file")


def _folders(scope: Scope, folders: _Folders) -> Markup:
    rows = (_folder(scope, *key, nodes) for key, nodes in folders.items())
    more = scope.page("Repositories", "repos/index.md")
    return capped(("Folder", "Holds", "Such as"), rows, more=more) if folders else NOTHING


def _folder(scope: Scope, repository: str, folder: str, nodes: tuple[GraphNode, ...]) -> Row:
    counts = {kind: sum(node.kind is kind for node in nodes) for kind in _WORDS}
    held = ", ".join(plural(count, _WORDS[kind]) for kind, count in counts.items() if count)
    where = html(
        "{} {}", scope.node(f"repository:{repository}", repository), code(f"{folder or '.'}/")
    )
    return row(where, held, scope.source(nodes[0].locations[0]))


def _root(scope: Scope, node: GraphNode) -> Markup:
    roots = roots_of(scope.atlas, node.name)
    every = {
        span.file for other in scope.atlas.clusters for _, span in roots_of(scope.atlas, other.name)
    }
    rows = (row(scope.node(id_), scope.source(span)) for id_, span in roots)
    said = _root_said(node, len(every), {span.file for _, span in roots})
    return said + table(("Root", "Defined at"), rows)


def _root_said(node: GraphNode, every: int, own: set[SourceFile]) -> Markup:
    return paragraph(
        "{} starts at {}, of {} that start clusters here. In the copy, the name of the cluster and "
        "the folder that it leads to are new.",
        node.name,
        plural(len(own), "file"),
        str(every),
    )


def _secrets(scope: Scope, node: GraphNode) -> Markup:
    count = len(sealed_secrets(scope.atlas, node.name))
    if not count:
        return NOTHING
    return paragraph(
        "{} has {}. A new cluster has a key of its own: seal each for it, as in {}.",
        scope.cluster(node.name),
        plural(count, "SealedSecret"),
        scope.page("Rotate a Secret", SECRET_RUNBOOK),
    )


def _check(scope: Scope, node: GraphNode) -> Markup:
    started = [
        html("Start it like {}, with {}.", scope.cluster(node.name), scope.source(span))
        for _, span in scripts_of(scope.atlas, node.name)
    ]
    order = scope.page(f"Rebuild {node.name}", scope.atlas.rebuild_page(node.name))
    aliases = aliases_of(scope.atlas).get(node.name, ())
    named = html(" Some paths call {} {}.", node.name, ", ".join(aliases)) if aliases else NOTHING
    items = (
        html(
            "Name it in {} under {}, with its provider.{}",
            code("graphdoc.yaml"),
            code("clusters"),
            named,
        ),
        "Run the commands below: no overlay and no values file of the new cluster may be orphaned.",
        *started,
        html("The order in which it comes up is that of {}.", order),
    )
    return steps(items) + command("graphdoc check", "graphdoc build")


def _waiting(scope: Scope) -> Markup:
    atlas = scope.atlas
    rows = (
        row(code(node.id.partition("/")[2]), scope.sources(node.locations[:1]))
        for node in atlas.graph.nodes(NodeKind.KUSTOMIZATION)
        if node.attributes.get("role") == "overlay" and not atlas.is_reached(node.id)
    )
    more = scope.page("Clusters", "clusters/index.md#without-root")
    found = capped(("Overlay", "File"), rows, more=more)
    said = paragraph("Somebody began these; a root would make clusters of them.")
    return said + found if found else NOTHING
