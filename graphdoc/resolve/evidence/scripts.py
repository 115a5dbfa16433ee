"""Roots that are applied by hand, as scripts and instructions in the repositories say."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from posixpath import dirname

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.file_kinds import MARKDOWN, is_script
from graphdoc.model.location import SourceFile, Span
from graphdoc.resolve.names.spelling import with_gaps
from graphdoc.resolve.repositories.contents import every_file, skim_text
from graphdoc.resolve.repositories.fixtures import is_pattern
from graphdoc.resolve.repositories.paths import join_path, normalise

__all__ = ["AppliedPaths", "documented_paths", "find_installed", "scripted_paths"]

_APPLY = re.compile(
    r"^(?!\s*(?:#|echo\b|printf\b)).*?\b(?:kubectl|oc|microk8s\.kubectl)\b(?>[^|;&#\n]*?\b(?:apply|create)\b)"
    r"[^|;&#\n]*?\s(?:-f|-k|--filename|--kustomize)[= ]\s*(?P<path>\"[^\"]+\"|'[^']+'|[^\s|;&]+)"
)
_CREATE = re.compile(r"^\s*argocd\s+app\s+create\b[^|;&#\n]*?\s--path[= ]\s*(?P<path>[^\s|;&]+)")
_BUILD = re.compile(
    r"^(?!\s*(?:#|echo\b|printf\b)).*?\bkustomize(?:\s+build)?(?:\s+-\S+|\s+LoadRestrictionsNone)*"
    r"\s+(?P<path>\"[^\"]+\"|'[^']+'|[^\s|;&-][^\s|;&]*)"
    r"[^|;&#\n]*\|[^|;&#\n]*\b(?:kubectl|oc)\b[^|;&#\n]*?\b(?:apply|create)\b"
)
_HELM = re.compile(
    r"^(?!\s*(?:#|echo\b|printf\b)).*?\bhelm\s+(?:install|upgrade|template)\b(?P<rest>[^|;&#\n]*)"
)
# A source of an Application that a script or Terraform writes.
_WRITTEN = re.compile(r"^\s*\"?path\"?\s*[:=]\s*(?P<path>\"[^\"]+\"|'[^']+'|[\w./-]+)\s*+,?\s*$")
# A chart that Terraform installs, beside the file that says so.
_CHART = re.compile(r"^\s*chart\s*=\s*\"\$\{path\.module\}(?P<path>/[\w./-]+)\"\s*$")
_ADDRESS = re.compile(r"\brepo_?url\b", re.IGNORECASE)
_TERRAFORM = (".tf", ".tftpl")
_VARIABLE = re.compile(r"\$\{[^}]*\}|\$[0-9]|\$\([^)]*\)|\$[A-Za-z_][A-Za-z0-9_]*|%[A-Za-z_]+%")
_LINE_LIMIT = 1_000  # keeps the search linear on crafted input


@dataclass(frozen=True, slots=True)
class _Applied:
    """One path that a script applies; each variable in it, a NUL, is any text of a segment."""

    clone: str
    path: str
    span: Span


class AppliedPaths:
    """What scripts or documents apply, looked up by path."""

    def __init__(self, applied: Iterable[_Applied]) -> None:
        self._plain: dict[tuple[str, str], tuple[int, Span]] = {}
        self._patterns: list[tuple[int, str, re.Pattern[str], Span]] = []
        for number, one in enumerate(applied):
            if "\0" in one.path:
                pattern = with_gaps(one.path.split("\0"), "[^/]+?")
                self._patterns.append((number, one.clone, pattern, one.span))
            else:
                self._plain.setdefault((one.clone, one.path), (number, one.span))

    def find(self, clone: str, path: str) -> Span | None:
        """Where this path of this clone is applied first."""
        fitting = (
            (number, span)
            for number, name, pattern, span in self._patterns
            if name == clone and pattern.fullmatch(path)
        )
        found = (self._plain.get((clone, path)), next(fitting, None))
        return min(filter(None, found), default=(0, None))[1]


@lru_cache(maxsize=2)  # whoever looks for roots, and for what is no root
def scripted_paths(clones: tuple[Clone, ...]) -> AppliedPaths:
    """What the scripts of the clones apply."""
    return AppliedPaths(applied for clone in clones for applied in _scripted(clone))


def documented_paths(clones: tuple[Clone, ...]) -> AppliedPaths:
    """What examples in the clones' Markdown documents apply: weaker evidence than a script."""
    return AppliedPaths(applied for clone in clones for applied in _documented(clone))


def _scripted(clone: Clone) -> Iterator[_Applied]:
    for path in clone.files:
        if is_script(path):
            lines = _lines(clone, path)
            yield from _applied_in(clone, path, lines)
            yield from _written_in(clone, path, lines)
        elif path.endswith(_TERRAFORM):
            lines = _lines(clone, path)
            yield from _written_in(clone, path, lines)
            yield from _installed_in(clone, path, lines)


def _documented(clone: Clone) -> Iterator[_Applied]:
    for path in clone.files:
        if path.endswith(MARKDOWN):
            yield from _applied_in(clone, path, _fenced(_lines(clone, path)))


def find_installed(clone: Clone, chart: str) -> Iterator[tuple[str, ...]]:
    """The values files with which a script or a document has Helm install a chart of the clone."""
    for folder, words in _helm_commands((clone,)):
        if any(chart in _places(folder, word) for word in words):
            yield from _values_files(clone, folder, words)


@lru_cache(maxsize=2)  # every chart asks that brings nothing by itself, clone after clone
def _helm_commands(clones: tuple[Clone, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The words of every command, and the folder of the script or document."""
    found = (
        (dirname(path), match["rest"].replace("=", " ").split())
        for clone, path in every_file(clones)
        for _, line in _commands(clone, path)
        if len(line) < _LINE_LIMIT and "helm" in line and (match := _HELM.search(line))
    )
    return tuple((folder, tuple(word.strip("\"'") for word in words)) for folder, words in found)


def _commands(clone: Clone, path: str) -> list[tuple[int, str]]:
    if path.endswith(MARKDOWN):
        return _fenced(_lines(clone, path))
    return _lines(clone, path) if is_script(path) else []


def _places(folder: str, word: str) -> list[str]:
    """What a word may mean, as seen from the repository or from the script that has it."""
    seen = (_rooted(word), join_path("", word), join_path(folder, word))
    return [path for path in seen if path is not None]


def _values_files(clone: Clone, folder: str, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The files that a command names, once for each text that its variables may stand for."""
    names = [name for option, name in pairwise(words) if option in {"-f", "--values"}]
    for filling in _fillings(clone, folder, names):
        places = (_places(folder, _filled(name, filling)) for name in names)
        found = (next(filter(clone.is_file, seen), None) for seen in places)
        files = tuple(path for path in found if path is not None)
        yield from (files,) if files else ()


def _fillings(clone: Clone, folder: str, names: list[str]) -> list[dict[str, str]]:
    """The texts of variables with which the last file that has one is there."""
    missing = (n for n in reversed(names) if not any(map(clone.is_file, _places(folder, n))))
    last = next(filter(_holes, missing), "")
    holes = _holes(_rooted(last)) or _holes(last)
    patterns = map(_fitting, _places(folder, last) if holes else ())
    texts = _texts_in(clone, [one for one in patterns if one.groups >= len(holes)])
    wanted = sorted({text[-len(holes) :] for text in texts})
    return [dict(zip(holes, text, strict=True)) for text in wanted] or [{}]


def _texts_in(clone: Clone, patterns: list[re.Pattern[str]]) -> Iterator[tuple[str, ...]]:
    """What stands in the paths of a clone where the patterns have gaps."""
    files = [path for path in clone.files if not is_pattern(path)] if patterns else []
    matches = (pattern.fullmatch(path) for path in files for pattern in patterns)
    return (match.groups() for match in matches if match)


def _filled(name: str, filling: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda hole: filling.get(_bare(hole), hole[0]), name)


def _holes(path: str | None) -> list[str]:
    return [_bare(hole) for hole in _VARIABLE.finditer(path or "")]


def _bare(hole: re.Match[str]) -> str:
    return hole[0].strip("${}()%")


def _fitting(path: str) -> re.Pattern[str]:
    """A pattern of the paths that a path with variables may become."""
    return with_gaps(_VARIABLE.split(path), "([^/]+?)")


def _rooted(path: str) -> str | None:
    """A path without the variable at its head: the script's own idea of where the clone lies."""
    return normalise(re.sub(rf"^(?:{_VARIABLE.pattern})/", "", path))


def _lines(clone: Clone, path: str) -> list[tuple[int, str]]:
    """The lines of a file with their numbers, those that a backslash continues joined."""
    joined: list[tuple[int, str]] = []
    is_continued = False
    for number, line in enumerate(skim_text(clone, path).splitlines(), start=1):
        start, before = joined.pop() if is_continued else (number, "")
        is_continued = line.endswith("\\") and len(before) < _LINE_LIMIT
        joined.append((start, before + (f"{line[:-1]} " if is_continued else line)))
    return joined


def _fenced(lines: list[tuple[int, str]]) -> list[tuple[int, str]]:
    fenced, inside = [], False
    for number, line in lines:
        if line.lstrip().startswith(("```", "~~~")):
            inside = not inside
        elif inside:
            fenced.append((number, line))
    return fenced


def _applied_in(clone: Clone, path: str, lines: list[tuple[int, str]]) -> Iterator[_Applied]:
    for number, line in lines:
        if len(line) < _LINE_LIMIT and ("apply" in line or "create" in line):
            match = _BUILD.search(line) or _APPLY.search(line) or _CREATE.search(line)
            yield from _said(clone, path, number, match)


def _written_in(clone: Clone, path: str, lines: list[tuple[int, str]]) -> Iterator[_Applied]:
    """The folders that Applications render which no file holds as they are."""
    if any(_ADDRESS.search(line[:_LINE_LIMIT]) for _, line in lines):
        for number, line in lines:
            match = _WRITTEN.match(line) if len(line) < _LINE_LIMIT else None
            yield from _said(clone, path, number, match)


def _installed_in(clone: Clone, path: str, lines: list[tuple[int, str]]) -> Iterator[_Applied]:
    for number, line in lines:
        match = _CHART.match(line) if "path.module" in line and len(line) < _LINE_LIMIT else None
        chart = join_path(dirname(path), match["path"].lstrip("/")) if match else None
        if match is not None and chart:
            span = Span(
                SourceFile(clone.name, path),
                number,
                match.start("path") + 1,
                number,
                match.end("path") + 1,
            )
            yield _Applied(clone.name, chart, span)


def _said(clone: Clone, path: str, number: int, match: re.Match[str] | None) -> Iterator[_Applied]:
    applied = _path(match["path"].strip("\"'")) if match else None
    if match is not None and applied is not None:
        start, end = match.start("path") + 1, match.end("path") + 1
        span = Span(SourceFile(clone.name, path), number, start, number, end)
        yield _Applied(clone.name, applied, span)


def _path(path: str) -> str | None:
    if path == "-" or "://" in path:
        return None
    clean = _VARIABLE.sub("\0", _rooted(path) or "")
    return clean if clean and clean != "\0" else None
