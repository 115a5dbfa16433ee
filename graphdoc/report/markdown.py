"""Findings as Markdown, for a comment on a pull request or a job summary."""

from collections.abc import Iterator

from graphdoc.model.finding import Finding
from graphdoc.model.markdown import markdown_code
from graphdoc.report.report import Report
from graphdoc.report.text import coverage_lines, totals

__all__ = ["to_markdown"]


def to_markdown(report: Report) -> str:
    """One list item for each finding, then coverage."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield f"### {totals(report)}"
    yield ""
    for finding in report.findings:
        yield from _item(report, finding)
    if report.findings:
        yield ""
    yield "<details><summary>Coverage</summary>"
    yield ""
    for line in list(coverage_lines(report.coverage, report.place))[1:]:
        yield f"- {markdown_code(line.strip())}"
    yield ""
    yield "</details>"


def _item(report: Report, finding: Finding) -> Iterator[str]:
    problem = finding.problem
    rule, message = markdown_code(finding.rule), markdown_code(problem.message)
    place = problem.primary.span
    where = markdown_code(f"{report.place(*place.file)}:{place.line}")
    yield f"- **{finding.severity}** {rule} {where} {message}"
    for related in problem.related:
        at = markdown_code(f"{report.place(*related.span.file)}:{related.span.line}")
        yield f"  - {at} {markdown_code(related.note)}".rstrip()
