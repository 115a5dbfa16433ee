"""The recorded architecture, and what counts as a change of it."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sarif_kit.validate import validation_errors  # type: ignore[import-untyped] # has none

from graphdoc.cli import run
from graphdoc.drift import Lock, LockError, read_lock, write_lock
from graphdoc.graph.changes.compare import Change, FieldChange, NodeChange
from graphdoc.graph.changes.facts import EdgeFact, Facts
from graphdoc.model.node import Plain
from graphdoc.report.changes.words import became, describe
from tests.written import ESTATE, git, write_files

Json = dict[str, list[dict[str, object]]]
Drift = Callable[..., tuple[int, Json]]

KUSTOMIZE = """\
-- platform/base/extra.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: extra, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://git.example.com/platform, path: extra, targetRevision: HEAD}
  destination: {server: https://kubernetes.default.svc, namespace: extra}
-- platform/extra/deployment.yaml --
apiVersion: apps/v1
kind: Deployment
metadata: {name: extra}
spec:
  template:
    spec:
      containers: [{name: extra, image: "registry.example.com/extra:1.0"}]
"""


LOCAL_CHART = """\
-- platform/base/web.yaml --
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
      valueFiles: [../values/base.yaml, ../values/base.yaml]
  destination: {server: https://kubernetes.default.svc, namespace: web}
-- platform/chart/Chart.yaml --
apiVersion: v2
name: web
version: 1.0.0
-- platform/chart/templates/account.yaml --
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
"""


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_files(tmp_path, ESTATE + KUSTOMIZE))
    edit(tmp_path, "base/kustomization.yaml", "[web.yaml]", "[web.yaml, extra.yaml]")
    return tmp_path


@pytest.fixture
def drift(capsys: pytest.CaptureFixture[str]) -> Drift:
    def answer(*arguments: str) -> tuple[int, Json]:
        status = run(["drift", "--format", "json", *arguments])
        return status, json.loads(capsys.readouterr().out or "{}")

    return answer


def edit(estate: Path, path: str, old: str, new: str) -> None:
    file = estate / "platform" / path
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def test_nothing_changed(estate: Path, drift: Drift) -> None:
    assert drift("--accept") == (0, {})
    assert (estate / "architecture.lock.json").is_file()
    status, document = drift()
    assert (status, document["changes"]) == (0, [])


def test_recording_twice_gives_the_same_bytes(estate: Path, drift: Drift) -> None:
    drift("--accept")
    first = (estate / "architecture.lock.json").read_bytes()
    drift("--accept")
    assert (estate / "architecture.lock.json").read_bytes() == first


def test_the_record_holds_no_lines_and_no_tags(estate: Path, drift: Drift) -> None:
    drift("--accept")
    text = (estate / "architecture.lock.json").read_text("utf-8")
    assert '"line"' not in text
    assert "extra:1.0" not in text
    assert '"runs image:registry.example.com/extra": {}' in text


ROUTINE = [
    ("base/web.yaml", "targetRevision: 1.2.3", "targetRevision: '1.2.3' # pinned"),
    ("base/web.yaml", "kind: Application\n", "\n\n# moved\nkind: Application\n"),
    ("base/kustomization.yaml", "[web.yaml, extra.yaml]", "[extra.yaml, web.yaml]"),
    ("extra/deployment.yaml", "extra:1.0", "extra:1.1"),
    ("values/base.yaml", 'tag: "1.0"', 'tag: "1.1"'),
]


@pytest.mark.parametrize(("path", "old", "new"), ROUTINE)
def test_routine_is_no_drift(estate: Path, drift: Drift, path: str, old: str, new: str) -> None:
    drift("--accept")
    edit(estate, path, old, new)
    status, document = drift()
    assert (status, document["changes"]) == (0, [])


def test_image_tags_are_drift_where_they_are_tracked(estate: Path, drift: Drift) -> None:
    file = estate / "graphdoc.yaml"
    file.write_text(file.read_text("utf-8") + "drift: {track: [image-tags]}\n", "utf-8")
    drift("--accept")
    edit(estate, "extra/deployment.yaml", "extra:1.0", "extra:1.1")
    status, document = drift()
    assert status == 1
    assert "application:prod/extra" in [change["subject"] for change in document["changes"]]


def test_a_patched_field_is_one_entry_with_its_pointer(estate: Path, drift: Drift) -> None:
    drift("--accept")
    edit(estate, "base/web.yaml", "targetRevision: 1.2.3", "targetRevision: 1.3.0")
    status, document = drift()
    web = next(c for c in document["changes"] if c["subject"] == "application:prod/web")
    assert status == 1
    assert web["change"] == "changed"
    assert web["fields"] == [
        {
            "pointer": "/manifest/spec/sources/0/targetRevision",
            "before": "1.2.3",
            "after": "1.3.0",
        }
    ]
    assert web["locations"] == [
        {"repository": "platform", "path": "base/web.yaml", "line": 1},
        {"repository": "platform", "path": "base/web.yaml", "line": 9},
    ]


def test_the_order_of_layers_is_a_change(estate: Path, drift: Drift) -> None:
    drift("--accept")
    edit(estate, "base/web.yaml", "$values/values/base.yaml", "$values/values/x.yaml")
    edit(estate, "overlays/prod/kustomization.yaml", "values/prod.yaml", "values/base.yaml")
    write_files(estate, "-- platform/values/x.yaml --\nreplicas: 9\n")
    _, document = drift()
    web = next(c for c in document["changes"] if c["subject"] == "application:prod/web")
    assert web["edges"] == [
        {
            "change": "changed",
            "kind": "layers",
            "source": "application:prod/web",
            "target": "values:platform/values/base.yaml",
            "attributes": {"order": 1},
        },
        {
            "change": "added",
            "kind": "layers",
            "source": "application:prod/web",
            "target": "values:platform/values/x.yaml",
            "attributes": {"order": 0},
        },
        {
            "change": "removed",
            "kind": "layers",
            "source": "application:prod/web",
            "target": "values:platform/values/prod.yaml",
            "attributes": {"order": 1},
        },
    ]


def test_what_is_gone_has_no_place(estate: Path, drift: Drift) -> None:
    drift("--accept")
    edit(estate, "base/kustomization.yaml", "[web.yaml, extra.yaml]", "[web.yaml]")
    status, document = drift()
    gone = next(c for c in document["changes"] if c["subject"] == "application:prod/extra")
    assert status == 1
    assert (gone["change"], gone["locations"], gone["fields"]) == ("removed", [], [])


def test_text_tells_changes_by_cluster(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["drift", "--accept"])
    edit(estate, "base/web.yaml", "targetRevision: 1.2.3", "targetRevision: 1.3.0")
    capsys.readouterr()
    assert run(["drift"]) == 1
    head, _, tail = capsys.readouterr().out.partition("All clusters\n")
    assert (
        head
        == """\
prod
  ~ application web changed  (platform/base/web.yaml:9)
      spec.sources[0].targetRevision is now 1.3.0 (was 1.2.3)
      now renders chart:https://charts.example.com/web@1.3.0
      no longer renders chart:https://charts.example.com/web@1.2.3

"""
    )
    assert tail.endswith("1 added, 1 removed, 1 changed\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "not JSON"),
        ('{"a":' * 50_000, "not JSON"),
        ("[]", "not of schema graphdoc/lock/v1"),
        ('{"schema": "graphdoc/lock/v2"}', "not of schema graphdoc/lock/v1"),
        ('{"schema": "graphdoc/lock/v1", "track": []}', "damaged"),
        ('{"schema": "graphdoc/lock/v1", "track": [], "nodes": {"a": []}}', "damaged"),
        ('{"schema": "graphdoc/lock/v1", "track": [], "nodes": {"a": {"b c": {}}}}', "damaged"),
        ('{"schema": "graphdoc/lock/v1", "track": [], "nodes": {"a": {"runs c": 1}}}', "damaged"),
        ('{"schema": "x", "nodes": {}, "nodes": {}}', "a merge brought 'nodes' twice"),
        ("{\n<<<<<<< HEAD\n}", "a merge left its conflict at line 2"),
    ],
)
def test_a_damaged_record_is_refused(text: str, reason: str) -> None:
    with pytest.raises(LockError, match=reason):
        read_lock(text)


def test_a_damaged_record_is_status_2(estate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (estate / "architecture.lock.json").write_text("{", "utf-8")
    assert run(["drift"]) == 2
    assert capsys.readouterr().err == (
        "graphdoc: architecture.lock.json: not JSON; "
        "record it anew with 'graphdoc drift --accept'\n"
    )


def test_a_record_is_read_as_it_was_written() -> None:
    facts = Facts(
        "application",
        "wéb",
        "prod",
        {"/a~1b": "x", "/n": None, "/t": True, "/list": ["a"]},
        (
            EdgeFact("layers", "values:platform/a b.yaml", '{"order": 0}'),
            EdgeFact("layers", "values:platform/v.yaml", '{"order": 1}'),
            EdgeFact("layers", "values:platform/v.yaml", '{"order": 2}'),
        ),
    )
    nodes = {
        "application:prod/web": facts,
        "cluster:prod": Facts("cluster", "prod", "prod", {}, ()),
        "file:platform/odd": Facts("file", "odd", "prod", {}, ()),
        "host:web.example.com": Facts("host", "web.example.com", None, {}, ()),
        "kustomization:platform": Facts("kustomization", "platform", None, {}, ()),
        "values:platform/a b.yaml": Facts("values", "a b.yaml", None, {}, ()),
        "values:platform/v.yaml": Facts("values", "another name", None, {}, ()),
    }
    lock = Lock(("image-tags",), nodes, with_helm=True)
    assert read_lock(write_lock(lock)) == lock


def test_what_other_facts_imply_has_no_line(estate: Path, drift: Drift) -> None:
    drift("--accept")
    text = (estate / "architecture.lock.json").read_text("utf-8")
    listed = {line.split('"')[1] for line in text.splitlines() if line.startswith('    "')}
    implied = {"image:registry.example.com/extra", "project:prod/default"}
    assert implied <= read_lock(text).nodes.keys()
    assert not implied & listed


MERGED = [
    ("base/web.yaml", "targetRevision: 1.2.3", "targetRevision: 1.3.0"),
    ("base/extra.yaml", "namespace: extra}", "namespace: other}"),
]


def commit(estate: Path, branch: str, path: str, old: str, new: str) -> None:
    """A branch with one edit and its record."""
    git(estate, "switch", "-q", "-c", branch, "main")
    edit(estate, path, old, new)
    assert run(["drift", "--accept"]) == 0
    git(estate, "commit", "-qam", branch)


@pytest.fixture
def versioned(estate: Path) -> Path:
    """The estate and its record in one Git repository."""
    assert run(["drift", "--accept"]) == 0
    git(estate, "init", "-q", "-b", "main")
    git(estate, "add", ".")
    git(estate, "commit", "-qm", "as it was")
    return estate


def test_branches_that_touch_different_applications_merge(versioned: Path, drift: Drift) -> None:
    for branch, change in zip("ab", MERGED, strict=True):
        commit(versioned, branch, *change)
    git(versioned, "merge", "-q", "--no-edit", "a")
    assert drift() == (0, {**drift()[1], "changes": []})


def test_a_conflict_is_told_with_the_way_out(
    versioned: Path, drift: Drift, capsys: pytest.CaptureFixture[str]
) -> None:
    path, old, new = MERGED[0]
    commit(versioned, "a", path, old, new)
    commit(versioned, "b", path, old, new.replace("1.3.0", "1.4.0"))
    with pytest.raises(subprocess.CalledProcessError):
        git(versioned, "merge", "-q", "--no-edit", "a")
    git(versioned, "checkout", "-q", "--ours", "--", f"platform/{path}")
    capsys.readouterr()
    assert run(["drift"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("graphdoc: architecture.lock.json: a merge left its conflict at line ")
    assert "'graphdoc drift --accept' and 'git add architecture.lock.json'" in told
    drift("--accept")
    git(versioned, "commit", "-qam", "merged")
    assert drift()[0] == 0


def test_a_record_with_charts_is_not_compared_without_the_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(write_files(tmp_path, ESTATE + LOCAL_CHART))
    run(["drift", "--accept"])
    file = tmp_path / "architecture.lock.json"
    assert '"helm": true,' in file.read_text("utf-8")
    monkeypatch.setattr("graphdoc.pipeline.analysis.find_engine", lambda *_: None)
    capsys.readouterr()
    assert run(["drift"]) == 2
    assert "install graphdoc[helm]" in capsys.readouterr().err
    run(["drift", "--accept"])
    assert run(["drift"]) == 0
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    capsys.readouterr()
    assert run(["drift"]) == 2
    assert "recorded without Helm's engine, which is here now" in capsys.readouterr().err


INLINE = """\
-- platform/base/extra.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: extra, namespace: argocd}
spec:
  project: default
  sources:
  - repoURL: https://charts.example.com
    chart: one
    targetRevision: 1.0.0
    helm:
      parameters:
      - {name: image.tag, value: "1.0"}
      - {name: replicas, value: "1"}
      values: |
        image: {tag: "1.0"}
        other:
          tag: "1.0"
        replicas: 1  # few
  - repoURL: https://charts.example.com
    chart: two
    targetRevision: 1.0.0
    helm:
      valuesObject: {image: {tag: "1.0"}, replicas: 1}
  - repoURL: https://git.example.com/platform
    path: extra
    targetRevision: HEAD
    kustomize: {images: ["registry.example.com:5000/extra:1.0"]}
  destination: {server: https://kubernetes.default.svc, namespace: extra}
"""


@pytest.mark.parametrize(
    ("old", "new", "status"),
    [
        ('value: "1.0"', 'value: "1.1"', 0),
        ('          tag: "1.0"', '          tag: "1.1"', 0),
        ('valuesObject: {image: {tag: "1.0"', 'valuesObject: {image: {tag: "1.1"', 0),
        ("extra:1.0", "extra:1.1", 0),
        ("replicas: 1  # few", "replicas: 1  # many", 0),
        ('value: "1"}', 'value: "2"}', 1),
        ("replicas: 1  # few", "replicas: 2  # few", 1),
        ("replicas: 1}", "replicas: 2}", 1),
        ("5000/extra:", "5000/other:", 1),
    ],
)
def test_tags_in_an_application_are_routine_and_the_rest_is_not(
    estate: Path, drift: Drift, old: str, new: str, status: int
) -> None:
    write_files(estate, INLINE)
    drift("--accept")
    edit(estate, "base/extra.yaml", old, new)
    assert drift()[0] == status


def test_other_settings_of_tracking_ask_for_a_new_record(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["drift", "--accept"])
    file = estate / "graphdoc.yaml"
    file.write_text(file.read_text("utf-8") + "drift: {track: [image-tags]}\n", "utf-8")
    capsys.readouterr()
    assert run(["drift"]) == 2
    assert "recorded with other settings of drift.track" in capsys.readouterr().err


def test_markdown_and_github_tell_the_same(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["drift", "--accept"])
    edit(estate, "base/web.yaml", "targetRevision: 1.2.3", "targetRevision: 1.3.0")
    edit(estate, "base/kustomization.yaml", "[web.yaml, extra.yaml]", "[web.yaml]")
    capsys.readouterr()
    run(["drift", "--format", "markdown"])
    markdown = capsys.readouterr().out
    run(["drift", "--format", "github"])
    github = capsys.readouterr().out.splitlines()
    assert "- changed `application:prod/web` in `platform/base/web.yaml:9`\n" in markdown
    assert "  - `spec.sources[0].targetRevision is now 1.3.0 (was 1.2.3)`\n" in markdown
    assert "- removed `application:prod/extra`\n" in markdown
    assert [line for line in github if "application:prod/web" in line.split("::")[2]] == [
        "::warning file=platform/base/web.yaml,line=9,title=architecture::application:prod/web "
        "changed; spec.sources[0].targetRevision is now 1.3.0 (was 1.2.3); "
        "now renders chart:https://charts.example.com/web@1.3.0; "
        "no longer renders chart:https://charts.example.com/web@1.2.3"
    ]


def test_sarif_shows_what_is_gone_where_it_is_recorded(
    estate: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["drift", "--accept"])
    lock = (estate / "architecture.lock.json").read_text("utf-8").splitlines()
    edit(estate, "base/web.yaml", "targetRevision: 1.2.3", "targetRevision: 1.3.0")
    edit(estate, "base/kustomization.yaml", "[web.yaml, extra.yaml]", "[web.yaml]")
    capsys.readouterr()
    assert run(["drift", "--format", "sarif"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert validation_errors(document) == []
    results = {r["properties"]["subject"]: r for r in document["runs"][0]["results"]}
    web, extra = results["application:prod/web"], results["application:prod/extra"]
    assert (web["ruleId"], extra["ruleId"]) == ("drift-changed", "drift-removed")
    assert web["message"]["text"].startswith(
        "application:prod/web changed; spec.sources[0].targetRevision is now 1.3.0 (was 1.2.3); "
    )
    places = [r["locations"][0]["physicalLocation"] for r in (web, extra)]
    assert places[0]["artifactLocation"] == {"uri": "base/web.yaml", "uriBaseId": "platform"}
    assert places[1]["artifactLocation"] == {"uri": "architecture.lock.json"}
    line = places[1]["region"]["startLine"]
    assert lock[line - 1] == '    "application:prod/extra": {'


def test_long_values_are_told_from_where_they_differ() -> None:
    before, after = (f"{'a' * 200}{word}{'b' * 200}" for word in ("one", "two"))
    start, end = "a" * 30, "b" * 86
    assert became(before, after) == f"is now …{start}two{end}… (was …{start}one{end}…)"


def test_long_values_that_begin_otherwise_are_told_from_their_beginning() -> None:
    before, after = (f"{word}{'b' * 200}" for word in ("one", "two"))
    assert became(before, after) == f"is now two{'b' * 116}… (was one{'b' * 116}…)"


@pytest.mark.parametrize(
    ("pointer", "before", "after", "words"),
    [
        ("/keys", ["a"], None, "keys are gone (was a)"),
        ("/keys", None, ["a", "b"], "keys are now a, b"),
        ("/keys", ["a", "b"], ["b"], "keys have no longer a"),
        ("/status", "a", "b", "status is now b (was a)"),
        ("/maker", ["a"], None, "maker is gone (was a)"),
        ("/rendered/kinds/Ingress", 1, None, "renders 0 Ingresses (was 1)"),
        ("/rendered/kinds/Policy", None, 2, "renders 2 Policies (was 0)"),
        ("/rendered/kinds/Gateway", None, 2, "renders 2 Gateways (was 0)"),
        ("/rendered/kinds/Ingress", 2, 1, "renders 1 Ingress (was 2)"),
    ],
)
def test_what_is_several_is_spoken_of_in_the_plural(
    pointer: str, before: Plain, after: Plain, words: str
) -> None:
    field = FieldChange(pointer, before, after)
    entry = NodeChange(Change.CHANGED, "secret:a/b/c", "secret", "c", "a", (field,), (), ())
    assert list(describe(entry)) == [words]
