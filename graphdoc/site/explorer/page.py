"""The explorer: the whole graph with its controls, for questions that no page was made for."""

from markupsafe import Markup

from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.explorer.data import arrows, explorer_script
from graphdoc.site.writing.icons import KINDS, sprite
from graphdoc.site.writing.markup import plural
from graphdoc.site.writing.page import Page, environment, slot

__all__ = ["explorer_page"]

_EXPLORER = "explorer.md"
_TITLE = "Explorer"
_DATA = "explorer-data.js"
_SCRIPTS = (
    "assets/vendor/cytoscape.min.js",
    _DATA,
    "assets/explorer-graph.js",
    "assets/explorer-picture.js",
    "assets/explorer.js",
)


def explorer_page(atlas: Atlas) -> Page:
    """The page, with the graph in a script beside it."""
    scope, templates = Scope(atlas, _EXPLORER), environment()
    text = templates.get_template("explorer.md.j2").render(
        title=_TITLE, sentence=_sentence(atlas), slot=slot("explorer")
    )
    frame = templates.get_template("explorer.html.j2").render(
        begin=scope.to("apps/index.md"), icons=Markup(sprite(KINDS)), scripts=_SCRIPTS
    )
    files = {_DATA: explorer_script(scope)}
    return Page(_EXPLORER, _TITLE, text, figures={"explorer": frame}, files=files)


def _sentence(atlas: Atlas) -> str:
    nodes = sum(1 for _ in atlas.graph.nodes())
    edges = len(arrows(atlas.graph))
    return (
        f"The whole graph behind this site: {plural(nodes, 'node')} and {plural(edges, 'arrow')}. "
        "Start at a node, ask for the way between two, or look at everything."
    )
