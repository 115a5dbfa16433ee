"""``graphdoc values``."""

import click

from graphdoc.cli.analyses import analyse_estate
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import Scope, scope_options
from graphdoc.cli.output import has_colour, write_result
from graphdoc.cli.status import UsageMistake
from graphdoc.model.grouping import listed
from graphdoc.model.mistake import nearest
from graphdoc.pipeline.analysis import to_report
from graphdoc.report.values import UnknownKeyError, values_to_text
from graphdoc.resolve.resolved import Estate, ResolvedApplication

__all__ = ["command"]


@click.command("values", cls=PagedCommand)
@click.argument("app", metavar="APP")
@click.option("--cluster", metavar="C", help="The cluster, where several run it.")
@click.option("--key", metavar="K", help="Only this key and what is below it, as in app.image.tag.")
@scope_options()
def command(scope: Scope, app: str, cluster: str | None, key: str | None) -> None:
    """Show effective Helm values, each with the line that set it and what that overrode.

    The last layer wins: chart defaults, values files in order, then what the Application itself
    carries. Values whose key names a credential are hidden.

    Examples:
      graphdoc values musicman --cluster upc-prod
      graphdoc values musicman --cluster upc-prod --key app.image.tag
    """
    analysis = analyse_estate(scope)
    entry = _find(analysis.estate, app.removeprefix("application:"), cluster)
    if all(source.values is None for source in entry.sources):
        gaps = "".join(f"; {gap.reason}" for s in entry.sources for gap in s.not_understood)
        raise UsageMistake(f"{entry.id} has no Helm values{' at hand' if gaps else ''}{gaps}")
    try:
        text = values_to_text(to_report(analysis, (), colour=has_colour(None)), entry, key)
    except UnknownKeyError as error:
        raise UsageMistake(f"{entry.id}: {error}") from error
    write_result(text, None)


def _find(estate: Estate, app: str, cluster: str | None) -> ResolvedApplication:
    if cluster is not None and cluster not in estate.clusters:
        hint = nearest(cluster, estate.clusters) or f"; known: {listed(estate.clusters)}"
        raise UsageMistake(f"no cluster '{cluster}'{hint}")
    here = [entry for entry in estate.applications if cluster in {None, entry.cluster}]
    found = [entry for entry in here if app in _names(entry)]
    if not found:
        names = {entry.name for entry in here}
        where = f" on {cluster}" if cluster else ""
        raise UsageMistake(f"no Application '{app}'{where}{nearest(app, names)}")
    ids = {entry.id: entry for entry in reversed(found)}
    if len(ids) > 1:
        raise UsageMistake(
            f"'{app}' may be {', '.join(sorted(ids))}; name the cluster with --cluster"
        )
    return found[0]


def _names(entry: ResolvedApplication) -> frozenset[str]:
    short = entry.id.removeprefix("application:")
    return frozenset({short, entry.name, short.partition("/")[2]})
