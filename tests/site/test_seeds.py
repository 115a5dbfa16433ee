"""The pages of the whole sample do not depend on how Python orders its sets."""

import os
import subprocess
import sys
from pathlib import Path

from graphdoc.pipeline.analysis import Analysis
from graphdoc.pipeline.pages import page_files
from graphdoc.pipeline.publish import to_site_input


def test_every_page_has_the_same_bytes_under_another_seed(
    analysis: Analysis, project: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "graphdoc", "pages", str(tmp_path / "out")]
    seeded = {**os.environ, "PYTHONHASHSEED": "1"}  # this process has a seed of its own
    subprocess.run(command, check=True, capture_output=True, cwd=project, env=seeded)
    pages = dict(page_files(to_site_input(analysis), project / "docs_src"))
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    written = {path.relative_to(tmp_path / "out").as_posix(): path for path in files}
    assert len(pages) > 100
    assert pages.keys() == written.keys()
    assert [name for name, data in pages.items() if data != written[name].read_bytes()] == []
