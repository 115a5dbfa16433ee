"""A graph, or a part of it, as one stand-alone picture."""

from graphdoc.graph.repo_graph import GraphNode, RepoGraph
from graphdoc.model.grouping import counted
from graphdoc.site.diagrams.cards import Card, Diagram, Edge
from graphdoc.site.diagrams.layout import LayoutError
from graphdoc.site.diagrams.standalone import standalone_svg
from graphdoc.site.diagrams.svg import draw

__all__ = ["PictureError", "graph_to_svg"]

# Beyond this a layout takes minutes, and nobody reads it.
_MOST_NODES = 1000


class PictureError(Exception):
    """The graph cannot be drawn."""


def graph_to_svg(graph: RepoGraph) -> str:
    """The graph as an SVG file.

    Raises:
        PictureError: it is empty or too large, or no layout can be had.
    """
    nodes = tuple(graph.nodes())
    if not 0 < len(nodes) <= _MOST_NODES:
        message = f"{len(nodes)} nodes cannot be drawn; choose 1 to {_MOST_NODES} with --select"
        raise PictureError(message)
    # Two places of one relation, such as a chart used by two sources, are one arrow.
    edges = dict.fromkeys((edge.source, edge.target, str(edge.kind)) for edge in graph.edges())
    diagram = Diagram(
        id="graph",
        title="Dependency graph",
        description=f"{counted(len(nodes), 'node')} and {counted(len(edges), 'relation')}",
        nodes=tuple(map(_card, nodes)),
        edges=tuple(Edge(source, target, label=kind) for source, target, kind in edges),
    )
    try:
        return standalone_svg(draw(diagram))
    except LayoutError as error:
        raise PictureError(str(error)) from error


def _card(node: GraphNode) -> Card:
    lines = (f"on {node.cluster}",) if node.cluster and node.cluster != node.name else ()
    return Card(node.id, str(node.kind), node.name, type_line=str(node.kind), lines=lines)
