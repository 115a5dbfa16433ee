"""What is known of the values of Secrets is told nowhere else; ordinary words are."""

from base64 import b64encode
from pathlib import Path
from time import process_time

import pytest

from graphdoc.cli import run
from graphdoc.model.node import Plain
from graphdoc.model.redact import REDACTED
from graphdoc.resolve.secrets.known import KnownSecrets
from tests.manifests import resource
from tests.written import git, write_files


def known(**values: str) -> KnownSecrets:
    pairs = "".join(f"\n  {key}: {value!r}" for key, value in values.items())
    return KnownSecrets([resource(f"kind: Secret\nmetadata: {{name: a}}\nstringData:{pairs}\n")])


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("k", "b0gey1"),
        ("password", "sesame"),
        ("k", "12345678"),
        ("k", "open sesame now"),
        ("k", "one-two-three"),
    ],
)
def test_a_value_is_hidden(key: str, value: str) -> None:
    assert known(**{key: value}).plain({"a": [value]}) == {"a": ["<redacted>"]}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("k", "b0gey"),
        ("k", "true"),
        ("k", "8080"),
        ("k", "postgres"),
        ("k", "redis-primary"),
        ("k", "db.web.svc"),
        ("host", "db1.example.com"),
    ],
)
def test_an_ordinary_value_is_not(key: str, value: str) -> None:
    assert known(**{key: value}).plain({"a": value}) == {"a": value}


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("a b0gey123 c b0gey123", "a <redacted> c <redacted>"),
        ("b0gey1234b0gey12345", "<redacted>4<redacted>45"),
        ("b0gey12", "b0gey12"),
        ("xb0gey123", "x<redacted>"),
    ],
)
def test_a_long_value_is_hidden_within_a_text(told: str, shown: str) -> None:
    assert known(k="b0gey123").text(told) == shown


def test_the_longest_value_is_hidden() -> None:
    assert known(a="b0gey123", b="b0gey123456").text("b0gey1234567") == "<redacted>7"


def test_a_short_number_is_hidden_as_a_whole_alone() -> None:
    assert known(k="1234567").text("a1234567") == "a1234567"
    assert known(k="12345678").text("a12345678") == "a<redacted>"
    assert known(k="1234567").text(" 1234567\n") == "<redacted>"


@pytest.mark.parametrize("value", [12345678, True, None, 1.5])
def test_numbers_are_values_too(value: Plain) -> None:
    assert known(k="12345678").plain(value) == ("<redacted>" if value == 12345678 else value)


@pytest.mark.parametrize(
    "text",
    [
        "postgres://web:b0gey1@db/web",
        "user: webmaster1\npassword: b0gey1\n",
        '{"auths": {"r.example.com": {"password": "b0gey1"}}}',
        "[db]\napi-key = 'b0gey1'\npassword = /run/secrets/db\n",
    ],
)
def test_a_credential_within_a_value_is_known(text: str) -> None:
    coded = b64encode(text.encode()).decode()
    manifest = f"kind: Secret\nmetadata: {{name: a}}\ndata: {{k: {coded}}}\n"
    found = KnownSecrets([resource(manifest)])
    assert found.text("b0gey1") == "<redacted>"
    assert found.text(coded) == "<redacted>"
    assert found.text("webmaster1 /run/secrets/db") == "webmaster1 /run/secrets/db"


def test_a_number_is_known_as_it_is_written() -> None:
    found = KnownSecrets([resource("kind: Secret\nmetadata: {name: a}\ndata: {k: 012345670}\n")])
    assert found.text("012345670") == "<redacted>"


def test_nothing_is_known_of_other_resources() -> None:
    other = resource("kind: ConfigMap\nmetadata: {name: a}\ndata: {k: b0gey123}\n")
    assert not KnownSecrets([other])
    assert not KnownSecrets([other]).holds("b0gey123")


def test_many_values_of_one_start_take_linear_time() -> None:
    values = {f"k{n}": "a1b2c3d4" + "e5" * n for n in range(300)}
    found, start = known(**values), process_time()
    found.text("a1b2c3d4" * 20_000)
    assert process_time() - start < 2


def test_the_rest_is_hidden_where_too_many_values_begin_alike() -> None:
    values = {f"k{n}": "a1b2c3d4" + "e5" * n for n in range(1, 2000)}
    found, start = known(**values), process_time()
    shown = found.text("say " + "a1b2c3d4" * 2000 + values["k1999"])
    assert process_time() - start < 2
    assert (shown[:12], shown.endswith(f"a1b2c3d4{REDACTED}")) == ("say a1b2c3d4", True)


COPIED = """\
-- kustomization.yaml --
resources: [all.yaml]
replacements:
- source: {kind: Secret, name: src, fieldPath: stringData.k}
  targets:
  - {select: {kind: Deployment}, fieldPaths: [spec.image], options: {delimiter: ":", index: 1}}
  - {select: {kind: ConfigMap}, fieldPaths: [data.k], options: {create: true}}
- source: {kind: Secret, name: src, fieldPath: stringData.host}
  targets:
  - {select: {kind: ConfigMap}, fieldPaths: [data.h], options: {create: true}}
vars:
- {name: V, objref: {kind: Secret, name: src, apiVersion: v1}, fieldref: {fieldpath: stringData.v}}
-- all.yaml --
apiVersion: v1
kind: Secret
metadata: {name: src}
stringData: {k: b0gey, v: c4n4ry, host: db}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {own: b0gey}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  image: web:v1
  template: {spec: {containers: [{name: web, args: ["--key=$(V)", "b0gey"]}]}}
"""


@pytest.mark.parametrize("form", ["yaml", "jsonl"])
def test_what_is_copied_from_a_secret_is_not_rendered(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write_files(tmp_path, COPIED))
    run(["render", ".", "--format", form])
    told = capsys.readouterr().out
    assert "web:<redacted>" in told
    assert "--key=<redacted>" in told
    assert told.count("b0gey") == 2  # as they are written there
    assert ("h: db" in told) or ('"h": "db"' in told)
    assert "c4n4ry" not in told


CHART = """\
-- graphdoc.yaml --
repositories:
- {name: platform, path: platform, urls: [https://git.example.com/platform]}
-- platform/app.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  project: default
  source:
    repoURL: https://git.example.com/platform
    path: chart
    targetRevision: HEAD
    helm:
      parameters: [{name: given.p, value: c4n4ry-1}, {name: size, value: shown1}]
      values: |
        given: {inline: c4n4ry-2}
  destination: {server: https://kubernetes.default.svc, namespace: web}
-- platform/copied.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: copied, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: copied, targetRevision: HEAD}
  destination: {server: https://kubernetes.default.svc, namespace: web}
-- platform/copied/kustomization.yaml --
resources: [all.yaml]
replacements:
- source: {kind: Secret, name: src, fieldPath: stringData.k}
  targets:
  - select: {kind: Deployment}
    fieldPaths: [spec.template.spec.containers.0.image]
    options: {delimiter: ":", index: 1}
  - {select: {kind: Deployment}, fieldPaths: [spec.template.spec.containers.0.args.0]}
-- platform/copied/all.yaml --
apiVersion: v1
kind: Secret
metadata: {name: src}
stringData: {k: c4n4ry-5}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, image: "web:v1", args: [x]}]}}}
-- platform/chart/Chart.yaml --
apiVersion: v2
name: chart
version: 1.0.0
-- platform/chart/values.yaml --
given: {here: c4n4ry-4, p: was-1}
size: shown0
-- platform/chart/templates/secret.yaml --
apiVersion: v1
kind: Secret
metadata: {name: web}
stringData:
{{- range $key, $value := .Values.given }}
  {{ $key }}: {{ $value }}
{{- end }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web}
data: {size: "{{ .Values.size }}"}
"""
COMMANDS = (
    ["check", "--format", "json"],
    ["graph", "--format", "json"],
    ["values", "web"],
    ["explain", "web"],
    ["explain", "copied"],
    ["diff", "HEAD"],
    ["diff", "HEAD", "--format", "json"],
    ["pages", "pages"],
    ["drift", "--accept"],
)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_what_reaches_a_secret_is_told_nowhere(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.chdir(write_files(tmp_path, CHART))
    git(tmp_path / "platform", "init", "-q")
    git(tmp_path / "platform", "add", ".")
    git(tmp_path / "platform", "commit", "-q", "-m", "a")
    changed = CHART.replace("c4n4ry-", "b0gey-").replace("shown", "other")
    write_files(tmp_path, changed)
    run(command)
    told = capsys.readouterr().out
    files = (p for p in tmp_path.rglob("*") if p.is_file() and "platform" not in p.parts)
    told += "".join(p.read_text("utf-8", "replace") for p in files if p.name != "graphdoc.yaml")
    assert [word for word in ("c4n4ry", "b0gey") if word in told] == []
    assert command[0] not in {"values", "diff"} or "other1" in told
