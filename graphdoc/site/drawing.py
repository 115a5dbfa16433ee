"""A diagram on its page: the slot for Markdown, the figure for the slot, the file to download."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from graphdoc.site.cards import Diagram, Lane, Picture
from graphdoc.site.figure import Place, figure
from graphdoc.site.folding import (
    draw_best,
    draw_within_budget,
    fold_lanes,
    fold_siblings,
    over_budget,
)
from graphdoc.site.markup import Markup, html
from graphdoc.site.page import slot
from graphdoc.site.paths import relative
from graphdoc.site.standalone import standalone_svg

__all__ = ["Drawn", "drawn"]

# What the column of text can show without scrolling, at the size where all can be read.
_CALM_WIDTH = 1060

Fold = Callable[[Diagram], Diagram]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What goes into Markdown, and what goes with the page: figures and files."""

    body: Markup
    figures: dict[str, str]
    files: dict[str, str]


def _calm(diagram: Diagram) -> Picture | None:
    """The first picture that fits the page without scrolling, with ever narrower lanes."""
    has_lanes = any(isinstance(node, Lane) for node in diagram.nodes)
    for columns in (0, 2, 1) if has_lanes else (0,):
        picture = draw_best(_with_columns(diagram, columns))
        if picture.width <= _CALM_WIDTH and not over_budget(picture):
            return picture
    return None


def _with_columns(diagram: Diagram, columns: int) -> Diagram:
    nodes = (
        replace(n, columns=columns) if isinstance(n, Lane) and columns else n for n in diagram.nodes
    )
    return replace(diagram, nodes=tuple(nodes))


def drawn(diagram: Diagram, here: str, listed: str, folds: Sequence[Fold] = ()) -> Drawn:
    """The diagram as a figure of a page; where it would be too large, a sentence that says so.

    ``listed`` is the address of the list that has what is folded.
    """
    picture = _calm(diagram) or draw_within_budget(diagram, (fold_lanes, fold_siblings, *folds))
    if picture is None:
        said = html(
            '<p class="gd-said">Too large for a picture: {} boxes. The tables hold it all.</p>',
            str(len(diagram.nodes)),
        )
        return Drawn(said, {}, {})
    stem = here.removesuffix(".md").replace("/", "-")
    path = f"assets/diagrams/{stem}--{diagram.id}.svg"
    made = figure(picture, Place(relative(path, here), listed))
    return Drawn(slot(diagram.id), {diagram.id: made}, {path: standalone_svg(picture)})
