"""Findings that were there before: known, counted, and no longer told."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from graphdoc.model.finding import Finding
from graphdoc.report.as_json import FINDINGS_SCHEMA

__all__ = ["Baseline", "BaselineError", "apply_baseline", "read_baseline"]


class BaselineError(Exception):
    """The file holds no findings."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What is left of the findings, how many were known, and how many known ones are gone."""

    findings: tuple[Finding, ...]
    known: int
    gone: int


def read_baseline(text: str) -> Counter[str]:
    """The fingerprints in an earlier report, as ``check --format json`` wrote it.

    Raises:
        BaselineError: the text is something else.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise BaselineError("not JSON") from error
    if not isinstance(document, dict) or document.get("schema") != FINDINGS_SCHEMA:
        raise BaselineError(f"not of schema {FINDINGS_SCHEMA}; 'check --format json' writes it")
    try:
        return Counter(str(finding["fingerprint"]) for finding in document["findings"])
    except (KeyError, TypeError) as error:
        raise BaselineError("damaged") from error


def apply_baseline(findings: Iterable[Finding], fingerprints: Counter[str]) -> Baseline:
    """Take each known finding out once."""
    left = Counter(fingerprints)
    kept: list[Finding] = []
    for finding in findings:
        if left[finding.fingerprint] > 0:
            left[finding.fingerprint] -= 1
        else:
            kept.append(finding)
    gone = left.total()
    return Baseline(tuple(kept), fingerprints.total() - gone, gone)
