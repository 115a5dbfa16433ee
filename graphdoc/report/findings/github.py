"""Findings as workflow commands of GitHub Actions, shown beside the lines of a pull request.

GitHub shows ten annotations of each kind for a step and drops the rest without a word, so the worst
come first and the rest are plain lines of the log; the summary of the step has them all.
"""

from collections.abc import Iterator

from graphdoc.model.finding import Finding, Severity
from graphdoc.report.escape import GITHUB_LEVELS, github_data, github_property
from graphdoc.report.findings.markdown import to_markdown
from graphdoc.report.findings.text import coverage_lines, totals
from graphdoc.report.report import Report, count, line_at, shown_places

__all__ = ["to_github", "to_step_summary"]

# One notice is for the counts.
_SHOWN = {Severity.ERROR: 10, Severity.WARNING: 10, Severity.INFO: 9}


def to_github(report: Report) -> str:
    """One command for each finding that GitHub would show; then the rest, coverage and counts."""
    return "".join(f"{line}\n" for line in _lines(report))


def to_step_summary(report: Report) -> str:
    """Every finding in Markdown, for the page of the run, which takes 1 MiB of UTF-8."""
    return to_markdown(report, limit=250_000)


def _lines(report: Report) -> Iterator[str]:
    left = dict(_SHOWN)
    rest: list[Finding] = []
    for finding in report.worst_first:
        left[finding.severity] -= 1
        if left[finding.severity] >= 0:
            yield _command(report, finding)
        else:
            rest.append(finding)
    if rest:
        yield f"{count(len(rest), 'further finding')}, which GitHub does not show beside the lines:"
        yield from (_plain(report, finding) for finding in rest)
    yield from map(github_data, coverage_lines(report.coverage, report.place))
    yield f"::notice title=graphdoc::{github_data(totals(report))}"


def _plain(report: Report, finding: Finding) -> str:
    span = finding.problem.primary.span
    place = f"{line_at(report.place, span)}:{span.column}"
    text = f"  {place} {finding.severity}[{finding.rule}] {finding.problem.message}"
    return github_data(text)


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
    related, more = shown_places(finding.problem)
    places = [f"{line_at(report.place, r.span)} {r.note}".rstrip() for r in related]
    parts = (finding.problem.message, *places, *filter(None, (more,)))
    message = github_data("; ".join(parts))
    return f"::{GITHUB_LEVELS[finding.severity]} {properties}::{message}"
