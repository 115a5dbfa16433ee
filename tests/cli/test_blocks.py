"""``graphdoc docs``: managed blocks in documents are refreshed and guarded, and nothing else."""

from pathlib import Path

import pytest

from graphdoc.cli import run
from tests.written import ESTATE, write_files

TABLE = "<!-- graphdoc: table applications columns=name,wave -->"
END = "<!-- /graphdoc -->"
FRESH = (
    f"{TABLE}\n\n| Application | Wave |\n| --- | --- |\n| `root` | 0 |\n| `web` | 0 |\n\n{END}\n"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_files(tmp_path, ESTATE))
    return tmp_path


def document(folder: Path, text: str, path: str = "platform/docs/apps.md") -> Path:
    return write_files(folder, f"-- {path} --\n{text}") / path


def test_a_block_is_written_once_and_then_left_alone(folder: Path) -> None:
    file = document(folder, f"# Apps\n\n{TABLE}\nold\n{END}\n\nBy hand.\n")
    assert run(["docs", "--write"]) == 0
    written = file.read_text("utf-8")
    assert written == f"# Apps\n\n{FRESH}\nBy hand.\n"
    before = file.stat().st_mtime_ns
    assert run(["docs", "--write"]) == 0
    assert (file.stat().st_mtime_ns, run(["docs", "--check"])) == (before, 0)


def test_a_stale_block_is_told_with_its_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document(folder, f"# Apps\n{TABLE}\n{END}\n")
    told = (
        "platform/docs/apps.md:2: block 'table applications columns=name,wave' is stale: "
        "the repositories say otherwise\n"
    )
    assert (run(["docs", "--check"]), capsys.readouterr().out) == (1, told)
    assert (run(["docs"]), capsys.readouterr().out) == (0, told)


def test_line_ends_and_indentation_stay(folder: Path) -> None:
    file = document(folder, "")
    file.write_bytes(f"1. Apps\r\n   <!-- graphdoc: list clusters -->\r\n   {END}\r\n".encode())
    assert run(["docs", "--write"]) == 0
    lines = file.read_bytes().decode().split("\r\n")
    assert lines[2:] == ["", "   - `prod`", "", f"   {END}", ""]
    assert run(["docs", "--check"]) == 0


def test_what_nobody_can_write_stays_and_fails(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = document(folder, f"<!-- graphdoc: table applicatons -->\nmine\n{END}\n{TABLE}\n{END}\n")
    assert run(["docs", "--write"]) == 1
    assert file.read_text("utf-8").startswith(
        f"<!-- graphdoc: table applicatons -->\nmine\n{END}\n"
    )
    assert FRESH in file.read_text("utf-8")
    assert "did you mean 'applications'?" in capsys.readouterr().err


def test_documents_beside_the_configuration_count(folder: Path) -> None:
    outside = document(folder, f"{TABLE}\n{END}\n", "README.md")
    handwritten = document(folder, f"{TABLE}\n{END}\n", "docs_src/deep/apps.md")
    named = document(folder, f"{TABLE}\n{END}\n", "elsewhere/apps.md")
    assert run(["docs", "--write"]) == 0
    assert [f.read_text("utf-8") for f in (outside, handwritten)] == [FRESH, FRESH]
    assert named.read_text("utf-8") == f"{TABLE}\n{END}\n"
    assert run(["docs", "--write", "elsewhere"]) == 0
    assert named.read_text("utf-8") == FRESH


def test_a_file_that_is_not_there_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["docs", "platform/READNE.md"]) == 2
    assert run(["docs", "/elsewhere/README.md"]) == 2
    assert run(["docs", "--check", "--write"]) == 2
    assert "graphdoc: platform/READNE.md is no file" in capsys.readouterr().err


def test_check_reports_the_same_block(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document(folder, f"{TABLE}\n{END}\n")
    run(["check", "--select", "stale-document-block"])
    assert "1:1 warning[stale-document-block] block 'table applications" in capsys.readouterr().out


def test_a_link_out_of_the_clone_is_not_written(folder: Path) -> None:
    outside = document(folder, f"{TABLE}\n{END}\n", "elsewhere.md")
    (folder / "platform/linked.md").symlink_to(outside)
    assert run(["docs", "--write", "platform"]) == 0
    assert outside.read_text("utf-8") == f"{TABLE}\n{END}\n"
