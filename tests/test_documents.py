"""Markdown is taken apart, and its paths are read as their repositories have them."""

from graphdoc.parse.markdown import Document, Fence, Line, Word, code_in, links_in, parse_markdown
from graphdoc.resolve.document_trees import expand_braces
from graphdoc.resolve.known_paths import KnownPaths
from tests.txtar import MemoryClone


def test_a_fence_without_an_end_runs_to_the_end() -> None:
    assert parse_markdown("a\n~~~ sh\n```\nb") == Document(
        (Line(1, "a"),), (Fence("sh", (Line(3, "```"), Line(4, "b"))),)
    )


def test_a_fence_ends_at_a_mark_as_long() -> None:
    document = parse_markdown("- ````yaml\n  ```\n  ````\nend")
    assert document == Document((Line(4, "end"),), (Fence("yaml", (Line(2, "  ```"),)),))


def test_inline_code_with_three_marks_is_no_fence() -> None:
    assert parse_markdown("```a``` b").fences == ()


def test_a_comment_leaves_the_lines_in_their_places() -> None:
    assert parse_markdown("a <!-- b\nc --> d").prose == (Line(1, "a "), Line(2, " d"))


def test_code_and_links_know_their_columns() -> None:
    line = Line(7, "a `b` [c](d.md) `[e](f.md)`")
    assert list(code_in(line)) == [Word(7, 4, "b"), Word(7, 18, "[e](f.md)")]
    assert list(links_in(line)) == [Word(7, 11, "d.md")]


def test_braces_stand_for_each_of_their_words() -> None:
    assert expand_braces("a-{b,c}/{d,e}") == ("a-b/d", "a-b/e", "a-c/d", "a-c/e")
    assert expand_braces("{a}") == ("{a}",)
    assert expand_braces("{a,b,c,d,e}" * 5) == ()


def test_a_clone_is_known_by_the_name_in_its_address() -> None:
    clone = MemoryClone("values", {"a.yaml": b""}, urls=("git@example.com:team/prod-values.git",))
    assert KnownPaths((clone,)).clone_named("prod-values") == "values"
