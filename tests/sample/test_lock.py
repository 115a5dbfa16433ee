"""The sample's record: the same bytes wherever and however it is made, and mergeable by Git."""

import shutil
from pathlib import Path

import pytest

from graphdoc.cli import run
from graphdoc.drift import read_lock
from tests.written import git

CLONES = ("forte-helm", "helm-prod-values", "launchpad")
LOCK = "architecture.lock.json"


def place(root: Path, project: Path, sample: Path, separator: str = "/") -> Path:
    """The sample in a folder, with paths as one system or the other spells them."""
    for clone in CLONES:
        shutil.copytree(sample / clone, root / "clones" / clone)
    text = (project / "graphdoc.yaml").read_text("utf-8")
    text = text.replace("graphdoc/sample/", f"clones{separator}")
    (root / "graphdoc.yaml").write_text(text, "utf-8")
    return root


def record(root: Path, *arguments: str) -> bytes:
    assert run(["drift", "--accept", *arguments]) == 0
    return (root / LOCK).read_bytes()


@pytest.mark.slow
def test_the_record_is_the_same_wherever_it_is_made(
    tmp_path: Path, project: Path, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = place(tmp_path / "here", project, sample)
    monkeypatch.chdir(here)
    committed = (project / LOCK).read_bytes()
    assert record(here) == committed
    assert record(here) == committed
    there = place(tmp_path / "far away/Ünder", project, sample, separator="\\")
    monkeypatch.chdir(there / "clones/launchpad/infra")
    assert record(there) == committed
    monkeypatch.chdir(tmp_path)
    for clone in CLONES:
        git(there / "clones" / clone, "init", "-q", "-b", "main")
        git(there / "clones" / clone, "add", ".")
        git(there / "clones" / clone, "commit", "-q", "-m", "as it is")
    assert record(there, "--config", "far away/Ünder/graphdoc.yaml") == committed


def test_the_record_is_a_fact_a_line(project: Path) -> None:
    text = (project / LOCK).read_text("utf-8")
    nodes = read_lock(text).nodes.values()
    facts = sum(len(node.fields) + len(node.edges) for node in nodes)
    heads = sum(bool(node.fields or node.edges) for node in nodes)
    assert facts < len(text.splitlines()) < facts + 2 * heads + 80


EDITS = {
    "a": (
        ("launchpad/apps/base/mcp10x.yaml", 'sync-wave: "2"', 'sync-wave: "4"'),
        ("launchpad/infra/base/grafana.yaml", "namespace: monitoring", "namespace: grafana"),
    ),
    "b": (
        ("launchpad/apps/base/musicman.yaml", "- $values/musicman/values.yaml", ""),
        ("launchpad/infra/base/loki.yaml", "targetRevision: 6.", "targetRevision: 7."),
    ),
}  # fmt: skip


@pytest.mark.slow
def test_branches_that_touch_different_applications_merge(
    tmp_path: Path, project: Path, sample: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = place(tmp_path, project, sample)
    monkeypatch.chdir(root)
    shutil.copy(project / LOCK, root / LOCK)
    git(root, "init", "-q", "-b", "main")
    git(root, "add", ".")
    git(root, "commit", "-q", "-m", "as it was")
    for branch, edits in EDITS.items():
        git(root, "switch", "-q", "-c", branch, "main")
        for path, old, new in edits:
            file = root / "clones" / path
            text = file.read_text("utf-8")
            assert old in text
            file.write_text(text.replace(old, new), "utf-8")
        record(root)
        git(root, "commit", "-qam", branch)
    git(root, "merge", "-q", "--no-edit", "a")
    assert run(["drift"]) == 0
