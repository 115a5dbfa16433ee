"""``graphdoc impact``."""

from pathlib import Path

import click

from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import Scope, Target, result_options, scope_options
from graphdoc.cli.output import write_result
from graphdoc.cli.session import read_config
from graphdoc.cli.status import UsageMistake
from graphdoc.pipeline.analysis import open_clones
from graphdoc.pipeline.impact import changed_files, impact_of, impact_since, locate_files
from graphdoc.pipeline.revisions import RevisionError
from graphdoc.report.impact import IMPACT_REPORTERS
from graphdoc.report.report import Report

__all__ = ["command"]


@click.command("impact", cls=PagedCommand)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--since", metavar="REV", help="Every file that changed since this Git revision.")
@scope_options()
@result_options(list(IMPACT_REPORTERS), "text")
def command(scope: Scope, target: Target, paths: tuple[Path, ...], since: str | None) -> None:
    """Say which Applications on which clusters a change reaches.

    PATHs are files or directories of the analysed clones. "manifest" means that the Application
    itself may change, "resources" that what it renders may.

    Examples:
      graphdoc impact ../helm-prod-values/musicman/values.yaml
      graphdoc impact --since origin/main --format json
    """
    if bool(paths) == (since is not None):
        raise UsageMistake("name either PATHs or --since REV")
    config = read_config(scope)
    clones = open_clones(config)
    try:
        if since is None:
            impact = impact_of(config, clones, locate_files(clones, paths))
        else:
            impact = impact_since(config, clones, changed_files(clones, since), since)
    except RevisionError as error:
        raise UsageMistake(str(error)) from error
    places = {clone.name: clone.path for clone in clones}
    place = Report((), impact.coverage, places=places).place
    write_result(IMPACT_REPORTERS[target.format](impact, place), target.output)
