"""``graphdoc check``."""

import click

from graphdoc.cli.options import NearChoice, Scope, Target, result_options, scope_options
from graphdoc.cli.output import has_colour, say, write_result
from graphdoc.cli.pages import PagedCommand
from graphdoc.cli.session import analyse_estate
from graphdoc.cli.status import ExitStatus, UsageMistake
from graphdoc.config import nearest
from graphdoc.model.finding import Finding, Severity
from graphdoc.pipeline import RULE_IDS, to_report
from graphdoc.report import REPORTERS
from graphdoc.report.report import count

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
@click.option("--select", multiple=True, metavar="RULE", help="Only this rule; repeatable.")
@click.option("--ignore", multiple=True, metavar="RULE", help="Without this rule; repeatable.")
@scope_options(paths=True)
@result_options(list(REPORTERS), "text")
def command(
    scope: Scope, target: Target, fail_on: str, select: tuple[str, ...], ignore: tuple[str, ...]
) -> ExitStatus:
    """Say what is wrong, with file and line.

    PATHs are clones; without any, those of graphdoc.yaml are checked. A folder that holds several
    clones stands for each of them.

    Examples:
      graphdoc check
      graphdoc check ../launchpad ../forte-helm --fail-on warning
      graphdoc check --select missing-values-file --format json --output findings.json
    """
    chosen = _chosen_rules(select, ignore)
    analysis = analyse_estate(scope)
    findings = tuple(finding for finding in analysis.findings if finding.rule in chosen)
    report = to_report(
        analysis, findings, colour=target.format == "text" and has_colour(target.output)
    )
    write_result(REPORTERS[target.format](report), target.output)
    if target.output is not None:
        say(f"{count(len(findings), 'finding')} in {target.output.as_posix()}")
    return _verdict(findings, Severity(fail_on))


def _chosen_rules(select: tuple[str, ...], ignore: tuple[str, ...]) -> frozenset[str]:
    selected = _rule_ids(select) or RULE_IDS
    return selected - _rule_ids(ignore)


def _rule_ids(words: tuple[str, ...]) -> frozenset[str]:
    ids = frozenset(id_.strip() for word in words for id_ in word.split(",") if id_.strip())
    for id_ in sorted(ids - RULE_IDS):
        raise UsageMistake(f"no rule '{id_}'{nearest(id_, RULE_IDS)}")
    return ids


def _verdict(findings: tuple[Finding, ...], least: Severity) -> ExitStatus:
    grave = _ORDER[: _ORDER.index(least) + 1]
    failed = any(finding.severity in grave for finding in findings)
    return ExitStatus.FINDINGS if failed else ExitStatus.CLEAN
