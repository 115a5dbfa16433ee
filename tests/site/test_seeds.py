"""The pages of the whole sample do not depend on how Python orders its sets."""

import os
import subprocess
import sys
from pathlib import Path


def pages(project: Path, folder: Path, seed: str) -> dict[str, bytes]:
    command = [sys.executable, "-m", "graphdoc", "pages", str(folder)]
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    subprocess.run(command, check=True, capture_output=True, cwd=project, env=environment)
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_every_page_has_the_same_bytes_under_another_seed(project: Path, tmp_path: Path) -> None:
    first, second = (pages(project, tmp_path / seed, seed) for seed in "12")
    assert len(first) > 100
    assert [path for path in first if first[path] != second.get(path)] == []
    assert first.keys() == second.keys()
