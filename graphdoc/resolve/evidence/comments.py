"""Files that kustomizations name in comments: commented-out entries, and why others are none."""

import re
from collections.abc import Iterator
from functools import lru_cache
from posixpath import dirname, join

from graphdoc.model.clone import Clone
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import SourceFile, Span
from graphdoc.resolve.kustomize.files.roots import is_kustomization
from graphdoc.resolve.repositories.contents import read_text
from graphdoc.resolve.repositories.paths import files_named, join_path

__all__ = ["find_commented_entry", "is_commented_out"]

_ENTRY = re.compile(
    r"^\s*#+\s*(?:-\s*)?(?:path:\s*)?[\"']?(?:\./)?(?P<path>[\w./@+~-]+)[\"']?\s*(?:#.*)?$"
)
_COMMENT = re.compile(r"(?:^|\s)#")
_FILE = re.compile(r"[\w./@+~-]*[\w-]\.(?:ya?ml|json)\b")
_LINE_LIMIT = 1000


def find_commented_entry(clones: tuple[Clone, ...], file: SourceFile) -> Span | None:
    """Where a kustomization comments out a file, or the folder that it stands in."""
    entries = _entries(clones)
    return entries.get(file) or entries.get(SourceFile(file.repository, dirname(file.path)))


def is_commented_out(clone: Clone, path: str) -> bool:
    """Whether the kustomization beside a file has it as an entry that is commented out."""
    folder = dirname(path)
    beside = is_kustomization(clone, folder)
    lines = read_text(clone, join(folder, beside)).splitlines() if beside else ()
    entries = (_ENTRY.match(line) for line in lines if "#" in line and len(line) < _LINE_LIMIT)
    return any(entry and join_path(folder, entry["path"]) == path for entry in entries)


@lru_cache(maxsize=2)
def _entries(clones: tuple[Clone, ...]) -> dict[SourceFile, Span]:
    named = (
        (clone, path) for clone in clones for path in files_named(clone.files, *KUSTOMIZATION_NAMES)
    )
    found: dict[SourceFile, Span] = {}
    for target, span in (entry for clone, path in named for entry in _commented(clone, path)):
        found.setdefault(target, span)
    return found


def _commented(clone: Clone, path: str) -> Iterator[tuple[SourceFile, Span]]:
    file = SourceFile(clone.name, path)
    lines = enumerate(read_text(clone, path).splitlines(), start=1)
    for number, line in ((n, t) for n, t in lines if "#" in t and len(t) < _LINE_LIMIT):
        for word, start in _words(line):
            target = join_path(dirname(path), word)
            if target:
                span = Span(file, number, start + 1, number, start + len(word) + 1)
                yield SourceFile(clone.name, target), span


def _words(line: str) -> Iterator[tuple[str, int]]:
    """A commented-out entry, be it a folder, and every file that a comment speaks of."""
    entry = _ENTRY.match(line)
    if entry:
        yield entry["path"], entry.start("path")
        return
    comment = _COMMENT.search(line)
    for found in _FILE.finditer(line, comment.end()) if comment else ():
        yield found[0], found.start()
