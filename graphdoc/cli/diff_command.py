"""``graphdoc diff``."""

from pathlib import Path

import click

from graphdoc.cli.analyses import analyse_clones, read_config
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import Scope, Target, result_options, scope_options
from graphdoc.cli.output import write_result
from graphdoc.cli.status import ExitStatus, UsageMistake
from graphdoc.graph.compare import Changes, compare
from graphdoc.graph.facts import take_snapshot
from graphdoc.pipeline import to_report
from graphdoc.pipeline.analysis import open_clones
from graphdoc.pipeline.revisions import RevisionError, choose_clone, clones_at
from graphdoc.report.changes import CHANGE_REPORTERS

__all__ = ["command"]


@click.command("diff", cls=PagedCommand)
@click.argument("base", metavar="BASE")
@click.argument("head", required=False, metavar="[HEAD]")
@click.option("--repository", metavar="NAME", help="Whose revisions are meant.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 where something changed.")
@scope_options()
@result_options(list(CHANGE_REPORTERS), "text")
def command(  # noqa: PLR0913 -- two revisions, and what is asked of them
    scope: Scope,
    target: Target,
    base: str,
    head: str | None,
    repository: str | None,
    *,
    exit_code: bool,
) -> ExitStatus:
    """Compare the architecture between two Git revisions of one repository.

    Without HEAD, BASE is compared with the working tree. The other repositories are read as they
    stand. Image tags and what charts render count here, other than in drift.

    Examples:
      graphdoc diff main
      graphdoc diff v1.4 v1.5 --repository launchpad --format markdown
    """
    config = read_config(scope)
    clones = open_clones(config)
    try:
        chosen = choose_clone(clones, repository, Path.cwd().resolve().as_posix())
        before = clones_at(clones, chosen, base)
        after = clones_at(clones, chosen, head)
    except RevisionError as error:
        raise UsageMistake(str(error)) from error
    old, new = analyse_clones(config, before), analyse_clones(config, after)
    changes = Changes(
        f"{chosen.name}@{base}",
        f"{chosen.name}@{head}" if head else chosen.name,
        compare(
            take_snapshot(old.graph, with_tags=True),
            take_snapshot(new.graph, with_tags=True),
            new.graph,
        ),
        new.coverage,
    )
    write_result(CHANGE_REPORTERS[target.format](changes, to_report(new, ()).place), target.output)
    return ExitStatus.FINDINGS if exit_code and changes.changes else ExitStatus.CLEAN
