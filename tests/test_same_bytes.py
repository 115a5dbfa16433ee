"""The same sources give the same bytes, whatever the place, locale, time zone, seed and order."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from graphdoc.graph.export import GraphFormat
from graphdoc.report import REPORTERS
from graphdoc.report.changes import CHANGE_REPORTERS
from tests.written import CONFIG, ROOT, WEB, write_files

CHART = """\
-- platform/root-dev.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root-dev, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: chart, targetRevision: HEAD}
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
-- platform/chart/Chart.yaml --
apiVersion: v2
name: chart
version: 1.0.0
-- platform/chart/templates/m.yaml --
apiVersion: v1
kind: Secret
metadata: {name: m}
stringData: {k: {{ .Release.Name }}}
-- platform/README.md --
See `values/gone.yaml` and `values/gone-too.yaml`.
"""
SETTINGS = (
    {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC-14"},
    {"PYTHONHASHSEED": "4242", "LC_ALL": "C.UTF-8", "TZ": "UTC+12"},
)
# Every command in one process: reversed names stand for a file system with another order.
PROGRAM = """\
import os, sys
from graphdoc.cli import run
if sys.argv[1] == "reversed":
    listed = os.listdir
    os.listdir = lambda *a: sorted(listed(*a), reverse=True)
    walk = os.walk
    def backwards(top, *a, **k):
        for place, folders, names in walk(top, *a, **k):
            folders.sort(reverse=True); names.sort(reverse=True)
            yield place, folders, names
    os.walk = backwards
for line in sys.stdin:
    assert run(line.split()) in (0, 1), line
"""
COMMANDS = [
    *(f"check --format {name} --output out/check.{name}" for name in REPORTERS),
    *(f"graph --format {name} --output out/graph.{name}" for name in (*GraphFormat, "svg")),
    "drift --accept",
    *(f"drift --format {name} --output out/drift.{name}" for name in CHANGE_REPORTERS),
    "pages out/pages",
    "build --site out/site",
]


def digests(root: Path) -> dict[str, str]:
    files = (*root.glob("out/**/*"), root / "architecture.lock.json")
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(files)
        if path.is_file()
    }


@pytest.mark.slow
def test_every_output_is_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for settings, place, order in zip(SETTINGS, ("a", "b/ü c"), ("as is", "reversed"), strict=True):
        sections = (CONFIG + ROOT + WEB + CHART).split("-- platform/")
        sections[1:] = sections[1:] if order == "as is" else sections[:0:-1]
        root = write_files(tmp_path / place, "-- platform/".join(sections))
        (root / "out").mkdir()
        subprocess.run(
            [sys.executable, "-c", PROGRAM, order],
            cwd=root, env={**os.environ, **settings}, input="\n".join(COMMANDS).encode(),
            check=True, capture_output=True,
        )  # fmt: skip
        found.append(digests(root))
    first, second = found
    assert {name for name in first if first[name] != second.get(name)} == set()
    assert first.keys() == second.keys()
    assert len(first) > 30
