"""The pages of the whole sample do not depend on how Python orders its sets."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def pages(project: Path, folder: Path, seed: str) -> dict[str, bytes]:
    command = [sys.executable, "-m", "graphdoc", "pages", str(folder)]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    subprocess.run(command, check=True, capture_output=True, cwd=project, env=environment)
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("seed", ["1", "2"])
def test_every_page_has_the_same_bytes_under_another_seed(
    project: Path, tmp_path: Path, seed: str
) -> None:
    first = pages(project, tmp_path / "a", "0")
    second = pages(project, tmp_path / "b", seed)
    assert len(first) > 100
    assert [path for path in first if first[path] != second.get(path)] == []
    assert first.keys() == second.keys()
