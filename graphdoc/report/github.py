"""Findings as workflow commands of GitHub Actions, shown beside the lines of a pull request."""

from collections.abc import Iterator

from graphdoc.model.finding import Finding, Severity
from graphdoc.report.escape import github_data, github_property
from graphdoc.report.report import Report
from graphdoc.report.text import coverage_lines, totals

__all__ = ["to_github"]

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def to_github(report: Report) -> str:
    """One command for each finding; coverage and counts last."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    for finding in report.findings:
        yield _command(report, finding)
    yield from map(github_data, coverage_lines(report.coverage, report.place))
    yield f"::notice title=graphdoc::{github_data(totals(report))}"


def _command(report: Report, finding: Finding) -> str:
    span = finding.problem.primary.span
    facts = {
        "file": report.place(*span.file),
        "line": str(span.line),
        "endLine": str(span.end_line),
        "title": finding.rule,
    }
    if span.end_line == span.line:  # GitHub refuses columns that span lines
        facts |= {"col": str(span.column), "endColumn": str(span.end_column)}
    properties = ",".join(f"{key}={github_property(value)}" for key, value in facts.items())
    related = "".join(
        f"; {report.place(*r.span.file)}:{r.span.line} {r.note}".rstrip()
        for r in finding.problem.related
    )
    message = github_data(f"{finding.problem.message}{related}")
    return f"::{_COMMANDS[finding.severity]} {properties}::{message}"
