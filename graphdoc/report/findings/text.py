"""Findings for people: by file, each with its line underlined, then what was analysed."""

from collections import Counter
from collections.abc import Iterator
from itertools import groupby

from graphdoc.model.coverage import Coverage
from graphdoc.model.finding import Finding, NotUnderstood, Problem, Severity
from graphdoc.model.inert import inert
from graphdoc.model.location import Location, SourceFile, file_start
from graphdoc.report.report import MANY, Place, Report, count, line_at, shown_places
from graphdoc.report.style import Style, paint

__all__ = ["coverage_lines", "to_text", "totals"]

_REASONS_SHOWN = 12
_STYLES = {Severity.ERROR: Style.RED, Severity.WARNING: Style.YELLOW, Severity.INFO: Style.CYAN}


def to_text(report: Report) -> str:
    """Every finding with its place, then coverage, then the counts."""
    counts = paint(totals(report), Style.BOLD, on=report.colour)
    coverage = coverage_lines(report.coverage, report.place)
    found = (*_finding_lines(report), *_known_lines(report), *coverage, "")
    lines = (*found, *_rule_lines(report), counts)
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
    yield from _excerpt_lines(report, problem)
    places, more = shown_places(problem)
    yield from (_related_line(report, related, span.file) for related in places)
    yield from (f"    {more}",) if more else ()


def _excerpt_lines(report: Report, problem: Problem) -> Iterator[str]:
    span, note = problem.primary.span, problem.primary.note
    tree = report.excerpts.elsewhere(problem)
    if tree:
        yield f"    as it is at {inert(tree.branch or tree.commit or '')}"
    whole_file = span == file_start(span.file)
    excerpt = None if whole_file else report.excerpts.excerpt(span, tree)
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


def _related_line(report: Report, related: Location, here: SourceFile) -> str:
    """A further place; its file is named where it is another one."""
    span = related.span
    note = f": {inert(related.note)}" if related.note else ""
    file = "" if span.file == here else f"{inert(report.place(*span.file))}:"
    return f"    {file}{span.line}:{span.column}{note}"


def _rule_lines(report: Report) -> Iterator[str]:
    """Many findings by rule, so that the few grave ones are not lost among them."""
    if len(report.findings) > MANY:
        yield "By rule"
        for severity, rule, number in report.by_rule:
            word = paint(f"{severity:7}", _STYLES[severity], on=report.colour)
            yield f"  {number:5} {word} {rule}"
        yield ""


def _known_lines(report: Report) -> Iterator[str]:
    """What the baseline remembers, by rule."""
    if report.known:
        yield "Known from the baseline"
        rules = Counter(finding.rule for finding in report.known)
        for rule, number in sorted(rules.items()):
            yield f"  {number:5} {rule}"
        yield ""


def coverage_lines(coverage: Coverage, place: Place) -> Iterator[str]:
    """What was seen and understood, and each reason why something was not."""
    yield "Coverage"
    yield f"  documents       {coverage.parsed} of {coverage.documents} read"
    yield f"  kustomizations  {coverage.rendered} of {coverage.kustomizations} built"
    yield f"  charts          {coverage.charts_rendered} of {coverage.charts} rendered"
    resolved = f"{coverage.resolved} of {coverage.applications} resolved"
    yield f"  applications    {resolved if coverage.applications else 'none found'}"
    yield f"  not understood  {len(coverage.not_understood)}"
    kinds = coverage.kinds
    for reason, skipped in kinds[:_REASONS_SHOWN]:
        yield f"    {inert(reason)} ({_first_place(skipped, place)})"
    if len(kinds) > _REASONS_SHOWN:
        yield f"    and {count(len(kinds) - _REASONS_SHOWN, 'more reason')}; JSON lists them all"


def _first_place(skipped: tuple[NotUnderstood, ...], place: Place) -> str:
    where = inert(line_at(place, skipped[0].location))
    return f"{where} and {len(skipped) - 1} more" if len(skipped) > 1 else where


def totals(report: Report) -> str:
    """The counts, the worst first."""
    parts = [
        count(report.total(Severity.ERROR), "error"),
        count(report.total(Severity.WARNING), "warning"),
        f"{report.total(Severity.INFO)} info",
    ]
    if report.ignored:
        known = f" ({len(report.known)} known)" if report.known else ""
        parts.append(f"{report.ignored} ignored{known}")
    return ", ".join(parts)
