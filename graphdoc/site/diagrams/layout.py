"""Where Graphviz puts boxes of a fixed size and the arrows between them; knows Graphviz alone."""

import json
import math
import subprocess
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple, TypedDict

import graphviz

from graphdoc.model.dataclass import dataclass
from graphdoc.model.programs import find_program
from graphdoc.site.diagrams.cards import Direction
from graphdoc.site.diagrams.engine import (
    EngineError,
    EngineMissingError,
    require_engine,
    run_graphviz,
)

__all__ = [
    "Box", "Layout", "LayoutError", "NoGraphvizError", "Placement", "Plan", "Point", "Route",
    "Wire", "find_gap", "lay_out", "to_dot",
]  # fmt: skip

_PIXELS_PER_INCH = 72
_LABEL_FONT = 12.5
_LABEL_HEIGHT = 15
# An "n" is half an em wide in the metrics that Graphviz has without a font library.
_LABEL_CHAR = _LABEL_FONT / 2


class LayoutError(Exception):
    """No Graphviz to be found, or it lost a box or an arrow."""


class NoGraphvizError(LayoutError):
    """This machine can lay out nothing at all."""


class Point(NamedTuple):
    """A place in pixels, from the left and from the top."""

    x: float
    y: float


class Box(NamedTuple):
    """A rectangle by its upper left corner."""

    x: float
    y: float
    width: float
    height: float


class Wire(NamedTuple):
    """An arrow to be laid; ``label`` is the width that its label needs, or 0."""

    source: str
    target: str
    label: float = 0
    weight: int = 1


class Route(NamedTuple):
    """A laid arrow: a chain of Bézier points, and the middle of its label."""

    points: tuple[Point, ...]
    label: Point

    def moved(self, x: float, y: float) -> "Route":
        """The same, further right and down."""
        points = tuple(Point(point.x + x, point.y + y) for point in self.points)
        return Route(points, Point(self.label.x + x, self.label.y + y))


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be laid out: sizes by node id, arrows, and ranks of a fixed order."""

    sizes: tuple[tuple[str, float, float], ...]
    wires: tuple[Wire, ...]
    columns: tuple[tuple[str, ...], ...] = ()
    rankdir: Direction = Direction.LEFT_RIGHT
    ranksep: float = 0.6
    nodesep: float = 0.18


@dataclass(frozen=True, slots=True)
class Placement:
    """The boxes by node id, and the routes in the order of the plan's wires."""

    boxes: dict[str, Box]
    routes: tuple[Route, ...]

    def moved(self, x: float, y: float) -> "Placement":
        """The same, further right and down."""
        boxes = {name: Box(box.x + x, box.y + y, *box[2:]) for name, box in self.boxes.items()}
        return Placement(boxes, tuple(route.moved(x, y) for route in self.routes))


Layout = Callable[[Plan], Placement]


def lay_out(plan: Plan) -> Placement:
    """The plan laid out in this process, or by ``dot`` on a machine that cannot do that.

    Raises:
        LayoutError: there is no answer, or it lacks a box or an arrow.
    """
    try:
        answer = run_graphviz(to_dot(plan, _plain_label).source, "json0")
    except EngineError as error:
        raise LayoutError(f"Graphviz failed: {error}") from error
    except EngineMissingError as error:
        answer = _run_dot(to_dot(plan, _html_label), error)
    return _read(plan, json.loads(answer))


def find_gap() -> str | None:
    """Why this machine draws no pictures, with what to install; ``None`` where it draws."""
    try:
        require_engine()
    except EngineMissingError as error:
        return None if find_program("dot") else _no_picture(error)
    return None


def to_dot(plan: Plan, label: Callable[[float], str]) -> graphviz.Digraph:
    """The plan as DOT, its names replaced by numbers, since names come from anywhere."""
    names = _names(plan)
    dot = graphviz.Digraph(graph_attr=_graph_attributes(plan))
    dot.attr("node", shape="box", fixedsize="true", label="", margin="0")
    dot.attr("edge", arrowhead="none", fontsize=str(_LABEL_FONT))
    for node, width, height in sorted(plan.sizes):
        dot.node(names[node], width=_inches(width), height=_inches(height))
    for index in sorted(range(len(plan.wires)), key=lambda index: plan.wires[index]):
        wire = plan.wires[index]
        room = {"label": label(wire.label)} if wire.label else {}
        ends = names[wire.source], names[wire.target]
        dot.edge(*ends, id=f"w{index}", weight=str(wire.weight), **room)
    joined = {(names[wire.source], names[wire.target]) for wire in plan.wires}
    for column in plan.columns:
        _pin(dot, [names[node] for node in column], joined)
    return dot


def _graph_attributes(plan: Plan) -> dict[str, str]:
    return {
        "rankdir": plan.rankdir.value,
        "nodesep": f"{plan.nodesep:g}",
        "ranksep": f"{plan.ranksep:g}",
        "splines": "spline",
        "outputorder": "edgesfirst",
        "remincross": "true",
        "searchsize": "200",
        "mclimit": "4.0",
        "pad": "0",
        "margin": "0",
    }


def _names(plan: Plan) -> dict[str, str]:
    return {node: f"n{index}" for index, (node, _, _) in enumerate(sorted(plan.sizes))}


def _pin(dot: graphviz.Digraph, column: list[str], joined: set[tuple[str, str]]) -> None:
    """One rank, and an invisible chain along it: a new sibling leaves the order as it was.

    An arrow between neighbours is a link of the chain itself; a second one would push it aside.
    """
    with dot.subgraph() as rank:
        rank.attr(rank="same")
        for name in column:
            rank.node(name)
    for pair in pairwise(column):
        if pair not in joined:
            dot.edge(*pair, style="invis", weight="50")


def _inches(pixels: float) -> str:
    return f"{pixels / _PIXELS_PER_INCH:.4f}"


def _plain_label(width: float) -> str:
    """A label of about this width where Graphviz has no HTML labels and no fonts."""
    return "n" * max(1, math.ceil(width / _LABEL_CHAR))


def _html_label(width: float) -> str:
    """A label of exactly this width, whatever fonts ``dot`` finds."""
    size = f'FIXEDSIZE="TRUE" WIDTH="{math.ceil(width)}" HEIGHT="{_LABEL_HEIGHT}"'
    frame = 'BORDER="0" CELLBORDER="0" CELLPADDING="0" CELLSPACING="0"'
    return f"<<TABLE {frame} {size}><TR><TD></TD></TR></TABLE>>"


def _run_dot(dot: graphviz.Digraph, first: Exception) -> bytes:
    program = find_program("dot")
    if program is None:
        raise NoGraphvizError(_no_picture(first)) from first
    done = subprocess.run(
        [program, "-Tjson0"], input=dot.source.encode(), capture_output=True, check=False
    )
    if done.returncode:
        problem = done.stderr.decode("utf-8", "replace").strip()
        raise LayoutError(f"no layout: {first}; {problem}") from first
    return bytes(done.stdout)


def _no_picture(first: Exception) -> str:
    return f"no picture: {first}, nor is 'dot' on the PATH; install wasmtime or Graphviz"


class _Object(TypedDict, total=False):
    _gvid: int
    name: str
    pos: str


class _Edge(TypedDict, total=False):
    id: str
    pos: str
    lp: str


class _Answer(TypedDict, total=False):
    bb: str
    objects: list[_Object]
    edges: list[_Edge]


def _read(plan: Plan, answer: _Answer) -> Placement:
    top = float(answer["bb"].split(",")[3])
    centres = {
        found["name"]: _point(found["pos"], top)
        for found in answer.get("objects", [])
        if "name" in found and "pos" in found
    }
    edges = {
        found["id"]: found
        for found in answer.get("edges", [])
        if found.get("pos") and "id" in found
    }
    names = _names(plan)
    lost = [node for node in names if names[node] not in centres]
    lost += [
        f"{wire.source} → {wire.target}"
        for index, wire in enumerate(plan.wires)
        if f"w{index}" not in edges
    ]
    if lost:
        raise LayoutError(f"Graphviz lost {len(lost)}: {', '.join(sorted(lost))}")
    boxes = {node: _box(centres[names[node]], width, height) for node, width, height in plan.sizes}
    routes = tuple(_route(edges[f"w{index}"], top) for index in range(len(plan.wires)))
    return Placement(boxes, routes)


def _box(centre: Point, width: float, height: float) -> Box:
    return Box(centre.x - width / 2, centre.y - height / 2, width, height)


def _route(edge: _Edge, top: float) -> Route:
    points = tuple(_point(part, top) for part in edge["pos"].split() if part[0] not in "es")
    label = _point(edge["lp"], top) if "lp" in edge else _middle(points)
    return Route(points, label)


def _middle(points: tuple[Point, ...]) -> Point:
    """A place about half way along a chain of Bézier points."""
    half = points[len(points) // 2 - 1 : len(points) // 2 + 1]
    return Point(sum(p.x for p in half) / 2, sum(p.y for p in half) / 2)


def _point(text: str, top: float) -> Point:
    x, y = text.split(",")[:2]
    return Point(float(x), top - float(y))
