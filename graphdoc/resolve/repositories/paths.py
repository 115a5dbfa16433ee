"""POSIX paths inside a repository, and the globs that Argo CD matches them with."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import lru_cache
from posixpath import dirname, join, normpath
from typing import TypeAlias

__all__ = [
    "chart_folders", "files_below", "files_named", "folders_above", "folders_holding", "join_path",
    "matches_glob", "matches_segments", "normalise", "outer_charts", "required_folder",
]  # fmt: skip


def normalise(path: str) -> str | None:
    """A path relative to the repository's root, ``""`` being it; ``None`` where it leaves it."""
    clean = normpath(path.replace("\\", "/").lstrip("/") or ".")
    if clean == ".." or clean.startswith("../"):
        return None
    return "" if clean == "." else clean


def join_path(directory: str, path: str) -> str | None:
    """A path as seen from a directory of the repository; a leading slash starts at the root."""
    return normalise(path if path.startswith("/") else join(directory, path))


def chart_folders(files: Iterable[str]) -> tuple[str, ...]:
    """The folders of a listing that hold a chart, in its order."""
    return tuple(map(dirname, files_named(files, "Chart.yaml")))


def required_folder(chart: str, repository: str) -> str | None:
    """The folder of the clone that a chart requires by ``file://``, seen from its own folder.

    ``None`` where it requires nothing so, or what lies outside of the clone.
    """
    path = repository.removeprefix("file://")
    return join_path(chart, path) if path != repository else None


def outer_charts(files: Iterable[str]) -> tuple[str, ...]:
    """Those of them that are no part of another chart, which renders them."""
    charts = chart_folders(files)
    inner = tuple(join(chart, "charts/") for chart in charts)
    return tuple([chart for chart in charts if not chart.startswith(inner)])


def folders_above(path: str) -> Iterator[str]:
    """The folders that a path lies in, the repository's root last; nothing is above that."""
    path = path.lstrip("/")  # above the root is the root, for ever
    while path:
        path = dirname(path)
        yield path


def folders_holding(files: Iterable[str]) -> set[str]:
    """Every folder below the root in which a file of a listing lies, however deep."""
    folders = {""}
    for file in files:
        folder = dirname(file)
        while folder not in folders:
            folders.add(folder)
            folder = dirname(folder)
    return folders - {""}


def files_named(files: Iterable[str], *names: str) -> Iterator[str]:
    """Those of a listing that are called so, in whatever folder."""
    ends = tuple([f"/{name}" for name in names])
    return (path for path in files if path.endswith(ends) or path in names)


def files_below(files: tuple[str, ...], folder: str) -> tuple[str, ...]:
    """Those of a sorted listing that lie below a folder; ``""`` is the root."""
    if not folder:
        return files
    first = bisect_left(files, f"{folder}/")
    return files[first : bisect_left(files, f"{folder}0", first)]  # the character after the slash


def matches_glob(path: str, pattern: str) -> bool:
    """Whether a path matches a glob in which ``*`` may cross slashes, as Argo CD's directory globs.

    ``{a,b}`` lists alternatives (gobwas/glob without separators).
    """
    return any(regex.fullmatch(path) for regex in _compile_whole(pattern))


def matches_segments(path: str, pattern: str) -> bool:
    """Whether a path matches a glob in which only ``**`` crosses slashes (Go's doublestar)."""
    for word, wanted in _compile_segments(pattern):
        if word in path and _match_parts(path.split("/"), wanted):
            return True
    return False


def _match_parts(parts: list[str], wanted: "tuple[_Part, ...]") -> bool:
    """Part by part; ``None`` stands for any number of parts."""
    ends: range | list[int] = range(1)
    for part in wanted:
        if part is None:
            ends = range(min(ends), len(parts) + 1)
        elif isinstance(part, str):
            ends = [end + 1 for end in ends if end < len(parts) and parts[end] == part]
        else:
            ends = [end + 1 for end in ends if end < len(parts) and part.fullmatch(parts[end])]
        if not ends:
            return False
    return len(parts) in ends


@lru_cache(maxsize=4096)
def _compile_whole(pattern: str) -> tuple[re.Pattern[str], ...]:
    return tuple(_regex(one, ".") for one in _expand(pattern[:_LONGEST]))


@lru_cache(maxsize=4096)
def _compile_segments(pattern: str) -> "tuple[tuple[str, tuple[_Part, ...]], ...]":
    """The parts of each alternative, the longest word among them first: a path must hold it."""
    found = (tuple(map(_compile_part, one.split("/"))) for one in _expand(pattern[:_LONGEST]))
    return tuple(
        (max((part for part in parts if isinstance(part, str)), key=len, default=""), parts)
        for parts in found
    )


def _compile_part(part: str) -> "_Part":
    if part == "**":
        return None
    return part if _LITERAL.fullmatch(part) else _regex(part, "[^/]")


_Part: TypeAlias = "re.Pattern[str] | str | None"
_LITERAL = re.compile(r"[\w.-]*")
_TOKEN = re.compile(r"\*+|\?|\[[!^]?\]?[^\]]+\]|\\.|.", re.DOTALL)
_BRACES = re.compile(r"(?:\\.|[^\\{}])*?(\{((?:\\.|[^\\{}])*)\})", re.DOTALL)
_ALTERNATIVE = re.compile(r"(?:\\.|[^\\,])*", re.DOTALL)
_MOST_ALTERNATIVES = 1000
_LONGEST = 4096  # no path is longer


def _expand(pattern: str) -> tuple[str, ...]:
    """The patterns that ``{a,b}`` stand for, from the innermost braces out."""
    pending, done = [pattern], list[str]()
    while pending and len(pending) + len(done) <= _MOST_ALTERNATIVES:
        one = pending.pop()
        match = _innermost(one)
        if match is None:
            done.append(one)
            continue
        before, after = one[: match.start(1)], one[match.end(1) :]
        pending += [f"{before}{text}{after}" for text in _alternatives(match[2])]
    return tuple(dict.fromkeys(done))


def _innermost(pattern: str) -> re.Match[str] | None:
    for start, letter in enumerate(pattern):
        if letter == "{" and not pattern[:start].endswith("\\"):
            match = _BRACES.match(pattern, start)
            if match is not None and match.start(1) == start:
                return match
    return None


def _alternatives(text: str) -> list[str]:
    found, position = [], 0
    while position <= len(text):
        match = _ALTERNATIVE.match(text, position)
        found.append(match[0] if match else "")
        position = (match.end() if match else position) + 1
    return found


def _regex(pattern: str, one: str) -> re.Pattern[str]:
    """The expression of a pattern; one that is malformed fits nothing."""
    try:
        return re.compile(_translate(pattern, one), re.DOTALL)
    except re.error:
        return re.compile("(?!)")


def _translate(pattern: str, one: str) -> str:
    """A regular expression that never looks back: each star ends at the next fit."""
    chunks: list[list[str]] = [[]]
    for token in _TOKEN.findall(pattern):
        if token[0] == "*":
            chunks.append([])
        else:
            chunks[-1].append(_translate_one(token, one))
    first, *rest = ("".join(chunk) for chunk in chunks)
    if not rest:
        return first
    *middle, last = rest
    return first + "".join(f"(?>{one}*?{chunk})" for chunk in middle if chunk) + f"{one}*{last}"


def _translate_one(token: str, one: str) -> str:
    if token == "?":
        return one
    if token[0] == "[" and len(token) > 1:
        negated = token[1] in "!^"
        letters = token[2 if negated else 1 : -1].replace("\\", "\\\\").replace("[", "\\[")
        return f"[{'^' if negated else ''}{letters}]"
    return re.escape(token[-1])
