"""Which files the other files of the clones name: in scripts, pipelines, generators, other tools.

A file that no Application reaches may still serve somebody. What is looked for are words that end
like the file's path; prose (Markdown, text) and comments do not count.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from posixpath import dirname, join

from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.location import SourceFile
from graphdoc.resolve.paths import normalise

__all__ = ["Mentions", "find_mentions"]

_PROSE = (".md", ".mdx", ".txt", ".rst", ".adoc", ".html", ".svg", ".lock", ".sum", ".drawio")
_PROSE_NAMES = frozenset({"README", "LICENSE", "NOTICE", "CHANGELOG", "CODEOWNERS", ".gitignore"})
_ENDING = re.compile(rb"\.(?:ya?ml|json|tpl)\b")
_BREAK = re.compile(rb"[^\w./@$+~-]")
_COMMENT = re.compile(rb"^[ \t]*(?:#|//).*$", re.MULTILINE)
_VARIABLE = re.compile(r"^\$\w*/|^(?:\.\.?/)+|^/+")
_SIZE_LIMIT = 1_000_000
_WORD_LIMIT = 300


class Mentions:
    """Every path that some file names, as far as it can be told without running anything."""

    def __init__(self, words: Iterable[tuple[SourceFile, str]]) -> None:
        self._relative: dict[SourceFile, set[SourceFile]] = {}
        self._endings: dict[str, set[SourceFile]] = {}
        for file, word in words:
            near = normalise(join(dirname(file.path), word))
            if near is not None:
                self._relative.setdefault(SourceFile(file.repository, near), set()).add(file)
            ending = _VARIABLE.sub("", word)
            if "/" in ending:
                self._endings.setdefault(ending, set()).add(file)

    def of(self, file: SourceFile) -> frozenset[SourceFile]:
        """The other files that name a file: from their own folder, or by its last folders."""
        parts = file.path.split("/")
        endings = ("/".join(parts[index:]) for index in range(len(parts) - 1))
        found = set(self._relative.get(file, ()))
        for ending in endings:
            found |= self._endings.get(ending, set())
        return frozenset(found - {file})


@lru_cache(maxsize=2)
def find_mentions(clones: tuple[Clone, ...]) -> Mentions:
    """Look through every text file of the clones."""
    return Mentions(found for clone in clones for found in _words(clone))


def _words(clone: Clone) -> Iterator[tuple[SourceFile, str]]:
    for path in clone.files:
        name = path.rpartition("/")[2]
        if name.lower().endswith(_PROSE) or name in _PROSE_NAMES:
            continue
        file = SourceFile(clone.name, path)
        for word in sorted(set(_paths_in(_COMMENT.sub(b"", _read(clone, path))))):
            yield file, word.decode("utf-8", "replace")


def _paths_in(text: bytes) -> Iterator[bytes]:
    """Every word that ends like a file's name, found from its end: linear on crafted input."""
    for match in _ENDING.finditer(text):
        before = text[max(0, match.start() - _WORD_LIMIT) : match.start()]
        yield _BREAK.split(before)[-1] + match[0]


def _read(clone: Clone, path: str) -> bytes:
    try:
        data = clone.read(path)
    except UnreadableError:
        return b""
    return data if len(data) <= _SIZE_LIMIT and b"\0" not in data[:1024] else b""
