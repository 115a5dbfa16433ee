"""``graphdoc graph``."""

import click

from graphdoc.cli.analyses import analyse_estate
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import Scope, Target, result_options, scope_options
from graphdoc.cli.output import say, write_result
from graphdoc.cli.status import UsageMistake
from graphdoc.graph.export.formats import EXPORTERS, GraphFormat
from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.graph.select import UnknownNodeError, select, subgraph

__all__ = ["command"]

_SVG = "svg"


@click.command("graph", cls=PagedCommand)
@click.option("--select", "expression", metavar="EXPR", help="Only these nodes; see above.")
@scope_options(paths=True)
@result_options([*map(str, GraphFormat), _SVG], "json")
def command(scope: Scope, target: Target, expression: str | None) -> None:
    """Write the dependency graph.

    PATHs are clones; without any, those of graphdoc.yaml are read.

    An expression names nodes by id or name, with * inside a segment and ** across them. "+x" adds
    all that x depends on, "x+" all that depends on x, "x+2" that in two steps. A space unites, a
    comma intersects; in double quotes both are part of a name.

    Examples:
      graphdoc graph --output graph.json
      graphdoc graph --format svg --select "1+musicman+1" --output musicman.svg
      graphdoc graph --format backstage --output catalog-info.yaml
      graphdoc graph --format mermaid --select "+application:upc-dev/musicman"
      graphdoc graph --format dot --select "cluster:upc-prod+1 values:launchpad/**+"
    """
    analysis = analyse_estate(scope)
    graph = _part(analysis.graph, expression) if expression is not None else analysis.graph
    if target.format == _SVG:
        write_result(_picture(graph), target.output)
        return
    export = EXPORTERS[GraphFormat(target.format)]
    write_result(export(graph, analysis.coverage), target.output)


def _picture(graph: RepoGraph) -> str:
    from graphdoc.pipeline.picture import PictureError, graph_to_svg  # noqa: PLC0415 -- slow

    try:
        return graph_to_svg(graph)
    except PictureError as error:
        raise UsageMistake(str(error)) from error


def _part(graph: RepoGraph, expression: str) -> RepoGraph:
    try:
        ids = select(graph, expression)
    except UnknownNodeError as error:
        raise UsageMistake(str(error)) from error
    if not ids:
        say(f"graphdoc: the expression '{expression}' means no node")
    return subgraph(graph, ids)
