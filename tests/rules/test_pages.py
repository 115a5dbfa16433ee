"""Each rule has a page in order, and its remedy is clean; ``test_messages`` has the findings."""

import re
from functools import cache, lru_cache
from pathlib import Path

import pytest

from graphdoc import rules
from graphdoc.graph.draw.whole import build_graph
from graphdoc.model.finding import Finding
from graphdoc.resolve.estate.whole import resolve_estate
from graphdoc.resolve.helm import HelmEngine, find_engine
from graphdoc.rules import RULES
from graphdoc.rules.rule import Rule
from tests.txtar import Expectation, read_clones

CASES_OF = Path(__file__).parents[1] / "cases"
CASES = sorted(CASES_OF.glob("*/*.txtar"))
_OTHERS = "The other files stay as they are\\.\n\n"
PAGE_SECTIONS = ["Why is this bad?", "Example", "Use instead", "References"]

each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)


@lru_cache(maxsize=1)
def engine() -> HelmEngine | None:
    return find_engine()


@cache  # the cases, their causes and their words are asked of the same texts
def findings(text: str) -> tuple[Finding, ...]:
    estate = resolve_estate(read_clones(text), engine())
    graph = build_graph(estate)
    return tuple(finding for rule in RULES for finding in rule.run(estate, graph))


def reported(text: str) -> set[Expectation]:
    spans = ((finding.problem.primary.span, finding.rule) for finding in findings(text))
    return {Expectation(str(span.file), span.line, rule) for span, rule in spans}


def fenced(page: str, section: str) -> str:
    """The YAML block of one section of a rule's page."""
    match = re.search(
        rf"^## {re.escape(section)}\n+({_OTHERS})?```yaml\n(.*?)^```",
        page,
        re.DOTALL | re.MULTILINE,
    )
    assert match, f"no YAML under {section!r}"
    return _others(fenced(page, "Example"), match[2]) + match[2] if match[1] else match[2]


def _others(example: str, instead: str) -> str:
    """The files of an example that stay as they are."""
    files = re.findall(r"^(-- .+? --\n)(.*?)(?=^-- |\Z)", example, re.DOTALL | re.MULTILINE)
    return "".join(head + text for head, text in files if head not in instead)


@each_rule
def test_page_has_its_sections_in_order(rule: Rule) -> None:
    sections = re.findall(r"^## (.+)$", rule.docs, re.MULTILINE)
    assert sections == PAGE_SECTIONS
    assert rule.summary.endswith(".")


@each_rule
def test_page_alternative_is_clean(rule: Rule) -> None:
    assert reported(fenced(rule.docs, "Use instead")) == set()


def test_every_rule_has_a_page_example_and_cases() -> None:
    assert {path.parent.name for path in CASES} >= {rule.id for rule in RULES}


def test_every_rule_module_is_listed_in_order() -> None:
    folder = Path(rules.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", "rule"}
    assert [rule.id for rule in RULES] == sorted(name.replace("_", "-") for name in modules)
