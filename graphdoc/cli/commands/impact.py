"""``graphdoc impact``."""

import click

from graphdoc.cli.analyses import analyse_clones, analyse_config, open_told, read_config
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import Scope, Target, result_options, scope_options
from graphdoc.cli.output import say, write_report
from graphdoc.cli.status import UsageMistake
from graphdoc.clone import DiskClone
from graphdoc.config import Config
from graphdoc.graph.impact.files import Impact
from graphdoc.graph.impact.keys import known_keys, split_key
from graphdoc.graph.select import UnknownNodeError
from graphdoc.model.mistake import nearest
from graphdoc.pipeline.analysis import Analysis, to_report
from graphdoc.pipeline.changes.impact import NoReachError, measure_impact, measure_key_impact
from graphdoc.pipeline.changes.revisions import RevisionError
from graphdoc.pipeline.changes.touched import Touched, UnknownPathError, find_since, find_targets
from graphdoc.report.impact import IMPACT_REPORTERS
from graphdoc.resolve.values.unused import may_be_read

__all__ = ["command"]


@click.command("impact", cls=PagedCommand)
@click.argument("targets", nargs=-1, metavar="[PATH|NODE]...")
@click.option(
    "--key", metavar="K", help="Only this value of the values files, as in app.image.tag."
)
@click.option("--since", metavar="REV", help="All that changed since this revision of the clones.")
@scope_options()
@result_options(list(IMPACT_REPORTERS), "text")
def command(
    scope: Scope, target: Target, targets: tuple[str, ...], since: str | None, key: str | None
) -> None:
    """Say which Applications on which clusters a change reaches.

    PATHs are files or folders in the clones, also those that are gone; NODEs are ids of the graph
    or patterns of them: a chart, a Secret, an image, a host, a repository. "manifest" says that
    the Application itself may change, and with it all that it brings; "resources" that what it
    renders may; "secret" that a Secret which it uses may. A change that may reach an Application
    counts, whether it does or not.

    With --key, only the Applications count in which no later layer replaces that value, and those
    that these bring. One that nothing sets yet counts as well, where a template may read it.

    Examples:
      graphdoc impact ../helm-prod-values/musicman/values.yaml
      graphdoc impact ../helm-prod-values/musicman/values.yaml --key app.image.tag
      graphdoc impact secret:upc-dev/musicman/musicman-db chart:forte-helm/forteapp
      graphdoc impact --since origin/main --format list
    """
    if bool(targets) is (since is not None):
        raise UsageMistake("name either PATHs and NODEs or --since REV")
    config = read_config(scope)
    clones = open_told(config)
    touched = _find_touched(clones, targets, since)
    if key is not None and (since is not None or touched.nodes):
        raise UsageMistake("--key goes with values files and with charts of the clones")
    after = analyse_config(config, touched.after)
    impact = _measure(config, touched, after, key)
    text = IMPACT_REPORTERS[target.format](impact, to_report(after, ()).place)
    write_report(text, target.format, target.output)


def _measure(config: Config, touched: Touched, after: Analysis, key: str | None) -> Impact:
    if key is not None:
        known = known_keys(after.estate, touched.files)
        if known and key not in known:
            unknown = f"no Application from there has '{key}'{nearest(key, known)}"
            if not may_be_read(after.estate, touched.files, split_key(key)):
                raise UsageMistake(unknown)
            say(unknown)
        return measure_key_impact(touched, key, after)
    before = analyse_clones(config, touched.before) if touched.before is not None else None
    try:
        return measure_impact(touched, after, before)
    except (NoReachError, UnknownNodeError) as error:
        raise UsageMistake(str(error)) from error


def _find_touched(
    clones: tuple[DiskClone, ...], targets: tuple[str, ...], since: str | None
) -> Touched:
    try:
        touched = find_since(clones, since) if since is not None else find_targets(clones, targets)
    except (RevisionError, UnknownPathError) as error:
        raise UsageMistake(str(error)) from error
    files = {clone.name: clone.files for clone in clones}
    for place in touched.absent:
        say(f"{place} is no file of the repository{nearest(place.path, files[place.repository])}")
    for name in touched.unknown:
        say(f"{name} has no revision '{since}': its changes are not counted")
    return touched
