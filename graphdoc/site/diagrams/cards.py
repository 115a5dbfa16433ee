"""What a diagram is made of: cards, lanes of chips, arrows and frames, before any layout."""

from collections.abc import Sequence
from enum import StrEnum

from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import Severity

__all__ = [
    "Badge", "Card", "Chip", "Diagram", "Direction", "Edge", "Frame", "Lane", "Node", "Picture",
    "Row", "first_rows",
]  # fmt: skip


class Direction(StrEnum):
    """Where arrows lead: from left to right, or from top to bottom."""

    LEFT_RIGHT = "LR"
    TOP_DOWN = "TB"


@dataclass(frozen=True, slots=True)
class Badge:
    """The worst finding of a card, and how many findings it has."""

    severity: Severity
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list card; ``css`` is ``win`` (the layer that counts) or ``more``."""

    text: str
    note: str = ""
    href: str = ""
    css: str = ""


def first_rows(rows: Sequence[Row], most: int, href: str = "") -> tuple[tuple[Row, ...], int]:
    """The rows that a card has room for, with how many more there are, which that row leads to."""
    hidden = max(0, len(rows) - most)
    more = (Row(f"+{hidden} more", href=href, css="more"),) if hidden else ()
    return (*rows[:most], *more), hidden


@dataclass(frozen=True, slots=True)
class Card:
    """One box: its kind gives icon and colour, ``type_line`` the word for it.

    ``folded`` is the number of elements that the card stands for and does not show.
    ``ghost`` marks what was not analysed; ``focus`` the card that the picture is about.
    """

    id: str
    kind: str
    name: str
    type_line: str = ""
    lines: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    href: str = ""
    tip: str = ""
    badge: Badge | None = None
    focus: bool = False
    ghost: bool = False
    numbered: bool = False
    folded: int = 0
    min_width: float = 96
    max_text: float = 250


@dataclass(frozen=True, slots=True)
class Chip:
    """One small box in a lane; ``count`` above one means a group of that many elements.

    ``groups`` names what it may be folded into, the best first, such as its namespace; of its
    ``folder`` the part in which the folders of a lane first differ may do as well.
    """

    kind: str
    text: str
    href: str = ""
    severity: Severity | None = None
    tip: str = ""
    count: int = 1
    groups: tuple[str, ...] = ()
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Lane:
    """A box of chips, such as one sync wave; ``columns`` of 0 lets the number of chips decide.

    ``max_text`` is how wide the text of a chip may be.
    """

    id: str
    name: str
    note: str = ""
    chips: tuple[Chip, ...] = ()
    max_text: float = 170
    columns: int = 0
    href: str = ""
    tip: str = ""


Node = Card | Lane


@dataclass(frozen=True, slots=True)
class Edge:
    """One arrow, with its verb; ``css`` is a key of ``LINES`` or empty."""

    source: str
    target: str
    label: str = ""
    css: str = ""
    tip: str = ""
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Frame:
    """A titled frame around nodes, drawn after they have their places."""

    label: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagram:
    """One picture, complete but for its layout.

    ``columns`` pins the order of nodes of one rank (a column from left to right, a row from top
    down); the cards of one column get one width. ``id`` is unique on its page. ``explore`` is where
    the explorer starts at what the picture is about.
    """

    id: str
    title: str
    description: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
    columns: tuple[tuple[str, ...], ...] = ()
    frames: tuple[Frame, ...] = ()
    rankdir: Direction = Direction.LEFT_RIGHT
    ranksep: float = 0.6
    nodesep: float = 0.18
    explore: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A diagram drawn: inline SVG and what its caption has to say.

    ``elements`` counts the cards and chips shown, ``folded`` the elements behind them that are
    not; ``kinds`` and ``lines`` are what the key explains.
    """

    diagram: Diagram
    svg: str
    width: int
    height: int
    elements: int
    folded: int
    kinds: tuple[str, ...]
    lines: tuple[str, ...]
