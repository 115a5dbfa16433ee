"""The SVG of one arrow: its curve, its head and its verb."""

import math

from graphdoc.site.diagrams.boxes import label, number
from graphdoc.site.diagrams.cards import Edge
from graphdoc.site.diagrams.layout import Point, Route
from graphdoc.site.diagrams.metrics import text_width
from graphdoc.site.writing.icons import LINES
from graphdoc.site.writing.text import escape

__all__ = ["arrow_svg", "label_width", "sampled"]

_LABEL_SIZE = 11.5
_LENGTH, _HALF, _NOTCH = 8, 3.4, 2
_CLEAR = 8


def label_width(edge: Edge) -> float:
    """The room that the verb of an arrow needs, nothing where it has none."""
    return text_width(edge.label, _LABEL_SIZE) + 10 if edge.label else 0


def arrow_svg(edge: Edge, route: Route, hint: str) -> str:
    """The arrow with its title; its curve twice, once wide and unseen to be hit."""
    curve, head = _curve(route.points), _head(route.points)
    css = f"gd-e l-{edge.css}" if edge.css in LINES else "gd-e"
    ends = f'data-a="{escape(edge.source)}" data-b="{escape(edge.target)}"'
    at = _beside(edge, route)
    verb = label("mid", at.x, at.y + 4, edge.label) if edge.label else ""
    return (
        f'<g class="{css}" {ends}><title>{escape(hint)}</title>'
        f'<path class="hit" d="{curve}"/><path class="line" d="{curve}"/>'
        f'<polygon points="{head}"/>{verb}</g>'
    )


def _beside(edge: Edge, route: Route) -> Point:
    """Where the verb stands: beside an arrow that leads straight down, so that it is not struck."""
    first, last = route.points[0], route.points[-1]
    if abs(first.x - last.x) > 1:
        return route.label
    half = text_width(edge.label, _LABEL_SIZE) / 2 + _CLEAR
    return Point(first.x + half, (first.y + last.y) / 2)


def sampled(route: Route) -> list[Point]:
    """Places along the curve, close enough to see what it crosses."""
    points = route.points
    pieces = [points[start : start + 4] for start in range(0, len(points) - 3, 3)]
    return [_bezier(piece, step / 10) for piece in pieces for step in range(11)]


def _bezier(piece: tuple[Point, ...], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3)
    pairs = list(zip(weights, piece, strict=True))
    return Point(sum(w * p.x for w, p in pairs), sum(w * p.y for w, p in pairs))


def _curve(points: tuple[Point, ...]) -> str:
    """The path, ending where the head begins."""
    angle, tip = _angle(points), points[-1]
    back = _LENGTH - _NOTCH
    end = Point(tip.x - back * math.cos(angle), tip.y - back * math.sin(angle))
    rest = " ".join(map(_pair, (*points[1:-1], end)))
    return f"M{_pair(points[0])}C{rest}"


def _head(points: tuple[Point, ...]) -> str:
    angle, tip = _angle(points), points[-1]
    cos, sin = math.cos(angle), math.sin(angle)
    base = Point(tip.x - _LENGTH * cos, tip.y - _LENGTH * sin)
    corners = (
        tip,
        Point(base.x - _HALF * sin, base.y + _HALF * cos),
        Point(base.x + _NOTCH * cos, base.y + _NOTCH * sin),
        Point(base.x + _HALF * sin, base.y - _HALF * cos),
    )
    return " ".join(map(_pair, corners))


def _angle(points: tuple[Point, ...]) -> float:
    """Where the curve leads at its end; control points may coincide with it."""
    tip = points[-1]
    before = next((p for p in reversed(points[:-1]) if math.dist(p, tip) > 1), points[0])
    return math.atan2(tip.y - before.y, tip.x - before.x)


def _pair(point: Point) -> str:
    return f"{number(point.x)},{number(point.y)}"
