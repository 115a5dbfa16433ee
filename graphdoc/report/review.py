"""The whole of a change between two revisions, for the one who reviews it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from graphdoc.graph.compare import Changes
from graphdoc.graph.removals import Removal
from graphdoc.graph.value_changes import ValueChange
from graphdoc.model.finding import Finding, Severity
from graphdoc.model.inert import inert
from graphdoc.model.markdown import markdown_code
from graphdoc.model.node import Plain
from graphdoc.report.changes import (
    Place,
    change_lines,
    fit_comment,
    markdown_changes,
    to_github,
    to_json,
    totals,
)
from graphdoc.report.escape import github_data, github_property
from graphdoc.report.report import count
from graphdoc.report.text import coverage_lines
from graphdoc.report.words import VALUES_POINTER, shorten

__all__ = ["REVIEW_REPORTERS", "VALUES_POINTER", "Review", "ReviewReporter"]

_NAMED = 6
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


@dataclass(frozen=True, slots=True)
class Review:
    """What changed, which findings came and went, which values differ, and what would go."""

    changes: Changes
    appeared: tuple[Finding, ...] = ()
    gone: tuple[Finding, ...] = ()
    values: tuple[ValueChange, ...] = ()
    removals: tuple[Removal, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        return not (self.changes.changes or self.appeared or self.gone or self.values)


ReviewReporter = Callable[[Review, Place], str]


def review_to_text(review: Review, place: Place) -> str:
    """In words: the architecture by cluster, then each other part under its own title."""
    lines = [*change_lines(review.changes, place)]
    for title, part in _parts(review, place):
        lines += [title, *(f"  {inert(line)}" for line in part), ""]
    lines += [*coverage_lines(review.changes.coverage, place), "", _totals(review)]
    return "".join(f"{line}\n" for line in lines)


def review_to_markdown(review: Review, place: Place) -> str:
    """For a comment on a pull request; what is too long for one is cut, and says so."""
    lines = [f"### {_totals(review)}", ""]
    for title, part in reversed(list(_parts(review, place))):
        lines += [f"**{title}**", "", *(f"- {markdown_code(line)}" for line in part), ""]
    lines += markdown_changes(review.changes, place)
    kept = fit_comment(lines, "graphdoc diff")
    skipped = len(review.changes.coverage.not_understood)
    kept += ["", f"{skipped} not understood; `graphdoc check` says what."] if skipped else []
    return "\n".join(kept).rstrip() + "\n"


def review_to_json(review: Review, place: Place) -> str:
    """The public format ``graphdoc/changes/v1``, which holds the architecture."""
    return to_json(review.changes, place)


def review_to_github(review: Review, place: Place) -> str:
    """Workflow commands: changed nodes, new findings, and what Argo CD would delete."""
    lines = []
    for finding in review.appeared:
        span = finding.problem.primary.span
        where = f"file={github_property(place(*span.file))},line={span.line}"
        text = github_data(f"{finding.problem.message} [{finding.rule}]")
        lines.append(f"::{_LEVELS[finding.severity]} {where},title=new finding::{text}\n")
    for removal in review.removals:
        text = github_data(f"{removal.subject} {removal.fate}")
        lines.append(f"::warning title=deletion::{text}\n")
    return "".join((*lines, to_github(review.changes, place)))


REVIEW_REPORTERS: Mapping[str, ReviewReporter] = MappingProxyType(
    {
        "text": review_to_text,
        "json": review_to_json,
        "markdown": review_to_markdown,
        "github": review_to_github,
    }
)


def _parts(review: Review, place: Place) -> Iterator[tuple[str, list[str]]]:
    """The titled lists that are not empty; the one to read first comes last."""
    parts = (
        ("Effective values", [_value_line(change, place) for change in review.values]),
        ("Findings gone", [_finding_line(finding, place) for finding in review.gone]),
        ("New findings", [_finding_line(finding, place) for finding in review.appeared]),
        ("What becomes of what is gone", [f"{r.subject} {r.fate}" for r in review.removals]),
    )
    yield from ((title, lines) for title, lines in parts if lines)


def _finding_line(finding: Finding, place: Place) -> str:
    span = finding.problem.primary.span
    where = f"{place(*span.file)}:{span.line}"
    return f"{finding.severity}[{finding.rule}] {finding.problem.message} ({where})"


def _value_line(change: ValueChange, place: Place) -> str:
    new, old = _value(change.after), _value(change.before)
    named = ", ".join(change.applications[:_NAMED])
    left = len(change.applications) - _NAMED
    more = f" and {left} more" if left > 0 else ""
    where = f"{place(*change.place.file)}:{change.place.line}"
    return f"{change.key} is now {new} (was {old}) for {named}{more} ({where})"


def _value(value: Plain) -> str:
    return "unset" if value is None else shorten(value) or '""'


def _totals(review: Review) -> str:
    parts = [totals(review.changes)]
    for number, what in ((len(review.appeared), "new"), (len(review.gone), "gone")):
        if number:
            parts.append(f"{count(number, 'finding')} {what}")
    if review.values:
        parts.append(f"{count(len(review.values), 'value')} changed")
    return "; ".join(parts)
