"""Managed blocks in the Markdown files of the clones: which are stale, and what they should say."""

import re
from collections.abc import Iterable, Iterator

from graphdoc.graph.blocks.contents import BlockError, render_block
from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.file_kinds import MARKDOWN
from graphdoc.model.location import SourceFile, Span
from graphdoc.parse.blocks import Block, find_blocks
from graphdoc.resolve.repositories.contents import SKIM_LIMIT, every_file, read_bytes

__all__ = ["StaleBlock", "find_stale_blocks", "refresh", "stale_blocks_in"]

_MARK = b"graphdoc:"
_GAP = re.compile(r"(?<![ \t])[ \t]*\|[ \t]*")
_RULER = re.compile(r"\|:?-+:?(?=\|)")


@dataclass(frozen=True, slots=True)
class StaleBlock:
    """A block that does not say what it should: ``lines``, or ``None`` where nobody can tell."""

    span: Span
    order: str
    lines: tuple[str, ...] | None
    reason: str


def find_stale_blocks(clones: tuple[Clone, ...], graph: RepoGraph) -> Iterator[StaleBlock]:
    """Every stale block of every document."""
    for clone, path in every_file(clones):
        if path.lower().endswith(MARKDOWN):
            yield from stale_blocks_in(_text(clone, path), SourceFile(clone.name, path), graph)


def stale_blocks_in(text: str, file: SourceFile, graph: RepoGraph) -> Iterator[StaleBlock]:
    """The stale blocks of one document."""
    for block in find_blocks(text):
        reason, lines = _judge(block, graph)
        if reason:
            column = len(block.prefix) + 1
            span = Span(file, block.line, column, block.line, block.end_column)
            yield StaleBlock(span, block.order, lines, reason)


def refresh(text: str, stale: tuple[StaleBlock, ...]) -> str:
    """The document with what its stale blocks should say; nothing else in it changes."""
    wanted = {block.span.line: block.lines for block in stale if block.lines is not None}
    lines = text.split("\n")
    for block in sorted(find_blocks(text), key=lambda block: block.line, reverse=True):
        fresh = wanted.get(block.line)
        if fresh is not None and block.body is not None:
            end = "\r" if lines[block.line - 1].endswith("\r") else ""
            body = [f"{block.prefix}{line}".rstrip() + end for line in ("", *fresh, "")]
            lines[block.line : block.line + len(block.body)] = body
    return "\n".join(lines)


def _judge(block: Block, graph: RepoGraph) -> tuple[str, tuple[str, ...] | None]:
    """Why a block is stale, empty where it is not, and what it should say."""
    if block.body is None:
        return "no line '<!-- /graphdoc -->' ends it", None
    try:
        lines = render_block(graph, block.order)
    except BlockError as error:
        return str(error), None
    fresh = _content(f"{block.prefix}{line}" for line in lines) == _content(block.body)
    return ("" if fresh else "the repositories say otherwise"), lines


def _content(lines: Iterable[str]) -> list[str]:
    """Lines without what formatters of Markdown change: blank lines and the widths of columns."""
    plain = (_RULER.sub("|---", _GAP.sub("|", line.strip())) for line in lines)
    return [line for line in plain if line.strip(" >")]


def _text(clone: Clone, path: str) -> str:
    data = read_bytes(clone, path)
    return data.decode("utf-8", "replace") if _MARK in data and len(data) <= SKIM_LIMIT else ""
