"""What stands at a place, as it is written."""

from collections.abc import Mapping

from graphdoc.model.clone import Clone
from graphdoc.model.location import Span
from graphdoc.resolve.repositories.contents import read_text

__all__ = ["text_at"]


def text_at(clones: Mapping[str, Clone], span: Span) -> str:
    """The text of a span within one line, without its quotes; empty where it cannot be read."""
    clone = clones.get(span.file.repository)
    if clone is None or span.end_line != span.line:
        return ""
    lines = read_text(clone, span.file.path).split("\n")
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    return line[span.column - 1 : span.end_column - 1].strip("\"' ")
