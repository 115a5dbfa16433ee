"""``check --fix``: mend what is certain, say what was mended, and leave everything else alone."""

from enum import Enum
from typing import TYPE_CHECKING

import click

from graphdoc.cli.options import Command, pack
from graphdoc.cli.output import say
from graphdoc.cli.status import UsageMistake

if TYPE_CHECKING:
    from graphdoc.pipeline.analysis import Analysis
    from graphdoc.pipeline.fixes.found import FileFix

__all__ = ["Mending", "fix_options", "mend"]


class Mending(Enum):
    """What ``check`` does about findings that can be mended beyond doubt."""

    NONE = "none"
    DIFF = "diff"
    CAREFUL = "careful"
    FORCED = "forced"


def fix_options(command: Command) -> Command:
    """``--fix``, ``--diff`` and ``--force``."""
    return pack("mending", _mending, _FIX, _DIFF, _FORCE)(command)


def mend(analysis: "Analysis", *, force: bool) -> bool:
    """Write what mends the findings, and say so; whether anything was written."""
    from graphdoc.pipeline.fixes.found import find_fixes  # noqa: PLC0415 -- seldom needed

    done = [_mend_file(fix, force=force) for fix in find_fixes(analysis)]
    return any(done)


def _mend_file(fix: "FileFix", *, force: bool) -> bool:
    from graphdoc.clone.rewrite import RewriteError  # noqa: PLC0415 -- seldom needed
    from graphdoc.pipeline.fixes.found import is_restorable  # noqa: PLC0415

    if not force and not is_restorable(fix.clone):
        reason = "has changes that are not committed" if fix.clone.git else "is not under Git"
        say(f"not fixed: {fix.place}: {fix.clone.name} {reason} (--force fixes it all the same)")
        return False
    try:
        fix.write()
    except RewriteError as error:
        say(f"not fixed: {fix.clone.name}/{error}")
        return False
    for finding in fix.findings:
        span = finding.problem.primary.span
        place = f"{fix.place}:{span.line}:{span.column}"
        say(f"fixed: {place}: [{finding.rule}] {finding.problem.message}")
    return True


def _mending(*, fix: bool, diff: bool, force: bool) -> Mending:
    if force and not fix:
        raise UsageMistake("--force goes with --fix")
    chosen = Mending.FORCED if force else Mending.CAREFUL if fix else Mending.NONE
    return Mending.DIFF if diff else chosen


_FIX = click.option(
    "--fix", is_flag=True, help="Mend what is certain in clones without uncommitted changes."
)
_DIFF = click.option(
    "--diff", is_flag=True, help="Print what --fix would change as a diff, and change nothing."
)
_FORCE = click.option(
    "--force", is_flag=True, help="With --fix: in every clone, also where Git cannot undo it."
)
