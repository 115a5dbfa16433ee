"""Managed blocks of Markdown: generated text between two comments of a handwritten document."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from graphdoc.model.dataclass import dataclass
from graphdoc.parse.markdown import fence_closes, fence_mark

__all__ = ["Block", "find_blocks"]

_OPENS = re.compile(r"^(?P<indent>[ >\t]*)<!--\s*graphdoc:\s*(?P<order>\S.*?)(?<!\s)\s*-->")
_CLOSES = re.compile(r"^[ >\t]*<!--\s*/graphdoc\s*-->\s*$")
# Other comments for graphdoc that are no orders for a block.
_OTHERS = frozenset({"allow"})


@dataclass(frozen=True, slots=True)
class Block:
    """What one block orders, and the lines between its comments.

    ``line`` is that of the opening comment, counted from 1, and ``prefix`` what stands before it;
    ``body`` is ``None`` where no comment closes the block.
    """

    order: str
    line: int
    prefix: str
    end_column: int
    body: tuple[str, ...] | None


class _Opening(NamedTuple):
    number: int
    match: re.Match[str]


def find_blocks(text: str) -> Iterator[Block]:
    """Every block of a document; what a fence shows of one is an example."""
    opening: _Opening | None = None
    body: list[str] = []
    mark = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if opening is not None and _CLOSES.match(line):
            yield _block(opening, tuple(body))
            opening = None
        elif mark:
            mark = "" if fence_closes(line, mark) else mark
        elif (found := _opens(line)) is not None:
            if opening is not None:
                yield _block(opening, None)
            opening, body = _Opening(number, found), []
        elif opening is not None:
            body.append(line)
        else:
            mark = fence_mark(line)
    if opening is not None:
        yield _block(opening, None)


def _opens(line: str) -> re.Match[str] | None:
    match = _OPENS.match(line)
    return match if match and match["order"].split()[0] not in _OTHERS else None


def _block(opening: _Opening, body: tuple[str, ...] | None) -> Block:
    match = opening.match
    return Block(match["order"], opening.number, match["indent"], match.end() + 1, body)
