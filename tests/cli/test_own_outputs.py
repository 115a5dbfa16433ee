"""What graphdoc wrote into a repository changes nothing of what it finds there."""

import json
from pathlib import Path

import pytest

from graphdoc.cli import run
from tests.written import ESTATE, write_files

# A values file that nothing layers, and a Secret that nothing makes.
BROKEN = f"""{ESTATE.replace("[web.yaml]", "[web.yaml, shop.yaml]")}
-- platform/values/old.yaml --
replicas: 1
-- platform/base/shop.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: shop, namespace: argocd}}
spec:
  project: default
  source: {{repoURL: https://git.example.com/platform, path: shop, targetRevision: HEAD}}
  destination: {{server: https://kubernetes.default.svc, namespace: shop}}
-- platform/shop/pod.yaml --
apiVersion: v1
kind: Pod
metadata: {{name: shop}}
spec:
  containers:
  - {{name: shop, image: "nginx:1.27", envFrom: [{{secretRef: {{name: shop-login}}}}]}}
"""
FOUND = [
    "nothing produces Secret shop/shop-login, which Application shop uses on prod",
    "no Application layers platform/values/old.yaml",
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_files(tmp_path, BROKEN)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *options: str) -> list[str]:
    capsys.readouterr()
    run(["check", "--format", "json", *options])
    return [finding["message"] for finding in json.loads(capsys.readouterr().out)["findings"]]


@pytest.mark.parametrize("format_", ["json", "sarif", "junit", "gitlab"])
def test_a_report_is_no_evidence(
    folder: Path, capsys: pytest.CaptureFixture[str], format_: str
) -> None:
    run(["check", "--output", f"{format_}=platform/report.json"])
    assert "old.yaml" in (folder / "platform" / "report.json").read_text("utf-8")
    assert told(capsys) == FOUND


def test_a_baseline_names_what_it_knows_and_no_more(capsys: pytest.CaptureFixture[str]) -> None:
    baseline = ("--baseline", "platform/graphdoc-baseline.json")
    run(["check", "--write-baseline", *baseline])
    assert (told(capsys), told(capsys, *baseline)) == (FOUND, [])


def test_pages_are_no_evidence(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["pages", "platform/site"])
    assert "shop-login" in (folder / "platform/site/explorer-data.js").read_text("utf-8")
    assert told(capsys) == FOUND


def test_pages_of_another_program_are_evidence(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_files(folder, "-- platform/explorer-data.js --\nread('values/old.yaml')\n")
    assert told(capsys) == FOUND[:1]


def test_an_exception_by_path_meets_its_finding(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = "{severity: off, paths: [platform/values/old.yaml], reason: comes back}"
    config = (folder / "graphdoc.yaml").read_text("utf-8").replace("path: platform", "path: .")
    text = f"{config}rules:\n  orphaned-values-file: {rule}\n"
    write_files(folder, f"-- platform/graphdoc.yaml --\n{text}")
    assert told(capsys, "--config", "platform/graphdoc.yaml") == FOUND[:1]
