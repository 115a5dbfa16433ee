"""Findings as Markdown, for a comment on a pull request or a job summary."""

from collections.abc import Iterator
from itertools import accumulate, takewhile

from graphdoc.model.finding import Finding
from graphdoc.model.inert import markdown_code
from graphdoc.report.findings.text import coverage_lines, totals
from graphdoc.report.report import MANY, Report, line_at, shown_places

__all__ = ["to_markdown"]

# GitHub refuses comments of more than 65,536 characters; other hosts take more.
_COMMENT_LIMIT = 60_000
_NOTE = 80
_COMMAND = "`graphdoc check`"


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
    where = markdown_code(line_at(report.place, problem.primary.span))
    yield f"- **{finding.severity}** {rule} {where} {message}"
    places, more = shown_places(problem)
    for related in places:
        at = markdown_code(line_at(report.place, related.span))
        yield f"  - {at} {markdown_code(related.note)}".rstrip()
    yield from (f"  - {more}",) if more else ()
