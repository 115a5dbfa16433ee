"""Which files lie in a working tree: those behind links too, but none that Git leaves out."""

import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path, PurePosixPath
from posixpath import basename, dirname
from typing import NamedTuple

from graphdoc.clone.git import GitDirectory
from graphdoc.model import windows

__all__ = [
    "LINKED_FILES_LIMIT", "LINK_NESTING", "Listing", "find_ignored", "find_sparse",
    "find_strangers", "is_hidden", "list_files",
]  # fmt: skip

LINKED_FILES_LIMIT = 100_000
LINK_NESTING = 1
_NESTED_LINKS_LIMIT = 1000
_MOST_NAMED = 500  # paths in one command
_SKIPPED_DIRECTORIES = frozenset({"node_modules", ".venv", "__pycache__"})
_OF_PYTHON = "pyvenv.cfg"  # in the folder of a virtual environment, whatever it is called


class Listing(NamedTuple):
    """What lies in a working tree; a file or folder that is ``plain`` is no link.

    ``unread`` are folders that cannot be looked into, ``clones`` those with Git data of their own.
    """

    files: frozenset[str]
    plain: frozenset[str]
    unread: frozenset[str]
    clones: tuple[str, ...]


def list_files(root: Path) -> Listing:
    """The files below a folder, and those behind links to folders of the same clone."""
    entries = list(_list_plain(str(root)))
    links = [(root / entry.path, entry.path) for entry in entries if entry.is_folder_link]
    linked = islice(_list_linked(root, links, LINK_NESTING), LINKED_FILES_LIMIT)
    return Listing(
        frozenset(chain((entry.path for entry in entries if not entry.is_folder), linked)),
        frozenset(entry.path for entry in entries if not entry.is_link),
        frozenset(entry.path for entry in entries if entry.is_unread),
        tuple(dirname(entry.path) for entry in entries if entry.is_git and "/" in entry.path),
    )


class _Entry(NamedTuple):
    path: str
    is_folder: bool
    is_link: bool
    is_unread: bool = False

    @property
    def is_git(self) -> bool:
        return basename(self.path) == ".git"

    @property
    def is_folder_link(self) -> bool:
        return self.is_folder and self.is_link and not self.is_git


def _list_plain(top: str) -> Iterator[_Entry]:
    """All below a folder, no link followed. The folder's own listing tells what is a link."""
    folders = [("", top)]
    while folders:
        base, place = folders.pop()
        inside = _scan(place)
        if inside is None:
            yield _Entry(base.rstrip("/"), is_folder=True, is_link=False, is_unread=True)
        elif base and any(found.name == _OF_PYTHON for found in inside):
            continue
        for found in inside or ():
            name = found.name
            entry = _Entry(f"{base}{name}", _is_folder(found), _is_link(found))
            if entry.is_folder and name in _SKIPPED_DIRECTORIES:
                continue
            yield entry
            if entry.is_folder and not entry.is_link:
                folders.append((f"{base}{name}/", found.path))


def _scan(place: str) -> list[os.DirEntry[str]] | None:
    """What a folder holds; ``None`` where it cannot be looked into."""
    try:
        with os.scandir(place) as found:
            return list(found)
    except OSError:
        return None


def _is_folder(entry: os.DirEntry[str]) -> bool:
    # Windows would ask another machine for a link to \\host\share.
    if windows.ON_WINDOWS and entry.is_symlink():
        return False
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _is_link(entry: os.DirEntry[str]) -> bool:
    """Whether it leads elsewhere; what is called like Git's own data is looked at as if it did."""
    if entry.is_symlink() or entry.name.lower() == ".git":
        return True
    return windows.ON_WINDOWS and windows.is_link(entry.stat(follow_symlinks=False))


def _list_linked(root: Path, links: Sequence[tuple[Path, str]], nesting: int) -> Iterator[str]:
    """What links show, each with the path that it has there; few levels, and few links in each."""
    real_root = root.resolve()
    deeper: list[tuple[Path, str]] = []
    for link, shown in links:
        target = link.resolve()
        inside = target.is_relative_to(real_root) and not link.is_relative_to(target)
        if not inside or not target.is_dir() or is_hidden(target, real_root):
            continue
        for entry in _list_plain(str(target)):
            if entry.is_folder_link:
                deeper.append((target / entry.path, f"{shown}/{entry.path}"))
            elif not entry.is_folder:
                yield f"{shown}/{entry.path}"
    if nesting and deeper:
        yield from _list_linked(root, deeper[:_NESTED_LINKS_LIMIT], nesting - 1)


def is_hidden(place: Path, root: Path) -> bool:
    """Whether a link leads to Git's own data, which may hold credentials, in any case."""
    return ".git" in (part.lower() for part in place.relative_to(root).parts)


def find_strangers(git: GitDirectory | None, clones: tuple[str, ...]) -> tuple[str, ...]:
    """Clones that lie in the working tree and are none of its submodules, as starts of paths."""
    if git is None or not clones:
        return ()
    few = [f"./{clone}" for clone in clones] if len(clones) <= _MOST_NAMED else []
    tracked = git.ask("ls-files", "-z", "--", *few).split("\0")
    known = {str(place) for path in tracked for place in PurePosixPath(path, ".git").parents}
    return tuple(f"{clone}/" for clone in clones if clone not in known)


def find_sparse(git: GitDirectory | None) -> dict[str, str]:
    """The files that a sparse checkout leaves in Git alone, each with its blob."""
    if git is None or not (git.directory / "info" / "sparse-checkout").is_file():
        return {}
    rows = (row.partition("\t") for row in git.ask("ls-files", "-t", "-s", "-z").split("\0"))
    left = ((path, facts.split()) for facts, _, path in rows if facts.startswith("S 100"))
    return {path: blob for path, (_, _, blob, _) in left}


class _Ignored(NamedTuple):
    """What Git leaves out of the repository: files, and folders with all that they hold."""

    files: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()

    def has(self, path: str) -> bool:
        """Whether a path is one of them."""
        before = bisect_right(self.folders, path)  # they are sorted, and none lies in another
        return path in self.files or (before > 0 and path.startswith(self.folders[before - 1]))


def find_ignored(git: GitDirectory | None) -> _Ignored:
    """Files that lie in the working tree, are not tracked and never will be: Argo CD has none."""
    if git is None:
        return _Ignored()
    options = ("--others", "--ignored", "--exclude-standard", "--directory", "-z")
    paths = [path for path in git.ask("ls-files", *options).split("\0") if path]
    folders = tuple(sorted(path for path in paths if path.endswith("/")))
    return _Ignored(frozenset(path for path in paths if not path.endswith("/")), folders)
