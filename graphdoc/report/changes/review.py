"""The whole of a change between two revisions, for the one who reviews it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from graphdoc.graph.changes.compare import Change, Changes, FieldChange
from graphdoc.graph.changes.removals import Removal
from graphdoc.graph.changes.resources import ResourceChange
from graphdoc.graph.changes.values import ValueChange
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import Finding
from graphdoc.model.inert import inert, markdown_code
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Plain
from graphdoc.report.changes.architecture import (
    change_lines,
    fit_comment,
    markdown_changes,
    to_github,
    to_json,
    totals,
)
from graphdoc.report.changes.picture import draw_changes
from graphdoc.report.changes.resources import resource_lines
from graphdoc.report.changes.words import VALUES_POINTER, from_difference, named, shorten
from graphdoc.report.escape import GITHUB_LEVELS, github_data, github_property
from graphdoc.report.findings.text import coverage_lines
from graphdoc.report.report import Place, count, line_at

__all__ = ["REVIEW_REPORTERS", "VALUES_POINTER", "Review"]

_MOST_SHOWN = 20
_BLANKS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Review:
    """What changed, which findings came and went, which values differ, and what would go.

    ``altered`` are findings as they were and are, which say something else of one thing.
    ``files`` are those that differ among the places of values and resources.
    """

    changes: Changes
    appeared: tuple[Finding, ...] = ()
    gone: tuple[Finding, ...] = ()
    altered: tuple[tuple[Finding, Finding], ...] = ()
    values: tuple[ValueChange, ...] = ()
    removals: tuple[Removal, ...] = ()
    resources: tuple[ResourceChange, ...] = ()
    files: frozenset[SourceFile] = frozenset()

    @property
    def causes(self) -> Iterator[tuple[SourceFile, str]]:
        """The files that changed, with the Applications that are otherwise because of them."""
        found = [(change.place.file, change.applications) for change in self.values]
        found += [(change.place.file, change.applications) for change in self.resources]
        for file, applications in found:
            yield from ((file, id_) for id_ in applications if file in self.files)

    @property
    def untold(self) -> Changes:
        """The architecture without what the resources say better than their number and digest."""
        told = {id_ for change in self.resources for id_ in change.applications}
        entries = tuple(
            replace(entry, fields=tuple(f for f in entry.fields if not _is_rendered(f)))
            if entry.subject in told
            else entry
            for entry in self.changes.changes
        )
        said = (e for e in entries if e.fields or e.edges or e.change is not Change.CHANGED)
        return replace(self.changes, changes=tuple(said))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to say."""
        findings = self.appeared or self.gone or self.altered
        return not (self.changes.changes or findings or self.values)


def _is_rendered(field: FieldChange) -> bool:
    return field.pointer.startswith("/rendered/")


_ReviewReporter = Callable[[Review, Place], str]


def _review_to_text(review: Review, place: Place) -> str:
    """In words: the architecture by cluster, then each other part under its own title."""
    lines = [*change_lines(review.untold, place)]
    for title, part in _parts(review, place):
        lines += [title, *(f"  {inert(line)}" for line in part), ""]
    lines += [*coverage_lines(review.changes.coverage, place), "", _totals(review)]
    return "".join(f"{line}\n" for line in lines)


def _review_to_markdown(review: Review, place: Place) -> str:
    """For a comment on a pull request; what is too long for one is cut, and says so."""
    lines = [f"### {_totals(review)}", ""]
    picture = draw_changes(review.changes, review.causes)
    lines += [*picture, ""] if picture else []
    for title, part in reversed(list(_parts(review, place))):
        lines += [f"**{title}**", "", *_folded([f"- {markdown_code(line)}" for line in part]), ""]
    lines += markdown_changes(review.untold, place)
    kept = fit_comment(lines, "graphdoc diff")
    skipped = len(review.changes.coverage.not_understood)
    kept += ["", f"{skipped} not understood; `graphdoc check` says what."] if skipped else []
    return _BLANKS.sub("\n\n", "\n".join(kept)).rstrip() + "\n"


def _folded(lines: list[str]) -> list[str]:
    """The first lines, and the rest of many folded away."""
    if len(lines) <= _MOST_SHOWN:
        return lines
    summary = f"<summary>{len(lines) - _MOST_SHOWN} more</summary>"
    rest = lines[_MOST_SHOWN:]
    return [*lines[:_MOST_SHOWN], "", "<details>", summary, "", *rest, "", "</details>"]


def _review_to_json(review: Review, place: Place) -> str:
    """The public format ``graphdoc/changes/v1``, which holds the architecture."""
    return to_json(review.changes, place)


def _review_to_github(review: Review, place: Place) -> str:
    """Workflow commands: changed nodes, new findings, and what Argo CD would delete."""
    lines = []
    told = [(finding, "new") for finding in review.appeared]
    told += [(finding, "changed") for _, finding in review.altered]
    for finding, state in told:
        span = finding.problem.primary.span
        where = f"file={github_property(place(*span.file))},line={span.line}"
        text = github_data(f"{finding.problem.message} [{finding.rule}]")
        lines.append(f"::{GITHUB_LEVELS[finding.severity]} {where},title={state} finding::{text}\n")
    for removal in review.removals:
        text = github_data(f"{removal.subject} {removal.fate}")
        lines.append(f"::warning title=deletion::{text}\n")
    return "".join((*lines, to_github(review.changes, place)))


REVIEW_REPORTERS: Mapping[str, _ReviewReporter] = MappingProxyType(
    {
        "text": _review_to_text,
        "json": _review_to_json,
        "markdown": _review_to_markdown,
        "github": _review_to_github,
    }
)


def _parts(review: Review, place: Place) -> Iterator[tuple[str, list[str]]]:
    """The titled lists that are not empty; the one to read first comes last."""
    parts = (
        ("Resources", resource_lines(review.resources, place)),
        ("Effective values", [_value_line(change, place) for change in review.values]),
        ("Findings gone", [_finding_line(finding, place) for finding in review.gone]),
        ("Findings changed", [_altered_line(was, now, place) for was, now in review.altered]),
        ("New findings", [_finding_line(finding, place) for finding in review.appeared]),
        ("What becomes of what is gone", [f"{r.subject} {r.fate}" for r in review.removals]),
    )
    yield from ((title, lines) for title, lines in parts if lines)


def _finding_line(finding: Finding, place: Place) -> str:
    where = line_at(place, finding.problem.primary.span)
    return f"{finding.severity}[{finding.rule}] {finding.problem.message} ({where})"


def _altered_line(was: Finding, now: Finding, place: Place) -> str:
    before, after = was.problem.message, now.problem.message
    if shorten(before) != before:
        before, _ = from_difference(before, after)
    return f"{_finding_line(now, place)}, was: {before}"


def _value_line(change: ValueChange, place: Place) -> str:
    new, old = _value(change.after), _value(change.before)
    where = line_at(place, change.place)
    return f"{change.key} is now {new} (was {old}) for {named(change.applications)} ({where})"


def _value(value: Plain) -> str:
    return "unset" if value is None else shorten(value) or '""'


def _totals(review: Review) -> str:
    parts = [totals(review.changes)]
    found = (("new", review.appeared), ("gone", review.gone), ("changed", review.altered))
    parts += [f"{count(len(some), 'finding')} {what}" for what, some in found if some]
    if review.values:
        parts.append(f"{count(len(review.values), 'value')} changed")
    return "; ".join(parts)
