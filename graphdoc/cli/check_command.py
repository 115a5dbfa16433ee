"""``graphdoc check``."""

import click

from graphdoc.cli.analyses import analyse_estate
from graphdoc.cli.filters import Filter, filter_options, record
from graphdoc.cli.fixing import Mending, fix_options, mend
from graphdoc.cli.help import PagedCommand
from graphdoc.cli.options import NearChoice, Scope, scope_options
from graphdoc.cli.output import write_result
from graphdoc.cli.reports import Reports, report_options, write_reports
from graphdoc.cli.status import ExitStatus
from graphdoc.model.finding import Finding, Severity
from graphdoc.pipeline import to_report
from graphdoc.pipeline.fixes import find_fixes, to_diff

__all__ = ["command"]

_ORDER = tuple(Severity)


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
    clones stands for each of them.

    Examples:
      graphdoc check
      graphdoc check ../launchpad ../forte-helm --fail-on warning
      graphdoc check --select missing-values-file --format json --output findings.json
      graphdoc check --output sarif=graphdoc.sarif --output junit=graphdoc.xml
      graphdoc check --write-baseline
      graphdoc check --baseline graphdoc-baseline.json
      graphdoc check --diff
    """
    analysis = chosen.apply(analyse_estate(scope))
    if chosen.records:
        record(chosen, analysis)
        return ExitStatus.CLEAN
    if mending is Mending.DIFF:
        write_result(to_diff(find_fixes(analysis)), reports.output)
        return _verdict(analysis.findings, Severity(fail_on))
    if mending.writes and mend(analysis, force=mending is Mending.FORCED):
        analysis = chosen.apply(analyse_estate(scope))
    write_reports(to_report(analysis, analysis.findings), reports)
    return _verdict(analysis.findings, Severity(fail_on))


def _verdict(findings: tuple[Finding, ...], least: Severity) -> ExitStatus:
    grave = _ORDER[: _ORDER.index(least) + 1]
    failed = any(finding.severity in grave for finding in findings)
    return ExitStatus.FINDINGS if failed else ExitStatus.CLEAN
