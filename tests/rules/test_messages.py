"""What every finding of the cases and of the pages says, word for word, and where.

Where a change is meant, or a case is new, ``python -m tests.rules.test_messages`` writes the file;
read the difference.
"""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from graphdoc.model.finding import Finding
from graphdoc.model.location import Span
from graphdoc.rules import RULES
from graphdoc.rules.rule import Rule
from tests.rules.test_pages import CASES, each_rule, fenced, findings

GOLDEN = Path(__file__).parents[1] / "golden" / "rule-messages.txt"


def lines(rules: Collection[Rule]) -> Iterator[str]:
    """The example of each page, then each case, with what its own rule says of it."""
    for rule in rules:
        yield from _of_text(rule.id, "page", fenced(rule.docs, "Example"))
    for path in CASES:
        if path.parent.name in {rule.id for rule in rules}:
            yield from _of_text(path.parent.name, path.stem, path.read_text("utf-8"))


def _of_text(rule: str, name: str, text: str) -> Iterator[str]:
    own = [finding for finding in findings(text) if finding.rule == rule]
    if own:
        yield f"{rule}/{name}"
    for finding in sorted(own, key=lambda finding: finding.sort_key):
        yield from _said(finding)


def _said(finding: Finding) -> Iterator[str]:
    """Where it begins and ends, whom it concerns, by what a baseline knows it."""
    problem = finding.problem
    where = _region(problem.primary.span)
    yield f"  {where} {finding.severity}: {problem.fact} <{problem.subject}>"
    for name in ("hint", "identity"):
        if text := getattr(problem, name):
            yield f"    {name}: {text}"
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


@each_rule
def test_every_finding_says_what_it_said(rule: Rule) -> None:
    known = {name: text for name, text in KNOWN.items() if name.startswith(f"{rule.id}/")}
    assert _sections(lines([rule])) == known


if __name__ == "__main__":
    GOLDEN.write_text("".join(f"{line}\n" for line in lines(RULES)), "utf-8")
