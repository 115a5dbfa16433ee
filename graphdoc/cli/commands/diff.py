"""``graphdoc diff``."""

import click

from graphdoc.cli.analyses import analyse_clones, open_told, read_config
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import Scope, Target, result_options, scope_options
from graphdoc.cli.output import say, write_report
from graphdoc.cli.status import ExitStatus, UsageMistake
from graphdoc.pipeline.analysis import to_report
from graphdoc.pipeline.changes.review import pin_clones, review
from graphdoc.pipeline.changes.revisions import RevisionError
from graphdoc.report.changes.review import REVIEW_REPORTERS
from graphdoc.resolve.outside.detached import find_bypassed

__all__ = ["command"]


@click.command("diff", cls=PagedCommand)
@click.argument("base", metavar="BASE")
@click.argument("head", required=False, metavar="[HEAD]")
@click.option("--repository", metavar="NAME", help="Whose revisions are meant.")
@click.option("--exit-code", is_flag=True, help="Exit with 1 where something changed.")
@scope_options()
@result_options(list(REVIEW_REPORTERS), "text")
def command(  # noqa: PLR0913 -- two revisions, and what is asked of them
    scope: Scope,
    target: Target,
    base: str,
    head: str | None,
    repository: str | None,
    *,
    exit_code: bool,
) -> ExitStatus:
    """Compare the architecture between two Git revisions.

    Without HEAD, BASE is compared with the working tree. All repositories that have the revisions
    count, or the one around the working directory; the others are read as they stand. Applications
    that follow the branch of BASE are read as if HEAD were merged into it. Image tags
    and what charts render count here, other than in drift. Text, Markdown and GitHub tell
    also which findings come, go or say something else, which effective values differ, and what
    Argo CD would delete.

    Examples:
      graphdoc diff main
      graphdoc diff v1.4 v1.5 --repository launchpad --format markdown
    """
    config = read_config(scope)
    try:
        clones = open_told(config)
        revisions = pin_clones(clones, repository, base, head)
    except RevisionError as error:
        raise UsageMistake(str(error)) from error
    for name in revisions.unmoved:
        say(f"{name} is read as it stands: it lacks the revisions")
    old = analyse_clones(config, revisions.before)
    new = analyse_clones(config, revisions.after)
    for clone, followed in find_bypassed(new.estate, clones):
        say(
            f"{clone.path} is on no branch: what follows {', '.join(followed)} is read as it is"
            " there before and after; 'git switch -C BRANCH' first to see what changed"
        )
    found = review(revisions, old, new)
    text = REVIEW_REPORTERS[target.format](found, to_report(new, ()).place)
    write_report(text, target.format, target.output)
    return ExitStatus.FINDINGS if exit_code and not found.is_empty else ExitStatus.CLEAN
