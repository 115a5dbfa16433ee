"""Directory trees that documents draw with lines: which files and folders they promise."""

import re
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from graphdoc.parse.markdown import Fence, Line, Word

__all__ = ["Entry", "Tree", "expand_braces", "find_trees"]

_BRANCH = re.compile(r"^(?P<lines>[\s│┃|]*)[├└┣┗|`+][─━-]{1,3}\s*(?P<name>\S.*)$")
_NAME = re.compile(r"^[\w.@+{},~-]+(?:/[\w.@+{},~-]+)*/?(?=\s|$)")
_ROOT = re.compile(r"^[\w.@+~-]*(?:/[\w.@+~-]+)*/?(?=\s|$)")
_OPEN = re.compile(r"[\w.-]/[<{]|^\s*[<{]")
_ALSO = re.compile(r"\s*[/,&]\s")
_BRACES = re.compile(r"\{([^{},]*(?:,[^{},]*)+)\}")
_MOST = 100
# What a diagram of resources names, which no folder is called without saying so by a slash.
_KINDS = frozenset({
    "AppProject", "Application", "ApplicationSet", "ConfigMap", "CronJob", "DaemonSet",
    "Deployment", "ExternalSecret", "HelmRelease", "Ingress", "Job", "Kustomization", "Namespace",
    "Pod", "SealedSecret", "Secret", "Service", "ServiceAccount", "StatefulSet",
})  # fmt: skip
_TO_COME = re.compile(
    r"\b(?:coming soon|future|in progress|not yet|planned|tbd|todo|upcoming|wip)\b|[📋🔄🚧]",
    re.IGNORECASE,
)


class Entry(NamedTuple):
    """One line of a tree; ``path`` is relative to the root, ``None`` where there is no name."""

    path: str | None
    word: Word


class Tree(NamedTuple):
    """A tree; ``root`` is what stands above its lines, empty where nothing does.

    A pattern such as ``clusters/<name>`` stays as it is written: it is no folder of ours.
    """

    root: str
    entries: tuple[Entry, ...]


def find_trees(fence: Fence) -> Iterator[Tree]:
    """Every tree of a fenced block."""
    above, lines = "", list[Line]()
    for line in (*fence.lines, Line(0, "")):
        if _BRANCH.match(line.text) or (lines and not line.text.strip(" \t│┃|") and line.number):
            lines.append(line)
            continue
        if lines:
            yield Tree(above, tuple(_entries(lines)))
            lines = []
        above = _root(line.text)


def expand_braces(path: str) -> tuple[str, ...]:
    """The paths that ``a-{b,c}`` stands for."""
    parts = _BRACES.split(path)
    choices = [part.split(",") if index % 2 else [part] for index, part in enumerate(parts)]
    size = 1
    for choice in choices:
        size *= len(choice)
    return tuple("".join(chosen) for chosen in product(*choices)) if size <= _MOST else ()


def _root(text: str) -> str:
    match = _ROOT.match(text.strip())
    if match is None:
        return text.strip() if _OPEN.search(text) else "?"
    return match[0].rstrip("/")


def _entries(lines: list[Line]) -> Iterator[Entry]:
    """Each named line below the lines that it is indented under."""
    open_: list[tuple[int, str | None]] = []
    for line in lines:
        match = _BRANCH.match(line.text)
        if match is None:
            continue
        depth = len(match["lines"])
        open_ = [(indent, path) for indent, path in open_ if indent < depth]
        word = _name(line, match)
        path = _below(open_[-1][1] if open_ else "", word.text)
        yield Entry(path, word)
        open_.append((depth, path))


def _below(parent: str | None, name: str) -> str | None:
    if parent is None or not name:
        return None
    return f"{parent}/{name}".strip("/")


def _name(line: Line, match: re.Match[str]) -> Word:
    """The name on a line; empty where it is an ellipsis, a pattern, several names or to come."""
    text = match["name"]
    found = _NAME.match(text)
    name = found[0] if found else ""
    rest = text[len(name) :]
    plain = not re.search("[{,]", _BRACES.sub("", name)) and name.strip("./")
    if not plain or name in _KINDS or _ALSO.match(rest) or _TO_COME.search(rest):
        name = ""
    return Word(line.number, match.start("name") + 1, name)
