"""Architecture changes between two Git revisions."""

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

Diff = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_files(tmp_path, ESTATE + KUSTOMIZE))
    edit(tmp_path, "base/kustomization.yaml", "[web.yaml]", "[web.yaml, extra.yaml]")
    git(tmp_path / "platform", "init", "-q", "-b", "main")
    git(tmp_path / "platform", "add", ".")
    git(tmp_path / "platform", "commit", "-q", "-m", "one")
    git(tmp_path / "platform", "tag", "v1")
    return tmp_path


@pytest.fixture
def diff(capsys: pytest.CaptureFixture[str]) -> Diff:
    def answer(*arguments: str) -> tuple[int, dict[str, Any]]:
        status = run(["diff", "--format", "json", *arguments])
        return status, json.loads(capsys.readouterr().out)

    return answer


def test_an_image_tag_is_a_change_although_it_is_no_drift(estate: Path, diff: Diff) -> None:
    edit(estate, "extra/deployment.yaml", "extra:1.0", "extra:1.1")
    status, document = diff("HEAD")
    Draft202012Validator(schema("changes-v1")).validate(document)
    changed = {change["subject"]: change for change in document["changes"]}
    assert (status, document["base"], document["head"]) == (0, "platform@HEAD", "platform")
    assert sorted(changed) == [
        "application:prod/extra",
        "image:registry.example.com/extra",
    ]
    assert changed["application:prod/extra"]["edges"] == [
        {
            "change": "changed",
            "kind": "runs",
            "source": "application:prod/extra",
            "target": "image:registry.example.com/extra",
            "attributes": {"tag": "1.1"},
        }
    ]


def test_two_revisions_are_compared_and_the_working_tree_is_not_read(
    estate: Path, diff: Diff
) -> None:
    edit(estate, "base/web.yaml", "1.2.3", "1.3.0")
    git(estate / "platform", "commit", "-q", "-a", "-m", "two")
    edit(estate, "base/web.yaml", "1.3.0", "9.9.9")
    _, document = diff("v1", "main", "--repository", "platform")
    web = next(c for c in document["changes"] if c["subject"] == "application:prod/web")
    assert web["fields"] == [
        {"pointer": "/manifest/spec/sources/0/targetRevision", "before": "1.2.3", "after": "1.3.0"}
    ]


def test_exit_code_1_only_where_it_is_asked_for(estate: Path, diff: Diff) -> None:
    assert diff("v1", "--exit-code")[0] == 0
    edit(estate, "base/web.yaml", "1.2.3", "1.3.0")
    assert diff("v1")[0] == 0
    assert diff("v1", "--exit-code")[0] == 1


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["v9"], "graphdoc: no revision 'v9' in platform\n"),
        (["--", "--output=x"], "graphdoc: no revision '--output=x' in platform\n"),
        (
            ["v1", "--repository", "platfrom"],
            "graphdoc: no repository 'platfrom' with Git data; did you mean 'platform'?\n",
        ),
    ],
)
def test_what_is_not_there_is_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(["diff", *arguments]) == 2
    assert capsys.readouterr().err == message


def test_a_revision_that_a_shallow_clone_lacks_is_told_so(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clone = estate / "platform"
    git(clone, "commit", "-q", "--allow-empty", "-m", "two")
    git(estate, "clone", "-q", "--depth", "1", clone.as_uri(), "shallow")
    assert run(["diff", "HEAD~1", "--repo", "shallow"]) == 2
    told = "graphdoc: no revision 'HEAD~1' in shallow, which is shallow or of a single branch\n"
    assert capsys.readouterr().err == told


def test_what_a_component_includes_at_another_version_is_a_change(estate: Path, diff: Diff) -> None:
    remote = "https://example.com/base?ref=v1"
    component = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
    write_files(
        estate,
        f"-- platform/part/kustomization.yaml --\n{component}components: [inner]\n"
        f"-- platform/part/inner/kustomization.yaml --\n{component}resources: ['{remote}']\n",
    )
    edit(estate, "base/kustomization.yaml", "resources", "components: [../part]\nresources")
    git(estate / "platform", "add", ".")
    git(estate / "platform", "commit", "-q", "-m", "two")
    edit(estate, "part/inner/kustomization.yaml", "ref=v1", "ref=v2")
    _, document = diff("HEAD")
    own = "kustomization:platform/part/inner"
    (changed,) = (change for change in document["changes"] if change["subject"] == own)
    assert [(edge["change"], edge["source"], edge["target"]) for edge in changed["edges"]] == [
        ("added", own, "kustomization:https://example.com/base?ref=v2"),
        ("removed", own, "kustomization:https://example.com/base?ref=v1"),
    ]


PENDING = """\
-- platform/extra/kustomization.yaml --
resources: ["https://example.com/base?ref=v1"]
components: [part]
images: [{name: app, newTag: "1"}]
patches:
- path: app.yaml
- target: {kind: Deployment}
  patch: |-
    - {op: add, path: /spec/paused, value: true}  # one
- target: {kind: Secret}
  patch: |-
    - {op: add, path: /data/a, value: hidden}
- target: {name: app}
  patch: |-
    - {op: add, path: /data/b, value: hidden}
patchesJson6902:
- target: {version: v1, kind: Service, name: app}
  patch: |-
    - {op: add, path: /spec/type, value: LoadBalancer}
patchesStrategicMerge: [old.yaml]
-- platform/extra/app.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: app}
spec: {replicas: 2}
-- platform/extra/old.yaml --
apiVersion: v1
kind: Secret
metadata: {name: app}
type: Opaque
stringData: {password: hidden}
-- platform/extra/part/kustomization.yaml --
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
namePrefix: p-
"""


@pytest.mark.parametrize(
    ("file", "words", "is_told"),
    [
        ("kustomization.yaml", ('newTag: "1"', 'newTag: "2"'), True),
        ("kustomization.yaml", ("newTag", "# a comment\n  newTag"), False),
        ("app.yaml", ("replicas: 2", "replicas: 3"), True),
        ("kustomization.yaml", ("paused, value: true", "paused, value: false"), True),
        ("kustomization.yaml", ("# one", "# two"), False),
        ("kustomization.yaml", ("LoadBalancer", "NodePort"), True),
        ("old.yaml", ("Opaque", "example.com/other"), True),
        ("old.yaml", ("hidden", "other"), False),
        ("kustomization.yaml", ("a, value: hidden", "a, value: other"), False),
        ("kustomization.yaml", ("b, value: hidden", "b, value: other"), False),
        ("part/kustomization.yaml", ("p-", "q-"), True),
    ],
)
def test_what_is_asked_of_what_is_not_at_hand_is_a_change(
    estate: Path, diff: Diff, file: str, words: tuple[str, str], *, is_told: bool
) -> None:
    write_files(estate, PENDING)
    git(estate / "platform", "add", ".")
    git(estate / "platform", "commit", "-q", "-m", "two")
    edit(estate, f"extra/{file}", *words)
    _, document = diff("HEAD")
    told = [(c["subject"], [f["pointer"] for f in c["fields"]]) for c in document["changes"]]
    assert told == ([("application:prod/extra", ["/rendered/digest"])] if is_told else [])


def test_what_follows_a_branch_is_told_where_the_checkout_is_on_none(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(estate, "base/extra.yaml", "targetRevision: HEAD", "targetRevision: main")
    git(estate / "platform", "commit", "-q", "-a", "-m", "two")
    git(estate / "platform", "switch", "-q", "--detach")
    edit(estate, "extra/deployment.yaml", "extra:1.0", "extra:1.1")
    git(estate / "platform", "commit", "-q", "-a", "-m", "three")
    remark = "platform is on no branch: what follows main is read as it is there before and after"
    for arguments, is_told in [(("v1",), True), (("v1", "HEAD"), True), (("main", "HEAD"), False)]:
        assert run(["diff", *arguments]) == 0
        assert (remark in capsys.readouterr().err) is is_told
