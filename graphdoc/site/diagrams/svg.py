"""A diagram as SVG: asks for the layout, then writes frames, arrows and boxes in reading order.

Graphviz's own clusters break the pinned order of columns, so frames are drawn afterwards.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from graphdoc.model.grouping import grouped
from graphdoc.site.diagrams.arrows import arrow_svg, label_width, sampled
from graphdoc.site.diagrams.boxes import box_svg, label, number, size_of
from graphdoc.site.diagrams.cards import Card, Diagram, Direction, Edge, Frame, Lane, Node, Picture
from graphdoc.site.diagrams.layout import (
    Box,
    Layout,
    LayoutError,
    Placement,
    Plan,
    Point,
    Wire,
    lay_out,
)
from graphdoc.site.diagrams.metrics import text_width
from graphdoc.site.writing.icons import LINES
from graphdoc.site.writing.markup import plural
from graphdoc.site.writing.text import anchor, escape

__all__ = ["draw"]

_MARGIN = 10
_SIDE, _HEAD = 12, 30
_TITLE_SIZE = 11.5


def draw(diagram: Diagram, layout: Layout = lay_out) -> Picture:
    """The diagram with its layout, as inline SVG.

    Raises:
        ValueError: an arrow, column or frame names a node that the diagram lacks.
        LayoutError: no layout can be had, with room for labels or without.
    """
    _check(diagram)
    placement = _moved(diagram, _placed(diagram, layout))
    size = _extent(diagram, placement)
    return Picture(
        diagram=diagram,
        svg=_document(diagram, placement, size),
        width=round(size.x),
        height=round(size.y),
        elements=sum((len(node.chips) if isinstance(node, Lane) else 1) for node in diagram.nodes),
        folded=sum(_folded(node) for node in diagram.nodes),
        kinds=_kinds(diagram),
        lines=tuple(sorted({edge.css for edge in diagram.edges} & set(LINES))),
    )


def _check(diagram: Diagram) -> None:
    ids = [node.id for node in diagram.nodes]
    if len(set(ids)) < len(ids):
        raise ValueError(f"diagram {diagram.id} has a node twice")
    named = {end for edge in diagram.edges for end in (edge.source, edge.target)}
    named.update(*diagram.columns, *(frame.members for frame in diagram.frames))
    unknown = sorted(named - set(ids))
    if unknown:
        raise ValueError(f"diagram {diagram.id} has no node {', '.join(unknown)}")


def _placed(diagram: Diagram, layout: Layout) -> Placement:
    """Graphviz sometimes loses arrows that have labels: then the labels get no room."""
    try:
        return layout(_plan(diagram, [label_width(edge) for edge in diagram.edges]))
    except LayoutError:
        return layout(_plan(diagram, [0 for _ in diagram.edges]))


def _plan(diagram: Diagram, label_widths: list[float]) -> Plan:
    sizes = {node.id: size_of(node) for node in diagram.nodes}
    widths = _widths(diagram, {node: size.width for node, size in sizes.items()})
    return Plan(
        sizes=tuple((node, widths[node], size.height) for node, size in sizes.items()),
        wires=tuple(
            Wire(edge.source, edge.target, width, edge.weight)
            for edge, width in zip(diagram.edges, label_widths, strict=True)
        ),
        columns=diagram.columns,
        rankdir=diagram.rankdir,
        ranksep=diagram.ranksep,
        nodesep=diagram.nodesep,
    )


def _widths(diagram: Diagram, widths: Mapping[str, float]) -> dict[str, float]:
    """The widths, one for all boxes below each other: the greatest single gain in calm."""
    equal = dict(widths)
    for members in _stacks(diagram):
        equal |= dict.fromkeys(members, max(widths[node] for node in members))
    return equal


def _stacks(diagram: Diagram) -> Iterable[Sequence[str]]:
    """The cards of each column; of a picture that leads right, all boxes that it has abreast."""
    cards = {node.id for node in diagram.nodes if isinstance(node, Card)}
    columns = [[node for node in column if node in cards] for column in diagram.columns]
    yield from filter(None, columns)
    if diagram.rankdir is not Direction.LEFT_RIGHT:
        return
    pinned, depths = set(chain.from_iterable(columns)), _depths(diagram)
    stacks = grouped(
        ((depths[node.id], node.id in cards), node.id)
        for node in diagram.nodes
        if node.id not in pinned
    )
    yield from stacks.values()


def _depths(diagram: Diagram) -> Mapping[str, int]:
    """How many arrows lead to each node at most, those along a column left out."""
    column = {node: place for place, nodes in enumerate(diagram.columns) for node in nodes}
    steps = [
        (edge.source, edge.target)
        for edge in diagram.edges
        if column.get(edge.source, -1) != column.get(edge.target, -2)
    ]
    depths = {node.id: 0 for node in diagram.nodes}
    for _ in diagram.nodes:
        depths |= {to: depths[start] + 1 for start, to in steps if depths[to] <= depths[start]}
    return depths


def _moved(diagram: Diagram, placement: Placement) -> Placement:
    """The placement with its upper left corner, frames included, at the margin."""
    corners = [Point(box.x, box.y) for box in _boxes(diagram, placement)]
    corners += [point for route in placement.routes for point in route.points]
    left = min((corner.x for corner in corners), default=0) - _MARGIN
    top = min((corner.y for corner in corners), default=0) - _MARGIN
    return placement.moved(-left, -top)


def _boxes(diagram: Diagram, placement: Placement) -> Iterable[Box]:
    """All that takes room: boxes, frames, and the room of labels."""
    yield from placement.boxes.values()
    yield from (box for _, box in _framed(diagram.frames, placement))
    for edge, route in zip(diagram.edges, placement.routes, strict=True):
        width = label_width(edge)
        yield Box(route.label.x - width / 2, route.label.y - 8, width, 16)


def _extent(diagram: Diagram, placement: Placement) -> Point:
    corners = [Point(box.x + box.width, box.y + box.height) for box in _boxes(diagram, placement)]
    corners += [point for route in placement.routes for point in route.points]
    right = max((corner.x for corner in corners), default=0)
    bottom = max((corner.y for corner in corners), default=0)
    return Point(right + _MARGIN, bottom + _MARGIN)


def _document(diagram: Diagram, placement: Placement, size: Point) -> str:
    frames = _framed(diagram.frames, placement)
    outlines = "".join(_frame_svg(box) for _, box in frames)
    titles = "".join(_title_svg(frame, box, placement) for frame, box in frames)
    return (
        f"{_head(diagram, size)}"
        f'<g class="frames" aria-hidden="true">{outlines}</g>'
        f'<g class="edges" aria-hidden="true">{_arrows(diagram, placement)}</g>'
        f'<g class="titles">{titles}</g>'
        f'<g class="nodes">{_nodes(diagram, placement)}</g></svg>'
    )


def _head(diagram: Diagram, size: Point) -> str:
    name = escape(anchor(diagram.id, ""))
    width, height = number(round(size.x)), number(round(size.y))
    boxes = plural(len(diagram.nodes), "box", "boxes")
    counts = f"{boxes}, {plural(len(diagram.edges), 'arrow')}"
    description = f"{diagram.description} {counts}. The same data follows as a table.".strip()
    return (
        f'<svg class="gd-svg" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}" style="--w:{width}px" role="group"'
        f' aria-labelledby="{name}title" aria-describedby="{name}desc">'
        f'<title id="{name}title">{escape(diagram.title)}</title>'
        f'<desc id="{name}desc">{escape(description)}</desc>'
    )


def _arrows(diagram: Diagram, placement: Placement) -> str:
    names = {node.id: node.name for node in diagram.nodes}
    pairs = zip(diagram.edges, placement.routes, strict=True)
    ordered = sorted(pairs, key=lambda pair: _edge_key(pair[0]))
    return "".join(arrow_svg(edge, route, _hint(edge, names)) for edge, route in ordered)


def _edge_key(edge: Edge) -> tuple[str, ...]:
    return (edge.source, edge.target, edge.label, edge.css, edge.tip)


def _hint(edge: Edge, names: Mapping[str, str]) -> str:
    verb = f": {edge.label}" if edge.label else ""
    return edge.tip or f"{names[edge.source]} → {names[edge.target]}{verb}"


def _nodes(diagram: Diagram, placement: Placement) -> str:
    """The boxes in reading order: rank by rank, each in its own direction."""
    read = _by_column if diagram.rankdir is Direction.LEFT_RIGHT else _by_row
    ordered = sorted(diagram.nodes, key=lambda node: read(placement.boxes[node.id]))
    return "".join(box_svg(node, placement.boxes[node.id], diagram.id) for node in ordered)


def _by_column(box: Box) -> tuple[int, float]:
    return round(box.x + box.width / 2), box.y


def _by_row(box: Box) -> tuple[int, float]:
    return round(box.y + box.height / 2), box.x


def _folded(node: Node) -> int:
    if isinstance(node, Card):
        return node.folded
    return sum(chip.count for chip in node.chips if chip.count > 1)


def _kinds(diagram: Diagram) -> tuple[str, ...]:
    """The kinds in the picture, in the order of the nodes."""
    kinds: dict[str, None] = {}
    for node in diagram.nodes:
        names = [node.kind] if isinstance(node, Card) else [chip.kind for chip in node.chips]
        kinds |= dict.fromkeys(names)
    return tuple(kinds)


def _framed(frames: Iterable[Frame], placement: Placement) -> list[tuple[Frame, Box]]:
    """The frames with their boxes, but for those that a stranger has got into."""
    boxes = [
        (frame, _around([placement.boxes[name] for name in frame.members]))
        for frame in frames
        if frame.members
    ]
    free = [(frame, box) for frame, box in boxes if not _has_stranger(frame, box, placement)]
    return [(frame, _titled(frame, box, placement)) for frame, box in free]


def _frame_svg(box: Box) -> str:
    """The outline of a frame, drawn below everything."""
    size = f'width="{number(box.width)}" height="{number(box.height)}"'
    return f'<rect class="frame" x="{number(box.x)}" y="{number(box.y)}" {size} rx="8"/>'


def _title_svg(frame: Frame, box: Box, placement: Placement) -> str:
    """The title in the corner that the fewest arrows and labels cross."""
    width = _title_width(frame)
    crossed = [point for route in placement.routes for point in (*sampled(route), route.label)]
    x = min(_places(box, width), key=lambda x: len(_crossings(x, box.y, width, crossed)))
    return label("ft", x, box.y + 19, frame.label)


def _around(boxes: list[Box]) -> Box:
    left = min(box.x for box in boxes) - _SIDE
    top = min(box.y for box in boxes) - _HEAD
    right = max(box.x + box.width for box in boxes) + _SIDE
    bottom = max(box.y + box.height for box in boxes) + _SIDE
    return Box(left, top, right - left, bottom - top)


def _titled(frame: Frame, box: Box, placement: Placement) -> Box:
    """The frame, wider on both sides where its title would else be crossed by an arrow."""
    width = _title_width(frame)
    arrows = [point for route in placement.routes for point in sampled(route)]
    if not all(_crossings(x, box.y, width, arrows) for x in _places(box, width)):
        return box
    first = min(point.x for point in _crossings(box.x, box.y, box.width, arrows))
    more = max(0, box.x + 24 + width - first)
    wider = Box(box.x - more, box.y, box.width + 2 * more, box.height)
    return box if _has_stranger(frame, wider, placement) else wider


def _title_width(frame: Frame) -> float:
    return text_width(frame.label, _TITLE_SIZE, 600)


def _places(box: Box, width: float) -> tuple[float, float, float]:
    """Where a title may begin: in either corner, or between them."""
    left, right = box.x + 12, box.x + box.width - 12 - width
    return left, right, (left + right) / 2


def _has_stranger(frame: Frame, box: Box, placement: Placement) -> bool:
    return any(
        _overlap(box, other) for name, other in placement.boxes.items() if name not in frame.members
    )


def _overlap(one: Box, other: Box) -> bool:
    beside = one.x + one.width <= other.x or other.x + other.width <= one.x
    above = one.y + one.height <= other.y or other.y + other.height <= one.y
    return not (beside or above)


def _crossings(x: float, top: float, width: float, points: list[Point]) -> list[Point]:
    """The points that the line of a title would touch."""
    return [p for p in points if x - 4 <= p.x <= x + width + 4 and top + 5 <= p.y <= top + 24]
