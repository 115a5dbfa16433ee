"""Clones: working trees, bare clones, plain folders, and the trees of other revisions."""

from collections.abc import Iterable, Iterator
from dataclasses import field
from functools import cached_property
from pathlib import Path

from graphdoc.clone.git import BlobError, Blobs, GitDirectory, borrows, find_git_directory
from graphdoc.clone.line_ends import LineEnds
from graphdoc.clone.links import (
    find_text_links,
    link_target,
    real_path,
    with_links,
)
from graphdoc.clone.listing import Listing, find_ignored, find_sparse, find_strangers, list_files
from graphdoc.clone.places import Places
from graphdoc.clone.revisions import (
    GitFacts,
    Revisions,
    read_addresses,
    read_facts,
)
from graphdoc.model import windows
from graphdoc.model.clone import UnreadableError
from graphdoc.model.dataclass import dataclass
from graphdoc.model.limits import DEFAULT_LIMITS
from graphdoc.model.location import SourceFile
from graphdoc.model.redact import without_user
from graphdoc.model.tree import Tree

__all__ = ["BareClone", "DiskClone", "GitClone", "open_clone"]

_SUBMODULE_MODE = "160000"
_KEPT_LIMIT = 256 * 1024 * 1024


@dataclass(eq=False)
class DiskClone(Tree):
    """A working tree, read file by file when asked."""

    name: str
    path: str
    root: Path
    facts: GitFacts = field(default_factory=GitFacts)
    extra_urls: tuple[str, ...] = ()
    size_limit: int = DEFAULT_LIMITS.file_size
    git: GitDirectory | None = None
    _trees: "dict[str, GitClone]" = field(default_factory=dict, repr=False)
    _real_paths: dict[str, str] = field(default_factory=dict, repr=False)
    _kept: dict[str, bytes] = field(default_factory=dict, repr=False)
    _kept_size: int = 0

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses that mean this clone."""
        return tuple(sorted({*self.facts.urls, *self.extra_urls}))

    @property
    def commit(self) -> str | None:
        """The commit that is checked out."""
        return self.facts.commit

    @property
    def branch(self) -> str | None:
        """The branch that is checked out."""
        return self.facts.branch

    @property
    def dirty(self) -> bool:
        """Whether the working tree differs from the commit."""
        return self.facts.dirty

    @property
    def knows_all_revisions(self) -> bool:
        """Whether it is no shallow clone, and none of a single branch."""
        return self.facts.complete

    @cached_property
    def files(self) -> tuple[str, ...]:  # type: ignore[override] # computed once, on first use
        """Every file below the root but Git's own, ignored ones, and links that leave it.

        Nor any of a clone that lies within and is no submodule: Git has none of it. What a sparse
        checkout leaves out is among them.
        """
        return tuple(sorted(self._shown))

    @cached_property
    def _shown(self) -> dict[str, str]:
        """The files, each with the path where it lies; links that are texts are followed."""
        ignored = find_ignored(self.git)
        strangers = find_strangers(self.git, self._listing.clones)
        present = (path for path in self._listing.files if not path.startswith(strangers))
        found = {path: path for path in (*present, *self._sparse) if not ignored.has(path)}
        links = self._text_links
        return with_links({p: p for p in found if p not in links}, links) if links else found

    def lies_at(self, path: str) -> str:
        """Where the file lies that a link shows which Git checked out as a text."""
        return self._shown.get(path, path)

    @cached_property
    def _text_links(self) -> dict[str, str]:
        return find_text_links(self.git, self._listing.files, self.blobs if self._sparse else None)

    @cached_property
    def unread(self) -> tuple[str, ...]:  # type: ignore[override] # computed once, on first use
        """Folders that cannot be looked into; those that Git ignores do not matter."""
        found = self._listing.unread
        ignored = find_ignored(self.git) if found else None
        return tuple(sorted(path for path in found if not ignored or not ignored.has(f"{path}/")))

    @cached_property
    def _listing(self) -> Listing:
        return list_files(self.root)

    @cached_property
    def _places(self) -> Places:
        return Places(self.root, self._listing.plain, self.size_limit)

    def place(self, path: str) -> str:
        """A file of it as reports name it."""
        return path if self.path in {"", "."} else f"{self.path}/{path}"

    def read(self, path: str) -> bytes:
        """The bytes of one file."""
        kept = self._kept.get(path)
        if kept is not None:
            return kept
        file = SourceFile(self.name, path)
        if not self.is_file(path):
            raise UnreadableError(file, "no such file")
        try:
            return self._keep(path, self._read(self.lies_at(path), file))
        except OSError as error:
            raise UnreadableError(file, error.strerror or "cannot be read") from error
        except BlobError as error:
            raise UnreadableError(file, str(error)) from error

    def _read(self, path: str, file: SourceFile) -> bytes:
        if path in self._sparse and self.blobs is not None:
            return self.blobs.read(self._sparse[path], self.size_limit)
        return self._line_ends.as_committed(path, self._places.read(path, file))

    @cached_property
    def _sparse(self) -> dict[str, str]:
        return find_sparse(self.git)

    @cached_property
    def _line_ends(self) -> LineEnds:
        return LineEnds(self.git)

    def real_path(self, path: str) -> str:
        """Where a file or directory lies, every link followed."""
        found = self._real_paths.get(path)
        if found is None:
            found = self._real_paths[path] = self._find_real_path(path)
        return found

    def _find_real_path(self, path: str) -> str:
        if windows.ON_WINDOWS and windows.is_impossible(path):
            return path
        file = SourceFile(self.name, path)
        return self._places.find(self._follow_texts(path, file), file)

    def _follow_texts(self, path: str, file: SourceFile) -> str:
        found = real_path(path, self._text_links) if self._text_links else path
        if found is None:
            raise UnreadableError(file, "a link that leaves the repository")
        return found

    def _keep(self, path: str, data: bytes) -> bytes:
        """Remember a file: several stages look into it, and all must see the same."""
        if self._kept_size + len(data) <= _KEPT_LIMIT:
            self._kept[path] = data
            self._kept_size += len(data)
        return data

    def at(self, revision: str) -> "GitClone | DiskClone | None":
        """The repository at a branch, tag or commit; ``None`` where Git data lacks it."""
        name = revision.removeprefix("refs/heads/")
        if name in {"", "HEAD"} or (self.branch is not None and name == self.branch):
            return self
        commit = self._revisions.find(revision) if self._revisions is not None else None
        if commit is None or (commit == self.commit and not self.dirty):
            return self if commit else None
        if commit not in self._trees:
            self._trees[commit] = GitClone(self, revision, commit)
        return self._trees[commit]

    @property
    def has_borrowed_data(self) -> bool:
        """Whether its Git data is left alone because parts of it lie elsewhere."""
        return self.git is None and any(map(borrows, (self.root / ".git", self.root)))

    @cached_property
    def _revisions(self) -> Revisions | None:
        if self.git is None or self.commit is None:
            return None
        return Revisions(self.git, self.facts.remotes)

    @cached_property
    def blobs(self) -> Blobs | None:
        """The contents of files that are not checked out."""
        return Blobs(self.git) if self.git is not None else None


@dataclass(eq=False)
class GitClone(Tree):
    """The tree of one commit, read through Git without touching the working tree."""

    clone: DiskClone
    revision: str
    commit: str | None
    dirty: bool = False
    _contents: dict[str, bytes] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """The short name of the repository."""
        return self.clone.name

    @property
    def path(self) -> str:
        """Where the clone lies."""
        return self.clone.path

    @property
    def urls(self) -> tuple[str, ...]:
        """The addresses that mean this clone."""
        return self.clone.urls

    @property
    def branch(self) -> str | None:
        """The revision's name."""
        return self.revision

    @property
    def knows_all_revisions(self) -> bool:
        """Whether the clone is complete."""
        return self.clone.knows_all_revisions

    @cached_property
    def files(self) -> tuple[str, ...]:  # type: ignore[override] # computed once, on first use
        """Every regular file of the commit, those behind links within it, and of submodules."""
        inner = (f"{top}/{file}" for top, tree in self._submodules.items() for file in tree.files)
        return tuple(sorted({*self._blobs, *inner}))

    @cached_property
    def _blobs(self) -> dict[str, str]:
        blobs = {path: blob for mode, blob, path in self._entries if mode.startswith("100")}
        return with_links(blobs, self._links)

    @cached_property
    def _submodules(self) -> "dict[str, GitClone]":
        """The trees of submodules that are checked out, at the commits that this one names."""
        found: dict[str, GitClone] = {}
        modules = (
            (commit, path) for mode, commit, path in self._entries if mode == _SUBMODULE_MODE
        )
        for commit, path in modules:
            place = self.clone.root / path
            if place.resolve() == self.clone.root.resolve() / path:  # and no link leads there
                git = find_git_directory(place)
                clone = DiskClone(self.name, "", place, size_limit=self.clone.size_limit, git=git)
                found[path] = GitClone(clone, self.revision, commit)
        return found

    def _in_submodule(self, path: str) -> "tuple[str, GitClone, str] | None":
        """The submodule that holds a path, and the rest of the path in it."""
        for top, tree in self._submodules.items():
            if path.startswith(f"{top}/"):
                return top, tree, path[len(top) + 1 :]
        return None

    @cached_property
    def _links(self) -> dict[str, str]:
        links = ((path, blob) for mode, blob, path in self._entries if mode == "120000")
        return {path: link_target(path, self.clone.blobs, blob) for path, blob in links}

    def real_path(self, path: str) -> str:
        """Where a file or directory lies in the commit, every link followed."""
        if (inner := self._in_submodule(path)) is not None:
            top, tree, rest = inner
            return f"{top}/{tree.real_path(rest)}"
        found = real_path(path, self._links) if self._links else path
        if found is None:
            raise UnreadableError(SourceFile(self.name, path), "a link that leaves the repository")
        return found

    @cached_property
    def _entries(self) -> tuple[tuple[str, str, str], ...]:
        return tuple(self._list_entries())

    def _list_entries(self) -> Iterator[tuple[str, str, str]]:
        git = self.clone.git
        options = ("ls-tree", "-r", "-z", "--full-tree", str(self.commit))
        listing = git.ask(*options) if git is not None else ""
        for row in filter(None, listing.split("\0")):
            facts, _, path = row.partition("\t")
            mode, _, blob = facts.split()
            yield mode, blob, path

    def read(self, path: str) -> bytes:
        """The bytes of one file of the commit."""
        if (inner := self._in_submodule(path)) is not None:
            return inner[1].read(inner[2])
        blob = self._blobs.get(path)
        if blob is None or self.clone.blobs is None:
            raise UnreadableError(SourceFile(self.name, path), "no such file")
        if blob not in self._contents:
            try:
                self._contents[blob] = self.clone.blobs.read(blob, self.clone.size_limit)
            except BlobError as error:
                raise UnreadableError(SourceFile(self.name, path), str(error)) from error
        return self._contents[blob]

    def at(self, revision: str) -> "GitClone | DiskClone | None":
        """The repository at another revision."""
        return self.clone.at(revision)


class BareClone(DiskClone):
    """A clone without working tree: what would be checked out is read through Git."""

    @cached_property
    def _head(self) -> GitClone:
        return GitClone(self, self.branch or "HEAD", self.commit)

    unread = ()

    @cached_property
    def files(self) -> tuple[str, ...]:  # type: ignore[override] # computed once, on first use
        """Every file of the commit that ``HEAD`` means."""
        return self._head.files if self.commit is not None else ()

    def real_path(self, path: str) -> str:
        """Where a file or directory lies in the commit."""
        return self._head.real_path(path) if self.commit is not None else path

    def read(self, path: str) -> bytes:
        """The bytes of one file."""
        return self._head.read(path)


def open_clone(name: str, root: Path, path: str, extra_urls: Iterable[str] = ()) -> DiskClone:
    """A clone or plain folder on the disk; ``path`` is how reports name its place."""
    git = find_git_directory(root)
    facts = read_facts(git) if git is not None else _read_own_addresses(root)
    kind = BareClone if git is not None and git.is_bare else DiskClone
    urls = tuple(sorted(map(without_user, extra_urls)))
    return kind(name, path, root, facts, urls, git=git if facts.commit is not None else None)


def _read_own_addresses(root: Path) -> GitFacts:
    """What the settings of a clone say whose data lies elsewhere, such as one with a reference."""
    directory = root / ".git"
    settings = directory / "config"
    inside = not directory.is_symlink() and settings.is_file() and not settings.is_symlink()
    return read_addresses(GitDirectory(root.resolve(), directory)) if inside else GitFacts()
