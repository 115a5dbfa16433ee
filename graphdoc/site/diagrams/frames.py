"""Titled frames around boxes that already have their places.

Graphviz's own clusters break the pinned order of columns, so frames are drawn afterwards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdoc.site.diagrams.arrows import sampled
from graphdoc.site.diagrams.boxes import label, number
from graphdoc.site.diagrams.layout import Box, Placement, Point
from graphdoc.site.diagrams.metrics import text_width

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphdoc.site.diagrams.cards import Frame

__all__ = ["frame_svg", "framed", "title_svg"]

_SIDE, _HEAD = 12, 30
_TITLE_SIZE = 11.5


def framed(frames: Iterable[Frame], placement: Placement) -> list[tuple[Frame, Box]]:
    """The frames with their boxes, but for those that a stranger has got into."""
    boxes = [
        (frame, _around([placement.boxes[name] for name in frame.members]))
        for frame in frames
        if frame.members
    ]
    free = [(frame, box) for frame, box in boxes if not _has_stranger(frame, box, placement)]
    return [(frame, _titled(frame, box, placement)) for frame, box in free]


def frame_svg(box: Box) -> str:
    """The outline of a frame, drawn below everything."""
    size = f'width="{number(box.width)}" height="{number(box.height)}"'
    return f'<rect class="frame" x="{number(box.x)}" y="{number(box.y)}" {size} rx="8"/>'


def title_svg(frame: Frame, box: Box, placement: Placement) -> str:
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
