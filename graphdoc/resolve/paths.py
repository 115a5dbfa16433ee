"""POSIX paths inside a repository, and the globs that Argo CD matches them with."""

import re
from functools import lru_cache
from posixpath import join, normpath

__all__ = ["join_path", "matches_glob", "matches_segments", "normalise"]


def normalise(path: str) -> str | None:
    """A path relative to the repository's root, ``""`` being it; ``None`` where it leaves it."""
    clean = normpath(path.replace("\\", "/").lstrip("/") or ".")
    if clean == ".." or clean.startswith("../"):
        return None
    return "" if clean == "." else clean


def join_path(directory: str, path: str) -> str | None:
    """A path as seen from a directory of the repository; a leading slash starts at the root."""
    return normalise(path if path.startswith("/") else join(directory, path))


def matches_glob(path: str, pattern: str) -> bool:
    """Whether a path matches a glob in which ``*`` may cross slashes, as Argo CD's directory globs.

    ``{a,b}`` lists alternatives (gobwas/glob without separators).
    """
    return _compile(pattern, crossing=True).fullmatch(path) is not None


def matches_segments(path: str, pattern: str) -> bool:
    """Whether a path matches a glob in which only ``**`` crosses slashes (Go's doublestar)."""
    return _compile(pattern, crossing=False).fullmatch(path) is not None


@lru_cache(maxsize=4096)
def _compile(pattern: str, *, crossing: bool) -> re.Pattern[str]:
    star = ".*" if crossing else "[^/]*"
    return re.compile("".join(_translate(pattern, star, "." if crossing else "[^/]")), re.DOTALL)


_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\[[!^]?[^\]]+\]|\\.|[{},]|.", re.DOTALL)


def _translate(pattern: str, star: str, one: str) -> list[str]:
    pieces = []
    depth = 0
    simple = {"**/": "(?:.*/)?", "**": ".*", "*": star, "?": one}
    for token in _TOKEN.findall(pattern):
        if token in simple:
            pieces.append(simple[token])
        elif token == "{":
            depth += 1
            pieces.append("(?:")
        elif token == "}" and depth:
            depth -= 1
            pieces.append(")")
        elif token == "," and depth:
            pieces.append("|")
        elif token[0] == "[" and token[-1] == "]":
            pieces.append(token.replace("[!", "[^", 1).replace("\\", "\\\\"))
        else:
            pieces.append(re.escape(token[-1]))
    return pieces + [")"] * depth
