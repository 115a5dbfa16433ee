"""No value of a Secret and no credential of an address reaches any output."""

import re
from pathlib import Path
from typing import NoReturn

import pytest

from graphdoc.cli import run
from graphdoc.graph.export.formats import GraphFormat
from graphdoc.report.changes.architecture import CHANGE_REPORTERS
from graphdoc.report.findings.reporters import REPORTERS
from tests.written import CONFIG, ROOT, WEB, write_files

CANARY = "c4n4ry"
PLANTED = f"""\
-- platform/base/kustomization.yaml --
resources:
- https://user:{CANARY}@git.example.com/other//base?ref=v1
- https://user:{CANARY}@git.example.com/other/manifest.yaml
- https://git.example.com/other/more.yaml?ref=main&private_token={CANARY}
- web.yaml
- secrets.yaml
- sealed.yaml
- own.yaml
- broken.yaml
- list.yaml
helmCharts:
- {{name: x, repo: "https://user:{CANARY}@charts.example.com", version: 1.0.0}}
configMapGenerator:
- {{name: far, files: ["https://user:p@{CANARY}@git.example.com/far.json"]}}
- {{name: long, files: ["https://user:{"x" * 600}{CANARY}@git.example.com/far.json"]}}
secretGenerator:
- {{name: made, literals: [k={CANARY}], files: [key.pem]}}
- {{name: lines, envs: [a.env, key.env]}}
patches:
- target: {{kind: Secret, name: plain}}
  patch: '[{{"op": "add", "path": "/stringData/k", "value": "{CANARY}"}}]'
- target: {{kind: Secret}}
  path: patch.json
-- platform/base/a.env --
k={CANARY}
-- platform/base/key.env --
{CANARY}{"x" * 58}
-- platform/base/patch.json --
[{{"op": "add", "path": "/stringData/k",
"value": "{CANARY}"}}]
-- platform/base/key.pem --
-----BEGIN PRIVATE KEY-----
{CANARY}
-----END PRIVATE KEY-----
-- platform/base/secrets.yaml --
apiVersion: v1
kind: Secret
metadata:
  name: plain
  namespace: web
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{{"kind": "Secret", "data": "{CANARY}"}}'
data:
  k: {CANARY}
stringData: {{l: "{CANARY}", m: *{CANARY}}}
-- platform/base/list.yaml --
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Secret
  metadata: {{name: listed, namespace: web}}
  stringData: {{k: {CANARY}}}
-- platform/base/sealed.yaml --
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {{name: sealed, namespace: web}}
spec:
  encryptedData: {{k: {CANARY}}}
  template: {{data: {{k: "{CANARY}"}}}}
---
apiVersion: v1
kind: Secret
metadata: {{name: beside, namespace: web}}
stringData: {{k: https://user:p@{CANARY}@git.example.com}}
-- platform/base/broken.yaml --
apiVersion: v1
kind: Secret
metadata: {{name: broken}}
data: {{k: {CANARY}
-- platform/tagged.yaml --
apiVersion: v1
kind: Secret
metadata: {{name: tagged}}
stringData: {{k: !!int {CANARY}}}
-- platform/base/own.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: own, namespace: argocd}}
spec:
  project: default
  source:
    repoURL: https://user:{CANARY}@git.example.com/other
    path: gone
    targetRevision: HEAD
  destination: {{server: https://user:{CANARY}@kubernetes.default.svc, namespace: own}}
-- platform/chart/Chart.yaml --
apiVersion: v2
name: chart
version: 1.0.0
dependencies:
- {{name: dep, version: 1.0.0, repository: "https://user:{CANARY}@charts.example.com"}}
-- platform/loose/secret.yaml --
apiVersion: v1
kind: Secret
metadata: {{name: loose}}
stringData: {{password: {CANARY}}}
"""


BUILT = PLANTED.replace(f"*{CANARY}", "x").replace("- broken.yaml\n", "")
BROKEN = PLANTED.replace(f"*{CANARY}", "x")


@pytest.fixture(params=[BUILT, BROKEN, PLANTED], ids=["built", "broken", "alias"])
def estate(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_files(tmp_path, CONFIG + ROOT + WEB + request.param))
    return tmp_path


COMMANDS = [
    *(["check", "--format", name] for name in REPORTERS),
    *(["graph", "--format", name] for name in GraphFormat),
    ["explain", "**"],
    ["explain", "own"],
    ["values", "web"],
    ["render", "platform/base", "platform/loose", "own", "--origins"],
    ["render", "platform/base", "platform/loose", "own", "--origins", "--format", "jsonl"],
    ["drift", "--accept"],
    *(["drift", "--format", name] for name in CHANGE_REPORTERS),
    *(["impact", "platform/base/secrets.yaml", "--format", name] for name in ("text", "json")),
    ["graph", "--format", "svg"],
    ["docs", "README.md", "--write"],
    ["pages", "pages"],
    ["init", "platform", "--force"],
]


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_no_command_prints_a_secret(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    run(["drift", "--accept"])
    monkeypatch.setenv("GRAPHDOC_CACHE_DIR", "cache")
    run(arguments)
    captured = capsys.readouterr()
    assert captured.out + captured.err
    assert not [text for text in (captured.out, captured.err) if CANARY in text]
    written = [p for p in Path().rglob("*") if p.is_file() and p.parts[0] != "platform"]
    assert not [place for place in written if CANARY.encode() in place.read_bytes()]


def test_a_bug_tells_where_it_is_and_no_secret(
    estate: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> NoReturn:
        raise KeyError((estate / "platform" / "base" / "secrets.yaml").read_text("utf-8"))

    monkeypatch.setattr("graphdoc.cli.analyses.analyse", fail)
    assert run(["check"]) == 2
    err = capsys.readouterr().err
    assert (err.count("\n"), CANARY in err) == (1, False)
    assert re.search(r"KeyError in test_canaries\.py:\d+, fail", err)
    monkeypatch.setenv("GRAPHDOC_TRACEBACK", "1")
    with pytest.raises(KeyError):
        run(["check"])


NESTED = f"""\
-- platform/own/kustomization.yaml --
resources: [all.yaml]
secretGenerator: [{{name: lines, envs: [key.env]}}]
-- platform/own/key.env --
{CANARY} and more
-- platform/own/all.yaml --
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {{name: sealed}}
spec: {{template: {{data: {{k: {CANARY}}}}}}}
---
apiVersion: isindir.github.com/v1alpha3
kind: SopsSecret
metadata: {{name: sops}}
spec: {{secretTemplates: [{{name: a, data: {{k: {CANARY}}}}}]}}
"""


@pytest.mark.parametrize("name", ["yaml", "jsonl"])
def test_what_a_secret_nests_is_not_rendered(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write_files(tmp_path, CONFIG + ROOT + WEB + NESTED))
    assert run(["render", "platform/own", "--origins", "--format", name]) == 0
    told = "".join(capsys.readouterr())
    assert ("SopsSecret" in told, CANARY in told) == (True, False)
