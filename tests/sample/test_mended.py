"""The sample with its known gaps mended is a clean estate, and a clean estate has no finding."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from graphdoc.config.load import load_config
from graphdoc.model.finding import Finding, Severity
from graphdoc.pipeline.analysis import analyse

HEALTH_CHECK = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  namespace: argocd
  labels: {app.kubernetes.io/part-of: argocd}
data:
  resource.customizations.health.argoproj.io_Application: |
    hs = {status = "Progressing", message = ""}
    if obj.status ~= nil and obj.status.health ~= nil then
      hs.status = obj.status.health.status
    end
    return hs
"""
# What the document names, and what is there.
DOCUMENT = {
    "eks-prod, gke-dev)": "upc-prod)",
    "cd helm-prod-values/app\n": "cd helm-prod-values/musicman\n",
    "apps/myapp.yaml": "apps/base/musicman.yaml",
    "helm-prod-values/myapp/values.yaml": "helm-prod-values/musicman/values.yaml",
    "secrets/app-creds-sealed.yaml": "secrets/upc-dev/musicman-app-credentials-sealed.yaml",
}


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text, f"{file} does not say {old!r}"
    file.write_text(text.replace(old, new), "utf-8")


def name_the_values_folder_as_it_is_called(sample: Path) -> None:
    application = sample / "launchpad/apps/base/argo-mcp.yaml"
    replace(application, "/argo-mcp/values.yaml", "/argocd-mcp/values.yaml")


def seal_the_secrets_for_production(sample: Path) -> None:
    launchpad = sample / "launchpad"
    shutil.copytree(launchpad / "secrets" / "upc-dev", launchpad / "secrets" / "upc-prod")
    (launchpad / "infra/overlays/upc-prod/patches/secrets.yaml").write_text(
        "- {op: replace, path: /spec/source/path, value: secrets/upc-prod}\n", "utf-8"
    )
    replace(
        launchpad / "infra/overlays/upc-prod/kustomization.yaml",
        "- path: patches/secrets.yaml",
        "- {target: {kind: Application, name: secrets}, path: patches/secrets.yaml}",
    )


def check_the_health_of_applications(sample: Path) -> None:
    folder = sample / "launchpad/cluster-resources"
    (folder / "argocd-cm.yaml").write_text(HEALTH_CHECK, "utf-8")
    replace(folder / "kustomization.yaml", "resources:\n", "resources:\n  - argocd-cm.yaml\n")


def correct_the_document(sample: Path) -> None:
    for wrong, right in DOCUMENT.items():
        replace(sample / "launchpad/docs/GITOPS-ARCHITECTURE.md", wrong, right)


GAPS: dict[Callable[[Path], None], set[str]] = {
    name_the_values_folder_as_it_is_called: {"missing-values-file", "orphaned-values-file"},
    seal_the_secrets_for_production: {"missing-secret"},
    check_the_health_of_applications: {"unenforced-waves"},
    correct_the_document: {"stale-document-path"},
}


@pytest.fixture
def estate(project: Path, sample: Path, tmp_path: Path) -> Path:
    """A copy of the sample with its configuration, to be changed."""
    shutil.copytree(sample, tmp_path / "sample")
    config = (project / "graphdoc.yaml").read_text("utf-8")
    (tmp_path / "graphdoc.yaml").write_text(config.replace("graphdoc/sample/", "sample/"), "utf-8")
    return tmp_path


def told(estate: Path) -> list[Finding]:
    findings = analyse(load_config(estate / "graphdoc.yaml", {})).findings
    return [finding for finding in findings if finding.severity is not Severity.INFO]


def test_the_mended_sample_has_no_finding(estate: Path) -> None:
    for mend in GAPS:
        mend(estate / "sample")
    assert [f"{f.problem.primary.span}: {f.problem.message}" for f in told(estate)] == []


@pytest.mark.parametrize("left", GAPS, ids=lambda mend: mend.__name__)
def test_each_gap_is_found_when_it_alone_is_left(
    estate: Path, left: Callable[[Path], None]
) -> None:
    for mend in GAPS.keys() - {left}:
        mend(estate / "sample")
    assert {finding.rule for finding in told(estate)} == GAPS[left]
