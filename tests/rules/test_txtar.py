"""The estates that tests write as text are clones like any other."""

import pytest

from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.location import SourceFile, Span
from tests.txtar import Expectation, MemoryClone, expectations, read_clones, underlined

TEXT = """\
-- charts/web/Chart.yaml --
name: web  # expect: orphaned-chart
-- launchpad/root.yaml --
kind: Application
-- launchpad@v2/root.yaml --
kind: AppProject
-- launchpad/apps/a.yaml --

name: a  # expect: missing-secret, plain-secret
"""


def test_a_text_is_clones_sorted_by_name() -> None:
    clones: tuple[Clone, ...] = read_clones(TEXT)
    assert [(clone.name, clone.files) for clone in clones] == [
        ("charts", ("web/Chart.yaml",)),
        ("launchpad", ("apps/a.yaml", "root.yaml")),
    ]


def test_a_clone_answers_for_its_directories_and_revisions() -> None:
    _, clone = read_clones(TEXT)
    assert clone.children("") == ("apps", "root.yaml")
    assert clone.children("apps") == ("a.yaml",)
    assert (clone.is_directory("apps"), clone.is_directory("app")) == (True, False)
    assert clone.at("main") is clone
    assert clone.at("v3") is None
    other = clone.at("v2")
    assert isinstance(other, MemoryClone)
    assert other.read("root.yaml") == b"kind: AppProject\n"


def test_a_file_that_is_not_there_cannot_be_read() -> None:
    clone, _ = read_clones(TEXT)
    with pytest.raises(UnreadableError):
        clone.read("web/values.yaml")


def test_expectations_name_file_line_and_rule() -> None:
    assert expectations(TEXT) == {
        Expectation("charts/web/Chart.yaml", 1, "orphaned-chart"),
        Expectation("launchpad/apps/a.yaml", 2, "missing-secret"),
        Expectation("launchpad/apps/a.yaml", 2, "plain-secret"),
    }


def test_a_text_without_sections_is_one_file() -> None:
    (clone,) = read_clones("kind: Secret\n")
    assert (clone.name, clone.files) == ("platform", ("manifests.yaml",))


def test_a_span_is_shown_as_its_text() -> None:
    span = Span(SourceFile("launchpad", "root.yaml"), 1, 7, 1, 18)
    assert underlined(read_clones(TEXT), span) == "Application"
