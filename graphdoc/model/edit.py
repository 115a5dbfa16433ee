"""Changes of a text that leave every other character as it is."""

from collections.abc import Iterable
from typing import NamedTuple

from graphdoc.model.location import Span

__all__ = ["Edit", "EditError", "apply_edits", "text_of_span"]


class EditError(Exception):
    """The text is not what the edit was made for."""


class Edit(NamedTuple):
    """What stands at a span, and what shall stand there instead."""

    span: Span
    old: str
    new: str


def apply_edits(text: str, edits: Iterable[Edit]) -> str:
    """The text with every edit made.

    Raises:
        EditError: something else stands at a span, or two edits overlap.
    """
    starts = _line_starts(text)
    limit = len(text)
    for edit in sorted(edits, key=lambda edit: edit.span, reverse=True):
        start, end = _offsets(starts, edit.span)
        if end > limit or text[start:end] != edit.old:
            raise EditError(f"{edit.span}: something else stands here now")
        text = text[:start] + edit.new + text[end:]
        limit = start
    return text


def text_of_span(text: str, span: Span) -> str:
    """What stands at a span; empty where the text does not reach so far."""
    starts = _line_starts(text)
    if span.end_line > len(starts):
        return ""
    start, end = _offsets(starts, span)
    return text[start:end]


def _offsets(starts: list[int], span: Span) -> tuple[int, int]:
    if span.end_line > len(starts):
        raise EditError(f"{span}: the file is shorter now")
    return starts[span.line - 1] + span.column - 1, starts[span.end_line - 1] + span.end_column - 1


def _line_starts(text: str) -> list[int]:
    return [0, *(index + 1 for index, letter in enumerate(text) if letter == "\n")]
