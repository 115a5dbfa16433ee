"""Which files lie in a working tree: those behind links too, but none that Git leaves out."""

import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from graphdoc.clone.git import GitDirectory

__all__ = [
    "LINKED_FILES_LIMIT", "LINK_NESTING", "find_ignored", "is_hidden", "list_files",
]  # fmt: skip

LINKED_FILES_LIMIT = 100_000
LINK_NESTING = 1
_NESTED_LINKS_LIMIT = 1000
_SKIPPED_DIRECTORIES = frozenset({".git", "node_modules", ".venv", "__pycache__"})


def list_files(root: Path) -> Iterator[str]:
    """The files below a folder, and those behind links to folders of the same clone."""
    links: list[Path] = []
    yield from _list_plain(root, links)
    first = [(link, link.relative_to(root).as_posix()) for link in links]
    yield from islice(_list_linked(root, first, LINK_NESTING), LINKED_FILES_LIMIT)


def _list_plain(top: Path, links: list[Path]) -> Iterator[str]:
    """The files below a folder; ``links`` gathers the links to folders. No Path for each folder."""
    start = len(os.path.join(top, ""))  # noqa: PTH118
    for directory, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED_DIRECTORIES)
        places = (os.path.join(directory, name) for name in folders)  # noqa: PTH118
        links += (Path(place) for place in places if os.path.islink(place))  # noqa: PTH114
        base = directory[start:].replace(os.sep, "/")
        yield from (f"{base}/{name}" if base else name for name in names)


def _list_linked(root: Path, links: Sequence[tuple[Path, str]], nesting: int) -> Iterator[str]:
    """What links show, each with the path that it has there; few levels, and few links in each."""
    real_root = root.resolve()
    deeper: list[tuple[Path, str]] = []
    for link, shown in links:
        target = link.resolve()
        inside = target.is_relative_to(real_root) and not link.is_relative_to(target)
        if not inside or not target.is_dir() or is_hidden(target, real_root):
            continue
        nested: list[Path] = []
        yield from (f"{shown}/{path}" for path in _list_plain(target, nested))
        deeper += ((place, f"{shown}/{place.relative_to(target).as_posix()}") for place in nested)
    if nesting and deeper:
        yield from _list_linked(root, deeper[:_NESTED_LINKS_LIMIT], nesting - 1)


def is_hidden(place: Path, root: Path) -> bool:
    """Whether a link leads to Git's own data, which may hold credentials, in any case."""
    return ".git" in (part.lower() for part in place.relative_to(root).parts)


class _Ignored(NamedTuple):
    """What Git leaves out of the repository: files, and folders with all that they hold."""

    files: frozenset[str] = frozenset()
    folders: tuple[str, ...] = ()

    def has(self, path: str) -> bool:
        """Whether a path is one of them."""
        return path in self.files or path.startswith(self.folders)


def find_ignored(git: GitDirectory | None) -> _Ignored:
    """Files that lie in the working tree, are not tracked and never will be: Argo CD has none."""
    if git is None:
        return _Ignored()
    options = ("--others", "--ignored", "--exclude-standard", "--directory", "-z")
    paths = [path for path in git.ask("ls-files", *options).split("\0") if path]
    folders = tuple(path for path in paths if path.endswith("/"))
    return _Ignored(frozenset(path for path in paths if not path.endswith("/")), folders)
