"""What a comparison tells of resources and values names no secret, before nor after."""

from collections.abc import Callable
from pathlib import Path

import pytest

from graphdoc.cli import run
from graphdoc.graph.export.formats import GraphFormat
from graphdoc.report.changes.architecture import CHANGE_REPORTERS
from graphdoc.report.findings.reporters import REPORTERS
from tests.written import CONFIG, ROOT, WEB, git, write_files

FORMATS = ("text", "json", "markdown", "github")
BEFORE, AFTER = "c4n4ry", "b0gey"
PLANTED = """\
-- platform/overlays/prod/kustomization.yaml --
resources: [../../base, own.yaml]
-- platform/overlays/prod/own.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: own, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: own, targetRevision: HEAD}
  destination: {server: https://kubernetes.default.svc, namespace: own}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: remote, namespace: argocd}
spec:
  project: default
  source:
    repoURL: https://user:c4n4ry@git.example.com/other
    path: gone
    targetRevision: HEAD
    helm:
      parameters: [{name: auth.password, value: c4n4ry}]
      valuesObject: {adminPassword: c4n4ry, url: "amqp://u:c4n4ry@mq"}
    kustomize:
      patches:
      - {target: {kind: Secret}, patch: "[{op: add, path: /data/k, value: c4n4ry}]"}
      - patch: |
          - {op: add, path: /stringData/k, value: c4n4ry}
      - patch: |
          kind: Secret
          data: {k: c4n4ry}
    plugin: {parameters: [{name: password, string: c4n4ry}]}
  destination: {server: https://kubernetes.default.svc, namespace: own}
-- platform/own/kustomization.yaml --
resources: [all.yaml]
secretGenerator: [{name: made, literals: [k=c4n4ry], options: {disableNameSuffixHash: true}}]
-- platform/own/all.yaml --
apiVersion: v1
kind: Secret
metadata: {name: plain, annotations: {token: c4n4ry}}
data: {k: YzRuNHJ5c2VjcmV0, c: c4n4ry}
stringData: {l: c4n4ry}
---
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: sealed}
spec: {encryptedData: {k: c4n4ry}, template: {data: {k: "c4n4ry"}}}
---
apiVersion: v1
kind: Secret
metadata: {name: beside}
value: c4n4ry
---
apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {name: makes}
spec:
  rules:
  - name: make
    generate:
      data: {kind: Secret, data: {k: YzRuNHJ5c2VjcmV0}}
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: far}
spec: {target: {template: {stringData: {k: c4n4ry}}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  url: postgres://user:c4n4ry@db/x
  key.pem: "-----BEGIN PRIVATE KEY-----\\nc4n4ry"
  app.ini: "host=x\\npassword = c4n4ry"
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec:
  template:
    spec:
      containers:
      - name: app
        image: app:c1
        args: ["--token=c4n4ry", "--db=postgres://u:c4n4ry@db"]
        env: [{name: DB_PASSWORD, value: c4n4ry}]
"""
VALUES = """\
-- platform/values/prod.yaml --
replicas: 3
adminPassword: c4n4ry
db: {url: "postgres://u:c4n4ry@db/x", token: {nested: c4n4ry}}
users: [{name: a, password: c4n4ry}]
"""


def planted(root: Path) -> Path:
    """An estate with a canary in every place that may hold a secret, committed."""
    write_files(root, CONFIG + ROOT + WEB + PLANTED + VALUES)
    git(root / "platform", "init", "-q")
    git(root / "platform", "add", ".")
    git(root / "platform", "commit", "-q", "-m", "token: c4n4ry https://u:c4n4ry@git.example.com")
    return root


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = planted(tmp_path_factory.mktemp("compared"))
    changed = (PLANTED + VALUES).replace(BEFORE, AFTER).replace("YzRuNHJ5", "YjBnZXkx")
    return write_files(root, changed.replace("app:c1", "app:c2"))


@pytest.mark.parametrize("name", FORMATS)
def test_a_comparison_names_no_secret(
    estate: Path, name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(estate)
    run(["diff", "HEAD", "--format", name])
    captured = capsys.readouterr()
    told = captured.out + captured.err
    assert "c2" in told
    assert [secret for secret in (BEFORE, AFTER, "YzRuNHJ5", "YjBnZXkx") if secret in told] == []


COMMANDS = [
    *(["graph", "--format", name] for name in GraphFormat),
    *(["drift", "--format", name] for name in CHANGE_REPORTERS),
    *(["check", "--format", name] for name in REPORTERS),
    ["values", "web"],
    ["values", "remote"],
    ["explain", "remote"],
    ["explain", "own"],
    *(["impact", "platform/values/prod.yaml", "--format", name] for name in ("text", "json")),
    ["docs"],
    ["pages", "pages"],
    pytest.param(["build", "--since", "HEAD"], marks=pytest.mark.slow),
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_command_names_what_it_read(
    estate: Path,
    arguments: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(estate)
    run(["drift", "--accept"])
    run(arguments)
    captured = capsys.readouterr()
    told = captured.out + captured.err
    assert [secret for secret in (BEFORE, AFTER) if secret in told] == []
    leaks = [place for place in written(estate) if AFTER.encode() in place.read_bytes()]
    assert [place.relative_to(estate).as_posix() for place in leaks] == []


def written(root: Path) -> list[Path]:
    """What graphdoc made, beside the clone."""
    return [
        place
        for place in root.rglob("*")
        if place.is_file() and place.relative_to(root).parts[0] != "platform"
    ]


@pytest.mark.parametrize(
    "broken",
    [
        "overlays/prod/own.yaml",
        "own/all.yaml",
        "own/kustomization.yaml",
        "values/prod.yaml",
        "overlays/prod/kustomization.yaml",
    ],
)
@pytest.mark.parametrize(
    "mend",
    [
        lambda text: text.replace("c4n4ry", "*c4n4ry"),
        lambda text: text.replace("c4n4ry", "&c4n4ry &c4n4ry"),
        lambda text: text + "\nc4n4ry: [c4n4ry\n",
        lambda text: text.replace("c4n4ry", "!!c4n4ry c4n4ry"),
        lambda text: text.replace("k=c4n4ry", "c4n4ry").replace("{k: c4n4ry}", "c4n4ry"),
    ],
    ids=["alias", "anchor", "flow", "tag", "shape"],
)
def test_no_error_quotes_what_it_could_not_read(
    tmp_path: Path,
    broken: str,
    mend: Callable[[str], str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(write_files(tmp_path, CONFIG + ROOT + WEB + PLANTED + VALUES))
    place = tmp_path / "platform" / broken
    place.write_text(mend(place.read_text("utf-8")), "utf-8")
    run(["check"])
    run(["values", "web"])
    told = "".join(capsys.readouterr())
    run(["render", "platform/own", "platform/overlays/prod"])  # the text of a ConfigMap is its own
    errors = capsys.readouterr().err
    assert "own/all.yaml" in told
    assert BEFORE not in told + errors
