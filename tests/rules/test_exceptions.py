"""What the team decided about findings."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest

from graphdoc.config import Config
from graphdoc.config.values import RuleSetting
from graphdoc.model.finding import Finding, Problem, Severity
from graphdoc.model.location import Location, SourceFile, Span
from graphdoc.pipeline.exceptions import judge
from tests.txtar import MemoryClone

TODAY = date(2027, 1, 31)


def judged(files: Mapping[str, str], *places: tuple[str, int]) -> list[tuple[str, str, int]]:
    primary = [(f.rule, f.problem.primary.span) for f in findings(files, *places)]
    return [(rule, span.file.path, span.line) for rule, span in primary]


def findings(files: Mapping[str, str], *places: tuple[str, int]) -> tuple[Finding, ...]:
    clone = MemoryClone("platform", {path: text.encode() for path, text in files.items()})
    spans = [Span(SourceFile("platform", path), line, 1, line, 2) for path, line in places]
    found = [Finding("some-rule", Severity.ERROR, Problem("m", Location(s))) for s in spans]
    return judge(found, Config(Path(), today=TODAY), [clone]).findings


def test_a_comment_allows_its_own_line() -> None:
    files = {"a.yaml": "a: 1\nb: 2  # graphdoc: allow some-rule -- known\n"}
    assert judged(files, ("a.yaml", 2)) == []
    assert judged(files, ("a.yaml", 1)) == [
        ("some-rule", "a.yaml", 1),
        ("unused-ignore", "a.yaml", 2),
    ]


def test_a_comment_alone_allows_the_next_line() -> None:
    files = {"a.yaml": "  # graphdoc: allow some-rule -- known\na: 1\n"}
    assert judged(files, ("a.yaml", 2)) == []
    assert ("some-rule", "a.yaml", 1) in judged(files, ("a.yaml", 1))


@pytest.mark.parametrize("end", ["", ", other-rule -- two at once"])
def test_a_comment_without_a_reason_allows_nothing(end: str) -> None:
    files = {"a.yaml": f"a: 1  # graphdoc: allow some-rule{end}\n"}
    assert judged(files, ("a.yaml", 1)) == [
        ("some-rule", "a.yaml", 1),
        ("unused-ignore", "a.yaml", 1),
    ]


def test_markdown_is_excepted_by_html_comments_alone() -> None:
    example, comment = (f"{mark} graphdoc: allow some-rule -- known" for mark in ("#", "<!--"))
    text = f"{example}\n{comment} -->\nx\n"
    assert judged({"a.md": text}, ("a.md", 3)) == []
    assert judged({"a.md": text}, ("a.md", 2)) == [
        ("some-rule", "a.md", 2),
        ("unused-ignore", "a.md", 2),
    ]


def test_other_files_are_not_searched() -> None:
    assert judged({"a.go": "// # graphdoc: allow some-rule -- x\n"}) == []
    assert judged({"a.yaml": "a: '# graphdoc: allow some-rule -- x'\n"}) == []


def test_comments_one_above_the_other_speak_of_one_line() -> None:
    comments = (f"# graphdoc: allow {rule} -- known\n" for rule in ("some-rule", "plain-secret"))
    files = {"a.yaml": f"{''.join(comments)}a: 1\n"}
    assert judged(files, ("a.yaml", 3)) == [("unused-ignore", "a.yaml", 2)]


def messages(comment: str) -> list[str]:
    return [f.problem.message for f in findings({"a.yaml": f"a: 1  # {comment}\n"}, ("a.yaml", 1))]


def test_a_comment_holds_until_the_end_of_its_last_day() -> None:
    assert messages("graphdoc: allow some-rule expires: 2027-01-31 -- known") == []
    assert messages("graphdoc: allow some-rule expires: 2027-01-30 -- known") == [
        "m",
        "allowing some-rule expired on 2027-01-30",
    ]


def test_a_date_that_is_none_allows_nothing() -> None:
    assert messages("graphdoc: allow some-rule expires: soon -- known") == [
        "m",
        "allowing some-rule expires on 'soon', which is no date",
    ]


def test_a_rule_that_does_not_exist_is_told_with_the_nearest() -> None:
    assert messages("graphdoc: allow plain-secrets -- known") == [
        "m",
        "allowing plain-secrets: there is no such rule; did you mean 'plain-secret'?",
    ]


def test_a_setting_holds_until_the_end_of_its_last_day() -> None:
    span = Span(SourceFile("", "graphdoc.yaml"), 1, 1, 1, 2)
    found = [Finding("some-rule", Severity.ERROR, Problem("m", Location(span)))]

    def told(last: date) -> list[str]:
        setting = RuleSetting("some-rule", None, (), "known", span, last)
        config = Config(Path(), rules=(setting,), today=TODAY)
        return [finding.problem.message for finding in judge(found, config, []).findings]

    assert told(TODAY) == []
    expired = "the setting of rule some-rule expired on 2027-01-30"
    assert sorted(told(TODAY - timedelta(days=1))) == ["m", expired]
