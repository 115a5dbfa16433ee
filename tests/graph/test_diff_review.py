"""What diff says beside the architecture: findings, effective values, and what would be deleted."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graphdoc.cli import run
from graphdoc.graph.changes.compare import Changes
from graphdoc.graph.changes.removals import Removal
from graphdoc.model.coverage import Coverage
from graphdoc.model.finding import Finding, Problem, Severity
from graphdoc.model.location import Location, SourceFile, Span
from graphdoc.pipeline.changes.review import FoundChanges, pair_findings
from graphdoc.report.changes.review import REVIEW_REPORTERS, Review
from tests.written import git, write_files

APPLICATION = """\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}, namespace: argocd{metadata}}}
spec:
  project: default
  source: {{repoURL: https://git.example.com/platform, path: {path}, targetRevision: HEAD}}
  destination: {{server: https://kubernetes.default.svc, namespace: {name}}}
{policy}"""
PRUNING = "  syncPolicy: {automated: {prune: true}}\n"
UNPRUNING = "  syncPolicy: {automated: {prune: true}, syncOptions: [Prune=false]}\n"
FINALIZER = ", finalizers: [resources-finalizer.argocd.argoproj.io]"
CONFIG = """\
-- graphdoc.yaml --
repositories:
  - {name: platform, path: platform, urls: [https://git.example.com/platform]}
  - {name: values, path: values, urls: [https://git.example.com/values]}
roots: ["platform/root-{cluster}.yaml"]
"""
CONFIG_MAPS = """\
-- platform/{name}/a.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}-a, annotations: {{{annotations}}}}}
-- platform/{name}/b.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {{name: {name}-b}}
"""
CHART = """\
-- platform/apps/remote.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: remote, namespace: argocd}
spec:
  project: default
  sources:
  - repoURL: https://charts.example.com
    chart: remote
    targetRevision: 1.2.3
    helm: {valueFiles: [$values/remote.yaml]}
  - {repoURL: https://git.example.com/values, targetRevision: HEAD, ref: values}
  destination: {server: https://kubernetes.default.svc, namespace: remote}
-- values/remote.yaml --
image: {tag: "1.0"}
adminPassword: hunter2
"""

Start = Callable[..., Path]


def application(name: str, path: str, *, metadata: str = "", policy: str = PRUNING) -> str:
    return APPLICATION.format(name=name, path=path, metadata=metadata, policy=policy)


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """An estate of two clones, committed; a root that may prune, and Application web."""

    def write(*, root: str = PRUNING, web: str = FINALIZER, annotations: str = "") -> Path:
        texts = [
            CONFIG,
            f"-- platform/root-prod.yaml --\n{application('root', 'apps', policy=root)}",
            f"-- platform/apps/web.yaml --\n{application('web', 'web', metadata=web)}",
            CONFIG_MAPS.format(name="web", annotations=annotations),
            CHART,
        ]
        monkeypatch.chdir(write_files(tmp_path, "".join(texts)))
        for clone in ("platform", "values"):
            git(tmp_path / clone, "init", "-q", "-b", "main")
            git(tmp_path / clone, "add", ".")
            git(tmp_path / clone, "commit", "-q", "-m", "one")
        return tmp_path

    return write


def told(capsys: pytest.CaptureFixture[str], title: str) -> list[str]:
    """The lines under one title of the report in words."""
    capsys.readouterr()
    assert run(["diff", "main"]) == 0
    text = capsys.readouterr().out
    _, _, rest = text.partition(f"\n{title}\n")
    return [line.strip() for line in rest.partition("\n\n")[0].splitlines()]


WEB, ROOT = "application:prod/web", "application:prod/root"
KEPT = "helm.sh/resource-policy: keep"
FATES = [
    ({}, f"{WEB} is deleted by {ROOT}, which prunes, and with it 2 ConfigMaps"),
    (
        {"web": ""},
        f"{WEB} is deleted by {ROOT}, which prunes, "
        "and 2 ConfigMaps stay behind, for it has no finalizer",
    ),
    (
        {"annotations": KEPT},
        f"{WEB} is deleted by {ROOT}, which prunes, "
        "and with it 2 ConfigMaps, but 1 ConfigMap stays behind",
    ),
    (
        {"root": "  syncPolicy: {automated: {prune: true, enabled: false}}\n"},
        f"{WEB} stays until somebody prunes it: {ROOT} does not prune by itself",
    ),
    (
        {"web": ", annotations: {argocd.argoproj.io/sync-options: Prune=false}"},
        f"{WEB} stays, because it says Prune=false",
    ),
    (
        {
            "web": ", annotations: "
            "{argocd.argoproj.io/sync-options: 'Validate=false, Prune=confirm'}"
        },
        f"{WEB} stays until somebody confirms, because it says Prune=confirm",
    ),
    ({"root": UNPRUNING}, f"{WEB} stays, because {ROOT} says Prune=false"),
    (
        {
            "root": UNPRUNING,
            "web": f"{FINALIZER}, annotations: {{argocd.argoproj.io/sync-options: Prune=true}}",
        },
        f"{WEB} is deleted by {ROOT}, which prunes, and with it 2 ConfigMaps",
    ),
]


@pytest.mark.parametrize(("given", "fate"), FATES)
def test_what_becomes_of_an_application_that_vanishes(
    start: Start, capsys: pytest.CaptureFixture[str], given: dict[str, str], fate: str
) -> None:
    estate = start(**given)
    (estate / "platform/apps/web.yaml").unlink()
    assert told(capsys, "What becomes of what is gone") == [fate]


def entries(*names: str) -> str:
    return f"-- platform/apps/kustomization.yaml --\nresources: [{', '.join(names)}]\n"


ELSEWHERE = "'https://git.example.com/elsewhere//apps?ref=v1'"
CANNOT = [
    (entries("web.yaml", "remote.yaml"), f"stays while {ROOT} cannot be rendered"),
    (
        entries("remote.yaml", ELSEWHERE),
        f"may be deleted by {ROOT}, of which not all is understood, and with it 2 ConfigMaps",
    ),
]


@pytest.mark.parametrize(("after", "fate"), CANNOT)
def test_what_cannot_be_rendered_whole_is_not_said_to_delete(
    start: Start, capsys: pytest.CaptureFixture[str], after: str, fate: str
) -> None:
    estate = start()
    (estate / "platform/apps/web.yaml").unlink()
    write_files(estate, after)
    assert told(capsys, "What becomes of what is gone") == [f"{WEB} {fate}"]


@pytest.mark.parametrize("allows", [False, True])
def test_what_would_empty_an_application_is_not_pruned(
    start: Start, capsys: pytest.CaptureFixture[str], *, allows: bool
) -> None:
    more = ", allowEmpty: true" if allows else ""
    estate = start(root=f"  syncPolicy: {{automated: {{prune: true{more}}}}}\n")
    for file in (estate / "platform/apps").iterdir():
        file.unlink()
    write_files(estate, "-- platform/apps/README.md --\nnone yet\n")
    deleted = f"is deleted by {ROOT}, which prunes, and with it 2 ConfigMaps"
    stays = f"stays: {ROOT} would render nothing, and does not say allowEmpty"
    assert f"{WEB} {deleted if allows else stays}" in told(capsys, "What becomes of what is gone")


def test_an_application_that_renders_nothing_any_more_prunes_nothing(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    estate = start()
    for file in (estate / "platform/web").glob("*.yaml"):
        file.unlink()
    write_files(estate, "-- platform/web/README.md --\nnone yet\n")
    assert told(capsys, "What becomes of what is gone") == [
        f"{WEB} leaves ConfigMap/web-a, ConfigMap/web-b until somebody prunes it"
    ]


SETS = [
    ("[{name: two}]", "", "is deleted by applicationset:prod/many"),
    ("[two]", "", "stays while applicationset:prod/many is refused"),
    (
        "[{name: two}]",
        "\n  syncPolicy: {applicationsSync: create-update}",
        "stays, because applicationset:prod/many says create-update",
    ),
    ("gone", "", "is deleted with applicationset:prod/many, if that is"),
]


@pytest.mark.parametrize(("elements", "policy", "fate"), SETS)
def test_what_a_set_no_longer_makes(
    start: Start, capsys: pytest.CaptureFixture[str], elements: str, policy: str, fate: str
) -> None:
    estate = start()
    write_files(estate, f"-- platform/apps/set.yaml --\n{SET}")
    git(estate / "platform", "add", ".")
    git(estate / "platform", "commit", "-q", "-m", "two")
    changed = SET.replace("[{name: one}, {name: two}]", elements).replace(
        "spec:", f"spec:{policy}", 1
    )
    (estate / "platform/apps/set.yaml").write_text("" if elements == "gone" else changed, "utf-8")
    first = told(capsys, "What becomes of what is gone")[0]
    assert first.startswith(f"application:prod/one {fate}")


def test_what_outlives_its_application(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    estate = start()
    definition = estate / "platform/web/c.yaml"
    definition.write_text(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        "metadata: {name: webs.example.com}\n",
        "utf-8",
    )
    web = estate / "platform/apps/web.yaml"
    text = web.read_text("utf-8")
    for policy, left in (("", "1"), ("Prune=false, Delete=false", "2 ConfigMaps, 1")):
        web.write_text(text.replace("{prune: true}", f"{{}}, syncOptions: [{policy}]"), "utf-8")
        git(estate / "platform", "add", ".")
        git(estate / "platform", "commit", "-q", "-m", "more")
        web.unlink()
        stays = "stay" if " " in left else "stays"
        assert told(capsys, "What becomes of what is gone") == [
            f"{WEB} is deleted by {ROOT}, which prunes, and with it 2 ConfigMaps, "
            f"1 CustomResourceDefinition, but {left} CustomResourceDefinition {stays} behind"
        ]


def test_a_root_that_vanishes_is_deleted_by_nobody(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    estate = start()
    (estate / "platform/root-prod.yaml").unlink()
    assert told(capsys, "What becomes of what is gone") == [
        f"application:prod/remote outlives {ROOT}, which vanishes as well",
        f"{ROOT} stays until somebody deletes it: no Application manages it",
        f"{WEB} outlives {ROOT}, which vanishes as well",
    ]


@pytest.mark.parametrize(
    ("policy", "fate"),
    [
        (PRUNING, f"is deleted by {ROOT}, which prunes, and 3 Applications stay behind"),
        ("", f"stays until somebody prunes it: {ROOT} does not prune by itself"),
    ],
)
def test_a_root_that_renders_itself_prunes_itself(
    start: Start, capsys: pytest.CaptureFixture[str], policy: str, fate: str
) -> None:
    estate = start(root=policy)
    files = [estate / f"platform/{path}.yaml" for path in ("root-prod", "apps/root")]
    files[1].write_text(files[0].read_text("utf-8"), "utf-8")
    git(estate / "platform", "add", ".")
    git(estate / "platform", "commit", "-q", "-m", "itself")
    for file in files:
        file.unlink()
    found = told(capsys, "What becomes of what is gone")
    assert [line.partition(", for")[0] for line in found if line.startswith(ROOT)] == [
        f"{ROOT} {fate}"
    ]


def test_what_an_application_no_longer_renders(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    estate = start(annotations="argocd.argoproj.io/sync-options: Prune=false")
    (estate / "platform/web/b.yaml").unlink()
    assert told(capsys, "What becomes of what is gone") == [f"{WEB} deletes ConfigMap/web-b"]
    (estate / "platform/web/a.yaml").rename(estate / "platform/web/c.yaml")
    text = (estate / "platform/web/c.yaml").read_text("utf-8")
    (estate / "platform/web/c.yaml").write_text(text.replace("web-a", "web-c"), "utf-8")
    assert told(capsys, "What becomes of what is gone") == [
        f"{WEB} deletes ConfigMap/web-b",
        f"{WEB} leaves ConfigMap/web-a, because it says Prune=false",
    ]


def test_a_new_hash_in_a_name_deletes_nothing(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    estate = start()
    generator = "configMapGenerator: [{name: settings, literals: [a=%s]}]\n"
    kustomization = estate / "platform/web/kustomization.yaml"
    kustomization.write_text(generator % "1", "utf-8")
    git(estate / "platform", "add", ".")
    git(estate / "platform", "commit", "-q", "-m", "two")
    kustomization.write_text(generator % "2", "utf-8")
    capsys.readouterr()
    assert run(["diff", "HEAD", "--repository", "platform"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(
        "Resources\n"
        "  ConfigMap/settings-6gtghh96k8: data.a is now 2 (was 1) for application:prod/web "
        "(platform/web/kustomization.yaml:1)\n\n"
    )
    assert "What becomes of what is gone" not in text


def test_values_of_a_chart_that_is_not_at_hand_are_changes(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    estate = start()
    file = estate / "values/remote.yaml"
    file.write_text('image: {tag: "2.0"}\nadminPassword: hunter3\n', "utf-8")
    assert run(["diff", "main", "--format", "json"]) == 0
    (change,) = json.loads(capsys.readouterr().out)["changes"]
    assert change["subject"] == "application:prod/remote"
    assert change["fields"] == [
        {
            "pointer": "/effective_values/adminPassword",
            "before": "<redacted>",
            "after": "<redacted>",
        },
        {"pointer": "/effective_values/image/tag", "before": "1.0", "after": "2.0"},
    ]
    assert change["locations"][1:] == [
        {"repository": "values", "path": "remote.yaml", "line": 1},
        {"repository": "values", "path": "remote.yaml", "line": 2},
    ]
    assert told(capsys, "Effective values") == [
        "image.tag is now 2.0 (was 1.0) for application:prod/remote (values/remote.yaml:1)",
        "adminPassword is now <redacted> (was <redacted>) for application:prod/remote "
        "(values/remote.yaml:2)",
    ]


def test_findings_come_and_go(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    estate = start()
    (estate / "values/remote.yaml").rename(estate / "values/renamed.yaml")
    (finding,) = [line for line in told(capsys, "New findings") if line.startswith("error")]
    assert finding.startswith("error[missing-values-file] ")
    git(estate / "values", "add", ".")
    git(estate / "values", "commit", "-q", "-m", "two")
    (estate / "values/renamed.yaml").rename(estate / "values/remote.yaml")
    assert finding in told(capsys, "Findings gone")


def test_a_finding_that_says_something_else_has_changed(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    estate = start()
    manifest = estate / "platform/apps/web.yaml"
    text = manifest.read_text("utf-8")

    def lead(path: str) -> None:
        manifest.write_text(text.replace("path: web", f"path: {path}"), "utf-8")

    lead("none")
    git(estate / "platform", "commit", "-qam", "two")
    lead("nowhere")
    assert told(capsys, "Findings changed") == [
        "error[missing-source-path] Application web renders platform/nowhere, which does not exist"
        " (platform/apps/web.yaml:6), was: Application web renders platform/none, which does not"
        " exist"
    ]
    assert not any("web" in line for line in told(capsys, "Findings gone"))
    assert run(["diff", "main"]) == 0
    assert capsys.readouterr().out.endswith("; 1 finding changed\n")
    assert run(["diff", "main", "--format", "github"]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "finding::" in line]
    assert line.startswith("::error file=platform/apps/web.yaml,line=6,title=changed finding::")


def found(
    fact: str,
    rule: str = "r",
    severity: Severity = Severity.ERROR,
    path: str = "a",
    subject: str = "s",
) -> Finding:
    place = Location(Span(SourceFile("platform", path), 1, 1, 1, 2))
    return Finding(rule, severity, Problem(fact, place, subject=subject))


@pytest.mark.parametrize(
    ("now", "is_paired"),
    [
        (found("b"), True),
        (found("b", rule="other"), False),
        (found("b", severity=Severity.INFO), False),
        (found("b", path="other"), False),
        (found("b", subject="other"), False),
    ],
)
def test_only_findings_of_one_rule_about_one_thing_are_paired(
    now: Finding, *, is_paired: bool
) -> None:
    was = found("a")
    pairs = FoundChanges(altered=((was, now),)) if is_paired else FoundChanges((now,), (was,))
    assert pair_findings((now,), (was,)) == pairs


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (("a", "b"), ("c",)),
        (("a",), ("b", "c")),
    ],
)
def test_findings_of_one_thing_that_cannot_be_paired_come_and_go(
    start: Start, capsys: pytest.CaptureFixture[str], before: tuple[str, ...], now: tuple[str, ...]
) -> None:
    estate = start()
    file = estate / "platform/web/a.yaml"

    def run_images(names: tuple[str, ...]) -> None:
        containers = "".join(f"\n  - {{name: {n}, image: 'example.com/{n}:latest'}}" for n in names)
        pod = (
            f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers:{containers}\n"
        )
        file.write_text(pod, "utf-8")

    run_images(before)
    git(estate / "platform", "commit", "-qam", "two")
    run_images(now)
    assert len(told(capsys, "Findings gone")) == len(before)
    assert len(told(capsys, "New findings")) == len(now)
    assert told(capsys, "Findings changed") == []


def test_findings_of_what_cannot_be_rendered_any_more_are_not_gone(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    estate = start()
    file = estate / "platform/web/a.yaml"
    pod = "spec: {containers: [{name: a, image: 'a.example.com/a:latest'}]}"
    file.write_text(f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\n{pod}\n", "utf-8")
    git(estate / "platform", "commit", "-qam", "two")
    manifest = estate / "platform/apps/web.yaml"
    text = manifest.read_text("utf-8")
    manifest.write_text(text.replace("path: web", "path: none"), "utf-8")
    assert not any("a:latest" in line for line in told(capsys, "Findings gone"))
    manifest.write_text(text, "utf-8")
    file.unlink()
    assert any("a:latest" in line for line in told(capsys, "Findings gone"))


def test_a_finding_of_what_could_not_be_rendered_before_is_gone(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    estate = start()
    manifest = estate / "platform/apps/web.yaml"
    text = manifest.read_text("utf-8").replace("path: web", "path: none")
    manifest.write_text(text, "utf-8")
    git(estate / "platform", "commit", "-qam", "two")
    manifest.write_text(text.replace("path: none", "path: web"), "utf-8")
    (estate / "platform/web/kustomization.yaml").write_text("resources: [none.yaml]", "utf-8")
    assert any("platform/none" in line for line in told(capsys, "Findings gone"))


SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: many, namespace: argocd}
spec:
  generators:
    - list: {elements: [{name: one}, {name: two}]}
  template:
    metadata: {name: '{{name}}'}
    spec:
      project: default
      source: {repoURL: https://git.example.com/platform, path: web}
      destination: {server: https://kubernetes.default.svc, namespace: '{{name}}'}
"""
REWORDED = [
    ("values/top.yaml", "a: {b: 1}\nc: {b: 1}", "a: &b {b: 1}\nc: *b", 0),
    ("values/top.yaml", "a: {b: 1}\nc: {b: 1}", "a: &b {b: 1} # also c\nc: *b", 1),
    ("values/top.yaml", "a: {b: 1}\nc: {b: 1}", "{}", 1),
    ("platform/apps/set.yaml", "[{name: one}, {name: two}]", "[{name: two}, {name: one}]", 0),
    ("platform/apps/set.yaml", "[{name: one}, {name: two}]", "[{name: two}, {name: six}]", 1),
]


@pytest.mark.parametrize("case", REWORDED)
def test_the_same_in_other_words_is_no_change(
    start: Start, capsys: pytest.CaptureFixture[str], case: tuple[str, str, str, int]
) -> None:
    estate = start()
    path, old, new, status = case
    remote = (estate / "platform/apps/remote.yaml").read_text("utf-8")
    layered = remote.replace("remote.yaml]", "remote.yaml, $values/top.yaml]")
    top = "a: {b: 1}\nc: {b: 1}\n"
    write_files(estate, f"-- platform/apps/remote.yaml --\n{layered}")
    write_files(estate, f"-- values/remote.yaml --\n{top}-- values/top.yaml --\n{top}")
    write_files(estate, f"-- platform/apps/set.yaml --\n{SET}")
    for clone in ("platform", "values"):
        git(estate / clone, "add", ".")
        git(estate / clone, "commit", "-q", "-m", "two")
    text = (estate / path).read_text("utf-8")
    (estate / path).write_text(text.replace(old, new), "utf-8")
    capsys.readouterr()
    assert run(["diff", "HEAD", "--exit-code"]) == status
    assert capsys.readouterr().out.endswith("nothing changed\n") is not bool(status)


def test_every_clone_with_the_revision_counts_and_the_others_stay(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    estate = start()
    git(estate / "values", "tag", "v1")
    (estate / "values/remote.yaml").write_text('image: {tag: "2.0"}\n', "utf-8")
    (estate / "platform/apps/web.yaml").unlink()

    def compared(*arguments: str) -> tuple[str, dict[str, Any]]:
        assert run(["diff", "--format", "json", *arguments]) == 0
        document = json.loads(capsys.readouterr().out)
        subjects = {change["subject"]: change["change"] for change in document["changes"]}
        return document["base"], {id_: subjects[id_] for id_ in subjects if "application" in id_}

    remote = {"application:prod/remote": "changed"}
    capsys.readouterr()
    assert run(["diff", "v1", "--format", "json"]) == 0
    assert capsys.readouterr().err == "platform is read as it stands: it lacks the revisions\n"
    assert compared("v1") == ("values@v1", remote)
    base, subjects = compared("main")
    assert base == "platform@main, values@main"
    assert subjects == {**remote, ROOT: "changed", WEB: "removed"}
    assert compared("main", "--repository", "values") == ("values@main", remote)


def test_a_revision_that_no_clone_has_is_status_2(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    start()
    assert run(["diff", "v9"]) == 2
    assert capsys.readouterr().err == "graphdoc: no repository has 'v9'\n"


def test_a_comment_fits_and_says_what_was_cut() -> None:
    removals = tuple(
        Removal(f"application:prod/a{number}", "prod", fate="goes " + "x" * 50)
        for number in range(2000)
    )
    review = Review(Changes("a", "b", (), Coverage()), removals=removals)
    text = REVIEW_REPORTERS["markdown"](review, lambda repository, path: f"{repository}/{path}")
    assert len(text) < 65_000
    cut = re.search(r"(\d+) more lines cut; `graphdoc diff` shows them all\.", text)
    assert cut is not None
    folds = ("", "<details>", "<summary>1980 more</summary>", "", "", "</details>")
    assert int(cut[1]) + text.count("\n- ") == 2000 + len(folds) - text.count("<summary>") - 3 + 1
    assert text.count("<details>") == text.count("</details>") == 1


def test_github_marks_new_findings_and_deletions(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    estate = start()
    (estate / "values/remote.yaml").unlink()
    (estate / "platform/apps/web.yaml").unlink()
    assert run(["diff", "main", "--format", "github"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in lines if "title=new finding" in line][:1] == [
        "::error file=platform/apps/remote.yaml"
    ]
    assert (
        f"::warning title=deletion::{WEB} is deleted by {ROOT}, which prunes, "
        "and with it 2 ConfigMaps" in lines
    )


def test_a_field_that_an_overlay_patches_is_found_in_the_overlay(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    estate = start()
    overlay = "resources: [web.yaml, remote.yaml]\npatches: [{path: wave.yaml}]\n"
    wave = "metadata: {name: web, namespace: argocd, annotations: {"
    patch = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\n"
        f'{wave}argocd.argoproj.io/sync-wave: "1"}}}}\n'
    )
    (estate / "platform/apps/kustomization.yaml").write_text(overlay, "utf-8")
    file = estate / "platform/apps/wave.yaml"
    file.write_text(patch, "utf-8")
    git(estate / "platform", "add", ".")
    git(estate / "platform", "commit", "-q", "-m", "two")
    file.write_text(patch.replace('"1"', '"2"'), "utf-8")
    assert run(["diff", "HEAD", "--repository", "platform"]) == 0
    assert capsys.readouterr().out.startswith(
        "prod\n  ~ application web changed  (platform/apps/wave.yaml:3)\n      sync wave 1 → 2\n\n"
    )


INFLATED = """\
helmCharts:
- {name: far, repo: https://charts.example.com, version: 1.0.0, valuesFile: values.yaml,
   additionalValuesFiles: [more.yaml], valuesInline: {a: {b: 1}}, valuesMerge: override}
- {name: near, valuesFile: broken.yaml}
resources: [a.yaml, b.yaml]
"""
CHARTS_OF_KUSTOMIZATIONS = [
    ("kustomization.yaml", "1.0.0", "2.0.0", ["added far@2.0.0", "removed far@1.0.0"]),
    ("kustomization.yaml", "b: 1", "b: 2", ["far/a/b 1 2"]),
    ("values.yaml", "c: 1", "c: 2", ["far/a/c 1 2"]),
    ("more.yaml", "d: 1", "d: 2", ["far/d 1 2"]),
    ("values.yaml", "b: 3", "b: 4", []),
    ("kustomization.yaml", "override", "merge", ["far/a/b 1 3"]),
    ("kustomization.yaml", "override", "replace", ["far/a/c 1 None"]),
    ("kustomization.yaml", "{name: near", "{name: none", ["removed near"]),
    ("values.yaml", "a:", "a: [", ["far/a/b 1 None", "far/a/c 1 None", "far/d 1 None"]),
]


@pytest.mark.parametrize("case", CHARTS_OF_KUSTOMIZATIONS)
def test_charts_of_kustomizations_change_where_they_are_not_at_hand(
    start: Start,
    capsys: pytest.CaptureFixture[str],
    case: tuple[str, str, str, list[str]],
) -> None:
    file, old, new, wanted = case
    folder = start() / "platform/web"
    written = {
        "kustomization.yaml": INFLATED,
        "values.yaml": "a: {b: 3, c: 1}\n",
        "more.yaml": "d: 1\n",
        "broken.yaml": "a: {\n",
        "charts/near/Chart.yaml": "apiVersion: v2\nname: near\nversion: 1.0.0\n",
    }
    write_files(folder, "".join(f"-- {name} --\n{text}" for name, text in written.items()))
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "charts")
    text = written[file]
    assert old in text
    (folder / file).write_text(text.replace(old, new), "utf-8")
    capsys.readouterr()
    assert run(["diff", "main", "--format", "json"]) == 0
    changes = json.loads(capsys.readouterr().out)["changes"]
    own: dict[str, Any] = next((c for c in changes if c["subject"] == WEB), {})
    assert [*_edges(own), *_fields(own)] == wanted


def _edges(change: dict[str, Any]) -> list[str]:
    return [f"{e['change']} {e['target'].rpartition('/')[2]}" for e in change.get("edges", ())]


def _fields(change: dict[str, Any]) -> list[str]:
    """Effective values by their place, with what they were and are."""
    fields = change.get("fields", ())
    return [
        f"{f['pointer'].removeprefix('/effective_values/')} {f['before']} {f['after']}"
        for f in fields
        if f["pointer"].startswith("/effective_values")
    ]
