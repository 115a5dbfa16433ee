"""``graphdoc impact``."""

from pathlib import Path

import click

from graphdoc.cli.analyses import analyse_clones, analyse_config, read_config
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import Scope, Target, result_options, scope_options
from graphdoc.cli.output import say, write_result
from graphdoc.cli.status import UsageMistake
from graphdoc.clone import DiskClone
from graphdoc.config import nearest
from graphdoc.pipeline import to_report
from graphdoc.pipeline.analysis import open_clones
from graphdoc.pipeline.impact import measure_impact
from graphdoc.pipeline.revisions import RevisionError
from graphdoc.pipeline.touched import Touched, UnknownPathError, find_paths, find_since
from graphdoc.report.impact import IMPACT_REPORTERS

__all__ = ["command"]


@click.command("impact", cls=PagedCommand)
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]...")
@click.option("--since", metavar="REV", help="All that changed since this revision of the clones.")
@scope_options()
@result_options(list(IMPACT_REPORTERS), "text")
def command(scope: Scope, target: Target, paths: tuple[Path, ...], since: str | None) -> None:
    """Say which Applications on which clusters a change reaches.

    PATHs are files or folders in the clones, also those that are gone. "manifest" says that the
    Application itself may change, and with it all that it brings; "resources" that what it
    renders may. A change that may reach an Application counts, whether it does or not.

    Examples:
      graphdoc impact ../helm-prod-values/musicman/values.yaml
      graphdoc impact --since origin/main --format list
    """
    if bool(paths) is (since is not None):
        raise UsageMistake("name either PATHs or --since REV")
    config = read_config(scope)
    clones = open_clones(config)
    touched = _find_touched(clones, paths, since)
    after = analyse_config(config, touched.after)
    before = analyse_clones(config, touched.before) if touched.before is not None else None
    impact = measure_impact(touched, after, before)
    write_result(IMPACT_REPORTERS[target.format](impact, to_report(after, ()).place), target.output)


def _find_touched(
    clones: tuple[DiskClone, ...], paths: tuple[Path, ...], since: str | None
) -> Touched:
    try:
        touched = find_since(clones, since) if since is not None else find_paths(clones, paths)
    except (RevisionError, UnknownPathError) as error:
        raise UsageMistake(str(error)) from error
    files = {clone.name: clone.files for clone in clones}
    for place in touched.absent:
        say(f"{place} is no file of the repository{nearest(place.path, files[place.repository])}")
    for name in touched.unknown:
        say(f"{name} has no revision '{since}': its changes are not counted")
    return touched
