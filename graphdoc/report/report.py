"""What every reporter is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from graphdoc.model.coverage import Coverage
from graphdoc.model.finding import Finding, Severity
from graphdoc.report.excerpt import Excerpts

__all__ = ["Report", "RuleSummary", "count"]


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """A rule as a report names it; ``docs`` is its page in Markdown."""

    id: str
    severity: Severity
    summary: str
    docs: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Findings in reading order, and what was analysed; ``places`` says where each clone lies."""

    findings: tuple[Finding, ...]
    coverage: Coverage
    ignored: int = 0
    excerpts: Excerpts = field(default_factory=lambda: Excerpts(()))
    places: Mapping[str, str] = field(default_factory=dict)
    rules: tuple[RuleSummary, ...] = ()
    version: str = ""
    colour: bool = False

    def total(self, severity: Severity) -> int:
        """How many findings have a severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def place(self, repository: str, path: str) -> str:
        """A file's path, relative to what the configuration's paths are relative to."""
        folder = self.places.get(repository, repository)
        return path if folder in {"", "."} else f"{folder}/{path}" if path else folder


def count(number: int, word: str) -> str:
    """A number with its noun: ``1 error``, ``2 errors``."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
