"""YAML inside YAML: what inline patches and values say keeps its place in the file around it."""

from collections.abc import Callable
from typing import TypeAlias

from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.parse.yaml import Document, YamlError, parse_documents

__all__ = ["parse_inline", "stands_in"]


_Convert: TypeAlias = Callable[[Document], Document]


def parse_inline(
    scalar: Scalar, file_lines: list[str], convert: _Convert = lambda document: document
) -> tuple[Document, ...]:
    """The documents in a string, converted and placed where they stand in the enclosing file.

    Lines of a literal block (``|``) are found exactly; in every other style a value's place is the
    whole string, because folding and escapes move its text.

    Raises:
        YamlError: the text is no YAML; its place is one of the enclosing file.
    """
    text = str(scalar.value)
    place = _Place(scalar.span, _indent(scalar, text, file_lines))
    try:
        documents = map(convert, parse_documents(text.encode(), scalar.span.file))
    except YamlError as error:
        last = text.rstrip("\n").count("\n") + 1  # what lacks an end is told behind it
        line = min(error.span.line, last)
        raise YamlError(
            place.moved(error.span._replace(line=line, end_line=line)), error.problem
        ) from error
    return tuple(
        document._replace(root=None if document.root is None else place.move(document.root))
        for document in documents
    )


def stands_in(scalar: Scalar, file_lines: list[str]) -> bool:
    """Whether a literal block is the one that these lines hold there."""
    return _indent(scalar, str(scalar.value), file_lines) is not None


def _indent(scalar: Scalar, text: str, file_lines: list[str]) -> int | None:
    """How far a literal block is indented; ``None`` where its lines are not the text's."""
    first = scalar.span.line - 1
    if first >= len(file_lines) or file_lines[first][scalar.span.column - 1 :][:1] != "|":
        return None
    for line, below in zip(text.split("\n"), file_lines[first + 1 :], strict=False):
        written = below.rstrip("\r")
        if line.strip() and written.endswith(line):  # in others something was filled in
            return len(written) - len(line)
    return None


class _Place:
    """Where a string stands in its file."""

    def __init__(self, span: Span, indent: int | None) -> None:
        self._span = span
        self._indent = indent

    def move(self, node: Node) -> Node:
        span = self.moved(node.span)
        match node:
            case Scalar():
                return node._replace(span=span)
            case Sequence():
                return Sequence(tuple(self.move(item) for item in node.items), span)
            case Mapping():
                entries = {key: self.move(value) for key, value in node.entries.items()}
                keys = {key: self.moved(place) for key, place in node.keys.items()}
                return Mapping(entries, keys, span)

    def moved(self, span: Span) -> Span:
        if self._indent is None:
            return self._span
        file: SourceFile = self._span.file
        line, indent = self._span.line, self._indent
        return Span(
            file,
            span.line + line,
            span.column + indent,
            span.end_line + line,
            span.end_column + indent,
        )
