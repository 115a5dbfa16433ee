"""The existing file or folder that a path which leads nowhere is nearest to."""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from posixpath import basename, dirname, splitext

from graphdoc.model.clone import Clone
from graphdoc.model.grouping import grouped
from graphdoc.resolve.names.alike import ALIKE, most_alike, same_letters
from graphdoc.resolve.repositories.paths import folders_above, folders_holding

__all__ = ["folder_above", "likeness", "nearest_file", "nearest_folder"]

_COMPARED = 50


def nearest_file(clone: Clone, wanted: str) -> str:
    """The file of a clone that a path was probably to name; empty where none is near."""
    tree = _tree(clone.files)
    return tree.find(wanted.lstrip("/"), tree.files)


def nearest_folder(clone: Clone, wanted: str) -> str:
    """The folder of a clone that a path was probably to name; empty where none is near."""
    tree, wanted = _tree(clone.files), wanted.lstrip("/")
    return tree.find(wanted, tree.folders) or tree.off_by_one(wanted)


def folder_above(clone: Clone, wanted: str) -> str:
    """The last folder on the way to a path that is there; empty where not even the first is."""
    return _tree(clone.files).above(wanted)


class _Tree:
    """The paths of one clone: what lies in each folder, and where each name stands."""

    def __init__(self, files: Iterable[str]) -> None:
        self.files = frozenset(files)
        self.folders = frozenset(folders_holding(self.files))
        paths = sorted(self.files | self.folders)
        self._children = grouped((dirname(path), basename(path)) for path in paths)
        self._by_stem: dict[str, tuple[dict[str, str], frozenset[str]]] = {}
        self._named = grouped((basename(path), path) for path in paths)

    def find(self, wanted: str, allowed: frozenset[str]) -> str:
        """The path with one segment spelled otherwise, or else the same name in a like folder."""
        near = (path for path in self._respelled(wanted) if path in allowed)
        return next(near, "") or self._elsewhere(wanted, allowed)

    def above(self, wanted: str) -> str:
        """The last folder on the way that is there."""
        return next((above for above in folders_above(wanted) if above in self.folders), "")

    def _respelled(self, wanted: str) -> Iterator[str]:
        above, below = wanted, ""
        while above and above not in self.folders:
            above, segment = dirname(above), basename(above)
            by_stem, stems = self._stems(above)
            for stem in _alike(splitext(segment)[0], stems):
                yield "/".join(filter(None, (above, by_stem[stem], below)))
            below = f"{segment}/{below}".rstrip("/")

    def _stems(self, folder: str) -> tuple[dict[str, str], frozenset[str]]:
        """The names in a folder by what stands before their endings, and all of that."""
        if folder not in self._by_stem:
            by_stem = {splitext(name)[0]: name for name in self._children.get(folder, ())}
            self._by_stem[folder] = by_stem, frozenset(by_stem)
        return self._by_stem[folder]

    def _elsewhere(self, wanted: str, allowed: frozenset[str]) -> str:
        named = [path for path in self._named.get(basename(wanted), ()) if path in allowed]
        scored = ((likeness(path, wanted), path) for path in named[:_COMPARED])
        score, path = max(scored, default=(0.0, ""))
        return path if score >= ALIKE else ""

    def off_by_one(self, wanted: str) -> str:
        """The one folder of that name with a folder more or less on the way."""
        named = self._named.get(basename(wanted), ())
        near = [p for p in named if p in self.folders and _is_off_by_one(p, wanted)]
        return near[0] if len(near) == 1 else ""


def _alike(wanted: str, stems: frozenset[str]) -> list[str]:
    """The stems of its letters, or spelled alike; else those that go on or end where it does."""
    longer = (s for s in stems if s.startswith(f"{wanted}-") or wanted.startswith(f"{s}-"))
    swapped = same_letters(wanted, stems)
    return list(swapped) or most_alike(wanted, stems, ALIKE, 3) or sorted(longer)


def likeness(path: str, wanted: str) -> float:
    """How alike two paths are where they differ; the folders that they share are common to many."""
    ours, theirs = _apart(path, wanted)
    if sorted(ours) != sorted(theirs) and sorted("/".join(ours)) == sorted("/".join(theirs)):
        return 1.0  # letters that changed places
    if len(ours) == len(theirs):
        pairs = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
        ours, theirs = [a for a, _ in pairs], [b for _, b in pairs]
    return SequenceMatcher(None, "/".join(ours), "/".join(theirs), autojunk=False).ratio()


def _is_off_by_one(path: str, wanted: str) -> bool:
    """Whether one has a folder on the way that the other lacks."""
    ours, theirs = _apart(path, wanted)
    return sorted((len(ours), len(theirs))) == [0, 1]


def _apart(path: str, wanted: str) -> tuple[list[str], list[str]]:
    """The segments of two paths without those that they begin and end with alike."""
    ours, theirs = path.split("/"), wanted.split("/")
    while ours and theirs and ours[0] == theirs[0]:
        del ours[0], theirs[0]
    while ours and theirs and ours[-1] == theirs[-1]:
        del ours[-1], theirs[-1]
    return ours, theirs


@lru_cache(maxsize=8)
def _tree(files: tuple[str, ...]) -> _Tree:
    return _Tree(files)
