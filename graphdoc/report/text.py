"""Findings for people: by file, each with its line underlined, then what was analysed."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby

from graphdoc.model.coverage import Coverage
from graphdoc.model.finding import Finding, NotUnderstood, Severity
from graphdoc.model.inert import inert
from graphdoc.model.location import Location, SourceFile, Span
from graphdoc.report.report import Report, count
from graphdoc.report.style import Style, paint

__all__ = ["coverage_lines", "to_text"]

_REASONS_SHOWN = 12
_RELATED_SHOWN = 10
_STYLES = {Severity.ERROR: Style.RED, Severity.WARNING: Style.YELLOW, Severity.INFO: Style.CYAN}


def to_text(report: Report) -> str:
    """Every finding with its place, then coverage, then the counts."""
    lines = (
        *_finding_lines(report),
        *coverage_lines(report.coverage, report.place),
        *_totals(report),
    )
    return "".join(f"{line}\n" for line in lines)


def _finding_lines(report: Report) -> Iterator[str]:
    def file_of(finding: Finding) -> SourceFile:
        return finding.problem.primary.span.file

    for file, findings in groupby(report.findings, key=file_of):
        yield paint(inert(report.place(*file)), Style.BOLD, on=report.colour)
        for finding in findings:
            yield from _one_finding(report, finding)
        yield ""


def _one_finding(report: Report, finding: Finding) -> Iterator[str]:
    problem = finding.problem
    span = problem.primary.span
    severity = paint(str(finding.severity), _STYLES[finding.severity], on=report.colour)
    rule = paint(f"[{finding.rule}]", Style.DIM, on=report.colour)
    yield f"  {span.line}:{span.column} {severity}{rule} {inert(problem.message)}"
    yield from _excerpt_lines(report, span, problem.primary.note)
    for related in problem.related[:_RELATED_SHOWN]:
        yield _related_line(report, related)
    hidden = len(problem.related) - _RELATED_SHOWN
    if hidden > 0:
        yield f"    and {count(hidden, 'more place')}"


def _excerpt_lines(report: Report, span: Span, note: str) -> Iterator[str]:
    excerpt = report.excerpts.excerpt(span)
    if excerpt is None or not excerpt.text.strip():
        return
    indentation = len(excerpt.text) - len(excerpt.text.lstrip())
    gutter = str(span.line)
    yield f"    {gutter} | {excerpt.text[indentation:]}"
    start = max(excerpt.start - indentation, 0)
    width = max(excerpt.end - indentation - start, 0)
    if width:
        marks = paint("^" * width, Style.BOLD, on=report.colour)
        tail = f" {inert(note)}" if note else ""
        yield f"    {' ' * len(gutter)} | {' ' * start}{marks}{tail}"


def _related_line(report: Report, related: Location) -> str:
    span = related.span
    note = f": {inert(related.note)}" if related.note else ""
    return f"    {inert(report.place(*span.file))}:{span.line}:{span.column}{note}"


def coverage_lines(coverage: Coverage, place: Callable[[str, str], str]) -> Iterator[str]:
    """What was seen and understood, and each reason why something was not."""
    yield "Coverage"
    yield f"  documents       {coverage.parsed} of {coverage.documents} read"
    yield f"  kustomizations  {coverage.rendered} of {coverage.kustomizations} built"
    yield f"  applications    {coverage.resolved} of {coverage.applications} resolved"
    yield f"  not understood  {len(coverage.not_understood)}"
    reasons = _by_reason(coverage.not_understood)
    for reason, number, first in reasons[:_REASONS_SHOWN]:
        where = f"{inert(place(*first.file))}:{first.line}"
        yield f"    {inert(reason)} ({where}{f' and {number - 1} more' if number > 1 else ''})"
    if len(reasons) > _REASONS_SHOWN:
        yield f"    and {count(len(reasons) - _REASONS_SHOWN, 'more reason')}; JSON lists them all"


def _by_reason(skipped: tuple[NotUnderstood, ...]) -> list[tuple[str, int, Span]]:
    """Each reason once, with its number and first place, the commonest first."""
    numbers = Counter(entry.reason for entry in skipped)
    first = {entry.reason: entry.location for entry in reversed(skipped)}
    ranked = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    return [(reason, number, first[reason]) for reason, number in ranked]


def _totals(report: Report) -> Iterator[str]:
    parts = [
        count(report.total(Severity.ERROR), "error"),
        count(report.total(Severity.WARNING), "warning"),
        f"{report.total(Severity.INFO)} info",
    ]
    if report.ignored:
        parts.append(f"{report.ignored} ignored")
    yield ""
    yield paint(", ".join(parts), Style.BOLD, on=report.colour)
