"""Which Applications the change of a file reaches."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from graphdoc.cli import run
from tests.graph.test_drift import KUSTOMIZE, edit
from tests.report.test_schemas import schema
from tests.written import ESTATE, git, write_files

Impact = Callable[..., dict[str, Any]]
ROOT_WAY = ["kustomization:platform/overlays/prod", "application:prod/root"]


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_files(tmp_path, ESTATE + KUSTOMIZE))
    edit(tmp_path, "base/kustomization.yaml", "[web.yaml]", "[web.yaml, extra.yaml]")
    return tmp_path


@pytest.fixture
def impact(capsys: pytest.CaptureFixture[str]) -> Impact:
    def answer(*arguments: str) -> dict[str, Any]:
        assert run(["impact", "--format", "json", *arguments]) == 0
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        Draft202012Validator(schema("impact-v1")).validate(document)
        return document

    return answer


def reached(document: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(entry["id"], entry["effects"]) for entry in document["applications"]]


WEB = ("application:prod/web", ["manifest"])
EXTRA = ("application:prod/extra", ["manifest"])
ROOT = ("application:prod/root", ["resources"])
CASES = [
    ("values/prod.yaml", [("application:prod/web", ["resources"])]),
    ("values/dev.yaml", []),
    ("base/web.yaml", [ROOT, WEB]),
    ("base/extra.yaml", [EXTRA, ROOT]),
    ("overlays/prod/kustomization.yaml", [EXTRA, ROOT, WEB]),
    ("base/kustomization.yaml", [EXTRA, ROOT, WEB]),
    ("extra/deployment.yaml", [("application:prod/extra", ["resources"])]),
    ("extra", [("application:prod/extra", ["resources"])]),
    ("root-prod.yaml", [EXTRA, ("application:prod/root", ["manifest"]), WEB]),
]


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(("path", "applications"), CASES)
def test_reach_of_a_file(
    impact: Impact, path: str, applications: list[tuple[str, list[str]]]
) -> None:
    assert reached(impact(f"platform/{path}")) == applications


@pytest.mark.usefixtures("estate")
def test_the_way_leads_from_the_file(impact: Impact) -> None:
    (web,) = impact("platform/values/prod.yaml")["applications"]
    ways = {e["name"]: e["via"] for e in impact("platform/base/extra.yaml")["applications"]}
    start = ["file:platform/base/extra.yaml", "kustomization:platform/base"]
    assert web["via"] == ["values:platform/values/prod.yaml"]
    assert ways == {"extra": [*start, *ROOT_WAY], "root": [*start, ROOT_WAY[0]]}


def test_a_values_file_that_is_missing_would_reach_its_application(
    estate: Path, impact: Impact
) -> None:
    (estate / "platform/values/prod.yaml").unlink()
    document = impact("platform/values/prod.yaml")
    assert reached(document) == [("application:prod/web", ["resources"])]
    assert [(n["location"]["path"], n["reason"]) for n in document["not_understood"]] == [
        (
            "base/web.yaml",
            "chart 'web 1.2.3' of 'https://charts.example.com' is not at hand: "
            "'helm pull' it into the chart_cache",
        ),
        ("values/prod.yaml", "the file is not there, so what used it is not known"),
    ]


def test_since_a_revision_counts_what_was_and_what_is(estate: Path, impact: Impact) -> None:
    platform = estate / "platform"
    git(platform, "init", "-q", "-b", "main")
    git(platform, "add", ".")
    git(platform, "commit", "-q", "-m", "one")
    assert impact("--since", "HEAD")["paths"] == []
    edit(estate, "base/kustomization.yaml", ", extra.yaml", "")
    (platform / "base/extra.yaml").unlink()
    write_files(platform, "-- values/new.yaml --\na: 1\n")
    document = impact("--since", "main")
    assert [path["path"] for path in document["paths"]] == [
        "base/extra.yaml",
        "base/kustomization.yaml",
        "values/new.yaml",
    ]
    assert reached(document) == [EXTRA, ROOT, WEB]


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["graphdoc.yaml"], "graphdoc: graphdoc.yaml lies in no analysed repository\n"),
        ([], "graphdoc: name either PATHs and NODEs or --since REV\n"),
        (
            ["--key", "replicas", "image:registry.example.com/extra"],
            "graphdoc: --key goes with values files and with charts of the clones\n",
        ),
        (["host:nowhere"], "graphdoc: no node 'host:nowhere'\n"),
        (
            ["image:registry.example.com/extras"],
            "graphdoc: no node 'image:registry.example.com/extras'; "
            "did you mean 'image:registry.example.com/extra'?\n",
        ),
        (
            ["namespace:prod/extra"],
            "graphdoc: namespace:prod/extra: a namespace reaches nothing; name a file, or one of "
            "application, applicationset, chart, host, image, repository, sealedsecret, secret\n",
        ),
        (["--since", "v1"], "graphdoc: no revision 'v1' in any repository\n"),
    ],
)
def test_what_is_in_no_repository_is_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(["impact", *arguments]) == 2
    assert capsys.readouterr().err == message


@pytest.mark.usefixtures("estate")
def test_text_names_application_effect_and_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["impact", "platform/values/prod.yaml"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("prod\n  web (resources)\n    via values:platform/values/prod.yaml\n\n")
    assert out.endswith("\n\n1 path, 1 Application on 1 cluster reached\n")


NODES = [
    ("image:registry.example.com/extra", [("application:prod/extra", ["resources"])]),
    ("chart:https://charts.example.com/web@*", [("application:prod/web", ["resources"])]),
    (
        "repository:platform",
        [
            ("application:prod/extra", ["manifest", "resources"]),
            ROOT,
            ("application:prod/web", ["manifest", "resources"]),
        ],
    ),
    ("application:prod/root", [EXTRA, ("application:prod/root", ["manifest"]), WEB]),
    ("values:platform/values/prod.yaml", [("application:prod/web", ["resources"])]),
    ("kustomization:platform/extra", [("application:prod/extra", ["resources"])]),
]


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(("node", "applications"), NODES)
def test_reach_of_a_node(
    impact: Impact, node: str, applications: list[tuple[str, list[str]]]
) -> None:
    assert reached(impact(node)) == applications


@pytest.mark.usefixtures("estate")
def test_paths_and_nodes_go_together(impact: Impact) -> None:
    document = impact("platform/values/prod.yaml", "image:registry.example.com/extra")
    assert document["nodes"] == ["image:registry.example.com/extra"]
    assert document["paths"] == [{"repository": "platform", "path": "values/prod.yaml"}]
    assert [entry["name"] for entry in document["applications"]] == ["extra", "web"]


SEALED = """\
-- platform/extra/sealed.yaml --
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: pull, namespace: platform}
spec:
  encryptedData: {token: x}
  template: {metadata: {annotations: {reflector.v1.k8s.emberstack.com/reflection-allowed: "true",
    reflector.v1.k8s.emberstack.com/reflection-auto-enabled: "true",
    reflector.v1.k8s.emberstack.com/reflection-auto-namespaces: user}}}
-- platform/user/pod.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: user}
spec:
  template:
    spec:
      imagePullSecrets: [{name: pull}]
      containers: [{name: user, image: "registry.example.com/user:1.0"}]
-- platform/base/user.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: user, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: user, targetRevision: HEAD}
  destination: {server: https://kubernetes.default.svc, namespace: user}
"""


MADE_BY_ITSELF = """\
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: pull}
spec: {secretStoreRef: {name: vault}, dataFrom: [{extract: {key: pull}}]}
"""


def test_a_secret_reaches_who_uses_it_or_a_copy(estate: Path, impact: Impact) -> None:
    write_files(estate, SEALED)
    edit(estate, "base/kustomization.yaml", "extra.yaml", "extra.yaml, user.yaml")
    user = ("application:prod/user", ["secret"])
    assert reached(impact("secret:prod/user/pull")) == [user]
    assert reached(impact("secret:prod/platform/pull")) == [user]
    document = impact("sealedsecret:prod/platform/pull")
    assert reached(document) == [("application:prod/extra", ["resources"]), user]
    assert document["applications"][1]["via"] == [
        "sealedsecret:prod/platform/pull",
        "secret:prod/platform/pull",
        "secret:prod/user/pull",
    ]
    by_file = impact("platform/extra/sealed.yaml")
    assert reached(by_file) == [("application:prod/extra", ["resources"]), user]
    assert by_file["applications"][1]["via"] == [
        "file:platform/extra/sealed.yaml",
        "secret:prod/platform/pull",
        "secret:prod/user/pull",
    ]
    (estate / "platform/extra/sealed.yaml").unlink()
    write_files(estate, "-- platform/user/secret.yaml --\n" + MADE_BY_ITSELF)
    assert reached(impact("platform/user/secret.yaml")) == [
        ("application:prod/user", ["resources"])
    ]


def test_a_key_reaches_where_no_later_layer_replaces_it(
    estate: Path, impact: Impact, capsys: pytest.CaptureFixture[str]
) -> None:
    base = "platform/values/base.yaml"
    web = [("application:prod/web", ["resources"])]
    assert reached(impact(base, "--key", "replicas")) == []
    assert reached(impact(base, "--key", "image.tag")) == web
    assert reached(impact(base, "--key", "image")) == web
    edit(estate, "values/prod.yaml", "replicas: 3", "image: none")
    assert reached(impact(base, "--key", "image.tag")) == []
    capsys.readouterr()
    assert run(["impact", "platform/base/web.yaml", "--key", "image.tga"]) == 0


CHART = """\
-- platform/chart/Chart.yaml --
apiVersion: v2
name: web
version: 1.2.3
-- platform/chart/templates/config.yaml --
{{ .Values.image.digest }} {{ toYaml .Values.image.labels }}
"""
UNSET = [
    ("image.tga", 2, "; did you mean 'image.tag'?"),
    ("image.digest", 0, ""),
    ("image.labels.team", 0, ""),
]


@pytest.mark.parametrize(("key", "status", "hint"), UNSET)
def test_a_key_that_nobody_sets_is_wrong_where_no_template_reads_it(
    estate: Path, capsys: pytest.CaptureFixture[str], key: str, status: int, hint: str
) -> None:
    values = "platform/values/base.yaml"
    mistake = f"no Application from there has '{key}'"
    assert run(["impact", values, "--key", key]) == 0, "the chart is not at hand"
    assert mistake in capsys.readouterr().err
    edit(estate, "base/web.yaml", "charts.example.com", "git.example.com/platform")
    edit(estate, "base/web.yaml", "chart: web\n    targetRevision: 1.2.3", "path: chart")
    write_files(estate, CHART)
    assert run(["impact", values, "--key", key]) == status
    written = capsys.readouterr()
    assert mistake + hint in written.err
    assert ("web (resources)" in written.out) is (status == 0)


def test_a_key_of_another_layer_may_be_put_into_a_file(estate: Path, impact: Impact) -> None:
    edit(estate, "values/prod.yaml", "replicas: 3", "only: 3")
    web = [("application:prod/web", ["resources"])]
    assert reached(impact("platform/values/base.yaml", "--key", "only")) == []
    assert reached(impact("platform/values/prod.yaml", "--key", "image.tag")) == web


KID = """\
-- platform/chart/Chart.yaml --
{apiVersion: v2, name: web, version: 1.2.3}
-- platform/chart/templates/kid.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: kid, namespace: argocd, annotations: {tag: "{{ .Values.image.tag }}"}}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: extra}
  destination: {server: https://kubernetes.default.svc, namespace: kid}
"""


def test_a_key_reaches_what_its_application_brings(estate: Path, impact: Impact) -> None:
    edit(estate, "base/web.yaml", "charts.example.com", "git.example.com/platform")
    edit(estate, "base/web.yaml", "chart: web\n    targetRevision: 1.2.3", "path: chart")
    write_files(estate, KID)
    assert reached(impact("platform/values/base.yaml", "--key", "image.tag")) == [
        ("application:prod/kid", ["manifest"]),
        ("application:prod/web", ["resources"]),
    ]
