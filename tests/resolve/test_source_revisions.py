"""One repository at several revisions in one estate, from Git repositories on the disk."""

import subprocess
from pathlib import Path

import pytest

from graphdoc.clone import open_clone
from graphdoc.graph.draw.whole import build_graph
from graphdoc.resolve.estate.whole import resolve_estate
from graphdoc.resolve.helm import find_engine
from graphdoc.resolve.resolved import Estate, ReferenceFault, ResolvedApplication
from graphdoc.rules.duplicate_application import duplicate_application

IDENTITY = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"]
APPLICATION = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  destination: {{server: https://kubernetes.default.svc, namespace: web}}
  source:
    repoURL: https://git.example.com/platform
    path: {path}
    targetRevision: "{revision}"
"""
REVISIONS = ("main", "HEAD", "next", "v1.*", "v1.0.0", "COMMIT", "refs/heads/next", "gone", "v3.*")


def git(root: Path, *arguments: str) -> str:
    command = ["git", *IDENTITY, "-C", str(root), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def write(root: Path, path: str, text: str) -> None:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, "utf-8")


def write_all(root: Path, name: str) -> None:
    """The same ConfigMap as a plain manifest, from a kustomization and from a chart."""
    manifest = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"
    write(root, "directory/map.yaml", manifest)
    write(root, "kustomize/map.yaml", manifest)
    write(root, "kustomize/kustomization.yaml", "resources: [map.yaml]\n")
    write(root, "helm/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
    write(root, "helm/values.yaml", f"name: {name}\n")
    write(root, "helm/templates/map.yaml", manifest.replace(name, "{{ .Values.name }}"))


def commit(root: Path, name: str) -> None:
    write_all(root, name)
    git(root, "add", ".")
    git(root, "commit", "-m", name)


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Estate:
    """Tag v1.0.0, then v1.1.0, then branch next, then main with a change that is not committed."""
    root = tmp_path_factory.mktemp("estate") / "platform"
    root.mkdir()
    git(root, "init")
    for name in ("first", "second", "third"):
        commit(root, name)
        git(root, "branch" if name == "third" else "tag", {
            "first": "v1.0.0", "second": "v1.1.0", "third": "next",
        }[name])  # fmt: skip
    commit(root, "fourth")
    middle = git(root, "rev-parse", "v1.1.0")
    for tool in ("directory", "kustomize", "helm"):
        for index, revision in enumerate(REVISIONS):
            wanted = middle[:9] if revision == "COMMIT" else revision
            text = APPLICATION.format(name=f"{tool}-{index}", path=tool, revision=wanted)
            write(root, f"apps/{tool}-{index}.yaml", text)
    write_all(root, "unsaved")
    clone = open_clone("platform", root, "platform", ["https://git.example.com/platform"])
    return resolve_estate((clone,), find_engine())


def of(estate: Estate, tool: str, revision: str) -> ResolvedApplication:
    name = f"{tool}-{REVISIONS.index(revision)}"
    (found,) = (entry for entry in estate.applications if entry.application.name == name)
    return found


@pytest.mark.parametrize("tool", ["directory", "kustomize", "helm"])
def test_each_application_has_the_files_of_its_own_revision(estate: Estate, tool: str) -> None:
    found = {r: [x.name for x in of(estate, tool, r).resources] for r in REVISIONS}
    assert found == {
        "main": ["unsaved"],
        "HEAD": ["unsaved"],
        "next": ["third"],
        "v1.*": ["second"],
        "v1.0.0": ["first"],
        "COMMIT": ["second"],
        "refs/heads/next": ["third"],
        "gone": [],
        "v3.*": [],
    }


@pytest.mark.parametrize("revision", ["gone", "v3.*"])
def test_a_revision_that_no_branch_and_no_tag_has_is_unknown(estate: Estate, revision: str) -> None:
    (source,) = of(estate, "directory", revision).sources
    assert [(b.fault, b.wanted) for b in source.broken] == [
        (ReferenceFault.UNKNOWN_REVISION, revision)
    ]
    assert source.not_understood == ()


def test_no_revision_touches_the_working_tree(estate: Estate) -> None:
    (clone,) = estate.clones
    assert clone.read("directory/map.yaml").endswith(b"{name: unsaved}\n")
    assert clone.dirty


def test_a_manifest_at_two_revisions_is_no_duplicate(tmp_path: Path) -> None:
    root = tmp_path / "platform"
    root.mkdir()
    git(root, "init")
    web = APPLICATION.format(name="web", path="directory", revision="HEAD")
    write(root, "apps/web.yaml", web)
    commit(root, "first")
    git(root, "branch", "next")
    for name, revision in (("one", "HEAD"), ("two", "next")):
        parent = APPLICATION.format(name=name, path="apps", revision=revision)
        write(root, f"parents/{name}.yaml", parent)
    write(root, "root.yaml", APPLICATION.format(name="root", path="parents", revision="HEAD"))
    write(root, "apps/web.yaml", f"# a remark\n{web}")
    assert twice_written(root) == []
    write(root, "apps/again.yaml", web)
    assert twice_written(root) == ["apps/web.yaml:1"]


def twice_written(root: Path) -> list[str]:
    clone = open_clone("platform", root, "platform", ["https://git.example.com/platform"])
    estate = resolve_estate((clone,), None)
    found = duplicate_application.run(estate, build_graph(estate))
    return [f"{s.file.path}:{s.line}" for s in (finding.problem.primary.span for finding in found)]
