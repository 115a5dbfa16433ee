"""Programs are found on the PATH alone, never in the working directory."""

import os
import sys
from pathlib import Path

import pytest

from graphdoc.model.programs import find_program, require_program


def program(folder: Path, name: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"")
    (folder / name).chmod(0o755)
    return str(folder / name)


def test_no_program_of_the_working_directory_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ending = ".exe" if sys.platform == "win32" else ""
    program(tmp_path, f"git{ending}")
    monkeypatch.setenv("PATH", os.pathsep.join(("", ".", str(tmp_path / "none"))))
    assert find_program("git") is None
    with pytest.raises(FileNotFoundError, match="git"):
        require_program("git")
    good = program(tmp_path / "good", f"git{ending}")
    monkeypatch.setenv("PATH", os.pathsep.join((".", str(tmp_path / "good"))))
    assert require_program("git") == good


def test_windows_runs_executables_and_no_scripts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("helm", "helm.cmd"):
        program(tmp_path, name)
    assert find_program("helm") is None
    assert program(tmp_path, "helm.exe") == find_program("helm")
