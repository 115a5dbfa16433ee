"""A folder without Git data, such as an unpacked archive, and the revisions that it may be."""

import json
from pathlib import Path

import pytest

from graphdoc.cli import run
from tests.written import write_files

ESTATE = """\
-- platform/app.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: web, targetRevision: %s}
  destination: {server: https://kubernetes.default.svc, namespace: web}
-- platform/set.yaml --
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: apps, namespace: argocd}
spec:
  generators:
    - git:
        repoURL: https://git.example.com/platform
        revision: %s
        directories: [{path: web}]
  template:
    metadata: {name: 'set-{{path.basename}}'}
    spec:
      project: default
      source: {repoURL: https://git.example.com/platform, path: '{{path}}'}
      destination: {server: https://kubernetes.default.svc, namespace: set}
-- platform/web/map.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: map}
"""


@pytest.mark.parametrize(
    ("revision", "lines"), [("HEAD", []), ("refs/heads/main", []), ("v7", [6, 8])]
)
def test_a_folder_is_taken_for_the_default_branch_and_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], revision: str, lines: list[int]
) -> None:
    write_files(tmp_path, ESTATE % (revision, revision))
    assert run(["graph", str(tmp_path / "platform")]) == 0
    coverage = json.loads(capsys.readouterr().out)["coverage"]
    notes = coverage["not_understood"]
    assert [note["location"]["line"] for note in notes] == lines
    assert {note["reason"] for note in notes} == {
        "revision 'v7' is not known, for platform has no Git data; its checkout was read instead"
        for _ in lines
    }
    assert (coverage["applications"], coverage["resolved"]) == (2, 1 if lines else 2)
