"""How large a card or a lane of chips is, and its SVG."""

from typing import NamedTuple

from graphdoc.model.finding import Severity
from graphdoc.site.diagrams.cards import Card, Chip, Lane, Node, Row
from graphdoc.site.diagrams.layout import Box
from graphdoc.site.diagrams.metrics import Weight, ellipsis, text_width
from graphdoc.site.writing.icons import use_icon
from graphdoc.site.writing.markup import plural
from graphdoc.site.writing.text import anchor, escape, safe_href

__all__ = ["GLYPHS", "Size", "box_svg", "label", "number", "size_of"]

_NAME, _TYPE, _LINE, _ROW, _CHIP = 13, 11.5, 11.5, 12, 12.5
_LINE_HEIGHT, _ROW_HEIGHT = 14, 22
_MAX_NOTE = 130
_CHIP_HEIGHT, _CHIP_STEP, _CHIP_GAP, _CHIP_MIN = 26, 31, 6, 60
_LANE_SIDE, _LANE_HEAD = 10, 30
GLYPHS = {Severity.ERROR: "✕", Severity.WARNING: "!", Severity.INFO: "i"}


class Size(NamedTuple):
    """Width and height in pixels."""

    width: float
    height: float


def size_of(node: Node) -> Size:
    """The room that a node needs, its texts shortened as they will be drawn."""
    return _lane_size(node) if isinstance(node, Lane) else _card_size(node)


def box_svg(node: Node, box: Box, diagram: str) -> str:
    """The node drawn into its box; ``diagram`` makes its id unique."""
    inner = _lane(node, box) if isinstance(node, Lane) else _card(node, box)
    css = "gd-n lane k-lane" if isinstance(node, Lane) else _card_css(node)
    place = f'transform="translate({number(box.x)} {number(box.y)})"'
    return (
        f'<g class="{css}" id="{escape(anchor(diagram, node.id))}" data-n="{escape(node.id)}"'
        f' role="group" aria-label="{escape(_spoken(node))}" {place}>{inner}</g>'
    )


def _spoken(node: Node) -> str:
    """What a screen reader says of a node."""
    if isinstance(node, Lane):
        return node.tip or f"{node.name}, {node.note}".strip(", ")
    said = node.tip or f"{node.type_line} {node.name}".strip()
    return f"{said}, {plural(node.badge.count, node.badge.severity)}" if node.badge else said


def number(value: float) -> str:
    """A coordinate with one decimal at most."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def _card_size(card: Card) -> Size:
    name = text_width(_short(card, card.name, _NAME, 600), _NAME, 600)
    widths = [name if card.type_line else name + 20]
    widths += [text_width(_short(card, card.type_line, _TYPE), _TYPE) + 18]
    widths += [text_width(_short(card, line, _LINE), _LINE) for line in card.lines]
    widths += [_row_width(card, row) for row in card.rows]
    height = 32 + (14 if card.type_line else 0) + _LINE_HEIGHT * len(card.lines)
    rows = _ROW_HEIGHT * len(card.rows) + 4 if card.rows else 0
    return Size(round(max(card.min_width, max(widths) + 24)), height + rows)


def _short(card: Card, text: str, size: float, weight: Weight = 400) -> str:
    return ellipsis(text, card.max_text, size, weight)


def _row_width(card: Card, row: Row) -> float:
    weight: Weight = 600 if row.css == "win" else 400
    note = text_width(_note(row), _LINE) + 18 if row.note else 0
    return text_width(_short(card, row.text, _ROW, weight), _ROW, weight) + note + _indent(card) + 2


def _note(row: Row) -> str:
    return ellipsis(row.note, _MAX_NOTE, _LINE)


def _indent(card: Card) -> float:
    """Room for the number of a row."""
    return 8 + text_width(str(len(card.rows)), _TYPE, 600) if card.numbered else 0


def _card_css(card: Card) -> str:
    states = [name for name, on in (("focus", card.focus), ("ghost", card.ghost)) if on]
    return " ".join(["gd-n", f"k-{_token(card.kind)}", *states])


def _token(kind: str) -> str:
    """A kind as a CSS class name."""
    return "".join(char if char.isalnum() and char.isascii() else "-" for char in kind)


def _card(card: Card, box: Box) -> str:
    head = _card_head(card, box)
    rows_at = box.height - 6 - _ROW_HEIGHT * len(card.rows) + 1
    rows = [
        _row(card, index, rows_at + index * _ROW_HEIGHT, box.width)
        for index in range(len(card.rows))
    ]
    return _link(card.href, head) + "".join(rows) + _badge(card, box.width)


def _card_head(card: Card, box: Box) -> str:
    """The outline, the icon and the texts above the rows."""
    parts = [f"<title>{escape(' · '.join((_spoken(card), *card.lines)))}</title>", _outline(box)]
    icon_at = 8 if card.type_line else 11
    parts.append(use_icon(card.kind, f' x="12" y="{icon_at}" width="14" height="14"'))
    if card.type_line:
        parts.append(label("m t0", 30, 19, _short(card, card.type_line, _TYPE)))
    name_at = 36 if card.type_line else 22
    name_x = 12 if card.type_line else 32
    parts.append(label("h", name_x, name_at, _short(card, card.name, _NAME, 600)))
    for index, line in enumerate(card.lines, start=1):
        y = name_at + 1 + index * _LINE_HEIGHT
        parts.append(label("m", 12, y, _short(card, line, _LINE)))
    return "".join(parts)


def _outline(box: Box) -> str:
    width, height = number(box.width), number(box.height)
    stripe = f"M5 0H6A6 6 0 0 0 0 6V{number(box.height - 6)}A6 6 0 0 0 6 {height}H5V0Z"
    rect = f'<rect class="b" width="{width}" height="{height}" rx="6"/>'
    return f'{rect}<path class="s" d="{stripe}"/>'


def _row(card: Card, index: int, y: float, width: float) -> str:
    row = card.rows[index]
    weight: Weight = 600 if row.css == "win" else 400
    indent = _indent(card)
    parts = [f"<title>{escape(f'{row.text} {row.note}'.strip())}</title>"]
    inner = number(width - 16)
    parts.append(f'<rect class="r" x="9" y="{number(y)}" width="{inner}" height="20" rx="4"/>')
    if card.numbered:
        parts.append(label("num", 15, y + 14, str(index + 1)))
    parts.append(label("t", 15 + indent, y + 14, _short(card, row.text, _ROW, weight)))
    if row.note:
        parts.append(label("m end", width - 13, y + 14, _note(row)))
    css = f"row {_token(row.css)}".strip()
    body = "".join(parts)
    return _link(row.href, body, css) if row.href else f'<g class="{css}">{body}</g>'


def _badge(card: Card, width: float) -> str:
    if not card.badge:
        return ""
    text = str(min(card.badge.count, 99))
    half = 8 if len(text) == 1 else 10
    radius = 3 if card.badge.severity is Severity.ERROR else half
    x = width - 2
    shape = f'x="{number(x - half)}" y="-6" width="{2 * half}" height="16" rx="{radius}"'
    return (
        f'<g class="bad {card.badge.severity}" aria-hidden="true"><rect {shape}/>'
        f"{label('mid', x, 5.5, text)}</g>"
    )


def _lane_size(lane: Lane) -> Size:
    columns = _columns(lane)
    rows = -(-len(lane.chips) // columns)
    chips = columns * _chip_width(lane) + (columns - 1) * _CHIP_GAP + 2 * _LANE_SIDE
    title = text_width(lane.name, _LINE, 600) + text_width(lane.note, _LINE) + 36
    return Size(round(max(chips, title)), _LANE_HEAD + rows * _CHIP_STEP + 5)


def _columns(lane: Lane) -> int:
    """As few columns as keep a lane flat."""
    count = len(lane.chips)
    if lane.columns:
        return max(1, min(lane.columns, count))
    return next(columns for columns, most in ((1, 4), (2, 8), (3, 18), (4, 10**9)) if count <= most)


def _chip_width(lane: Lane) -> float:
    shown = [(_chip_text(chip, lane), _count_width(chip)) for chip in lane.chips]
    widths = [text_width(text, _CHIP) + count for text, count in shown]
    return round(max([width + 18 for width in widths] + [_CHIP_MIN]))


def _chip_text(chip: Chip, lane: Lane) -> str:
    return ellipsis(chip.text, lane.max_text, _CHIP)


def _count_width(chip: Chip) -> float:
    return text_width(str(chip.count), _LINE) + 6 if chip.count > 1 else 0


def _lane(lane: Lane, box: Box) -> str:
    size = f'width="{number(box.width)}" height="{number(box.height)}"'
    title = label("hb", 12, 19, lane.name)
    note = label("m", 20 + text_width(lane.name, _LINE, 600), 19, lane.note)
    head = f'<title>{escape(_spoken(lane))}</title><rect class="b" {size} rx="8"/>{title}{note}'
    columns = _columns(lane)
    room = (box.width - 2 * _LANE_SIDE + _CHIP_GAP) / columns - _CHIP_GAP
    width = min(room, _chip_width(lane))
    chips = [
        _chip(
            chip,
            _chip_text(chip, lane),
            _LANE_SIDE + index % columns * (width + _CHIP_GAP),
            _LANE_HEAD + index // columns * _CHIP_STEP,
            width,
        )
        for index, chip in enumerate(lane.chips)
    ]
    return _link(lane.href, head) + "".join(chips)


def _chip(chip: Chip, text: str, x: float, y: float, width: float) -> str:
    said = _chip_spoken(chip)
    size = f'width="{number(width)}" height="{_CHIP_HEIGHT}"'
    parts = [f"<title>{escape(said)}</title>"]
    parts.append(f'<rect class="b" x="{number(x)}" y="{number(y)}" {size} rx="5"/>')
    parts.append(label("t", x + 9, y + 17.5, text))
    if chip.count > 1:
        parts.append(label("m end", x + width - 9, y + 17.5, str(chip.count)))
    if chip.severity:
        parts.append(_dot(chip.severity, x + width - 2, y + 2))
    css = f"chip k-{_token(chip.kind)}"
    body = "".join(parts)
    return _link(chip.href, body, css) if chip.href else f'<g class="{css}">{body}</g>'


def _chip_spoken(chip: Chip) -> str:
    said = chip.tip or (f"{chip.text}, {chip.count} elements" if chip.count > 1 else chip.text)
    return f"{said}, {chip.severity}" if chip.severity else said


def _dot(severity: Severity, x: float, y: float) -> str:
    corner = 2 if severity is Severity.ERROR else 6
    shape = f'x="{number(x - 6)}" y="{number(y - 6)}" width="12" height="12" rx="{corner}"'
    glyph = label("mid", x, y + 3, GLYPHS[severity])
    return f'<g class="bad {severity}"><rect {shape}/>{glyph}</g>'


def label(css: str, x: float, y: float, text: str) -> str:
    """One text; the class ``end`` or ``mid`` says where it is anchored."""
    return f'<text class="{css}" x="{number(x)}" y="{number(y)}">{escape(text)}</text>'


def _link(href: str, body: str, css: str = "") -> str:
    """The body as a link that its title names, or as it is where the link leads nowhere safe."""
    safe = safe_href(href)
    classes = f' class="{css}"' if css else ""
    if not safe:
        return f"<g{classes}>{body}</g>" if css else body
    return f'<a href="{escape(safe)}"{classes}>{body}</a>'
