"""One cause is one finding, however many clusters it shows on."""

from pathlib import Path

import pytest

from graphdoc.resolve.coverage import measure_coverage
from graphdoc.resolve.estate.whole import resolve_estate
from tests.rules.test_pages import CASES, CASES_OF, findings, reported
from tests.txtar import expectations, read_clones

TWO_CLUSTERS = [path for path in CASES if path.stem == "two_clusters"]


@pytest.mark.parametrize("path", TWO_CLUSTERS, ids=lambda path: path.parent.name)
def test_a_cause_on_two_clusters_is_found_once(path: Path) -> None:
    found = [
        str(finding.problem.primary.span)
        for finding in findings(path.read_text("utf-8"))
        if finding.rule == path.parent.name
    ]
    assert sorted(set(found)) == sorted(found)


APPLICATION = """\
-- launchpad/{folder}/{name}.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd}}
spec:
  destination: {{server: https://kubernetes.default.svc, namespace: web}}
  source: {{repoURL: https://git.example.com/launchpad, path: {path}}}
"""
MANY = 20


def applications(folder: str, number: int) -> str:
    names = (f"{folder}-{index}" for index in range(number))
    return "".join(APPLICATION.format(folder=folder, name=n, path="web") for n in names)


@pytest.mark.parametrize(
    ("orphans", "reached", "found"),
    [(MANY, MANY - 2, 0), (MANY - 1, 1, 1), (MANY, MANY - 1, 1)],
)
def test_what_something_else_applies_is_counted_and_no_orphan(
    orphans: int, reached: int, found: int
) -> None:
    root = APPLICATION.format(folder="roots", name="root", path="apps")
    account = (
        "-- launchpad/web/a.yaml --\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n"
    )
    text = root + applications("apps", reached) + applications("old", orphans) + account
    told = [finding for finding in findings(text) if finding.rule == "orphaned-application"]
    coverage = measure_coverage(resolve_estate(read_clones(text), None), frozenset())
    reasons = [entry.reason for entry in coverage.not_understood if "no root" in entry.reason]
    said = (
        f"{orphans} Applications of 'launchpad' that no root leads to: something else applies them"
    )
    assert (len(told), reasons) == (found, [] if found else [said])


BASE = """\
-- launchpad/base/kustomization.yaml --
resources: [absent.yaml]
-- launchpad/roots/root.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source: {repoURL: https://git.example.com/launchpad, path: apps}
"""


def test_ten_consumers_of_one_broken_base_are_one_finding() -> None:
    text = BASE
    for index in range(10):
        text += APPLICATION.format(folder="apps", name=f"web-{index}", path=f"overlays/{index}")
        text += f"-- launchpad/overlays/{index}/kustomization.yaml --\nresources: [../../base]\n"
    (finding,) = findings(text)
    notes = [place.note for place in finding.problem.related]
    assert finding.rule == "missing-kustomize-entry"
    assert notes == [f"Application web-{index} renders it" for index in range(10)]


SHARED = """\
-- launchpad/apps/project.yaml --
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: platform, namespace: argocd}
-- launchpad/web/deployment.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  template:
    spec:
      containers:
        - {name: web, image: nginx, envFrom: [{secretRef: {name: absent}}]}
-- launchpad/jobs/job.yaml --
apiVersion: batch/v1
kind: Job
metadata: {generateName: job-}
spec:
  template:
    spec:
      containers:
        - {name: job, image: "nginx:1.0.0", envFrom: [{secretRef: {name: gone}}]}
-- launchpad/chart/Chart.yaml --
{apiVersion: v2, name: chart, version: 1.0.0}
-- launchpad/unused.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: unused, namespace: argocd}
spec: {source: {repoURL: https://git.example.com/launchpad, path: web}}
"""
SEVERAL = """\
-- launchpad/apps/NAME.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: NAME, namespace: argocd}
spec:
  project: absent
  destination: {server: https://kubernetes.default.svc, namespace: default}
  sources:
    - {repoURL: https://git.example.com/launchpad, path: web}
    - {repoURL: https://git.example.com/launchpad, path: absent}
    - repoURL: https://git.example.com/launchpad
      path: chart
      helm: {valueFiles: [absent.yaml, $ref/absent.yaml]}
    - {repoURL: https://git.example.com/launchpad, path: web, targetRevision: absent}
-- launchpad/apps/NAME-jobs.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: NAME-jobs, namespace: argocd}
spec:
  project: absent
  destination: {server: https://kubernetes.default.svc, namespace: jobs}
  source: {repoURL: https://git.example.com/launchpad, path: jobs}
"""


def test_a_finding_stays_the_same_when_one_more_shares_its_cause() -> None:
    root = APPLICATION.format(folder="roots", name="root", path="apps") + SHARED
    few, many = (
        {
            f.fingerprint: f
            for f in findings(root + "".join(SEVERAL.replace("NAME", n) for n in names))
        }
        for names in ("mn", "amnopz")
    )
    assert few.keys() <= many.keys()
    assert {f.rule for f in few.values() if f.problem.fact != many[f.fingerprint].problem.fact} == {
        "default-namespace",
        "floating-image-tag",
        "missing-project",
        "missing-secret",
        "missing-source-path",
        "missing-values-file",
        "unknown-revision",
    }


@pytest.mark.parametrize(
    ("overlays", "used", "found"),
    [(MANY, 1, 0), (MANY - 1, 1, 1), (MANY, MANY - 1, 0), (MANY, MANY, 1)],
)
def test_many_overlays_that_nothing_uses_are_a_catalog(
    overlays: int, used: int, found: int
) -> None:
    text = APPLICATION.format(folder="roots", name="root", path="base") + (
        "-- launchpad/base/kustomization.yaml --\nnamePrefix: a-\n-- launchpad/base/a.yaml --\n"
    )
    text += "".join(
        f"-- launchpad/overlays/o{index}/web/kustomization.yaml --\nresources: [../../../base]\n"
        for index in range(overlays)
    )
    for index in range(1, used):
        text += APPLICATION.format(folder="roots", name=f"a{index}", path=f"used/{index}")
        text += f"-- launchpad/used/{index}/kustomization.yaml --\nresources: [../../base]\n"
    told = [f for f in findings(text) if f.rule == "orphaned-overlay"]
    assert len(told) == found
    coverage = measure_coverage(resolve_estate(read_clones(text), None), frozenset())
    counted = [note.reason for note in coverage.not_understood if "catalog" in note.reason]
    assert counted == [
        f"{MANY} overlays of 'launchpad' that nothing here uses: a catalog for others"
    ] * (found == 0)


def test_charts_that_a_pipeline_packages_are_counted() -> None:
    text = (CASES_OF / "orphaned-chart/packaged_by_a_pipeline.txtar").read_text("utf-8")
    coverage = measure_coverage(resolve_estate(read_clones(text), None), frozenset())
    assert [note.reason for note in coverage.not_understood if "published" in note.reason] == [
        "2 charts of 'charts' that nothing here uses: published to others"
    ]


@pytest.mark.parametrize(
    "case",
    [
        "missing-values-file/one_line_of_a_template",
        "orphaned-values-file/named_by_an_undeclared_ref",
        "orphaned-values-file/of_one_line",
        "unresolvable-placeholder/its_consequences",
        "unresolvable-placeholder/single_braces",
    ],
)
def test_nothing_follows_from_a_mistake_that_is_told(case: str) -> None:
    text = (CASES_OF / f"{case}.txtar").read_text("utf-8")
    assert reported(text) == set(expectations(text))
