"""Findings in the public format ``graphdoc/findings/v1``."""

from graphdoc.graph.export.plain import coverage_to_plain, dump_json, place_to_plain
from graphdoc.model.finding import Finding, Severity
from graphdoc.model.location import Span
from graphdoc.model.node import Plain
from graphdoc.report.report import Report

__all__ = ["FINDINGS_SCHEMA", "to_json"]

FINDINGS_SCHEMA = "graphdoc/findings/v1"


def to_json(report: Report) -> str:
    """The whole report as JSON; what a baseline knows stands apart, if there is a baseline."""
    summary: dict[str, Plain] = {str(severity): report.total(severity) for severity in Severity}
    summary["ignored"] = report.ignored
    known: dict[str, Plain] = {}
    if report.known is not None:
        summary["known"] = len(report.known)
        known["known"] = [_finding(finding) for finding in report.known]
    return dump_json(
        {
            "schema": FINDINGS_SCHEMA,
            "findings": [_finding(finding) for finding in report.findings],
            **known,
            "summary": summary,
            "coverage": coverage_to_plain(report.coverage),
        }
    )


def _finding(finding: Finding) -> dict[str, Plain]:
    problem = finding.problem
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": problem.message,
        "subject": problem.subject,
        "location": _region(problem.primary.span),
        "related": [
            {"location": _region(related.span), "message": related.note}
            for related in problem.related
        ],
        "fingerprint": finding.fingerprint,
    }


def _region(span: Span) -> dict[str, Plain]:
    return {
        **place_to_plain(span),
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
