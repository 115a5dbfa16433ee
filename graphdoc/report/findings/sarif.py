"""Findings as SARIF 2.1.0, for code-scanning services.

A place is the path in its repository, so that each repository's service finds its own files; the
``uriBaseId`` is the repository's name.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote

from graphdoc.graph.export.plain import coverage_to_plain, dump_json
from graphdoc.model.finding import Finding, RulePage, Severity
from graphdoc.model.location import Location
from graphdoc.model.node import Plain
from graphdoc.report.report import Checkout, Report

__all__ = ["to_sarif"]

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_SCP = re.compile(r"(?P<host>[\w.@-]+):(?P<path>[^/].*)")
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
        "originalUriBaseIds": {n: _base(n, report.checkouts[n]) for n in sorted(report.checkouts)},
        "versionControlProvenance": list(_provenance(report)),
        "results": [_result(report, finding, indexes) for finding in report.findings],
        "properties": {
            "coverage": coverage_to_plain(report.coverage),
            "ignored": report.ignored,
            "known": len(report.known or ()),
        },
    }
    return dump_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: RulePage) -> dict[str, Plain]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.docs, "markdown": rule.docs},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _base(name: str, checkout: Checkout) -> dict[str, Plain]:
    """Where a repository lies, as far as that may be said: SARIF allows no way upwards."""
    base: dict[str, Plain] = {"description": {"text": f"the repository {name}"}}
    parts = checkout.place.split("/")
    if not {"", ".", ".."} & set(parts) and ":" not in parts[0]:
        base["uri"] = f"{quote(_bytes(checkout.place))}/"
    return base


def _provenance(report: Report) -> Iterator[dict[str, Plain]]:
    for name in sorted(report.checkouts):
        checkout = report.checkouts[name]
        address = next(filter(None, map(_address, checkout.urls)), None)
        if address is None:
            continue
        facts = {"revisionId": checkout.commit, "branch": checkout.branch}
        known: dict[str, Plain] = {key: fact for key, fact in facts.items() if fact}
        yield {"repositoryUri": address, **known, "mappedTo": {"uriBaseId": name}}


def _address(url: str) -> str:
    """A clone's address as a URI; ``git@host:path`` is SSH's short form."""
    scp = _SCP.fullmatch(url)
    if "://" not in url and scp is not None:
        return quote(f"ssh://{scp['host']}/{scp['path']}", safe=":/@")
    return quote(url, safe=":/@%?=&~") if re.match("[a-z+]+://[^/]", url) else ""


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
    file = location.span.file
    artifact: dict[str, Plain] = {"uri": quote(_bytes(file.path))}
    if file.repository in report.checkouts:
        artifact["uriBaseId"] = file.repository
    region: dict[str, Plain] = {
        "startLine": location.span.line,
        "startColumn": location.span.column,
        "endLine": location.span.end_line,
        "endColumn": location.span.end_column,
    }
    place: dict[str, Plain] = {"physicalLocation": {"artifactLocation": artifact, "region": region}}
    if location.note:
        place["message"] = {"text": location.note}
    return place


def _bytes(path: str) -> bytes:
    """A path as the disk spells it, which need not be UTF-8."""
    return path.encode("utf-8", "surrogateescape")
