"""Anchors in values files: what has one counts wherever it is named."""

import re
from collections.abc import Iterator

from graphdoc.model.location import Span

__all__ = ["has_anchor"]

_ANCHOR = re.compile(r"[\s,\[{]&\S")


def has_anchor(lines: list[str], key: Span) -> bool:
    """Whether the value of a key has one, or anything within it."""
    return any(map(_ANCHOR.search, _below(lines, key)))


def _below(lines: list[str], key: Span) -> Iterator[str]:
    """The line of a key, and those of its value."""
    yield from lines[key.line - 1 : key.line]
    for line in lines[key.line :]:
        text = line.lstrip()
        if text and len(line) - len(text) < key.column and not text.startswith(("-", "#")):
            return
        yield line
