"""What diff says of the resources that Applications render, and the picture of what is touched."""

import re
from pathlib import Path

import pytest

from graphdoc.cli import run
from graphdoc.graph.changes.compare import Change, Changes, EdgeChange, NodeChange
from graphdoc.model.coverage import Coverage
from graphdoc.model.location import SourceFile
from graphdoc.report.changes.picture import draw_changes
from tests.written import ESTATE, git, write_files

EXTRA = """\
-- platform/base/kustomization.yaml --
resources: [web.yaml, extra.yaml]
-- platform/base/extra.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: extra, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: extra, targetRevision: HEAD}
  destination: {server: https://kubernetes.default.svc, namespace: extra}
-- platform/extra/kustomization.yaml --
resources: [deployment.yaml, secret.yaml, config.yaml]
-- platform/extra/deployment.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: extra, annotations: {checksum/config: aaa}}
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: first
        image: registry.example.com/first:1.0
        args: [--fast, --password=hunter2]
        env:
        - {name: COLOUR, value: red}
        - {name: DB_PASSWORD, value: hunter2}
-- platform/extra/secret.yaml --
apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: {name: sealed}
spec: {encryptedData: {token: hunter2}}
-- platform/extra/config.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {name: config}
data:
  settings: |
    a: 1
    b: 2
    c: hunter2
"""


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_files(tmp_path, ESTATE + EXTRA))
    git(tmp_path / "platform", "init", "-q", "-b", "main")
    git(tmp_path / "platform", "add", ".")
    git(tmp_path / "platform", "commit", "-q", "-m", "one")
    return tmp_path / "platform"


def edit(estate: Path, path: str, *pairs: tuple[str, str]) -> None:
    text = (estate / path).read_text("utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    (estate / path).write_text(text, "utf-8")


def diff(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(["diff", "main", *arguments]) == 0
    return capsys.readouterr().out


def told(capsys: pytest.CaptureFixture[str]) -> list[str]:
    part = diff(capsys).partition("Resources\n")[2].partition("\n\n")[0]
    return [line.strip().replace("for application:prod/extra ", "") for line in part.splitlines()]


def test_fields_are_told_by_the_names_of_their_items(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(
        estate,
        "extra/deployment.yaml",
        ("      - name: first", "      - {name: zero, image: none}\n      - name: first"),
        ("replicas: 1", "replicas: 2"),
        ("value: red", "value: blue"),
        ("checksum/config: aaa", "checksum/config: bbb"),
    )
    where = "platform/extra/deployment.yaml"
    assert told(capsys) == [
        f"Deployment/extra: spec.replicas is now 2 (was 1) ({where}:5)",
        f"Deployment/extra: spec.template.spec.containers[zero] is now {{name, image}} ({where}:9)",
        "Deployment/extra: spec.template.spec.containers[first].env[COLOUR].value is now blue "
        f"(was red) ({where}:14)",
    ]


DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: webs.example.com}
spec:
  group: example.com
  versions:
    - name: v1
      served: true
      schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object}}}}
"""


def test_a_schema_is_told_as_one(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (estate / "extra/config.yaml").write_text(DEFINITION, "utf-8")
    git(estate, "commit", "-q", "-a", "-m", "two")
    edit(
        estate,
        "extra/config.yaml",
        ("served: true", "served: false"),
        ("spec: {type: object}", "spec: {type: string}, status: {type: object}"),
    )
    fields = "CustomResourceDefinition/webs.example.com: spec.versions[v1]"
    where = "platform/extra/config.yaml"
    assert told(capsys) == [
        f"{fields}.served is now false (was true) ({where}:8)",
        f"{fields}.schema.openAPIV3Schema is another (its value is not shown) ({where}:9)",
    ]


def test_no_secret_is_told(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in ("extra/deployment.yaml", "extra/secret.yaml", "extra/config.yaml"):
        edit(estate, path, ("hunter2", "c4n4ry"))
    assert told(capsys) == [
        "ConfigMap/config: data.settings is another (its value is not shown) "
        "(platform/extra/config.yaml:5)",
        "Deployment/extra: spec.template.spec.containers[first].args is another "
        "(its value is not shown) (platform/extra/deployment.yaml:11)",
        "Deployment/extra: spec.template.spec.containers[first].env[DB_PASSWORD].value is another "
        "(its value is not shown) (platform/extra/deployment.yaml:14)",
        "SealedSecret/sealed: spec.encryptedData.token is another (its value is not shown) "
        "(platform/extra/secret.yaml:4)",
    ]
    for form in ("text", "json", "markdown", "github"):
        text = diff(capsys, "--format", form)
        assert "hunter2" not in text
        assert "c4n4ry" not in text


def test_what_comes_and_goes_is_named_or_counted(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = "".join(
        f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: more-{number}}}\n"
        for number in range(6)
    )
    (estate / "extra/config.yaml").write_text(more, "utf-8")
    assert told(capsys) == [
        "new 6 ConfigMaps for application:prod/extra",
        "gone ConfigMap/config for application:prod/extra",
    ]


def test_nothing_is_gone_while_it_cannot_be_rendered(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (estate / "extra/config.yaml").unlink()
    assert told(capsys) == []


def test_the_same_change_of_several_resources_is_one_line(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(estate, "extra/kustomization.yaml", ("resources", "commonLabels: {a: b}\nresources"))
    assert "3 resources: metadata.labels is now {a} (platform/extra/kustomization.yaml:1)" in told(
        capsys
    )


def test_markdown_draws_which_file_changes_what(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(estate, "extra/deployment.yaml", ("first:1.0", "second:1.0"))
    lines = diff(capsys, "--format", "markdown").splitlines()
    start = lines.index("```mermaid")
    assert lines[start : lines.index("```")] == [
        "```mermaid",
        "flowchart LR",
        '  n0["platform/extra/deployment.yaml<br/>file"]',
        '  n1["prod/extra<br/>application changed"]:::changed',
        '  n2["registry.example.com/second<br/>image added"]:::added',
        '  n3["registry.example.com/first<br/>image removed"]:::removed',
        "  n0 -->|changes| n1",
        "  n1 -->|now runs| n2",
        "  n1 -->|no longer runs| n3",
        "  classDef added stroke:#1a7f37,stroke-width:2px",
        "  classDef removed stroke:#cf222e,stroke-width:2px,stroke-dasharray:4",
        "  classDef changed stroke:#9a6700,stroke-width:2px",
    ]


def test_a_picture_stays_below_the_limits_and_says_what_it_leaves_out() -> None:
    edges = tuple(
        EdgeChange(Change.ADDED, "runs", "application:a/web", f"image:r.example.com/{n}" * 9, {})
        for n in range(900)
    )
    entry = NodeChange(
        Change.CHANGED, "application:a/web", "application", "web", "a", (), edges, ()
    )
    changes = Changes("a", "b", (entry,), Coverage())
    lines = draw_changes(changes, [(SourceFile("a", "x"), "application:a/web")])
    text = "\n".join(lines)
    arrows = text.count("-->")
    assert arrows > 5
    assert len(text) < 5000
    assert re.search(r"(\d+) relations more not drawn\.", text).group(1) == str(901 - arrows)  # type: ignore[union-attr]
    assert draw_changes(Changes("a", "b", (), Coverage()), []) == []
