"""Which paths a document may mean: those of the analysed repositories, and what Git leaves out."""

from collections.abc import Iterator
from posixpath import dirname, join, splitext

from graphdoc.model.clone import Clone
from graphdoc.resolve.repositories.addresses import names_of
from graphdoc.resolve.repositories.ignored import Ignored
from graphdoc.resolve.repositories.paths import folders_holding, normalise
from graphdoc.resolve.repositories.submodules import find_empty_submodule

__all__ = ["KnownPaths"]


class KnownPaths:
    """Every file and folder of the clones, by whole path and by ending."""

    def __init__(self, clones: tuple[Clone, ...]) -> None:
        self._folders = {
            clone.name: frozenset({"", *folders_holding(clone.files)}) for clone in clones
        }
        self._paths = {clone.name: self._folders[clone.name].union(clone.files) for clone in clones}
        self._endings = frozenset[str]().union(*map(_endings, self._paths.values()))
        self._clones = {clone.name: clone for clone in clones}
        self._ignored = {clone.name: Ignored(clone) for clone in clones}
        self._names = {name: clone.name for clone in clones for name in names_of(clone)}
        self._kinds = {clone.name: frozenset(map(_kind, clone.files)) for clone in clones}
        self._with_files = {
            clone.name: frozenset(dirname(path) for path in clone.files) for clone in clones
        }

    def clone_named(self, name: str) -> str | None:
        """The clone that a folder's name means, if one does."""
        return self._names.get(name.lower())

    def has(self, clone: str, path: str) -> bool:
        """Whether a path is there, or would be if Git did not leave it out."""
        return path in self._paths[clone] or self.is_ignored(clone, path)

    def is_ignored(self, clone: str, path: str) -> bool:
        """Whether Git leaves out a path or a folder above it: ``.gitignore`` or a submodule."""
        is_inner = find_empty_submodule(self._clones[clone], path) != ""
        return is_inner or self._ignored[clone].rule(path) is not None

    def is_anywhere(self, path: str) -> bool:
        """Whether any path of any clone ends like this one."""
        return path in self._endings

    def has_files_in(self, clone: str, folder: str) -> bool:
        """Whether a folder holds files of its own."""
        return folder in self._with_files[clone]

    def has_files_like(self, clone: str, path: str) -> bool:
        """Whether other files with the ending of this path are in its folder."""
        return _kind(path) in self._kinds[clone]

    def has_files_below(self, clone: str, folder: str) -> bool:
        """Whether a path is a folder that Git holds."""
        return folder in self._folders[clone]

    def depth(self, clone: str, path: str) -> int:
        """How many folders on the way to a path are there."""
        parts = path.split("/")
        folders = self._folders[clone]
        return sum("/".join(parts[:count]) in folders for count in range(1, len(parts)))

    def readings(self, clone: str, near: str, path: str) -> Iterator[tuple[str, str]]:
        """What a path in a document of the folder ``near`` may mean, as clone and path."""
        first, _, rest = path.partition("/")
        named = self.clone_named(first)
        if named is not None and rest:
            yield named, rest
        for place in dict.fromkeys((normalise(path), normalise(join(near, path)))):
            if place:
                yield clone, place


def _kind(path: str) -> tuple[str, str]:
    return dirname(path), splitext(path)[1]


def _endings(paths: frozenset[str]) -> set[str]:
    found = {""}
    for path in paths:
        while path not in found:
            found.add(path)
            path = path.partition("/")[2]  # noqa: PLW2901 -- one folder less
    return found
