"""What rules find in their cases and in the examples of their pages: where, and word for word.

Where a change is meant, or a case is new, ``python -m tests.rules.test_messages`` writes the file;
read the difference.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from graphdoc.model.finding import Finding
from graphdoc.model.location import Span
from graphdoc.rules import RULES
from tests.rules.test_pages import CASES, fenced, findings, reported
from tests.txtar import expectations

GOLDEN = Path(__file__).parents[1] / "golden" / "rule-messages.txt"


class Case(NamedTuple):
    """Files under their markers, and the rule that is asked of them."""

    rule: str
    name: str
    text: str

    def __str__(self) -> str:
        return f"{self.rule}/{self.name}"

    def lines(self) -> Iterator[str]:
        """What its own rule says of it."""
        own = [finding for finding in findings(self.text) if finding.rule == self.rule]
        if own:
            yield str(self)
        for finding in sorted(own, key=lambda finding: finding.sort_key):
            yield from _said(finding)


PAGES = [Case(rule.id, "page", fenced(rule.docs, "Example")) for rule in RULES]
ALL = PAGES + [Case(path.parent.name, path.stem, path.read_text("utf-8")) for path in CASES]


def _said(finding: Finding) -> Iterator[str]:
    """Where it begins and ends, whom it concerns, by what a baseline knows it."""
    problem = finding.problem
    where = _region(problem.primary.span)
    yield f"  {where} {finding.severity}: {problem.fact} <{problem.subject}>"
    for name in ("hint", "identity"):
        if text := getattr(problem, name):
            yield f"    {name}: {text}"
    if others := problem.subjects[1:]:
        yield f"    also: {' '.join(others)}"
    yield from (f"    {_region(place.span)}: {place.note}" for place in problem.related)


def _region(span: Span) -> str:
    line = f"{span.end_line}:" if span.end_line != span.line else ""
    return f"{span}-{line}{span.end_column}"


def _sections(text: Iterable[str]) -> dict[str, list[str]]:
    """The findings of each case that has some."""
    sections: dict[str, list[str]] = {}
    name = ""
    for line in text:
        if not line.startswith(" "):
            name = line
        sections.setdefault(name, []).append(line)
    return sections


KNOWN = _sections(GOLDEN.read_text("utf-8").splitlines())


@pytest.mark.parametrize("case", ALL, ids=str)
def test_every_finding_is_where_it_is_meant_and_says_what_it_said(case: Case) -> None:
    wanted = {place for place in expectations(case.text) if place.rule == case.rule}
    assert {place for place in reported(case.text) if place.rule == case.rule} == wanted
    assert list(case.lines()) == KNOWN.get(str(case), [])


def test_every_page_and_no_lost_case_has_findings() -> None:
    names = {str(case) for case in ALL}
    assert {str(case) for case in PAGES} <= KNOWN.keys() <= names


if __name__ == "__main__":
    GOLDEN.write_text("".join(f"{line}\n" for case in ALL for line in case.lines()), "utf-8")
