"""How wide a text is in the shipped fonts; knows the table of glyph advances."""

import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from typing import Literal

from graphdoc.model.shipped import shipped_table

__all__ = ["Weight", "ellipsis", "text_width"]

Weight = Literal[400, 600]

_UNITS_PER_EM = 2048
_UNKNOWN_EM = 0.62
_WIDE_EM = 1.0
_ELLIPSIS = "…"


def text_width(text: str, size: float, weight: Weight = 400) -> float:
    """The width of a text in pixels at a font size in pixels."""
    advances = _advances()[weight]
    return sum(_em(char, advances) for char in text) * size


def ellipsis(text: str, width: float, size: float, weight: Weight = 400) -> str:
    """The text, or the end of a path, or as much of both its ends as fits into the width."""
    if text_width(text, size, weight) <= width:
        return text
    for end in _path_ends(text):
        if text_width(end, size, weight) <= width:
            return end
    room = width - text_width(_ELLIPSIS, size, weight)
    head = _fitting(text, room / 2, size, weight)
    tail = _fitting(text[::-1], room - text_width(head, size, weight), size, weight)[::-1]
    return head + _ELLIPSIS + tail


def _path_ends(text: str) -> Iterator[str]:
    """A path without its first folders, down to the file and the folder that holds it."""
    parts = text.split("/")
    return (f"{_ELLIPSIS}/{'/'.join(parts[start:])}" for start in range(1, len(parts) - 1))


def _fitting(text: str, width: float, size: float, weight: Weight) -> str:
    """The longest start of the text that fits."""
    advances = _advances()[weight]
    widths = accumulate(_em(char, advances) * size for char in text)
    return text[: sum(used <= width for used in widths)]


def _em(char: str, advances: dict[str, float]) -> float:
    known = advances.get(char)
    if known is not None:
        return known
    if unicodedata.combining(char):
        return 0.0
    return _WIDE_EM if unicodedata.east_asian_width(char) in {"W", "F"} else _UNKNOWN_EM


@cache
def _advances() -> dict[Weight, dict[str, float]]:
    table = shipped_table(__package__, "metrics.json")
    return {400: _by_char(table["400"]), 600: _by_char(table["600"])}


def _by_char(table: dict[str, str]) -> dict[str, float]:
    return {
        char: int(advance) / _UNITS_PER_EM for advance, chars in table.items() for char in chars
    }
