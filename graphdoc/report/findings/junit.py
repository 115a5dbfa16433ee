"""Findings as JUnit XML: a test case a finding, and one for each rule that found nothing."""

from collections.abc import Iterator
from html import escape

from graphdoc.model.finding import Finding, Severity
from graphdoc.model.inert import inert
from graphdoc.report.findings.text import coverage_lines
from graphdoc.report.report import Report, line_at

__all__ = ["to_junit"]


def to_junit(report: Report) -> str:
    """One suite; errors fail, what weighs less is skipped, and coverage is its output."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    found = {finding.rule for finding in report.findings}
    clean = [rule.id for rule in report.rules if rule.id not in found]
    errors = report.total(Severity.ERROR)
    counts = (
        f'tests="{len(report.findings) + len(clean)}" failures="{errors}" errors="0" '
        f'skipped="{len(report.findings) - errors}"'
    )
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<testsuites name="graphdoc" {counts}>'
    yield f'  <testsuite name="graphdoc" {counts}>'
    yield from (
        f"    <testcase classname={_attribute(id_)} name={_attribute(id_)}/>" for id_ in clean
    )
    for finding in report.findings:
        yield from _case(report, finding)
    coverage = "\n".join(coverage_lines(report.coverage, report.place))
    yield f"    <system-out>{_text(coverage)}</system-out>"
    yield "  </testsuite>"
    yield "</testsuites>"


def _case(report: Report, finding: Finding) -> Iterator[str]:
    span = finding.problem.primary.span
    place = f"{line_at(report.place, span)}:{span.column}"
    message = _attribute(finding.problem.message)
    places = [place, *(line_at(report.place, r.span) for r in finding.problem.related)]
    yield f"    <testcase classname={_attribute(finding.rule)} name={_attribute(place)}>"
    if finding.severity is Severity.ERROR:
        body = _text("\n".join(places))
        yield f'      <failure type="{finding.severity}" message={message}>{body}</failure>'
    else:
        yield f"      <skipped message={message}/>"
    yield "    </testcase>"


def _attribute(text: str) -> str:
    return f'"{escape(inert(text))}"'


def _text(text: str) -> str:
    return escape("\n".join(inert(line) for line in text.split("\n")), quote=False)
