"""What is wrong, and what a report says about it."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from graphdoc.model.location import Location, SourceFile, Span, file_start
from graphdoc.model.redact import redact_text

__all__ = ["SEVERITIES", "Finding", "NotUnderstood", "Problem", "RulePage", "Severity"]


class Severity(StrEnum):
    """How much a finding matters, the worst first."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


SEVERITIES = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, at exactly one primary location.

    ``severity`` overrides the rule's own where a single case weighs less; ``subject`` is the id of
    the node concerned, or a path where no node exists, and ``also`` those of others that it
    concerns as much. ``hint`` ends the message with the nearest existing thing; it comes and goes
    with other files, and a finding is known without it.
    ``identity`` is the cause, where the words say who else has it or how many: the finding stays
    the same when one more has.
    """

    fact: str
    primary: Location
    related: tuple[Location, ...] = ()
    subject: str = ""
    severity: Severity | None = None
    hint: str = ""
    identity: str = ""
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("fact", "hint"):
            object.__setattr__(self, name, redact_text(getattr(self, name)))

    @classmethod
    def of_file(cls, file: SourceFile, fact: str) -> "Problem":
        """What is wrong with a file as a whole, told at its start."""
        return cls(fact, Location(file_start(file)), (), str(file))

    @property
    def subjects(self) -> tuple[str, ...]:
        """The ids of all nodes concerned, each once."""
        return tuple(dict.fromkeys((self.subject, *self.also)))

    @property
    def message(self) -> str:
        """What reports say."""
        return f"{self.fact}; {self.hint}" if self.hint else self.fact


@dataclass(frozen=True, slots=True)
class RulePage:
    """A rule as reports and pages name it; ``docs`` is its page in Markdown."""

    id: str
    severity: Severity
    summary: str
    docs: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem, the rule that found it and how much it matters here."""

    rule: str
    severity: Severity
    problem: Problem

    @property
    def fingerprint(self) -> str:
        """What stays the same when lines move; a baseline remembers findings by it."""
        problem = self.problem
        place = (str(problem.primary.span.file), problem.subject, problem.fact)
        facts = "\0".join((self.rule, *((problem.identity,) if problem.identity else place)))
        return hashlib.sha256(facts.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    @property
    def sort_key(self) -> tuple[Span, str, str]:
        """Reading order: file, line, rule. Every report uses it."""
        return (self.problem.primary.span, self.rule, self.problem.message)


@dataclass(frozen=True, slots=True, order=True)
class NotUnderstood:
    """Something that was seen and not analysed, and why."""

    location: Span
    reason: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "reason", redact_text(self.reason))
