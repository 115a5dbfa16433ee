"""A server analyses again and again: what an earlier analysis took is given back."""

import gc
from pathlib import Path

import pytest

from graphdoc.config.values import Config
from graphdoc.pipeline import analysis
from graphdoc.pipeline.memory import forget_trees
from graphdoc.resolve.helm import engine, find_engine
from graphdoc.resolve.resolved import Estate
from tests.txtar import read_clones

CHART = """-- platform/app.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example/platform, path: chart}
  destination: {server: https://kubernetes.default.svc, namespace: web}
-- platform/chart/Chart.yaml --
{apiVersion: v2, name: web, version: 1.0.0}
-- platform/chart/templates/m.yaml --
apiVersion: v1
kind: Secret
metadata: {name: "{{ .Release.Name }}"}
"""


def estates() -> int:
    forget_trees()
    return sum(isinstance(thing, Estate) for thing in gc.get_objects())


@pytest.mark.skipif(find_engine() is None, reason="no Helm engine is installed")
def test_analyses_leave_no_worker_and_two_estates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    helm, worker = find_engine(), engine._start_worker()
    monkeypatch.setattr(analysis, "find_engine", lambda _: helm)
    monkeypatch.setattr(engine, "_start_worker", lambda: worker)
    before = estates()
    for _ in range(5):
        analysis.analyse(Config(tmp_path), clones=read_clones(CHART))
    assert worker.returncode, "it was never asked, or still runs"
    assert estates() - before <= 2
