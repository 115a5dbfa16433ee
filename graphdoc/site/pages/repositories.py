"""Repositories: what lives where, who reads it, and what of it the analysis knows."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind
from graphdoc.model.clone import Clone
from graphdoc.site.atlas import Atlas
from graphdoc.site.facts import number, text
from graphdoc.site.markup import DASH, NOTHING, Markup, chip, html, kind_chip, link, plural
from graphdoc.site.page import Block, Page, SearchRank, compose
from graphdoc.site.paths import anchor_id
from graphdoc.site.scope import Scope
from graphdoc.site.tables import Row, Section, filtered, section, table

__all__ = ["repository_index", "repository_page"]

_PATH = "repos/index.md"
_LISTED = (
    NodeKind.KUSTOMIZATION,
    NodeKind.FILE,
    NodeKind.VALUES,
    NodeKind.CHART,
    NodeKind.APPLICATION,
    NodeKind.POLICY,
    NodeKind.SEALED_SECRET,
)
_FOLDERS = 80


def repository_index(atlas: Atlas) -> Page:
    """The clones that were read, at which commit, and how many Applications read each."""
    scope = Scope(atlas, _PATH)
    title = "Repositories"
    count = plural(len(atlas.checkouts), "Git repository", "Git repositories")
    sentence = f"What this platform is described in: {count}."
    head = ("Repository", "Role", "Files", "Read by", "State analysed", "Address")
    rows = (_row(scope, node) for node in atlas.graph.nodes(NodeKind.REPOSITORY))
    return Page(
        _PATH,
        title,
        compose(title, sentence, (), (Block("", "list", table(head, rows)),), rank=SearchRank.LIST),
    )


def repository_page(atlas: Atlas, node: GraphNode) -> Page:
    """Its folders with what they hold, and who reads it."""
    path = atlas.repository_page(node.name)
    scope = Scope(atlas, path)
    blocks = (
        Block("What lives where", "folders", _folders(scope, node)),
        Block("What the analysis knows of it", "known", _known(scope, node)),
        Block("Read by", "read-by", _readers(scope, node)),
    )
    return Page(
        path, node.name, compose(node.name, _sentence(atlas, node), _strip(scope, node), blocks)
    )


def _row(scope: Scope, node: GraphNode) -> Row:
    checkout = scope.atlas.checkouts[node.name]
    readers = len({edge.source for edge in scope.atlas.graph.edges_to(node.id, EdgeKind.READS)})
    return Row(
        (
            scope.node(node.id),
            text(node.attributes, "role") or DASH,
            text(node.attributes, "files"),
            plural(readers, "Application"),
            checkout.state,
            link(checkout.address, checkout.address) or DASH,
        )
    )


def _sentence(atlas: Atlas, node: GraphNode) -> str:
    kind = f"{text(node.attributes, 'role')} repository".strip()
    files = plural(number(node.attributes, "files") or 0, "file")
    readers = len({edge.source for edge in atlas.graph.edges_to(node.id, EdgeKind.READS)})
    return f"{node.name} is a {kind} with {files}, read by {plural(readers, 'Application')}."


def _strip(scope: Scope, node: GraphNode) -> Iterator[Markup]:
    checkout = scope.atlas.checkouts[node.name]
    yield kind_chip("repository", "Repository")
    yield chip(checkout.state)
    if text(node.attributes, "branch"):
        yield chip(f"branch {text(node.attributes, 'branch')}")
    if checkout.address:
        yield chip(link(checkout.address, checkout.address))


def _folders(scope: Scope, node: GraphNode) -> Markup:
    clone = next((c for c in scope.atlas.site.estate.clones if c.name == node.name), None)
    if clone is None:
        return NOTHING
    tree = _tree(clone)
    kinds = _kinds_by_folder(scope.atlas, node.name)
    rows = [
        Row((_indented(folder), plural(count, "file"), _words(kinds[folder])))
        for folder, count in tree[:_FOLDERS]
    ]
    hidden = len(tree) - _FOLDERS
    rest = html("<p>{}</p>", f"{hidden} more folders are not shown.") if hidden > 0 else NOTHING
    return table(("Folder", "Files", "Holds"), rows, css="") + rest


def _tree(clone: Clone) -> list[tuple[str, int]]:
    """The folders to a depth of three, each with all files below it."""
    counts: Counter[str] = Counter()
    for path in clone.files:
        parts = path.split("/")[:-1]
        counts.update("/".join(parts[:depth]) for depth in range(1, min(len(parts), 3) + 1))
    return sorted(counts.items())


def _indented(folder: str) -> Markup:
    depth = folder.count("/")
    name = folder.rpartition("/")[2]
    return html('<code style="margin-left:{}em">{}/</code>', f"{depth * 1.4:.1f}", name)


def _kinds_by_folder(atlas: Atlas, repository: str) -> defaultdict[str, Counter[str]]:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for kind in _LISTED:
        places = {
            (node.name if kind is NodeKind.APPLICATION else node.id, node.locations[0].file)
            for node in atlas.graph.nodes(kind)
            if node.locations
        }
        for _, file in places:
            if file.repository == repository:
                folder = "/".join(file.path.split("/")[:-1][:3])
                found[folder][kind.value] += 1
    return found


def _words(counted: Counter[str]) -> str:
    words = {"application": "Application", "sealedsecret": "SealedSecret", "values": "values file"}
    many = {"policy": "policies"}
    parts = [
        plural(n, words.get(kind, kind), many.get(kind, "")) for kind, n in sorted(counted.items())
    ]
    return ", ".join(parts)


def _known(scope: Scope, node: GraphNode) -> Markup:
    return filtered(
        ("Path", "What", "Reached", "Where"),
        _known_rows(scope, node),
        id_="known-files",
        label="Filter files",
    )


def _known_rows(scope: Scope, node: GraphNode) -> Iterator[Row | Section]:
    for kind in (NodeKind.KUSTOMIZATION, NodeKind.FILE):
        nodes = [
            n
            for n in scope.atlas.graph.nodes(kind)
            if n.locations and n.locations[0].file.repository == node.name
        ]
        if nodes:
            yield section("Kustomizations" if kind is NodeKind.KUSTOMIZATION else "Files")
        for found in nodes:
            reached = "yes" if scope.atlas.is_reached(found.id) else "no"
            what = text(found.attributes, "role") or text(found.attributes, "kind") or kind.value
            yield Row(
                (
                    found.id.partition(":")[2].partition("/")[2] or found.name,
                    what,
                    reached,
                    scope.sources(found.locations[:1]),
                ),
                id=anchor_id(found.id),
            )


def _readers(scope: Scope, node: GraphNode) -> Markup:
    merged: dict[str, list[GraphNode]] = defaultdict(list)
    for edge in scope.atlas.graph.edges_to(node.id, EdgeKind.READS):
        reader = scope.atlas.graph.node(edge.source)
        if reader:
            merged[reader.name].append(reader)
    rows = (
        Row((scope.node(found[0].id, name), scope.clusters(found)))
        for name, found in sorted(merged.items())
    )
    return table(("Application", "Clusters"), rows) or html("<p>{}</p>", "No Application reads it.")
