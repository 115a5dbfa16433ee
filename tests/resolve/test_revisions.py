"""Which revisions move."""

from graphdoc.resolve.applications.revisions import floating_revision_of
from graphdoc.resolve.estate.whole import resolve_estate
from tests.txtar import MemoryClone

ROOT = b"""
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
  source: {repoURL: https://git.example.com/launchpad, targetRevision: stable, path: apps}
"""


def test_what_a_clone_has_checked_out_is_a_branch() -> None:
    clone = MemoryClone("launchpad", {"root.yaml": ROOT, "apps/a.yaml": b"a: 1"}, branch="stable")
    (source,) = resolve_estate((clone,), None).applications[0].sources
    assert floating_revision_of(source, {"launchpad": "stable"}) == "stable"
    assert floating_revision_of(source, {"launchpad": None}) is None
