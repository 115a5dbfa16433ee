"""Names of Applications and clusters in documents: columns of tables, and trees of Applications."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from posixpath import basename
from typing import NamedTuple

from graphdoc.model.dataclass import dataclass
from graphdoc.parse.markdown import Line, Word
from graphdoc.resolve.documents.speech import is_of_other_times
from graphdoc.resolve.resolved import Estate, ResolvedSource, Tool

__all__ = ["KnownNames", "Named", "names_in_tables"]

_APPLICATIONS = re.compile(r"(?:argo ?cd )?(?:applications?|apps?)(?: name)?", re.IGNORECASE)
_CLUSTERS = re.compile(r"clusters?(?: name)?", re.IGNORECASE)
_RULER = re.compile(r"\|?(?:\s*:?-+:?\s*\|)+\s*(?::?-+:?\s*)?")
_CELL = re.compile(r"(?<!\\)\|")
_NAME = re.compile(
    r"(?:\*\*)?(?:`|\[`?)?(?P<name>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?:`|`?\]\(.*\))?(?:\*\*)?"
)
_TARGET = re.compile(r"\]\([^()]*\)|https?://\S+")
_FEWEST = 2


class Named(NamedTuple):
    """A word that means an Application or a cluster."""

    kind: str
    word: Word


@dataclass(frozen=True, slots=True)
class KnownNames:
    """What Applications and clusters are called, and every other name that files have.

    ``is_whole`` says that no further Application can be brought by what was not understood.
    """

    applications: frozenset[str]
    clusters: frozenset[str]
    others: frozenset[str]
    is_whole: bool

    @classmethod
    def of(cls, estate: Estate) -> "KnownNames":
        """The names of an estate."""
        entries = estate.applications
        sets = estate.application_sets
        sources = [source for entry in entries for source in entry.sources]
        is_open = any(made.not_understood for made in sets) or any(map(_may_bring_more, sources))
        return cls(
            frozenset(entry.name for entry in entries),
            frozenset(estate.clusters),
            frozenset(name for clone in estate.clones for p in clone.files for name in _names(p)),
            not is_open and bool(entries),
        )

    def stale(self, kind: str, words: Sequence[Word]) -> Iterator[Named]:
        """The words that nothing is called, where most of the others name what there is."""
        known = self.applications if kind == "Application" else self.clusters
        found = [word for word in words if word.text in known]
        if self.is_whole and len(found) >= _FEWEST and len(found) * 2 >= len(words):
            for word in words:
                if _NAME.fullmatch(word.text) and word.text not in {*known, *self.others}:
                    yield Named(kind, word)


def names_in_tables(known: KnownNames, lines: Iterable[Line]) -> Iterator[Named]:
    """The stale names of every column that is headed by what it names."""
    for is_table, rows in groupby(lines, key=lambda line: line.text.lstrip().startswith("|")):
        if is_table:
            yield from _in_table(known, tuple(rows))


def _in_table(known: KnownNames, rows: tuple[Line, ...]) -> Iterator[Named]:
    if len(rows) < 2 or not _RULER.fullmatch(rows[1].text.strip()):  # noqa: PLR2004 -- head and ruler
        return
    kinds: tuple[tuple[str, Callable[[str], object]], ...] = (
        ("Application", _APPLICATIONS.fullmatch),
        ("Cluster", _CLUSTERS.fullmatch),
    )
    for index, (_, head) in enumerate(_cells(rows[0])):
        for kind, is_headed in kinds:
            if is_headed(head.strip("*` ")):
                yield from known.stale(kind, tuple(_column(rows[2:], index)))


def _column(rows: tuple[Line, ...], index: int) -> Iterator[Word]:
    for row in rows:
        cells = _cells(row)
        match = _NAME.fullmatch(cells[index][1]) if index < len(cells) else None
        if match is not None and not is_of_other_times(_TARGET.sub("", row.text)):
            start = cells[index][0] + match.start("name")
            yield Word(row.number, start + 1, match["name"])


def _cells(row: Line) -> list[tuple[int, str]]:
    """Where the text of each cell starts, and the text."""
    cells: list[tuple[int, str]] = []
    start = 0
    for match in [*_CELL.finditer(row.text), None]:
        end = match.start() if match is not None else len(row.text)
        text = row.text[start:end]
        cells.append((start + len(text) - len(text.lstrip()), text.strip()))
        start = end + 1
    return cells[1:]


def _may_bring_more(source: ResolvedSource) -> bool:
    """Whether what a source renders, Applications perhaps, is not known."""
    if source.tool is Tool.REFERENCE or source.source.chart is not None:
        return False
    return source.clone is None or source.tool in {Tool.PLUGIN, Tool.UNKNOWN}


def _names(path: str) -> Iterator[str]:
    """Each folder's name, and the file's with and without its endings."""
    yield from path.split("/")
    stem = basename(path)
    while "." in stem:
        stem = stem.rpartition(".")[0]
        yield stem
