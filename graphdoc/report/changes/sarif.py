"""Drift as SARIF 2.1.0: one result for each node that differs from the recorded architecture."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from graphdoc.graph.changes.compare import Change, Changes, NodeChange
from graphdoc.model.finding import Finding, Problem, RulePage, Severity
from graphdoc.model.location import Location, SourceFile, Span
from graphdoc.report.changes.words import describe
from graphdoc.report.findings.sarif import to_sarif
from graphdoc.report.report import Report

__all__ = ["drift_to_sarif"]

_ADVICE = "Record it with 'graphdoc drift --accept' where it is meant."
_RULES: Mapping[Change, RulePage] = MappingProxyType({
    Change.ADDED: RulePage(
        "drift-added", Severity.WARNING, "Something is not in the recorded architecture.", _ADVICE
    ),
    Change.CHANGED: RulePage(
        "drift-changed", Severity.WARNING, "Something differs from the recorded architecture.",
        _ADVICE,
    ),
    Change.REMOVED: RulePage(
        "drift-removed", Severity.WARNING, "Something of the recorded architecture is gone.",
        _ADVICE,
    ),
})  # fmt: skip


def drift_to_sarif(changes: Changes, report: Report, lines: Mapping[str, int]) -> str:
    """The changes as results of three rules; what is gone is shown where it is recorded.

    ``lines`` are those of the nodes in the record.
    """
    findings = tuple(_finding(entry, changes.base, lines) for entry in changes.changes)
    shown = replace(report, findings=findings, rules=tuple(_RULES.values()))
    return to_sarif(shown)


def _finding(entry: NodeChange, lock: str, lines: Mapping[str, int]) -> Finding:
    rule = _RULES[entry.change]
    message = "; ".join([f"{entry.subject} {entry.change}", *describe(entry)])
    span = entry.locations[-1] if entry.locations else _recorded(entry.subject, lock, lines)
    related = tuple(Location(place) for place in entry.locations[:-1])
    return Finding(rule.id, rule.severity, Problem(message, Location(span), related, entry.subject))


def _recorded(subject: str, lock: str, lines: Mapping[str, int]) -> Span:
    line = lines.get(subject, 1)
    return Span(SourceFile("", lock), line, 1, line, 1)
