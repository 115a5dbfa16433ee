"""``check --fix``: mend what is certain, say what was mended, and leave everything else alone."""

from collections import Counter
from enum import Enum
from typing import TYPE_CHECKING

import click

from graphdoc.cli.options import Command, pack
from graphdoc.cli.output import say
from graphdoc.cli.status import UsageMistake

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphdoc.model.finding import Finding
    from graphdoc.model.location import SourceFile
    from graphdoc.pipeline.analysis import Analysis
    from graphdoc.pipeline.fixes.found import FileFix

    Findings = Iterable[Finding]

__all__ = ["Mending", "fix_options", "mend", "tell_mended"]


class Mending(Enum):
    """What ``check`` does about findings that can be mended beyond doubt."""

    NONE = "none"
    DIFF = "diff"
    CAREFUL = "careful"
    FORCED = "forced"


def fix_options(command: Command) -> Command:
    """``--fix``, ``--diff`` and ``--force``."""
    return pack("mending", _mending, _FIX, _DIFF, _FORCE)(command)


def mend(analysis: "Analysis", *, force: bool) -> tuple["FileFix", ...]:
    """Write what mends the findings, and say what could not be written; what was."""
    from graphdoc.pipeline.fixes.found import find_fixes  # noqa: PLC0415 -- seldom needed

    return tuple(fix for fix in find_fixes(analysis) if _mend_file(fix, force=force))


def tell_mended(fixes: "Iterable[FileFix]", before: "Findings", after: "Findings") -> None:
    """Say which findings are gone, and which are still told of what is left of them."""
    mended = [(fix.place, finding) for fix in fixes for finding in fix.findings]
    gone = Counter(map(_cause, before))
    gone.subtract(map(_cause, after))
    aimed_at = Counter(_cause(finding) for _, finding in mended)
    for path, finding in mended:
        span = finding.problem.primary.span
        verb = "fixed" if gone[_cause(finding)] >= aimed_at[_cause(finding)] else "fixed in part"
        say(f"{verb}: {path}:{span.line}:{span.column}: [{finding.rule}] {finding.problem.message}")


def _cause(finding: "Finding") -> tuple[str, str, "SourceFile"]:
    """What a finding that names fewer keys than before has in common with it."""
    return finding.rule, finding.problem.subject, finding.problem.primary.span.file


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
