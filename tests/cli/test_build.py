"""``graphdoc build``: a whole new site, or the old one untouched."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from graphdoc.cli import run
from graphdoc.cli.replace import replaced_directory
from graphdoc.cli.status import UsageMistake
from tests.written import ESTATE, write_files

OLD = "-- site/index.html --\nold\n-- site/assets/graphdoc.css --\n"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_new_directory_takes_the_place_of_the_old(tmp_path: Path) -> None:
    write_files(tmp_path, OLD)
    with replaced_directory(tmp_path / "site", ()) as fresh:
        (fresh / "index.html").write_text("new", "utf-8")
    assert names(tmp_path) == ["site"]
    assert names(tmp_path / "site") == ["index.html"]
    assert (tmp_path / "site" / "index.html").read_text("utf-8") == "new"


def test_a_failure_leaves_the_old_directory(tmp_path: Path) -> None:
    write_files(tmp_path, OLD)
    failing = pytest.raises(FileExistsError)
    with failing, replaced_directory(tmp_path / "site", ()) as fresh:
        (fresh / "half").mkdir()
        (fresh / "half").mkdir()
    assert names(tmp_path) == ["site"]
    assert (tmp_path / "site" / "index.html").read_text("utf-8") == "old\n"


def test_what_a_killed_run_moved_aside_comes_back(tmp_path: Path) -> None:
    write_files(tmp_path, OLD)
    (tmp_path / "site").rename(tmp_path / ".site.old")
    with pytest.raises(RuntimeError), replaced_directory(tmp_path / "site", ()):
        raise RuntimeError
    assert names(tmp_path) == ["site"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("-- site/thesis.tex --\n", "site"),
        ("-- site --\n", "site"),
        ("-- clone/a.yaml --\n", "."),
        ("-- clone/a.yaml --\n", "clone"),
    ],
)
def test_nothing_foreign_is_replaced(tmp_path: Path, text: str, place: str) -> None:
    write_files(tmp_path, text)
    before = sorted(tmp_path.rglob("*"))
    refused = pytest.raises(UsageMistake)
    with refused, replaced_directory(tmp_path / place, (tmp_path / "clone",)):
        pass
    assert sorted(tmp_path.rglob("*")) == before


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = write_files(tmp_path_factory.mktemp("built"), ESTATE)
    before = Path.cwd()
    os.chdir(root)
    try:
        assert run(["build"]) == 0
    finally:
        os.chdir(before)
    return root


@pytest.mark.slow
def test_the_site_stands_beside_the_configuration(built: Path) -> None:
    assert names(built) == ["graphdoc.yaml", "platform", "site"]
    assert "prod" in (built / "site" / "index.html").read_text("utf-8")


@pytest.mark.slow
def test_a_relative_place_is_one_of_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    theme = "theme: {name: mkdocs, highlightjs: false}"
    mkdocs = f"-- mkdocs.yml --\nsite_name: Map\n{theme}\nplugins: [graphdoc]\n"
    write_files(tmp_path, f"{ESTATE}{mkdocs}-- docs/extra.md --\n# Extra\n")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert run(["build", "--site", "here"]) == 0
    assert names(tmp_path) == ["below", "docs", "graphdoc.yaml", "mkdocs.yml", "platform"]
    assert (tmp_path / "below" / "here" / "extra.html").is_file()
    assert capsys.readouterr().err.endswith("pages in here; 0 errors, 0 warnings in the estate\n")


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="there are no signals to send")
def test_a_terminated_build_leaves_the_old_site(built: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (built / "site").rglob("*")}
    build = subprocess.Popen([sys.executable, "-m", "graphdoc", "build"], cwd=built)
    deadline = time.monotonic() + 60
    while not any(built.glob(".site.new-*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    build.send_signal(signal.SIGTERM)
    assert build.wait(60) == 128 + signal.SIGTERM
    assert names(built) == ["graphdoc.yaml", "platform", "site"]
    assert {path: path.stat().st_mtime_ns for path in (built / "site").rglob("*")} == before


@pytest.mark.slow
def test_pages_are_written_for_another_generator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write_files(tmp_path, ESTATE))
    slot = Path("text/_slots/page/index/intro.md")
    slot.parent.mkdir(parents=True)
    slot.write_text("Ask the team of [[app:nobody]].", "utf-8")
    Path("mkdocs.yml").write_text("docs_dir: [", "utf-8")
    assert run(["pages", "docs"]) == 2
    assert "graphdoc: mkdocs.yml:2:" in capsys.readouterr().err
    Path("mkdocs.yml").write_text("'docs_dir':\n  text  # ours\n", "utf-8")
    assert run(["pages", "docs"]) == 2
    assert "_slots/page/index/intro.md:1: no app 'nobody'" in capsys.readouterr().err
    slot.write_text("Ask the team.", "utf-8")
    assert run(["pages", "docs"]) == 0
    assert "Ask the team." in Path("docs/index.md").read_text("utf-8")
    written = contents(Path("docs"))
    text = Path("docs/index.md").read_text("utf-8")
    assert "gd-slot" not in text
    assert "<svg " in text
    assert run(["pages", "docs"]) == 0
    assert {
        path: path.read_bytes() for path in Path("docs").rglob("*") if path.is_file()
    } == written


_BROKEN = """\
-- mkdocs.yml --
site_name: Map
theme: {name: material, font: false}
plugins: [graphdoc]
-- docs/extra.md --
# Extra

<a href="nowhere.html">a link</a> <a href="index.html#nowhere">an anchor</a>
<img alt="" src="https://outside.example.com/x.png">
"""


@pytest.mark.slow
def test_what_the_check_finds_is_told_and_decides_only_where_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write_files(tmp_path, ESTATE + _BROKEN))
    assert run(["build", "--check"]) == 1
    said = capsys.readouterr().err
    for fault in (
        "links to nowhere.html, which is not there",
        "links to index.html#nowhere, which has no such anchor",
        "asks the network for https://outside.example.com/x.png",
    ):
        assert f"graphdoc build: extra.html: {fault}\n" in said
    assert said.endswith("in the estate; 3 problems in the pages\n")
    assert run(["build"]) == 0
    (tmp_path / "docs" / "extra.md").write_text("# Extra\n", "utf-8")
    assert run(["build", "--check"]) == 0
