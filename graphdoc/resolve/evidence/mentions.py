"""Which files the other files of the clones name: in scripts, pipelines, generators, other tools.

A file that no Application reaches may still serve somebody. How a word is read depends on who says
it: a kustomization names files from its own folder, an Application from its source's path, or
behind a ``$ref`` from a repository's root. Scripts and other tools' files may stand anywhere, so
the end of a path is enough in them. Prose (Markdown, text) and comments do not count.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import chain, starmap
from posixpath import basename, dirname, join

from graphdoc.model.clone import Clone
from graphdoc.model.file_kinds import PROSE
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import SourceFile
from graphdoc.resolve.repositories.contents import (
    ENDING,
    SKIM_LIMIT,
    every_file,
    lines_naming_files,
    skim_bytes,
)
from graphdoc.resolve.repositories.paths import normalise

__all__ = ["Mentions", "find_mentions"]

_PROSE = (*PROSE, ".html", ".svg", ".lock", ".sum", ".drawio")
_PROSE_NAMES = frozenset({"README", "LICENSE", "NOTICE", "CHANGELOG", "CODEOWNERS", ".gitignore"})
_BREAK = re.compile(rb"[^\w./@$+~-]")
_COMMENT = re.compile(rb"(?:^|[ \t])#.*$|^[ \t]*//.*$", re.MULTILINE)
_SOURCE_PATH = re.compile(rb"^[ \t-]*[\"']?path[\"']?:[ \t]*[\"']?([\w./@+~-]+)", re.MULTILINE)
_MANIFEST = re.compile(rb"^[ \t-]*[\"']?apiVersion[\"']?:", re.MULTILINE)
_ARGOCD = b"argoproj.io/"
_APPLICATION = re.compile(
    rb"^[ \t-]*[\"']?kind[\"']?:[ \t]*[\"']?Application(?:Set)?\b", re.MULTILINE
)
_VARIABLE = re.compile(r"^(?:\$\w*/|\.\.?/|/)+")
_REFERENCE = re.compile(r"^\$[\w-]+/(?P<path>.+)")
_ANY_CLONE = ""
_WORD_LIMIT = 300

_Said = tuple[SourceFile | None, str]


class Mentions:
    """Every path that some file names, as far as it can be told without running anything."""

    def __init__(self, said: Iterable[tuple[SourceFile, _Said]]) -> None:
        self._exact: dict[SourceFile, set[SourceFile]] = {}
        self._endings: dict[str, set[SourceFile]] = {}
        for file, (target, ending) in said:
            if target is not None:
                self._exact.setdefault(target, set()).add(file)
            else:
                self._endings.setdefault(ending, set()).add(file)

    def of(self, file: SourceFile) -> frozenset[SourceFile]:
        """The other files that name a file."""
        parts = str(file).split("/")
        endings = ("/".join(parts[index:]) for index in range(len(parts) - 1))
        found = set(self._exact.get(file, ()))
        found |= self._exact.get(SourceFile(_ANY_CLONE, file.path), set())
        for ending in endings:
            found |= self._endings.get(ending, set())
        return frozenset(found - {file})


@lru_cache(maxsize=2)
def find_mentions(clones: tuple[Clone, ...]) -> Mentions:
    """Look through every text file of the clones."""
    return Mentions(chain.from_iterable(starmap(_said_in, every_file(clones))))


def _said_in(clone: Clone, path: str) -> Iterator[tuple[SourceFile, _Said]]:
    name, file = basename(path), SourceFile(clone.name, path)
    if name.lower().endswith(_PROSE) or name in _PROSE_NAMES:
        return
    data = _text(clone, path)
    words = sorted(set(_paths_in(_COMMENT.sub(b"", b"\n".join(lines_naming_files(data))))))
    if not words:
        return
    read = _reader(file, data)
    for word in words:
        yield from ((file, said) for said in read(word.decode("utf-8", "replace")))


def _reader(file: SourceFile, data: bytes) -> Callable[[str], Iterator[_Said]]:
    """How the words of a file are to be read."""
    near = (dirname(file.path),)
    if basename(file.path) in KUSTOMIZATION_NAMES:
        return lambda word: _from_folders(file.repository, near, word)
    if _ARGOCD in data and _APPLICATION.search(data):
        folders = tuple(sorted({path.decode() for path in _SOURCE_PATH.findall(data)}))
        return lambda word: _from_folders(_ANY_CLONE, folders, word)
    if _MANIFEST.search(data):
        return lambda word: _from_folders(file.repository, near, word)
    return lambda word: _from_anywhere(file.repository, near, word)


def _from_folders(repository: str, folders: Iterable[str], word: str) -> Iterator[_Said]:
    reference = _REFERENCE.match(word)
    if reference:
        yield SourceFile(_ANY_CLONE, normalise(reference["path"]) or ""), ""
        return
    for folder in folders:
        place = normalise(join(folder, word))
        if place is not None:
            yield SourceFile(repository, place), ""


def _from_anywhere(repository: str, folders: Iterable[str], word: str) -> Iterator[_Said]:
    yield from _from_folders(repository, folders, word)
    ending = _VARIABLE.sub("", word)
    if "/" in ending:
        yield None, ending


def _paths_in(text: bytes) -> Iterator[bytes]:
    """Every word that ends like a file's name, found from its end: linear on crafted input."""
    for match in ENDING.finditer(text):
        before = text[max(0, match.start() - _WORD_LIMIT) : match.start()]
        yield _BREAK.split(before)[-1] + match[0]


def _text(clone: Clone, path: str) -> bytes:
    data = skim_bytes(clone, path)
    return data if len(data) < SKIM_LIMIT and b"\0" not in data[:1024] else b""
