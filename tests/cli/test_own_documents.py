"""Handwritten pages beside the configuration are held to the repositories as well."""

import json
from pathlib import Path
from typing import Any

import pytest

from graphdoc.cli import run
from tests.written import ESTATE, git, write_files

PAGES = """\
-- docs_src/web.md --
---
covers: [platform/base/web.yaml]
reviewed: COMMIT
---
The web is in `platform/base/wbe.yaml`; see [its page](applications/web.md).
-- docs_src/allowed.md --
<!-- graphdoc: allow stale-document-path -- it comes with the next release -->
The shop is in `platform/base/shop.yaml`.
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path, ESTATE)
    git(tmp_path / "platform", "init", "-q", "-b", "main")
    git(tmp_path / "platform", "add", "-A")
    git(tmp_path / "platform", "commit", "-q", "-m", "All")
    git(tmp_path / "platform", "tag", "v1")
    return tmp_path


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    run(["check", "--format", "json", *arguments])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def places(document: dict[str, Any]) -> list[tuple[str, str, int]]:
    found = [(f["rule"], f["location"]) for f in document["findings"]]
    return [(rule, f"{at['repository']}/{at['path']}", at["line"]) for rule, at in found]


def test_a_path_that_is_not_there_is_told_and_a_link_of_the_site_is_not(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(folder, PAGES.replace("COMMIT", "v1"))
    assert places(report(capsys)) == [("stale-document-path", "docs_src/web.md", 5)]
    run(["check"])
    assert capsys.readouterr().out.startswith("docs_src/web.md\n  5:16 warning")


def test_a_page_is_stale_once_what_it_covers_changed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(folder, PAGES.replace("COMMIT", "v1").replace("wbe", "web"))
    assert places(report(capsys)) == []
    file = folder / "platform" / "base" / "web.yaml"
    file.write_text(file.read_text("utf-8") + "# Changed.\n", "utf-8")
    assert places(report(capsys)) == [("stale-document-review", "docs_src/web.md", 3)]


def test_a_commit_that_is_not_there_is_counted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(folder, PAGES.replace("COMMIT", "v9").replace("wbe", "web"))
    document = report(capsys)
    reasons = [skipped["reason"] for skipped in document["coverage"]["not_understood"]]
    assert places(document) == []
    assert "repository 'platform' has no commit 'v9' of a review" in reasons


def test_pages_within_a_clone_are_read_as_its_own(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = (folder / "graphdoc.yaml").read_text("utf-8").replace("path: platform", "path: .")
    text = PAGES.replace("COMMIT", "v1").replace("docs_src/", "platform/docs_src/")
    write_files(folder, f"{text}-- platform/graphdoc.yaml --\n{config}")
    found = report(capsys, "--config", "platform/graphdoc.yaml")["findings"]
    names = [finding["message"].split()[2].strip(",") for finding in found]
    assert sorted(names) == ["applications/web.md", "platform/base/wbe.yaml"]
