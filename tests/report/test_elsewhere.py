"""A finding in a file that an Application reads at another revision than the one checked out."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from graphdoc.cli import run
from graphdoc.model.finding import Problem
from graphdoc.model.location import Location, SourceFile, file_start
from graphdoc.resolve.elsewhere import read_at
from tests.written import git, write_files

_ESTATE = """\
-- graphdoc.yaml --
repositories: [{name: platform, path: platform, urls: [https://github.com/example/platform]}]
-- platform/root.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  source:
    repoURL: https://github.com/example/platform
    path: web
    targetRevision: stable
    helm: {valueFiles: [values-web.yaml]}
  destination: {server: https://kubernetes.default.svc, namespace: web}
-- platform/web/Chart.yaml --
apiVersion: v2
name: web
version: 1.0.0
-- platform/web/templates/map.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {size: "{{ .Values.size }}"}
-- platform/web/values-web.yaml --
sise: large
"""


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What is wrong at the branch ``stable`` stands two lines lower on ``main``, and is mended."""
    monkeypatch.chdir(write_files(tmp_path, _ESTATE))
    platform = tmp_path / "platform"
    git(platform, "init", "-q", "-b", "stable")
    git(platform, "remote", "add", "origin", "https://github.com/example/platform")
    git(platform, "add", ".")
    git(platform, "commit", "-q", "-m", "one")
    git(platform, "checkout", "-q", "-b", "main")
    (platform / "web/values-web.yaml").write_text("# new\n\nsize: large\n", "utf-8")
    git(platform, "commit", "-q", "-a", "-m", "two")
    return platform


def test_the_line_shown_is_that_of_the_revision(
    clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["check"])
    said = capsys.readouterr().out.partition("platform/web/values-web.yaml\n")[2]
    lines = said.splitlines()
    assert "unused-value" in lines[0]
    assert lines[1:3] == ["    as it is at stable", "    1 | sise: large"]
    (clone / "root.yaml").write_text(
        (clone / "root.yaml").read_text("utf-8").replace("stable", "main"), "utf-8"
    )
    (clone / "web/values-web.yaml").write_text("sise: large\n", "utf-8")
    run(["check"])
    said = capsys.readouterr().out
    assert "1 | sise: large" in said
    assert "as it is at" not in said


@pytest.mark.slow
def test_the_site_links_the_line_at_that_revision(clone: Path, tmp_path: Path) -> None:
    stable = (clone / ".git/refs/heads/stable").read_text("utf-8").strip()
    assert run(["build", "--site", str(tmp_path / "site")]) == 0
    for page in ("findings/unused-value", "findings/index", "apps/web"):
        text = (tmp_path / "site" / f"{page}.html").read_text("utf-8")
        assert f"/blob/{stable}/web/values-web.yaml#L1" in text, page
        assert '<span class="gd-dim">at stable</span>' in text, page


def test_where_applications_read_different_revisions_nobody_says_which() -> None:
    file, other = SourceFile("platform", "a.yaml"), SourceFile("platform", "b.yaml")
    main, stable, beside = (SimpleNamespace(name=n) for n in ("platform", "platform", "values"))

    def entry(tree: object, *files: SourceFile) -> SimpleNamespace:
        sources = [SimpleNamespace(clone=c, files=set(files)) for c in (tree, beside, None)]
        return SimpleNamespace(sources=sources)

    found: Any = {"x": entry(stable, file), "y": entry(main, file), "z": entry(main, other)}
    estate: Any = SimpleNamespace(by_id=found, clone=lambda _: main)
    for also, tree in ((("z", "gone"), stable), (("y",), None)):
        problem = Problem("wrong", Location(file_start(file)), (), "x", also=also)
        assert read_at(estate, problem) is tree
