"""Which findings come, go and change between two states."""

from collections import Counter
from collections.abc import Iterable, Iterator

from graphdoc.graph.changes.removals import is_refused
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import Finding
from graphdoc.model.grouping import grouped
from graphdoc.pipeline.analysis import Analysis

__all__ = ["FoundChanges", "compare_findings", "pair_findings"]


@dataclass(frozen=True, slots=True)
class FoundChanges:
    """Findings of one state alone; ``altered`` are those that say something else of one thing."""

    appeared: tuple[Finding, ...] = ()
    gone: tuple[Finding, ...] = ()
    altered: tuple[tuple[Finding, Finding], ...] = ()


def compare_findings(old: Analysis, new: Analysis) -> FoundChanges:
    """What one state finds and the other does not, or in other words."""
    return pair_findings(_only_in(new.findings, old.findings), tuple(_mended(old, new)))


def pair_findings(come: tuple[Finding, ...], went: tuple[Finding, ...]) -> FoundChanges:
    """Take one that came and one that went, each the only one about a thing, for one."""
    now, was = (grouped((_thing(one), one) for one in side) for side in (come, went))
    same = {thing for thing in now.keys() & was.keys() if len(now[thing]) == len(was[thing]) == 1}
    return FoundChanges(
        tuple(one for one in come if _thing(one) not in same),
        tuple(one for one in went if _thing(one) not in same),
        tuple((was[_thing(one)][0], one) for one in come if _thing(one) in same),
    )


def _thing(finding: Finding) -> tuple[object, ...]:
    """What is found amiss about what, and where; only the words may differ."""
    problem = finding.problem
    return (finding.rule, finding.severity, problem.primary.span.file, problem.subject)


def _only_in(findings: Iterable[Finding], others: Iterable[Finding]) -> tuple[Finding, ...]:
    known = Counter(finding.fingerprint for finding in others)
    only = []
    for finding in findings:
        known[finding.fingerprint] -= 1
        if known[finding.fingerprint] < 0:
            only.append(finding)
    return tuple(only)


def _mended(old: Analysis, new: Analysis) -> Iterator[Finding]:
    """The findings that are gone, but for those of what cannot be rendered any more."""
    for finding in _only_in(old.findings, new.findings):
        subject = finding.problem.subject
        was, now = old.estate.by_id.get(subject), new.estate.by_id.get(subject)
        if was is None or now is None or is_refused(was) or not is_refused(now):
            yield finding
