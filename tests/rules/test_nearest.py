"""What is missing is told with the nearest thing that exists."""

import pytest

from graphdoc.model.finding import Finding, Problem, Severity
from graphdoc.model.location import Location, SourceFile, file_start
from graphdoc.resolve.names.near_paths import folder_above, nearest_file, nearest_folder
from tests.rules.test_pages import findings
from tests.txtar import MemoryClone

ROOT = """\
-- launchpad/root.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
  source: {repoURL: https://git.example.com/launchpad, path: apps}
-- launchpad/apps/web.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: PROJECT
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source:
    repoURL: https://git.example.com/launchpad
    path: PATH
    helm: {valueFiles: [VALUES]}
-- launchpad/apps/project.yaml --
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: teams, namespace: argocd}
spec: {sourceRepos: ["*"], destinations: [{server: "*", namespace: "*"}]}
-- launchpad/charts/web/Chart.yaml --
apiVersion: v2
name: web
version: 1.0.0
dependencies: [{name: DEPENDENCY, version: 1.0.0, repository: "file://../DEPENDENCY"}]
-- launchpad/charts/web/values-prod.yaml --
replicas: 2
-- launchpad/charts/common/Chart.yaml --
apiVersion: v2
name: common
version: 1.0.0
"""
SOUND = {
    "PROJECT": "teams",
    "PATH": "charts/web",
    "VALUES": "values-prod.yaml",
    "DEPENDENCY": "common",
}


def hints(text: str, rule: str) -> list[str]:
    return [finding.problem.hint for finding in findings(text) if finding.rule == rule]


@pytest.mark.parametrize(
    ("rule", "wrong", "hint"),
    [
        ("missing-project", {"PROJECT": "team"}, "the nearest is teams"),
        ("missing-project", {"PROJECT": "x"}, ""),
        ("missing-source-path", {"PATH": "chart/web"}, "the nearest is launchpad/charts/web"),
        ("missing-source-path", {"PATH": "charts/x"}, "only launchpad/charts is there"),
        ("missing-source-path", {"PATH": "x"}, ""),
        (
            "missing-values-file",
            {"VALUES": "values-prd.yaml"},
            "the nearest is launchpad/charts/web/values-prod.yaml",
        ),
        ("missing-values-file", {"VALUES": "x.yaml"}, ""),
        ("missing-source-path", {"PATH": "charts/web-2"}, "the nearest is launchpad/charts/web"),
        ("missing-source-path", {"PATH": "charts/c"}, "only launchpad/charts is there"),
        (
            "missing-chart-dependency",
            {"DEPENDENCY": "commons"},
            "the nearest is launchpad/charts/common",
        ),
        ("missing-chart-dependency", {"DEPENDENCY": "x"}, ""),
    ],
)
def test_a_name_that_leads_nowhere_comes_with_the_nearest(
    rule: str, wrong: dict[str, str], hint: str
) -> None:
    text = ROOT
    for place, value in {**SOUND, **wrong}.items():
        text = text.replace(place, value)
    assert hints(text, rule) == [hint]


CHART = "{name: web, version: 1.0.0, repo: https://charts.example.com"


@pytest.mark.parametrize(
    ("entry", "hint"),
    [
        ("netwrok.yaml", "the nearest is 'network.yaml'"),
        ("../bse", "the nearest is '../base'"),
        ("x.yaml", ""),
        ("params.env", ""),
        ("./role.yaml", ""),
        ("../webs/role.yaml", "the nearest is '../webb/role.yaml'"),
        ("../../../x.yaml", ""),
        ("../webb/x", "only '../webb' is there"),
        ("../webb/x.yaml", ""),
        ("./x", ""),
        (f"network.yaml]\nhelmCharts: [{CHART}, valuesFile: ../base}}", ""),
    ],
)
def test_a_missing_entry_comes_with_the_nearest_as_one_would_write_it(
    entry: str, hint: str
) -> None:
    text = f"""\
-- launchpad/web/kustomization.yaml --
resources: [{entry}]
-- launchpad/web/network.yaml --
apiVersion: v1
kind: ServiceAccount
metadata: {{name: web}}
-- launchpad/webb/role.yaml --
kind: Role
-- launchpad/base/kustomization.yaml --
resources: [account.yaml]
-- launchpad/base/account.yaml --
apiVersion: v1
kind: ServiceAccount
metadata: {{name: web}}
"""
    assert hints(text, "missing-kustomize-entry") == [hint]


SECRET = """\
-- launchpad/root-dev.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source: {repoURL: https://git.example.com/launchpad, path: apps/dev}
-- launchpad/root-prod.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source: {repoURL: https://git.example.com/launchpad, path: apps/prod}
-- launchpad/apps/dev/pod.yaml --
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: web}
spec:
  containers: [{name: web, image: "web:1", envFrom: [{secretRef: {name: database}}]}]
-- launchpad/apps/CLUSTER/secret.yaml --
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: NAME, namespace: SPACE}
spec: {encryptedData: {password: AgBy}}
-- launchpad/apps/prod/account.yaml --
apiVersion: v1
kind: ServiceAccount
metadata: {name: web, namespace: web}
"""


@pytest.mark.parametrize(
    ("cluster", "name", "space", "hint"),
    [
        ("dev", "database", "shop", "the namespace shop has one of that name"),
        ("dev", "databases", "web", "the nearest is databases"),
        ("dev", "x", "web", ""),
        ("dev", "databases", "shop", ""),
        ("prod", "database", "web", "it is made on prod"),
    ],
)
def test_a_missing_secret_comes_with_the_nearest(
    cluster: str, name: str, space: str, hint: str
) -> None:
    text = SECRET.replace("CLUSTER", cluster).replace("NAME", name).replace("SPACE", space)
    assert hints(text, "missing-secret") == [hint]


def test_a_missing_secret_comes_with_the_manifest_that_nothing_applies() -> None:
    text = SECRET.replace("CLUSTER", "dev").replace("NAME", "x").replace("SPACE", "web")
    for folder, space in (("a", "shop"), ("b", "web")):
        text += f"-- launchpad/idle/{folder}/kustomization.yaml --\nnamePrefix: a-\n"
        text += f"""\
-- launchpad/idle/{folder}/secret.yaml --
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {{name: database, namespace: {space}}}
spec: {{encryptedData: {{password: AgBy}}}}
"""
    hint = "launchpad/idle/b/secret.yaml would make it, and nothing applies that"
    assert hints(text, "missing-secret") == [hint]


def test_a_finding_is_known_without_what_merely_helps() -> None:
    place = Location(file_start(SourceFile("a", "b")))
    plain, helped = (
        Finding("plain-secret", Severity.ERROR, Problem("m", place, hint=hint))
        for hint in ("", "n")
    )
    assert (helped.problem.message, helped.fingerprint) == ("m; n", plain.fingerprint)


def test_the_same_name_in_a_like_folder_is_near() -> None:
    clone = MemoryClone("a", {"base/jobs/apply.yaml": b"", "other/jobs/apply.yaml": b""})
    assert nearest_file(clone, "bases/all/jobs/apply.yaml") == ""
    assert nearest_file(clone, "base/job/apply.yaml") == "base/jobs/apply.yaml"
    assert nearest_file(clone, "basej/obs/apply.yaml") == "base/jobs/apply.yaml"
    assert nearest_folder(clone, "base/sets/jobs") == "base/jobs"
    assert nearest_folder(clone, "bsae/jobs") == "base/jobs"
    assert nearest_file(clone, "base/apply.yaml") == ""
    assert nearest_folder(clone, "jobs") == ""
    assert nearest_folder(clone, "/bsae/jobs") == "base/jobs"
    assert nearest_file(clone, "/base/job/apply.yaml") == "base/jobs/apply.yaml"
    assert folder_above(clone, "/base/sets/jobs") == "base"
    assert folder_above(clone, "base/jobs/apply.yaml") == "base/jobs"


def test_a_file_of_another_app_is_not_near() -> None:
    """However alike the folders that both paths share make them."""
    clone = MemoryClone("a", {"infra/vault/overlays/flink-demo/values.yaml": b""})
    assert nearest_file(clone, "infra/headlamp/overlays/eks-demo/values.yaml") == ""


@pytest.mark.parametrize(
    ("value", "hint"),
    [("replica", "the nearest that one reads is replicas"), ("namespace", ""), ("x", "")],
)
def test_a_value_that_nothing_reads_comes_with_the_nearest(value: str, hint: str) -> None:
    text = ROOT.replace("charts/common/", "charts/web/charts/common/")
    for place, name in SOUND.items():
        text = text.replace(place, name)
    text += "-- launchpad/charts/web/templates/pod.yaml --\n"
    text += "a: {{ .Values.replicas }}\nb: {{ .Release.Namespace }}\n"
    assert hints(text.replace("replicas: 2", f"{value}: 2"), "unused-value") == [hint]
