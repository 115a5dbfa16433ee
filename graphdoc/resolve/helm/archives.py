"""What a packed chart brings: no line of it is at hand, so it stands where the archive does."""

from graphdoc.model.location import SourceFile, Span, file_start
from graphdoc.model.node import Mapping, Node, Scalar, Sequence

__all__ = ["archive_of", "place_at"]


def archive_of(span: Span) -> Span | None:
    """The start of the archive in which a place lies; ``None`` where it is in none."""
    packed, found, _ = span.file.path.partition(".tgz/")
    return file_start(SourceFile(span.file.repository, f"{packed}.tgz")) if found else None


def place_at(root: Mapping, span: Span) -> Mapping:
    """A manifest with one place for all of it."""
    entries = {key: _moved(node, span) for key, node in root.entries.items()}
    return Mapping(entries, dict.fromkeys(root.keys, span), span)


def _moved(node: Node, span: Span) -> Node:
    match node:
        case Mapping():
            return place_at(node, span)
        case Sequence():
            return Sequence(tuple(_moved(item, span) for item in node.items), span)
        case Scalar():
            return node._replace(span=span, earlier=())
