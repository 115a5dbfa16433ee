"""What the team decided about findings."""

from collections.abc import Mapping
from pathlib import Path

from graphdoc.config import Config
from graphdoc.model.finding import Finding, Problem, Severity
from graphdoc.model.location import Location, SourceFile, Span
from graphdoc.pipeline.judge import judge
from tests.txtar import MemoryClone


def judged(files: Mapping[str, str], *places: tuple[str, int]) -> list[tuple[str, str, int]]:
    clone = MemoryClone("platform", {path: text.encode() for path, text in files.items()})
    spans = [Span(SourceFile("platform", path), line, 1, line, 2) for path, line in places]
    found = [Finding("some-rule", Severity.ERROR, Problem("m", Location(s))) for s in spans]
    told = judge(found, Config(Path()), [clone]).findings
    primary = [(finding.rule, finding.problem.primary.span) for finding in told]
    return [(rule, span.file.path, span.line) for rule, span in primary]


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


def test_a_comment_without_a_reason_allows_nothing() -> None:
    files = {"a.yaml": "a: 1  # graphdoc: allow some-rule\n"}
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
