"""Tables of a page: rows can be linked and filtered, and a phone shows them as cards."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import starmap

from graphdoc.model.dataclass import dataclass
from graphdoc.site.writing.markup import NOTHING, Markup, Sole, html, join, paragraph

__all__ = [
    "Cell", "Filter", "Row", "Section", "capped", "filtered", "fitting", "rest", "row",
    "row_weight", "share_beside", "table",
]  # fmt: skip

# From this many rows on, the words of a table would crowd the search index.
_SEARCHED = 60
# Tables of fewer columns are as narrow as a phone and need no cards there.
_CARDS = 3
# What a page has room for beside its frame, and what its tables take where they are long.
_ROOM, _TABLES = 110_000, 105_000
# A table of this class is so long that the styles hold its labels for phones, and not each cell.
_OWN_LABELS = "gd-where"
# Each row of a table of this class goes by its first cell.
_ROW_HEADS = "gd-matrix"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that stands out."""

    body: str
    css: str


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of a row, as :func:`row` makes it."""

    cells: Sequence[str | Cell]
    id: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A title between rows; ``id`` makes it a place to link to."""

    title: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """The words in the box above a table; the table's id, and how it is shown (:func:`table`)."""

    id: str
    label: str
    css: str = "cards"
    searched: bool = True


def row(*cells: str | Cell, id_: str = "", words: str = "") -> Row:
    """A row of cells; ``id_`` makes it a place to link to, ``words`` are found by the filter."""
    return Row(cells, id_, words)


def table(
    head: Sequence[str],
    rows: Iterable[Row | Section],
    *,
    id_: str = "",
    css: str = "cards",
    searched: bool = True,
) -> Markup:
    """A table that scrolls in itself, never the page; a long one is not ``searched``."""
    head, listed = _without_sole(head, list(rows))
    css = "" if css == "cards" and len(head) < _CARDS else css
    if not any(isinstance(row, Row) for row in listed):
        return NOTHING
    columns = join((html('<th scope="col">{}</th>', name) for name in head), " ")
    labels = [""] * len(head) if _OWN_LABELS in css else head
    first = 'th scope="row"' if _ROW_HEADS in css else "td"
    body = join((_row(row, labels, first) for row in listed), "\n")
    name = html(' id="{}"', id_) if id_ else NOTHING
    is_quiet = not searched or len(listed) > _SEARCHED
    quiet = Markup(" data-search-exclude") if is_quiet else NOTHING
    return html(
        '<div class="gd-scroll"{}><table{} class="gd {}"><thead><tr>{}</tr></thead>\n'
        "<tbody>{}</tbody></table></div>",
        quiet,
        name,
        css,
        columns,
        body,
    )


def row_weight(row: Row, labels: Sequence[str] = ()) -> int:
    """About how many bytes of HTML a row takes; each cell carries its label, where it has one."""
    cells = (cell.body if isinstance(cell, Cell) else cell for cell in row.cells)
    labelled = sum(len(label) + 10 for label in labels)
    return 12 + sum(len(str(cell)) + 10 for cell in cells) + labelled + len(row.words) + len(row.id)


def share_beside(taken: Iterable[str]) -> float:
    """How much of their usual length tables may have beside what is on the page already."""
    left = _ROOM - sum(len(part.encode()) for part in taken)
    return min(1, max(0.1, left / _TABLES))


def _within(
    rows: Iterable[Row | Section], weight: int, labels: Sequence[str]
) -> tuple[list[Row | Section], list[Row | Section]]:
    """The same of rows among which titles stand: those that fit, and those that are left."""
    listed = list(rows)
    _, hidden = fitting((row for row in listed if isinstance(row, Row)), weight, labels)
    if not hidden:
        return listed, []
    places = [place for place, row in enumerate(listed) if isinstance(row, Row)]
    return listed[: places[-hidden]], listed[places[-hidden] :]


def fitting(rows: Iterable[Row], weight: int, labels: Sequence[str] = ()) -> tuple[list[Row], int]:
    """The first rows that a page has room for, and how many are left."""
    listed, used = list(rows), 0
    for place, row in enumerate(listed):
        used += row_weight(row, labels)
        if used > weight and place:
            return listed[:place], len(listed) - place
    return listed, 0


def capped(
    head: Sequence[str], rows: Iterable[Row | Section], weight: int = 28_000, *, more: Markup
) -> Markup:
    """A table of the rows that fit, and how many there are beside them; ``more`` has them all."""
    shown, left = _within(rows, weight, head)
    return table(head, shown) + _rest_of(left, more)


def rest(hidden: int, more: Markup) -> Markup:
    """What a reader is told of the rows that are left out."""
    if not hidden:
        return NOTHING
    if more:
        end = "" if more.striptags().endswith("…") else "."
        return paragraph("{} in {}{}", _more(hidden), more, end)
    return paragraph("{} not shown.", _more(hidden))


def _more(hidden: int) -> str:
    return f"{hidden} more {'is' if hidden == 1 else 'are'}"


def _rest_of(left: list[Row | Section], more: Markup) -> Markup:
    """The same, with the places of these rows: what links to one of them finds at least this."""
    rows = [row for row in left if isinstance(row, Row)]
    anchors = join(html('<i id="{}"></i>', row.id) for row in left if row.id)
    return anchors + rest(len(rows), more)


def filtered(
    head: Sequence[str],
    rows: Iterable[Row | Section],
    by: Filter,
    weight: int = 95_000,
    more: Markup = NOTHING,
) -> Markup:
    """The rows that fit, with a filter above them, which the script shows."""
    shown, left = _within(rows, weight, () if _OWN_LABELS in by.css else head)
    found = table(head, shown, id_=by.id, css=by.css, searched=by.searched) + _rest_of(left, more)
    if not found:
        return NOTHING
    box = html(
        '<div class="gd-filter" hidden><input type="search" placeholder="{}" aria-label="{}"'
        ' data-gd-filter="{}"> <span class="gd-count" aria-live="polite"></span></div>\n',
        by.label,
        by.label,
        by.id,
    )
    return box + found


def _without_sole(
    head: Sequence[str], rows: list[Row | Section]
) -> tuple[Sequence[str], list[Row | Section]]:
    """The table without the columns that say the same of every row of the estate."""
    cells = [row.cells for row in rows if isinstance(row, Row)]
    sole = {place for place in range(1, len(head)) if cells and _is_sole(cells, place)}
    if not sole:
        return head, rows
    kept = [place for place in range(len(head)) if place not in sole]
    slim = [
        replace(row, cells=[row.cells[k] for k in kept]) if isinstance(row, Row) else row
        for row in rows
    ]
    return [head[place] for place in kept], slim


def _is_sole(cells: list[Sequence[str | Cell]], place: int) -> bool:
    return all(isinstance(row[place], Sole) for row in cells)


def _row(row: Row | Section, head: Sequence[str], first: str) -> Markup:
    name = html(' id="{}"', row.id) if row.id else NOTHING
    if isinstance(row, Section):
        return html(
            '<tr class="sec"{}><th scope="rowgroup" colspan="{}">{}</th></tr>',
            name,
            str(len(head)),
            row.title,
        )
    tags = (first, *["td"] * (len(head) - 1))
    cells = join(starmap(_cell, zip(tags, head, row.cells, strict=True)), " ")
    words = html(' data-k="{}"', row.words) if row.words else NOTHING
    return html("<tr{}{}>{}</tr>", name, words, cells)


def _cell(tag: str, name: str, cell: str | Cell) -> Markup:
    body, css = (cell.body, cell.css) if isinstance(cell, Cell) else (cell, "")
    label = html(' data-l="{}"', name) if name else NOTHING
    shown = html(' class="{}"', css) if css else NOTHING
    return html("<{}{}{}>{}</{}>", Markup(tag), label, shown, body, tag[:2])
