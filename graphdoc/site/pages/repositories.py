"""Repositories: what lives where, who reads it, and what of it the analysis knows."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain

from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind
from graphdoc.model.clone import Clone
from graphdoc.model.grouping import grouped
from graphdoc.resolve.repositories.paths import folders_above
from graphdoc.site.atlas.addresses import file_path
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import is_kept, number, text
from graphdoc.site.atlas.paths import anchor_id
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.pages.history import day
from graphdoc.site.pages.parts import Part
from graphdoc.site.writing.markup import (
    DASH,
    NOTHING,
    Markup,
    Sole,
    chip,
    code,
    html,
    join,
    kind_chip,
    link,
    paragraph,
    plural,
    several,
)
from graphdoc.site.writing.page import Block, Page, SearchRank
from graphdoc.site.writing.tables import (
    Filter,
    Row,
    capped,
    filtered,
    fitting,
    rest,
    row,
    table,
)

__all__ = ["file_pages", "repository_index", "repository_page"]

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
# So deep the tree of folders is shown.
_DEPTH = 3
_NAMED = 12


def repository_index(atlas: Atlas) -> Page:
    """The clones that were read, at which commit, and how many Applications read each."""
    scope = Scope(atlas, _PATH)
    title = "Repositories"
    count = plural(len(atlas.checkouts), "Git repository", "Git repositories")
    sentence = f"What this platform is described in: {count}."
    head = ("Repository", "Role", "Files", "Read by", "State analysed", "Address")
    rows = (_row(scope, node) for node in atlas.graph.nodes(NodeKind.REPOSITORY))
    listed = Block("", "list", table(head, rows))
    return scope.compose(title, sentence, (), (listed,), SearchRank.LIST)


def repository_page(atlas: Atlas, node: GraphNode) -> Page:
    """Its folders with what they hold, and who reads it."""
    scope = Scope(atlas, atlas.repository_page(node.name))
    blocks = (
        Block("What lives where", "folders", _folders(scope, node)),
        Block("What the analysis knows of it", "known", _known(scope, node)),
        Block("Read by", "read-by", _readers(scope, node)),
    )
    return scope.compose(node.name, _sentence(atlas, node), _strip(scope, node), blocks)


def _row(scope: Scope, node: GraphNode) -> Row:
    checkout = scope.atlas.checkouts[node.name]
    readers = _count_readers(scope.atlas, node)
    return row(
        scope.node(node.id),
        text(node.attributes, "role") or DASH,
        text(node.attributes, "files"),
        plural(readers, "Application"),
        checkout.state,
        link(checkout.address, checkout.address) or DASH,
    )


def _sentence(atlas: Atlas, node: GraphNode) -> str:
    kind = f"{text(node.attributes, 'role')} repository".strip()
    files = plural(number(node.attributes, "files") or 0, "file")
    readers = _count_readers(atlas, node)
    return f"{node.name} is a {kind} with {files}, read by {plural(readers, 'Application')}."


def _count_readers(atlas: Atlas, node: GraphNode) -> int:
    edges = atlas.graph.edges_to(node.id, EdgeKind.READS)
    return len(atlas.names_of(edge.source for edge in edges))


def _strip(scope: Scope, node: GraphNode) -> Iterator[Markup]:
    checkout = scope.atlas.checkouts[node.name]
    yield kind_chip("repository", "Repository")
    yield chip(checkout.state)
    if text(node.attributes, "branch"):
        yield chip(f"branch {text(node.attributes, 'branch')}")
    if checkout.address:
        yield chip(link(checkout.address, checkout.address))


def _folders(scope: Scope, node: GraphNode) -> Markup:
    """The folders that hold something known, with who reads them and when they last changed."""
    clone = scope.atlas.clones.get(node.name)
    if clone is None:
        return NOTHING
    tree, kinds = _tree(clone), _kinds_by_folder(scope.atlas, node.name)
    readers, days = _readers_by_folder(scope.atlas, node.name), _days(scope.atlas, node.name)
    used = {part for folder in kinds for part in (folder, *folders_above(folder))} | readers.keys()
    rows = [
        row(
            _indented(scope, node.name, folder),
            str(count),
            _words(kinds[folder]) or DASH,
            plural(len(readers[folder]), "Application") if folder in readers else DASH,
            day(days[folder]) if folder in days else DASH if days else Sole(DASH),
        )
        for folder, count in tree
        if folder in used
    ]
    head = ("Folder", "Files", "Holds", "Read by", "Last change")
    shown, hidden = fitting(rows, 26_000, head)
    others = [folder for folder, _ in tree if folder not in used and "/" not in folder]
    return table(head, shown, css="gd-tree") + rest(hidden, scope.around(node.id)) + _others(others)


def _others(folders: list[str]) -> Markup:
    """The top folders that Argo CD reads nothing of."""
    if not folders:
        return NOTHING
    named = several([code(f"{folder}/") for folder in folders], _NAMED)
    return paragraph("Nothing that the analysis knows is in {}.", named)


def _readers_by_folder(atlas: Atlas, repository: str) -> defaultdict[str, set[str]]:
    """The names of the Applications that a file in a folder makes what they are."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path, names in atlas.read_by_repository.get(repository, ()):
        for folder in _folders_of(path):
            found[folder].update(names)
    return found


def _days(atlas: Atlas, repository: str) -> dict[str, int]:
    """When something in a folder last changed, as far as the known commits go back."""
    found: dict[str, int] = {}
    for commit in atlas.commits_by_repository.get(repository, ()):
        for folder in {folder for path in commit.files for folder in _folders_of(path)}:
            found.setdefault(folder, commit.time)
    return found


def _folders_of(path: str) -> Iterator[str]:
    """The folders above a file, as deep as the tree is shown."""
    deepest = "/".join(path.split("/")[:-1][:_DEPTH])
    return filter(None, (deepest, *folders_above(deepest)))


def _tree(clone: Clone) -> list[tuple[str, int]]:
    """The folders that are shown, each with all files below it."""
    return sorted(Counter(chain.from_iterable(map(_folders_of, clone.files))).items())


def _indented(scope: Scope, repository: str, folder: str) -> Markup:
    depth, name = folder.count("/"), folder.rpartition("/")[2]
    checkout = scope.atlas.checkouts.get(repository)
    linked = link(f"{name}/", checkout.view(folder) if checkout else "")
    return html('<code style="margin-left:{}em">{}</code>', f"{depth * 1.4:.1f}", linked)


def _kinds_by_folder(atlas: Atlas, repository: str) -> defaultdict[str, Counter[str]]:
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for kind in _LISTED:
        kept = (node for node in atlas.written_in(repository, kind) if is_kept(node))
        for _, span in {(node.name, node.locations[0]) for node in kept}:
            found[next(_folders_of(span.file.path), "")][kind.value] += 1
    return found


def _words(counted: Counter[str]) -> str:
    words = {"application": "Application", "sealedsecret": "SealedSecret", "values": "values file"}
    many = {"policy": "policies"}
    parts = [
        plural(n, words.get(kind, kind), many.get(kind, "")) for kind, n in sorted(counted.items())
    ]
    return ", ".join(parts)


def file_pages(atlas: Atlas) -> Iterator[Page]:
    """What the analysis knows of each repository that has more files than its page has room for."""
    for repository, parts in atlas.files_by_repository.items():
        for at in range(0 if repository in atlas.with_files_beside else len(parts)):
            yield _file_page(atlas, repository, _part(atlas, repository, at))


def _part(atlas: Atlas, repository: str, at: int) -> Part:
    parts = atlas.files_by_repository[repository]
    names = [[_folder(part[0]), _folder(part[-1])] for part in parts]
    return Part(at, names, atlas.files_page(repository, 0))


def _folder(node: GraphNode) -> str:
    """The two topmost folders: a whole path is no mark in a row of them."""
    return "/".join(file_path(node).split("/")[:2])


def _file_page(atlas: Atlas, repository: str, part: Part) -> Page:
    path = atlas.files_page(repository, part.number)
    scope = Scope(atlas, path)
    title = part.title(f"Files of {repository}")
    sentence = part.sentence("The kustomizations and manifests that the analysis knows, by path.")
    own = chip(scope.page(repository, atlas.repository_page(repository)))
    strip = (own, *part.strip(scope, path.rpartition("/")[0]))
    nodes = atlas.files_by_repository[repository][part.number]
    listed = _known_files(scope, nodes, is_searched=False)
    return scope.compose(title, sentence, strip, (Block("", "known", listed),), SearchRank.LIST)


def _known(scope: Scope, node: GraphNode) -> Markup:
    """The files, or which pages have them."""
    parts = scope.atlas.files_by_repository[node.name]
    if node.name in scope.atlas.with_files_beside:
        return _known_files(scope, list(chain.from_iterable(parts)), is_searched=True)
    said = f"{sum(map(len, parts))} kustomizations and files"
    first = scope.atlas.files_page(node.name, 0)
    pages = tuple(_part(scope.atlas, node.name, -1).strip(scope, first.rpartition("/")[0]))
    if not pages:
        return paragraph("{}.", scope.page(said, first))
    return paragraph("{}, by path:", said) + html('<div class="gd-prov">{}</div>', join(pages, " "))


def _known_files(scope: Scope, nodes: Sequence[GraphNode], *, is_searched: bool) -> Markup:
    """One row a file; thousands of paths would make the search heavy."""
    rows = (
        row(
            link(file_path(node), scope.view(node.locations[0])),
            text(node.attributes, "role") or text(node.attributes, "kind") or node.kind.value,
            "yes" if scope.atlas.is_reached(node.id) else "no",
            id_=anchor_id(node.id),
        )
        for node in nodes
    )
    by = Filter("known-files", "Filter files", searched=is_searched)
    return filtered(("Path", "What", "Reached"), rows, by, weight=102_000)


def _readers(scope: Scope, node: GraphNode) -> Markup:
    readers = scope.atlas.graph.sources(node.id, EdgeKind.READS)
    merged = grouped((reader.name, reader) for reader in readers)
    rows = (
        row(scope.node(found[0].id, name), scope.clusters(found))
        for name, found in sorted(merged.items())
    )
    found = capped(("Application", "Clusters"), rows, 20_000, more=scope.around(node.id))
    return found or paragraph("No Application reads it.")
