"""A diagram on its page: the slot for Markdown, the figure for the slot, the file to download."""

import logging
from collections.abc import Callable, Sequence
from functools import cache

from graphdoc.model.dataclass import dataclass
from graphdoc.site.atlas.paths import relative
from graphdoc.site.diagrams.cards import Diagram
from graphdoc.site.diagrams.figure import Place, figure
from graphdoc.site.diagrams.folding import draw_within_budget, fold_lanes, fold_siblings
from graphdoc.site.diagrams.layout import NoGraphvizError
from graphdoc.site.diagrams.standalone import standalone_svg
from graphdoc.site.writing.markup import Markup, html
from graphdoc.site.writing.page import slot

__all__ = ["Drawn", "drawn"]

_Fold = Callable[[Diagram], Diagram]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What goes into Markdown, and what goes with the page: figures and files."""

    body: Markup
    figures: dict[str, str]
    files: dict[str, str]


@cache
def _warn(message: str) -> None:
    """Once, not for every picture."""
    logging.getLogger("mkdocs.plugins.graphdoc").warning(message)


def drawn(diagram: Diagram, here: str, listed: str, folds: Sequence[_Fold] = ()) -> Drawn:
    """The diagram as a figure of a page; where it would be too large, a sentence that says so.

    ``listed`` is the address of the list that has what is folded.
    """
    try:
        picture = draw_within_budget(diagram, (fold_lanes, fold_siblings, *folds))
    except NoGraphvizError as error:
        _warn(str(error))
        return Drawn(html('<p class="gd-said">{}. The tables hold it all.</p>', str(error)), {}, {})
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
