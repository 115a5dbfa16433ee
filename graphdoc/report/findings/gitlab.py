"""Findings as GitLab's code quality report."""

from collections import Counter

from graphdoc.graph.export.plain import dump_json
from graphdoc.model.finding import Finding, Severity
from graphdoc.model.node import Plain
from graphdoc.report.report import Report

__all__ = ["to_gitlab"]

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def to_gitlab(report: Report) -> str:
    """A list with one entry for each finding; the format has no room for coverage."""
    told: Counter[str] = Counter()
    entries: list[Plain] = []
    for finding in report.findings:
        entries.append(_entry(report, finding, told[finding.fingerprint]))
        told[finding.fingerprint] += 1
    return dump_json(entries)


def _entry(report: Report, finding: Finding, earlier: int) -> dict[str, Plain]:
    """One finding; GitLab drops what has the fingerprint of an earlier one."""
    span = finding.problem.primary.span
    return {
        "description": finding.problem.message,
        "check_name": finding.rule,
        "fingerprint": f"{finding.fingerprint}-{earlier}" if earlier else finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": report.place(*span.file),
            "lines": {"begin": span.line, "end": span.end_line},
        },
    }
