"""Findings that were there before: known, counted, and no reason to fail.

A baseline remembers findings by what stays when lines move. It is written by graphdoc and may be
edited: ``expires`` is the last day on which an entry holds, ``reason`` is for its readers.
"""

import json
import re
from collections.abc import Iterable
from datetime import date

from graphdoc.graph.export.plain import dump_json
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import Finding
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Plain
from graphdoc.report.findings.as_json import FINDINGS_SCHEMA

__all__ = [
    "BaselineError", "Known", "KnownFinding", "apply_baseline", "read_baseline", "write_baseline",
]  # fmt: skip

_BASELINE_SCHEMA = "graphdoc/baseline/v1"
_SCHEMAS = frozenset({_BASELINE_SCHEMA, FINDINGS_SCHEMA})
_FINGERPRINT = re.compile(r'"fingerprint"\s*:\s*"')
_ORDER = ("rule", "repository", "path", "message")


class BaselineError(Exception):
    """The file holds no findings."""


@dataclass(frozen=True, slots=True)
class KnownFinding:
    """One entry; ``span`` is where the baseline says it."""

    fingerprint: str
    rule: str
    file: SourceFile
    message: str
    span: Span
    expires: date | None = None
    reason: str = ""

    def is_over(self, today: date | None) -> bool:
        """Whether its last day has passed."""
        return self.expires is not None and today is not None and self.expires < today


@dataclass(frozen=True, slots=True)
class Known:
    """Findings parted by a baseline; entries that match none are gone, others have expired."""

    new: tuple[Finding, ...]
    known: tuple[Finding, ...]
    gone: tuple[KnownFinding, ...]
    expired: tuple[KnownFinding, ...]


def read_baseline(text: str, file: str) -> tuple[KnownFinding, ...]:
    """The entries of a baseline, or of an earlier report as ``check --format json`` wrote it.

    Raises:
        BaselineError: the text is something else.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BaselineError("not JSON") from error
    if not isinstance(document, dict) or document.get("schema") not in _SCHEMAS:
        message = f"not of schema {_BASELINE_SCHEMA}; 'check --write-baseline' writes it"
        raise BaselineError(message)
    findings = document.get("findings")
    if not isinstance(findings, list):
        raise BaselineError("damaged: no list of findings")
    lines = [text.count("\n", 0, match.start()) + 1 for match in _FINGERPRINT.finditer(text)]
    padded = (*lines, *(1 for _ in findings[len(lines) :]))
    starts = (Span(SourceFile("", file), line, 1, line, 1) for line in padded)
    return tuple(map(_entry, findings, starts))


def write_baseline(findings: Iterable[Finding], earlier: tuple[KnownFinding, ...]) -> str:
    """The findings as a baseline; what the earlier one says of their end and reason stays."""
    said = {entry.fingerprint: entry for entry in earlier}
    entries = [_to_plain(finding, said.get(finding.fingerprint)) for finding in findings]
    ordered = sorted(entries, key=lambda entry: tuple(str(entry[key]) for key in _ORDER))
    return dump_json({"schema": _BASELINE_SCHEMA, "findings": [*ordered]})


def apply_baseline(
    findings: Iterable[Finding], baseline: tuple[KnownFinding, ...], today: date | None
) -> Known:
    """Part the findings; an entry stands for one finding, and for none once it has expired."""
    living = [entry for entry in baseline if not entry.is_over(today)]
    waiting: dict[str, list[KnownFinding]] = {}
    for entry in reversed(living):
        waiting.setdefault(entry.fingerprint, []).append(entry)
    new: list[Finding] = []
    known: list[Finding] = []
    for finding in findings:
        entries = waiting.get(finding.fingerprint, [])
        (known if entries else new).append(finding)
        del entries[-1:]
    left = {id(entry) for entries in waiting.values() for entry in entries}
    gone = tuple(entry for entry in living if id(entry) in left)
    expired = tuple(entry for entry in baseline if entry.is_over(today))
    return Known(tuple(new), tuple(known), gone, expired)


def _to_plain(finding: Finding, earlier: KnownFinding | None) -> dict[str, Plain]:
    file = finding.problem.primary.span.file
    plain: dict[str, Plain] = {
        "rule": finding.rule,
        "repository": file.repository,
        "path": file.path,
        "message": finding.problem.message,
        "fingerprint": finding.fingerprint,
    }
    if earlier is not None and earlier.expires is not None:
        plain["expires"] = earlier.expires.isoformat()
    if earlier is not None and earlier.reason:
        plain["reason"] = earlier.reason
    return plain


def _entry(finding: object, span: Span) -> KnownFinding:
    facts = finding if isinstance(finding, dict) else {}
    place = facts.get("location", facts)
    place = place if isinstance(place, dict) else {}
    if not _text(facts, "fingerprint"):
        raise BaselineError("damaged: an entry has no fingerprint")
    return KnownFinding(
        fingerprint=_text(facts, "fingerprint"),
        rule=_text(facts, "rule"),
        file=SourceFile(_text(place, "repository"), _text(place, "path")),
        message=_text(facts, "message"),
        span=span,
        expires=_day(_text(facts, "expires"), span),
        reason=_text(facts, "reason"),
    )


def _text(facts: dict[str, object], key: str) -> str:
    value = facts.get(key)
    return value if isinstance(value, str) else ""


def _day(word: str, span: Span) -> date | None:
    try:
        return date.fromisoformat(word) if word else None
    except ValueError as error:
        message = f"line {span.line}: '{word}' is no date as in 2027-01-31"
        raise BaselineError(message) from error
