"""``graphdoc check``."""

import os

import click

from graphdoc.cache import Told
from graphdoc.cli.check.filters import Filter, filter_options, record
from graphdoc.cli.check.fixing import Mending, fix_options, mend, tell_mended
from graphdoc.cli.check.memory import CRASHED, Asked, find_dependencies, find_memory
from graphdoc.cli.check.reports import Reports, render, report_options, tell, write_others
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import NearChoice, Scope, scope_options
from graphdoc.cli.output import write_result
from graphdoc.cli.scope import read_config
from graphdoc.cli.status import ExitStatus
from graphdoc.config.values import Config
from graphdoc.model.finding import SEVERITIES, Finding, Severity

__all__ = ["command"]


@click.command("check", cls=PagedCommand)
@click.option(
    "--fail-on",
    type=NearChoice([str(severity) for severity in Severity]),
    default="error",
    show_default=True,
    metavar="[error|warning|info]",
    help="The least severity that makes the exit status 1.",
)
@fix_options
@scope_options(paths=True)
@report_options
@filter_options
def command(
    scope: Scope, reports: Reports, chosen: Filter, fail_on: str, mending: Mending
) -> ExitStatus:
    """Say what is wrong, with file and line.

    PATHs are clones; without any, those of graphdoc.yaml are checked. A folder that holds several
    clones stands for each of them. As long as nothing has changed, the last result is told again.

    Examples:
      graphdoc check
      graphdoc check ../launchpad ../forte-helm --fail-on warning
      graphdoc check --select missing-values-file --format json --output findings.json
      graphdoc check --output sarif=graphdoc.sarif --output junit=graphdoc.xml
      graphdoc check --write-baseline
      graphdoc check --baseline graphdoc-baseline.json
      graphdoc check --diff
    """
    least = Severity(fail_on)
    if mending is not Mending.NONE or chosen.records:
        return _change(scope, reports, chosen, mending, least)
    environment = Asked(os.environ)
    config = read_config(scope, environment)
    dependencies = find_dependencies(scope, config, chosen, environment)
    arguments = click.get_current_context().find_root().obj
    memory = find_memory(arguments, dependencies, reports)
    told, is_lasting = _check(config, reports, chosen, least)
    if memory is not None and is_lasting:
        memory.remember(told)
    return ExitStatus(told.status)


def _check(config: Config, reports: Reports, chosen: Filter, least: Severity) -> tuple[Told, bool]:
    """What was told, and whether another run would tell the same."""
    from graphdoc.cli.analyses import analyse_config, remarks_on  # noqa: PLC0415 -- slow
    from graphdoc.pipeline.analysis import to_report  # noqa: PLC0415

    analysis = chosen.apply(analyse_config(config))
    report = to_report(analysis, analysis.findings)
    write_others(report, reports)
    text, output = render(report, reports), reports.output
    notes = tell(text, len(analysis.findings), reports)
    status = _verdict(analysis.findings, least)
    told = Told(text, remarks_on(analysis), notes, status, os.fspath(output) if output else None)
    return told, not any(CRASHED in one.reason for one in analysis.coverage.not_understood)


def _change(
    scope: Scope, reports: Reports, chosen: Filter, mending: Mending, least: Severity
) -> ExitStatus:
    """Write a baseline, or mend what can be, and check what is left."""
    from graphdoc.cli.analyses import analyse_estate  # noqa: PLC0415 -- slow
    from graphdoc.pipeline.analysis import to_report  # noqa: PLC0415
    from graphdoc.pipeline.fixes.found import find_fixes, to_diff  # noqa: PLC0415

    analysis = chosen.apply(analyse_estate(scope))
    if chosen.records:
        record(chosen, analysis)
        return ExitStatus.CLEAN
    if mending is Mending.DIFF:
        write_result(to_diff(find_fixes(analysis)), reports.output)
        return _verdict(analysis.findings, least)
    if mended := mend(analysis, force=mending is Mending.FORCED):
        before, analysis = analysis.findings, chosen.apply(analyse_estate(scope))
        tell_mended(mended, before, analysis.findings)
    report = to_report(analysis, analysis.findings)
    write_others(report, reports)
    tell(render(report, reports), len(analysis.findings), reports)
    return _verdict(analysis.findings, least)


def _verdict(findings: tuple[Finding, ...], least: Severity) -> ExitStatus:
    grave = SEVERITIES[: SEVERITIES.index(least) + 1]
    failed = any(finding.severity in grave for finding in findings)
    return ExitStatus.FINDINGS if failed else ExitStatus.CLEAN
