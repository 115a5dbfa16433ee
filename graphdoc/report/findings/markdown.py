"""Findings as Markdown, for a comment on a pull request or a job summary."""

from collections.abc import Iterator
from itertools import accumulate, takewhile

from graphdoc.model.finding import Finding
from graphdoc.model.markdown import markdown_code
from graphdoc.report.findings.text import coverage_lines, totals
from graphdoc.report.report import MANY, Report, count

__all__ = ["to_markdown"]

# GitHub refuses comments of more than 65,536 characters; other hosts take more.
_COMMENT_LIMIT = 60_000
_NOTE = 80
_COMMAND = "`graphdoc check`"
_RELATED_SHOWN = 10


def to_markdown(report: Report, limit: int = _COMMENT_LIMIT) -> str:
    """One list item for each finding, the worst first, then coverage; within so many characters."""
    head = f"### {totals(report)}\n\n" + "".join(f"{line}\n" for line in _rules(report))
    tail = "".join(f"{line}\n" for line in _coverage(report))
    items = ["".join(f"{line}\n" for line in _item(report, f)) for f in report.worst_first]
    room = limit - len(head) - len(tail) - _NOTE
    shown = list(takewhile(lambda end: end <= room, accumulate(map(len, items))))
    listed = "".join(items[: len(shown)]) + _left_out(len(items) - len(shown))
    return f"{head}{listed}\n{tail}" if items else f"{head}{tail}"


def _left_out(number: int) -> str:
    verb = "does" if number == 1 else "do"
    return f"\n{number} more {verb} not fit here; {_COMMAND} tells them all.\n" if number else ""


def _rules(report: Report) -> Iterator[str]:
    """Many findings by rule, as a table."""
    if len(report.findings) > MANY:
        yield "| findings | severity | rule |"
        yield "| ---: | --- | --- |"
        for severity, rule, number in report.by_rule:
            yield f"| {number} | {severity} | {markdown_code(rule)} |"
        yield ""


def _coverage(report: Report) -> Iterator[str]:
    yield "<details><summary>Coverage</summary>"
    yield ""
    for line in list(coverage_lines(report.coverage, report.place))[1:]:
        yield f"- {markdown_code(' '.join(line.split()))}"
    yield ""
    yield "</details>"


def _item(report: Report, finding: Finding) -> Iterator[str]:
    problem = finding.problem
    rule, message = markdown_code(finding.rule), markdown_code(problem.message)
    place = problem.primary.span
    where = markdown_code(f"{report.place(*place.file)}:{place.line}")
    yield f"- **{finding.severity}** {rule} {where} {message}"
    for related in problem.related[:_RELATED_SHOWN]:
        at = markdown_code(f"{report.place(*related.span.file)}:{related.span.line}")
        yield f"  - {at} {markdown_code(related.note)}".rstrip()
    hidden = len(problem.related) - _RELATED_SHOWN
    if hidden > 0:
        yield f"  - and {count(hidden, 'more place')}"
