"""Findings as SARIF 2.1.0, for code-scanning services."""

from urllib.parse import quote

from graphdoc.graph.plain import coverage_to_plain, dump_json
from graphdoc.model.finding import Finding, Severity
from graphdoc.model.location import Location, Span
from graphdoc.model.node import Plain
from graphdoc.report.report import Report, RuleSummary

__all__ = ["to_sarif"]

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def to_sarif(report: Report) -> str:
    """One run with one result for each finding."""
    driver: dict[str, Plain] = {
        "name": "graphdoc",
        "version": report.version,
        "rules": [_rule(rule) for rule in report.rules],
    }
    indexes = {rule.id: index for index, rule in enumerate(report.rules)}
    run: dict[str, Plain] = {
        "tool": {"driver": driver},
        # As spans count; SARIF would assume UTF-16.
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, finding, indexes) for finding in report.findings],
        "properties": {"coverage": coverage_to_plain(report.coverage)},
    }
    return dump_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: RuleSummary) -> dict[str, Plain]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.docs, "markdown": rule.docs},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(report: Report, finding: Finding, indexes: dict[str, int]) -> dict[str, Plain]:
    problem = finding.problem
    result: dict[str, Plain] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": problem.message},
        "locations": [_location(report, problem.primary)],
        "relatedLocations": [
            {"id": number, **_location(report, related)}
            for number, related in enumerate(problem.related, start=1)
        ],
        "partialFingerprints": {"graphdoc/v1": finding.fingerprint},
        "properties": {"subject": problem.subject},
    }
    if finding.rule in indexes:
        result["ruleIndex"] = indexes[finding.rule]
    return result


def _location(report: Report, location: Location) -> dict[str, Plain]:
    place: dict[str, Plain] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(_bytes(report.place(*location.span.file)))},
            "region": _region(location.span),
        }
    }
    if location.note:
        place["message"] = {"text": location.note}
    return place


def _region(span: Span) -> dict[str, Plain]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _bytes(path: str) -> bytes:
    """A path as the disk spells it, which need not be UTF-8."""
    return path.encode("utf-8", "surrogateescape")
