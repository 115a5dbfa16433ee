"""Without an optional wheel everything runs, and what could not be done is counted."""

import json
import os
import subprocess
import sys
from html import unescape
from pathlib import Path

import pytest

from tests.written import ESTATE, write_files

APPS = """\
-- platform/overlays/prod/kustomization.yaml --
resources: [../../base, shop.yaml]
patches:
- target: {kind: Application, name: "(w|e|b)+"}
  patch: "[]"
-- platform/overlays/prod/shop.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: chart, targetRevision: HEAD}
  destination: {server: https://kubernetes.default.svc, namespace: shop}
-- platform/chart/Chart.yaml --
{apiVersion: v2, name: chart, version: 1.0.0}
-- platform/chart/templates/m.yaml --
{apiVersion: v1, kind: ConfigMap, metadata: {name: m}}
"""
PROGRAM = """\
import sys
sys.modules[sys.argv[1]] = None
from graphdoc.cli import run
for line in sys.stdin:
    print(*line.split()[:1], run(line.split()), sep="=", file=sys.stderr)
"""
COMMANDS = """\
check --format json --output check.json
graph --output graph.json
drift --accept
drift --format json --output drift.json
impact platform/chart/Chart.yaml --format json --output impact.json
explain application:prod/shop
values web --cluster prod
render platform/chart platform/overlays/prod --format jsonl
"""
ANSWERS = ("check.json", "graph.json", "drift.json", "impact.json")
STATUSES = dict.fromkeys(("graph", "drift", "impact", "explain", "values", "render"), "0")
YAML = "YAML is read slowly, and odd texts otherwise than by Go: install pyyaml with libyaml"
RE2 = "a regular expression, for which google-re2 must be installed: ^(?:(w|e|b)+)$"
HELM = "no Helm engine: install graphdoc[helm], or helm on the PATH"
PICTURE = "nor is 'dot' on the PATH; install wasmtime or Graphviz"


def run_without(module: str, folder: Path, commands: str) -> tuple[str, str, dict[str, str]]:
    """What is said and told, and how each command ends."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, module], cwd=folder, input=commands,
        env={**os.environ, "PATH": ""}, capture_output=True, encoding="utf-8", check=True,
    )  # fmt: skip
    ends = dict(line.split("=") for line in done.stderr.split() if "=" in line)
    return done.stdout, done.stderr, ends


def reasons(text: str) -> str:
    answer = json.loads(text)
    coverage = answer.get("coverage", answer)
    return " ".join([*(n["reason"] for n in coverage["not_understood"]), answer.get("error") or ""])


@pytest.mark.parametrize(
    ("module", "reason", "status"),
    [("yaml._yaml", YAML, "0"), ("re2", RE2, "0"), ("helm_python", HELM, "1")],
)
def test_what_cannot_be_done_without_a_wheel_is_counted(
    tmp_path: Path, module: str, reason: str, status: str
) -> None:
    folder = write_files(tmp_path, ESTATE + APPS)
    out, _, ends = run_without(module, folder, COMMANDS)
    assert ends == STATUSES | {"check": "1", "render": status}
    for name in ANSWERS:
        assert reason in reasons((folder / name).read_text("utf-8"))
    rendered = (line for line in out.splitlines() if line.startswith('{"path"'))
    assert reason in " ".join(map(reasons, rendered))


def test_without_watchdog_the_site_is_built_but_not_served(tmp_path: Path) -> None:
    folder = write_files(tmp_path, ESTATE)
    _, said, ends = run_without("watchdog", folder, "serve --port 18473\n")
    assert ends == {"serve": "2"}
    assert "install watchdog, or use graphdoc build" in said


def test_without_wasmtime_pictures_are_counted_as_missing(tmp_path: Path) -> None:
    folder = write_files(tmp_path, ESTATE)
    _, said, ends = run_without("wasmtime", folder, "graph --format svg\npages pages\n")
    assert ends == {"graph": "2", "pages": "0"}
    assert said.count(PICTURE) == 2  # for the graph, and once for all pages
    pages = {page.name: unescape(page.read_text("utf-8")) for page in folder.rglob("pages/**/*.md")}
    assert {name for name, text in pages.items() if PICTURE in text} >= {"coverage.md", "root.md"}
