"""A picture in its page: the bar, the view, the key with its counts, and the same as a table."""

from collections.abc import Iterable, Mapping

from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import Severity
from graphdoc.site.diagrams.boxes import GLYPHS
from graphdoc.site.diagrams.cards import Card, Chip, Diagram, Lane, Node, Picture
from graphdoc.site.writing.icons import LINES, icon, kind_label
from graphdoc.site.writing.markup import plural
from graphdoc.site.writing.text import anchor, escape, safe_href

__all__ = ["Link", "Place", "Table", "board", "diagram_table", "figure", "table_html"]


@dataclass(frozen=True, slots=True)
class Link:
    """A table cell, or a part of one, that leads somewhere."""

    text: str
    href: str = ""


_Cell = str | Link | tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The head of a table and its rows, all of one length."""

    head: tuple[str, ...]
    rows: tuple[tuple[_Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a picture stands: its stand-alone file, and the list that has what is folded."""

    svg_href: str = ""
    list_href: str = ""


def figure(picture: Picture, place: Place | None = None) -> str:
    """The picture as one line of HTML, with its elements and arrows as a table."""
    place = place or Place()
    title = escape(picture.diagram.title)
    return (
        f'<figure class="gd" id="d-{escape(anchor(picture.diagram.id, "")[:-2])}">'
        f'<div class="gd-bar"><b>{title}</b>{_TOOLS}{_links(picture, place)}</div>'
        f'<div class="gd-view" tabindex="0" role="region" aria-label="{title}">{picture.svg}</div>'
        f"<figcaption>{_key(picture)}{_caption(picture, place)}</figcaption></figure>"
        f"{_details(diagram_table(picture.diagram))}"
    )


def diagram_table(diagram: Diagram) -> Table:
    """Every node with its facts and its arrows, the text twin of the picture."""
    names = {node.id: node.name for node in diagram.nodes}
    rows = tuple(_row(node, _verbs(diagram, node, names)) for node in diagram.nodes)
    return Table(("Name", "What it is", "Holds", "Leads to"), rows)


def table_html(table: Table) -> str:
    """A table whose cells carry their column's name, so that a phone can show rows as cards."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in table.head)
    body = "".join(_row_html(table.head, row) for row in table.rows)
    return f'<table class="gd cards"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def board(lanes: Iterable[Lane]) -> str:
    """The lanes as HTML, which wraps on a phone where a picture would shrink."""
    sections = "".join(map(_board_lane, lanes))
    return f'<div class="gd-waves">{sections}</div>'


_TOOLS = (
    '<span class="gd-tools" hidden>'
    '<button type="button" data-act="out" aria-label="Zoom out">&#8722;</button> '
    '<button type="button" data-act="in" aria-label="Zoom in">+</button> '
    '<button type="button" data-act="fit">Fit</button> '
    '<button type="button" data-act="full">Full screen</button></span>'
)


def _links(picture: Picture, place: Place) -> str:
    explore, file = safe_href(picture.diagram.explore), safe_href(place.svg_href)
    around = f' <a class="gd-file" href="{escape(explore)}">Explore</a>' if explore else ""
    svg = f' <a class="gd-file" href="{escape(file)}" download>SVG</a>' if file else ""
    return around + svg


def _key(picture: Picture) -> str:
    kinds = (
        f'<span class="gd-key k-{escape(kind)}">{icon(kind)}{escape(kind_label(kind))}</span> '
        for kind in picture.kinds
    )
    lines = (
        f'<span class="gd-key"><i class="l-{css}"></i>{escape(LINES[css])}</span> '
        for css in picture.lines
    )
    return "".join((*kinds, *lines))


def _caption(picture: Picture, place: Place) -> str:
    return f'<span class="gd-said">{_counts(picture, place)}{_invitation(picture)}</span>'


def _counts(picture: Picture, place: Place) -> str:
    elements = plural(picture.elements, "element")
    if not picture.folded:
        return f"{elements}, all shown."
    href = safe_href(place.list_href)
    where = f', <a href="{escape(href)}">see list</a>' if href else ""
    return f"{elements} shown, {picture.folded} folded{where}."


def _invitation(picture: Picture) -> str:
    return " Click a box to open its page." if "<a " in picture.svg else ""


def _details(table: Table) -> str:
    count = plural(len(table.rows), "row")
    return (
        '<details class="gd-t" data-search-exclude>'
        f"<summary>Same data as a table ({count})</summary>"
        f'<div class="gd-scroll">{table_html(table)}</div></details>'
    )


def _row(node: Node, verbs: str) -> tuple[_Cell, ...]:
    if isinstance(node, Lane):
        chips = tuple(Link(_chip_text(chip.text, chip.count), chip.href) for chip in node.chips)
        return (Link(node.name, node.href), node.note, chips, verbs)
    return (
        Link(node.name, node.href),
        node.type_line or kind_label(node.kind),
        _holds(node),
        verbs,
    )


def _chip_text(text: str, count: int) -> str:
    return f"{text} ({count})" if count > 1 else text


def _holds(card: Card) -> tuple[Link, ...]:
    lines = tuple(Link(line) for line in card.lines)
    rows = tuple(Link(f"{row.text} {row.note}".strip(), row.href) for row in card.rows)
    badge = card.badge
    found = (Link(plural(badge.count, badge.severity)),) if badge else ()
    return (*lines, *rows, *found)


def _verbs(diagram: Diagram, node: Node, names: Mapping[str, str]) -> str:
    leading = [edge for edge in diagram.edges if edge.source == node.id]
    said = (edge.tip or f"{edge.label} {names[edge.target]}".strip() for edge in leading)
    return ", ".join(sorted(said))


def _row_html(head: tuple[str, ...], row: tuple[_Cell, ...]) -> str:
    cells = zip(head, row, strict=True)
    columns = [f'<td data-l="{escape(name)}">{_cell(cell)}</td>' for name, cell in cells]
    return f"<tr>{' '.join(columns)}</tr>"


def _cell(cell: _Cell) -> str:
    if isinstance(cell, str):
        return escape(cell)
    if isinstance(cell, Link):
        href = safe_href(cell.href)
        return f'<a href="{escape(href)}">{escape(cell.text)}</a>' if href else escape(cell.text)
    return ", ".join(map(_cell, cell))


def _board_lane(lane: Lane) -> str:
    chips = " ".join(map(_board_chip, lane.chips))
    note = f" <small>{escape(lane.note)}</small>" if lane.note else ""
    return f"<section><h3>{escape(lane.name)}{note}</h3><ul>{chips}</ul></section>"


def _board_chip(chip: Chip) -> str:
    text = escape(_chip_text(chip.text, chip.count)) + _mark(chip.severity)
    safe = safe_href(chip.href)
    body = f'<a href="{escape(safe)}">{text}</a>' if safe else f"<span>{text}</span>"
    severity = f" {chip.severity}" if chip.severity else ""
    return f'<li class="k-{escape(chip.kind)}{severity}">{body}</li>'


def _mark(severity: Severity | None) -> str:
    """The sign of a severity, with its word for who cannot see it."""
    if not severity:
        return ""
    sign = GLYPHS[severity]
    return f' <i class="sev {severity}" role="img" aria-label="{severity}">{sign}</i>'
