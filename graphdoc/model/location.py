"""Where something is written."""

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Location", "SourceFile", "Span", "file_start", "locations"]


class SourceFile(NamedTuple):
    """One file of one repository; the path is POSIX and relative to the repository's root."""

    repository: str
    path: str

    def __str__(self) -> str:
        return f"{self.repository}/{self.path}"


class Span(NamedTuple):
    """A region of one file. Lines and columns count from 1, the end is exclusive."""

    file: SourceFile
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Location(NamedTuple):
    """A span, and what a reader should see there."""

    span: Span
    note: str = ""


def locations(spans: Iterable[Span], note: str) -> tuple[Location, ...]:
    """Several places in which a reader should see the same."""
    return tuple([Location(span, note) for span in spans])


def file_start(file: SourceFile) -> Span:
    """The first character of a file, for what concerns the file as a whole."""
    return Span(file, 1, 1, 1, 1)
