"""Submodules of other revisions: read as far as their clones lie in the working tree."""

import json
from pathlib import Path

import pytest

from graphdoc.cli import run
from graphdoc.clone import open_clone
from tests.written import ROOT, git, write_files

PODS = """\
-- base/kustomization.yaml --
resources: [pod.yaml]
-- base/pod.yaml --
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: registry.example.com/web:1}]}
"""
APP = """\
-- platform/overlays/prod/web.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  source: {repoURL: https://git.example.com/platform, path: lib/base, targetRevision: HEAD}
  destination: {server: https://kubernetes.default.svc, namespace: web}
"""


def commit(folder: Path) -> None:
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "next")


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone with a submodule, at its second commit; the submodule has moved with it."""
    monkeypatch.chdir(write_files(tmp_path, PODS + ROOT + APP))
    clone, base = tmp_path / "platform", tmp_path / "base"
    for folder in (base, clone):
        git(folder, "init", "-q", "-b", "main")
    commit(base)
    git(clone, "-c", "protocol.file.allow=always", "submodule", "add", base.as_uri(), "lib/base")
    commit(clone)
    git(clone, "tag", "v1")
    return clone


def release(platform: Path) -> None:
    """Another image in the submodule."""
    inner = platform / "lib/base"
    pod = inner / "pod.yaml"
    pod.write_text(pod.read_text("utf-8").replace("web:1", "web:2"), "utf-8")
    commit(inner)


def test_a_revision_holds_its_submodules_at_their_commits(platform: Path) -> None:
    release(platform)
    commit(platform)
    clone = open_clone("platform", platform, "platform")
    old = clone.at("v1")
    assert old is not None
    assert "lib/base/pod.yaml" in old.files
    assert b"web:1" in old.read("lib/base/pod.yaml")
    assert old.real_path("lib/base/pod.yaml") == "lib/base/pod.yaml"
    assert b"web:2" in clone.read("lib/base/pod.yaml")


@pytest.mark.parametrize("lure", ["link", "none", "other"])
def test_a_submodule_that_is_not_there_holds_nothing(platform: Path, lure: str) -> None:
    release(platform)
    commit(platform)
    (platform / "lib/base").rename(platform.parent / "away")
    if lure == "link":
        (platform / "lib/base").symlink_to(platform.parent / "base")
    elif lure == "other":
        git(platform, "init", "-q", "lib/base")
    old = open_clone("platform", platform, "platform").at("v1")
    assert old is not None
    assert not [path for path in old.files if path.startswith("lib/")]


def test_nothing_has_changed_where_a_submodule_is_checked_out(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (platform / "lib/base/pod.yaml").is_file()
    assert run(["diff", "HEAD", "--repo", "platform"]) == 0
    assert capsys.readouterr().out.endswith("nothing changed\n")


@pytest.mark.parametrize("is_committed", [True, False])
def test_a_submodule_that_moves_reaches_who_renders_it(
    platform: Path, capsys: pytest.CaptureFixture[str], *, is_committed: bool
) -> None:
    release(platform)
    if is_committed:
        commit(platform)
    since = "HEAD~1" if is_committed else "HEAD"
    for command in (["diff", since], ["impact", "--since", since]):
        capsys.readouterr()
        assert run([*command, "--repo", "platform", "--format", "json"]) == 0
        document = json.loads(capsys.readouterr().out)
        if command[0] == "impact":
            assert {path["path"] for path in document["paths"]} == {"lib/base", "lib/base/pod.yaml"}
            assert [one["name"] for one in document["applications"]] == ["web"]
        else:
            assert "application:prod/web" in [one["subject"] for one in document["changes"]]
