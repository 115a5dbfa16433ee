"""Entries of kustomizations that stand in comments."""

import re
from posixpath import dirname, join, relpath

from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.location import SourceFile, Span
from graphdoc.resolve.kustomize import is_kustomization

__all__ = ["find_commented_entry"]

_ENTRY = re.compile(
    r"^\s*#+\s*-?\s*(?:path:\s*)?[\"']?(?:\./)?(?P<path>[\w./@+~-]+)[\"']?\s*(?:#.*)?$"
)
_LINE_LIMIT = 1000


def find_commented_entry(clone: Clone, file: SourceFile) -> Span | None:
    """Where the kustomization of a file's folder, or of one above it, comments the file out."""
    folder = dirname(file.path)
    while True:
        found = _find_in(clone, folder, relpath(file.path, folder or "."))
        if found is not None or not folder:
            return found
        folder = dirname(folder)


def _find_in(clone: Clone, folder: str, wanted: str) -> Span | None:
    name = is_kustomization(clone, folder)
    if name is None:
        return None
    file = SourceFile(clone.name, join(folder, name))
    for number, line in enumerate(_lines(clone, file.path), start=1):
        match = _ENTRY.match(line) if len(line) < _LINE_LIMIT else None
        if match and match["path"] == wanted:
            start, end = match.span("path")
            return Span(file, number, start + 1, number, end + 1)
    return None


def _lines(clone: Clone, path: str) -> list[str]:
    try:
        return clone.read(path).decode("utf-8", "replace").splitlines()
    except UnreadableError:
        return []
