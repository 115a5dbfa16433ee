"""What every reporter is given."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import TypeAlias

from graphdoc.model.coverage import Coverage
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import SEVERITIES, Finding, Problem, RulePage, Severity
from graphdoc.model.location import Location, Span
from graphdoc.report.excerpt import Excerpts

__all__ = ["MANY", "Checkout", "Place", "Report", "count", "line_at", "shown_places"]

_RELATED_SHOWN = 10
MANY = 20  # findings of which nobody keeps count while reading


@dataclass(frozen=True, slots=True)
class Checkout:
    """A repository as it was analysed: where it lies, and what it is a clone of."""

    place: str
    urls: tuple[str, ...] = ()
    commit: str | None = None
    branch: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """Findings in reading order, and the repositories that were analysed, by name.

    ``known`` are the findings that a baseline remembers, ``None`` where there is no baseline;
    ``ignored`` counts them and what the team excepts.
    """

    findings: tuple[Finding, ...]
    coverage: Coverage
    ignored: int = 0
    known: tuple[Finding, ...] | None = None
    excerpts: Excerpts = field(default_factory=lambda: Excerpts(()))
    checkouts: Mapping[str, Checkout] = field(default_factory=dict)
    rules: tuple[RulePage, ...] = ()
    version: str = ""
    colour: bool = False

    @property
    def worst_first(self) -> tuple[Finding, ...]:
        """The findings by severity, each severity in reading order."""
        return tuple(sorted(self.findings, key=lambda found: SEVERITIES.index(found.severity)))

    @property
    def by_rule(self) -> tuple[tuple[Severity, str, int], ...]:
        """How many findings of each rule, the worst first, then the commonest."""
        counts = Counter((finding.severity, finding.rule) for finding in self.findings)
        rows = ((severity, rule, number) for (severity, rule), number in counts.items())
        return tuple(sorted(rows, key=lambda row: (SEVERITIES.index(row[0]), -row[2], row[1])))

    def total(self, severity: Severity) -> int:
        """How many findings have a severity."""
        return sum(finding.severity is severity for finding in self.findings)

    def place(self, repository: str, path: str) -> str:
        """A file's path, relative to what the configuration's paths are relative to."""
        known = self.checkouts.get(repository)
        folder = known.place if known is not None else repository
        return path if folder in {"", "."} else f"{folder}/{path}" if path else folder


Place: TypeAlias = Callable[[str, str], str]


def line_at(place: Place, span: Span) -> str:
    """The file and the line where a span starts, as :meth:`Report.place` spells the file."""
    return f"{place(*span.file)}:{span.line}"


def shown_places(problem: Problem) -> tuple[tuple[Location, ...], str]:
    """The first related places, and what stands for the others."""
    hidden = len(problem.related) - _RELATED_SHOWN
    more = f"and {count(hidden, 'more place')}" if hidden > 0 else ""
    return problem.related[:_RELATED_SHOWN], more


def count(number: int, word: str) -> str:
    """A number with its noun: ``1 error``, ``2 errors``."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
