"""Examples that a document gives for a pattern: ``apps-{cluster}.yaml (e.g. dev, prod)``."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from graphdoc.parse.markdown import Line, Word

__all__ = ["Example", "examples_in"]

_PATTERN = re.compile(
    r"(?P<before>[\w./@+~-]*)(?:\{[\w -]{1,40}\}|<[\w -]{1,40}>)(?P<after>[\w./@+~-]*)"
)
_GIVES = re.compile(r"\b(?:e\.\s?g\.|such as|for example|for instance)[,:]?\s+")
_WORD = re.compile(r"[`*]*(?P<name>[\w-]+)[`*]*")
_NEXT = re.compile(r"\s*(?:,\s*(?:and|or)?|/|\band\b|\bor\b)\s*")
_LONGEST_LINE = 2000


class Example(NamedTuple):
    """One name that is given for a pattern, and the path that the two make."""

    path: str
    word: Word


def examples_in(line: Line) -> Iterator[tuple[Example, ...]]:
    """The examples of the first pattern of a line, together."""
    text = line.text
    is_short = len(text) <= _LONGEST_LINE
    pattern = _PATTERN.search(text) if is_short and ("{" in text or "<" in text) else None
    gives = _GIVES.search(text, pattern.end()) if pattern is not None else None
    if pattern is None or gives is None or not (pattern["before"] or pattern["after"]):
        return
    words = _words(line, gives.end())
    yield tuple(Example(f"{pattern['before']}{w.text}{pattern['after']}", w) for w in words)


def _words(line: Line, start: int) -> Iterator[Word]:
    """The words of a list, up to what is no more of it."""
    match = _WORD.match(line.text, start)
    while match is not None:
        yield Word(line.number, match.start("name") + 1, match["name"])
        following = _NEXT.match(line.text, match.end())
        match = _WORD.match(line.text, following.end()) if following is not None else None
