"""Findings as GitLab's code quality report."""

from graphdoc.graph.plain import dump_json
from graphdoc.model.finding import Finding, Severity
from graphdoc.model.node import Plain
from graphdoc.report.report import Report

__all__ = ["to_gitlab"]

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def to_gitlab(report: Report) -> str:
    """A list with one entry for each finding; the format has no room for coverage."""
    return dump_json([_entry(report, finding) for finding in report.findings])


def _entry(report: Report, finding: Finding) -> dict[str, Plain]:
    span = finding.problem.primary.span
    return {
        "description": finding.problem.message,
        "check_name": finding.rule,
        "fingerprint": finding.fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": report.place(*span.file),
            "lines": {"begin": span.line, "end": span.end_line},
        },
    }
