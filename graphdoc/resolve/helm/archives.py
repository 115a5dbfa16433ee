"""What a packed chart brings: no line of it is at hand, so it stands where the archive does."""

from graphdoc.model.location import SourceFile, Span, file_start

__all__ = ["archive_of"]


def archive_of(span: Span) -> Span | None:
    """The start of the archive in which a place lies; ``None`` where it is in none."""
    packed, found, _ = span.file.path.partition(".tgz/")
    return file_start(SourceFile(span.file.repository, f"{packed}.tgz")) if found else None
