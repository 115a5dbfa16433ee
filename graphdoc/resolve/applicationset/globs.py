"""The globs of Git generators: Go's ``path.Match`` for directories, ``git ls-files`` for files.

Neither knows ``**`` nor braces; the stricter globs that an Argo CD may be told to use for files do.
Matching takes time by the product of the lengths at most.
"""

import posixpath
import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from graphdoc.resolve.repositories.paths import matches_segments

__all__ = ["matches_directory", "matches_doublestar", "matches_pathspec"]

_LONGEST = 4096  # no path is longer
_Test: TypeAlias = Callable[[str], bool]
_TOKEN = re.compile(
    r"\[(?P<not>[!^])?(?P<set>\]?(?:\\.|[^\]\\])*)\]|\\(?P<escaped>.)|(?P<char>.)", re.DOTALL
)
_RANGE = re.compile(r"\\?(.)-\\?(.)|\\?(.)", re.DOTALL)


def matches_directory(path: str, pattern: str) -> bool:
    """Whether a directory matches; no wildcard crosses a slash."""
    parts, patterns = path.split("/"), pattern.split("/")
    return len(parts) == len(patterns) and all(map(_matches, parts, patterns))


def matches_pathspec(path: str, pattern: str) -> bool:
    """Whether Git lists a file; wildcards cross slashes, and a directory stands for all in it."""
    clean = posixpath.normpath(pattern)
    if re.search(r"[*?\[\\]", clean):
        return _matches(path, clean)
    return clean in {".", path} or path.startswith(f"{clean}/")


def matches_doublestar(path: str, pattern: str) -> bool:
    """Whether a file matches; ``**`` stands for directories, braces for one of their choices."""
    return matches_segments(path, posixpath.normpath(pattern))


def _matches(text: str, pattern: str) -> bool:
    """Match token by token; after a mismatch the last star takes one character more."""
    tokens = _parse(pattern[:_LONGEST])
    place = token = 0
    star, taken = -1, 0
    while place < len(text):
        test = tokens[token] if token < len(tokens) else None
        if token < len(tokens) and test is None:
            star, taken = token, place
            token += 1
        elif test is not None and test(text[place]):
            place, token = place + 1, token + 1
        elif star >= 0:
            taken += 1
            place, token = taken, star + 1
        else:
            return False
    return all(test is None for test in tokens[token:])


@lru_cache(maxsize=4096)
def _parse(pattern: str) -> tuple[_Test | None, ...]:
    """A test for each character, ``None`` for a star."""
    return tuple(_test(match) for match in _TOKEN.finditer(pattern))


def _test(match: re.Match[str]) -> _Test | None:
    if match["set"] is not None:
        return _set_test(match["set"], negated=match["not"] is not None)
    wanted = match["escaped"] or match["char"]
    if match["char"] == "*":
        return None
    if match["char"] == "?":
        return lambda _: True
    return lambda char: char == wanted


def _set_test(characters: str, *, negated: bool) -> _Test:
    ranges = [(m[1] or m[3], m[2] or m[3]) for m in _RANGE.finditer(characters)]
    return lambda char: any(low <= char <= high for low, high in ranges) != negated
