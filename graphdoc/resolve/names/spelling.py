"""Names as they are written: what stands at a place, and whether a text speaks of one."""

import re
from collections.abc import Iterable, Iterator

from graphdoc.model.clone import Clone
from graphdoc.model.location import Span
from graphdoc.resolve.repositories.contents import read_text

__all__ = ["has_word", "heads_of", "text_at", "with_gaps"]


def has_word(text: str, word: str) -> bool:
    """Whether a text speaks of a name, rather than of one that merely holds it."""
    return word in text and re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", text) is not None


def heads_of(name: str) -> Iterator[str]:
    """A name, and every name that it goes on from after a hyphen, the longest first."""
    while name:
        yield name
        name = name.rpartition("-")[0]


def with_gaps(pieces: Iterable[str], gap: str) -> re.Pattern[str]:
    """The pattern of a whole name of which only pieces are known; it never looks back.

    ``gap`` is what may stand between two, lazily. One that fits a part of what a piece has fits
    all that may stand before the piece, so that the nearest piece is as good as any other.
    """
    first, *rest = map(re.escape, pieces)
    middle = "".join(f"(?>{gap}{piece})" for piece in rest[:-1])
    return re.compile(first + middle + "".join(f"{gap}{piece}" for piece in rest[-1:]))


def text_at(clone: Clone | None, span: Span) -> str:
    """The text of a span within one line, without its quotes; empty where it cannot be read."""
    if clone is None or span.end_line != span.line:
        return ""
    lines = read_text(clone, span.file.path).split("\n")
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    return line[span.column - 1 : span.end_column - 1].strip("\"' ")
