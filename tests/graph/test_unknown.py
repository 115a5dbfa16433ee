"""What is not told as gone because what brought it cannot be rendered."""

import json
from pathlib import Path

import pytest

from graphdoc.cli import run
from graphdoc.graph.changes.compare import compare
from graphdoc.graph.changes.facts import EdgeFact, Facts, Snapshot
from graphdoc.graph.changes.unknown import without_unknown
from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.node import Plain
from graphdoc.report.changes.words import describe
from tests.written import git, write_files

WEB, API = "application:a/web", "application:a/api"


def node(id_: str, *edges: str, **fields: Plain) -> tuple[str, Facts]:
    kind, _, rest = id_.partition(":")
    facts = {f"/{key.replace('_', '/')}": value for key, value in fields.items()}
    parts = (edge.split(" ") for edge in edges)
    found = tuple(sorted(EdgeFact(kind, target, "{}") for kind, target in parts))
    cluster = None if kind in {"image", "host", "file"} else rest.partition("/")[0]
    return id_, Facts(kind, rest.rpartition("/")[2], cluster, facts, found)


def told(before: Snapshot, after: Snapshot, **causes: str) -> dict[str, list[str]]:
    """The subjects that are left, each with what is said of it."""
    changes = compare(before, after, RepoGraph((), ()))
    found = without_unknown(
        changes, before, {f"application:a/{name}": why for name, why in causes.items()}
    )
    return {entry.subject: list(describe(entry)) for entry in found}


NOTHING_KNOWN = {WEB: ["what it brings is not known any more: no path"]}


@pytest.mark.parametrize(
    ("brought", "edge", "is_told"),
    [
        (node("image:x/y"), "runs image:x/y", False),
        (node("host:x.example.com"), "serves host:x.example.com", False),
        (node("secret:a/web/s"), "uses secret:a/web/s", False),
        (node("secret:b/web/s"), "targets cluster:b", False),
        (node("sealedsecret:a/web/s"), "", False),
        (node("sealedsecret:a/other/s"), "", True),
        (node("sealedsecret:b/web/s"), "", True),
        (node("policy:a/p"), "", False),
        (node("policy:b/p"), "", True),
        (node("project:a/p"), "", True),
        (node("file:x/y.yaml"), "renders file:x/y.yaml", True),
        (node("image:x/z"), "", True),
    ],
)
def test_what_an_application_brought_is_not_gone(
    brought: tuple[str, Facts], edge: str, *, is_told: bool
) -> None:
    edges = [edge] if edge else []
    facts: dict[str, Plain] = {"namespaces": ["web"], "rendered_kinds_ClusterPolicy": 1}
    before = dict([node(WEB, *edges, **facts), brought])
    found = told(before, dict([node(WEB)]), web="no path")
    assert (brought[0] in found) is is_told
    assert found[WEB][0] == "what it brings is not known any more: no path"


def test_what_its_applications_brought_is_not_gone_either() -> None:
    before = dict([node(WEB, f"manages {API}"), node(API, "runs image:x/y"), node("image:x/y")])
    assert told(before, dict([node(WEB)]), web="no path") == NOTHING_KNOWN


def test_what_the_manifest_says_is_told() -> None:
    before = dict(
        [
            node(WEB, "uses project:a/p", "reads repository:p", "runs image:x/y", wave=1),
            node("image:x/y"),
        ]
    )
    assert told(before, dict([node(WEB, wave=2)]), web="no path") == {
        WEB: [
            *NOTHING_KNOWN[WEB],
            "wave is now 2 (was 1)",
            "no longer reads repository:p",
            "no longer uses project:a/p",
        ]
    }


def test_what_others_brought_is_gone() -> None:
    before = dict([node(WEB), node(API, "runs image:x/y"), node("image:x/y")])
    expected = {API: ["no longer runs image:x/y"], "image:x/y": []}
    assert told(before, dict([node(WEB), node(API)]), web="no path") == expected


def test_what_was_not_known_before_is_no_change() -> None:
    assert told(dict([node(WEB)]), dict([node(WEB)]), web="no path") == {}
    assert told({}, dict([node(WEB)]), web="no path") == {WEB: []}


@pytest.mark.parametrize(
    ("before", "after", "is_told"),
    [
        ([WEB], None, False),
        ([API, WEB], [API], False),
        ([API, WEB], None, True),
        ([WEB], [API], True),
        (None, [API], True),
    ],
)
def test_a_tag_that_it_ran_is_run_for_all_that_is_known(
    before: Plain, after: Plain, *, is_told: bool
) -> None:
    was, now = (node("image:x/y", **{"tags_1": ids} if ids else {}) for ids in (before, after))
    assert bool(told(dict([node(WEB), was]), dict([node(WEB), now]), web="no path")) is is_told


APPLICATION = """\
-- platform/{path} --
apiVersion: argoproj.io/v1alpha1
kind: {kind}
metadata: {{name: {name}, namespace: argocd}}
spec:
"""
SPEC = """\
  source: {repoURL: https://git.example.com/platform, path: apps, targetRevision: HEAD}
  destination: {server: https://kubernetes.default.svc, namespace: web}
"""
SET = """\
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  generators: [{list: {elements: [{name: web}]}}]
  template:
    metadata: {name: '{{.name}}'}
    spec:
      source: {repoURL: https://git.example.com/platform, path: web, targetRevision: HEAD}
      destination: {server: https://kubernetes.default.svc, namespace: web}
"""
ESTATE = (
    APPLICATION.format(path="root-prod.yaml", kind="Application", name="root")
    + SPEC
    + APPLICATION.format(path="apps/set.yaml", kind="ApplicationSet", name="many")
    + SET
    + """\
-- platform/web/kustomization.yaml --
resources: [pod.yaml]
-- platform/web/pod.yaml --
apiVersion: v1
kind: Pod
metadata: {name: web}
spec: {containers: [{name: web, image: registry.example.com/web:1.0}]}
"""
)
SOURCE, SET_ID = "application:platform/web", "applicationset:platform/many"


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_files(tmp_path, ESTATE))
    clone = tmp_path / "platform"
    for command in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "one"]):
        git(clone, *command)
    run(["drift", "platform", "--accept"])
    return clone


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


@pytest.mark.parametrize(
    "case",
    [
        ("web/kustomization.yaml", "pod.yaml", "none.yaml", SOURCE),
        ("web/kustomization.yaml", "pod.yaml", "'https://example.com/x?ref=v1'", SOURCE),
        ("apps/set.yaml", "list: {elements: [{name: web}]}", "plugin: {}", SET_ID),
        ("apps/set.yaml", "{name: '{{.name}}'}", "{name: '{{.nme}}'}", SET_ID),
    ],
)
def test_drift_and_diff_say_what_is_not_known_and_why(
    platform: Path, capsys: pytest.CaptureFixture[str], case: tuple[str, str, str, str]
) -> None:
    path, old, new, subject = case
    edit(platform / path, old, new)
    for command in (["drift", "platform"], ["diff", "main", "--repo", "platform"]):
        capsys.readouterr()
        run([*command, "--format", "json"])
        changes = json.loads(capsys.readouterr().out)["changes"]
        kinds = {"application", "applicationset", "image"}
        found = {c["subject"]: c["change"] for c in changes if c["kind"] in kinds}
        assert found == {subject: "changed"}, command
        (entry,) = (c for c in changes if c["subject"] == subject)
        assert {"pointer": "/resolved", "before": True, "after": False} in entry["fields"]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("web/kustomization.yaml", "[pod.yaml, ", "['https://example.com/x?ref=v1', "),
        (
            "apps/set.yaml",
            "[{list: {elements: [{name: web}, ",
            "[{plugin: {}}, {list: {elements: [",
        ),
    ],
)
def test_what_is_understood_in_part_has_lost_what_is_gone(
    platform: Path, capsys: pytest.CaptureFixture[str], path: str, old: str, new: str
) -> None:
    edit(platform / "web/kustomization.yaml", "[pod.yaml]", "[pod.yaml, other.yaml]")
    (platform / "web/other.yaml").write_text("{apiVersion: v1, kind: Service, metadata: {name: o}}")
    edit(platform / "apps/set.yaml", "[{name: web}]", "[{name: web}, {name: other}]")
    run(["drift", "platform", "--accept"])
    edit(platform / path, old, new)
    capsys.readouterr()
    run(["drift", "platform", "--format", "json"])
    changes = json.loads(capsys.readouterr().out)["changes"]
    assert "removed" in [c["change"] for c in changes if c["kind"] in {"application", "image"}]
