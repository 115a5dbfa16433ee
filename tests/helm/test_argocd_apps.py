"""Applications in the values of Argo's own charts, where those charts are not at hand."""

import pytest

from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping, Plain, to_plain
from graphdoc.parse.yaml import parse_documents
from graphdoc.resolve.estate.whole import resolve_estate
from graphdoc.resolve.helm import find_applications, find_engine, is_all
from graphdoc.resolve.resolved import Estate
from tests.txtar import read_clones


def values(text: str) -> Mapping:
    root = parse_documents(text.encode(), SourceFile("platform", "values.yaml"))[0].root
    assert isinstance(root, Mapping)
    return root


def made(chart: str, text: str) -> list[Plain]:
    return [to_plain(found.manifest) for found in find_applications(chart, values(text))]


APPS = """\
applications:
  web:
    namespace: argocd
    additionalLabels: {team: red}
    additionalAnnotations: {note: a}
    finalizers: [keep]
    project: default
    source: {repoURL: https://git.example.com/platform, path: web}
    destination: {server: https://kubernetes.default.svc, namespace: web}
    syncPolicy: {automated: {prune: yes}}
  gone:
applicationsets:
  all:
    goTemplate: true
    generators: [list: {elements: []}]
    template: {metadata: {name: "{{.a}}"}}
projects:
  red: {sourceRepos: ["*"]}
"""
WEB = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "Application",
    "metadata": {
        "name": "web", "namespace": "argocd", "labels": {"team": "red"},
        "annotations": {"note": "a"}, "finalizers": ["keep"],
    },
    "spec": {
        "project": "default",
        "source": {"repoURL": "https://git.example.com/platform", "path": "web"},
        "destination": {"server": "https://kubernetes.default.svc", "namespace": "web"},
        "syncPolicy": {"automated": {"prune": True}},
    },
}  # fmt: skip


def test_argocd_apps_puts_its_values_into_manifests() -> None:
    assert made("argocd-apps", APPS) == [
        WEB,
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "ApplicationSet",
            "metadata": {"name": "all"},
            "spec": {
                "goTemplate": True,
                "generators": [{"list": {"elements": []}}],
                "template": {"metadata": {"name": "{{.a}}"}},
            },
        },
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "AppProject",
            "metadata": {"name": "red"},
            "spec": {"sourceRepos": ["*"]},
        },
    ]


def test_its_first_version_took_a_list() -> None:
    entry = "{name: web, namespace: argocd, project: default}"
    assert made("argocd-apps", f"applications: [{entry}, x, {{project: a}}]") == [
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Application",
            "metadata": {"name": "web", "namespace": "argocd"},
            "spec": {"project": "default"},
        }
    ]


def test_every_part_keeps_its_place_in_the_values() -> None:
    web = next(find_applications("argocd-apps", values(APPS)))
    places = {
        route: node.span.line
        for route in (("metadata", "name"), ("spec", "project"), ("spec", "source", "path"))
        if (node := web.manifest.find(*route)) is not None
    }
    assert web.span.line == 2
    assert places == {
        ("metadata", "name"): 2,
        ("spec", "project"): 7,
        ("spec", "source", "path"): 8,
    }


def test_argo_cd_brings_the_manifests_among_its_extra_objects() -> None:
    kinds = ("Application", "ConfigMap", "AppProject")
    objects = [
        f"{{apiVersion: argoproj.io/v1alpha1, kind: {k}, metadata: {{name: a}}}}" for k in kinds
    ]
    templated = (
        "{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: '{{ .Values.a }}'}}"
    )
    text = f"extraObjects: [{', '.join([*objects, templated, 'text'])}]"
    found = find_applications("argo-cd", values(text))
    assert [resource.kind for resource in found] == ["Application", "AppProject"]
    assert made("other", text) == []


@pytest.mark.parametrize(
    ("chart", "text", "expected"),
    [
        ("argocd-apps", "applications: {}", True),
        ("argocd-apps", "itemTemplates: [{items: [a], template: b}]", False),
        ("argo-cd", "extraObjects: []", False),
    ],
)
def test_whether_nothing_else_comes_out(chart: str, text: str, expected: bool) -> None:  # noqa: FBT001 -- a table
    assert is_all(chart, values(text)) is expected


UMBRELLA = """
-- platform/system/argocd/Chart.yaml --
apiVersion: v2
name: argocd
version: 0.0.0
dependencies:
  - {name: argo-cd, version: 7.5.2, repository: "https://argoproj.github.io/argo-helm"}
  - {name: argocd-apps, version: 2.0.0, repository: "https://argoproj.github.io/argo-helm"}
-- platform/system/argocd/values-seed.yaml --
argocd-apps: {applicationsets: {root: {namespace: argocd}}}
-- platform/system/argocd/values.yaml --
argo-cd: {server: {}}
argocd-apps:
  applicationsets:
    root:
      generators:
        - git:
            repoURL: https://git.example.com/platform
            directories: [{path: system/*}]
      template:
        metadata: {name: "{{path.basename}}"}
        spec:
          project: default
          destination: {name: in-cluster, namespace: "{{path.basename}}"}
          source: {repoURL: "https://git.example.com/platform", path: "{{path}}"}
-- platform/system/web/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
"""


APP_OF_APPS = """
-- platform/other/root.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: root, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: argocd}
  source: {repoURL: https://git.example.com/platform, path: other/apps}
-- platform/other/apps/web.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source: {repoURL: https://git.example.com/platform, path: web}
"""


def resolve(text: str) -> Estate:
    return resolve_estate(read_clones(text), find_engine())


def test_an_umbrella_chart_starts_the_tree_without_the_charts_that_it_requires() -> None:
    estate = resolve(UMBRELLA)
    assert [(root.cluster, root.node) for root in estate.roots] == [
        ("platform", "chart:platform/system/argocd")
    ]
    assert [entry.id for entry in estate.applications] == [
        "application:platform/argocd",
        "application:platform/web",
    ]
    notes = [
        note for entry in estate.applications for s in entry.sources for note in s.not_understood
    ]
    assert [note.reason for note in notes] == [
        "chart 'argo-cd 7.5.2' of 'https://argoproj.github.io/argo-helm' is not at hand: "
        "'helm pull' it into the chart_cache"
    ]


def test_an_application_of_the_chart_needs_no_chart() -> None:
    values_text = APPS.replace("\n", "\n          ").rstrip()
    text = f"""
-- platform/boot/root.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: root, namespace: argocd}}
spec:
  destination: {{server: https://kubernetes.default.svc, namespace: argocd}}
  source:
    repoURL: https://argoproj.github.io/argo-helm
    chart: argocd-apps
    targetRevision: 2.0.0
    helm:
      values: |
          {values_text}
-- platform/web/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {{name: a}}
"""
    estate = resolve(text + APP_OF_APPS)
    assert {entry.id: entry.is_resolved for entry in estate.applications} == {
        "application:other/root": True,
        "application:other/web": True,
        "application:boot/root": True,
        "application:boot/web": True,
    }
