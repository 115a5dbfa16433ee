"""``graphdoc render``: what a directory comes to, with and without a clone around it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from graphdoc.cli import run
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Plain, to_plain
from graphdoc.parse.emit import to_yaml
from graphdoc.parse.scalars import as_kubectl
from graphdoc.parse.yaml import parse_documents
from tests.written import ESTATE, git, write_files

Render = Callable[..., list[dict[str, Any]]]

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\n"
TREE = f"""\
-- deep/one/base/kustomization.yaml --
resources: [m.yaml]
-- deep/one/base/m.yaml --
{MAP}-- deep/one/overlays/prod/kustomization.yaml --
resources: [../../base]
namePrefix: prod-
commonAnnotations: {{told: "{"at length " * 30}"}}
-- deep/two/overlay/kustomization.yaml --
resources: [../../one/base]
nameSuffix: -two
-- plain/a.yaml --
{MAP}-- plain/broken/b.yaml --
a: [
-- empty/readme.md --
-- chart/Chart.yaml --
apiVersion: v2
name: chart
version: 1.0.0
-- chart/values.yaml --
name: web
-- chart/templates/m.yaml --
apiVersion: v1
kind: ConfigMap
metadata: {{name: "{{{{ .Values.name }}}}-{{{{ .Release.Name }}}}"}}
"""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_files(tmp_path, TREE))
    return tmp_path


@pytest.fixture
def render(capsys: pytest.CaptureFixture[str]) -> Render:
    def answer(*arguments: str) -> list[dict[str, Any]]:
        run(["render", "--format", "jsonl", *arguments])
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return answer


def names(line: dict[str, Any]) -> list[str]:
    return [document["metadata"]["name"] for document in line["documents"]]


@pytest.mark.usefixtures("tree")
def test_bases_outside_of_the_directory_are_found_without_a_clone(render: Render) -> None:
    lines = render("deep/one/overlays/prod", "deep/two/overlay", "deep/one/base")
    assert [(names(line), line["error"]) for line in lines] == [
        (["prod-m"], None),
        (["m-two"], None),
        (["m"], None),
    ]


def test_a_clone_is_the_farthest_that_a_base_may_lie(tree: Path, render: Render) -> None:
    git(tree / "deep" / "two", "init", "-q")
    (line,) = render("deep/two/overlay")
    assert line["documents"] == []
    assert line["error"].startswith("two/overlay/kustomization.yaml:1:")


def test_a_link_that_leads_to_itself_is_no_resource(tree: Path, render: Render) -> None:
    (tree / "plain/loop").symlink_to("loop")
    (tree / "plain/kustomization.yaml").write_text("resources: [loop]\n")
    (line,) = render("plain")
    assert line["error"].endswith("resource 'loop': a link that leads to itself")


@pytest.mark.usefixtures("tree")
def test_a_kustomization_file_stands_for_its_directory(render: Render) -> None:
    (line,) = render("deep/one/base/kustomization.yaml")
    assert names(line) == ["m"]


@pytest.mark.usefixtures("tree")
def test_a_plain_directory_comes_to_its_own_manifests(render: Render) -> None:
    plain, broken, empty = render("plain", "plain/broken", "empty")
    assert names(plain) == ["m"]
    assert broken["error"].startswith("plain/broken/b.yaml:2:1: ")
    nothing = "no kustomization, chart or manifest here"
    assert (empty["error"], empty["not_understood"]) == (nothing, [])


@pytest.mark.usefixtures("tree")
def test_a_chart_is_rendered_with_its_defaults(render: Render) -> None:
    pytest.importorskip("helm_python")
    (line,) = render("chart")
    assert (names(line), line["error"]) == (["web-chart"], None)


@pytest.mark.usefixtures("tree")
def test_several_processes_answer_what_one_does(render: Render) -> None:
    Path("graphdoc.yaml").write_text("repositories: [{name: deep, path: deep}]\n", "utf-8")
    paths = ["deep/one/overlays/prod", "absent", "deep/two/overlay", "plain", "deep/one/base"] * 8
    assert render("--jobs", "2", *paths) == render(*paths)


def test_clones_of_one_name_are_not_mixed_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, render: Render
) -> None:
    monkeypatch.chdir(tmp_path)
    paths = [f"{place}/gitops" for place in "abc"]
    for path in paths:
        text = f"-- kustomization.yaml --\nresources: [m.yaml]\n-- m.yaml --\n{MAP}"
        git(write_files(Path(path), text.replace("name: m}", f"name: {path[0]}}}")), "init", "-q")
    Path("graphdoc.yaml").write_text("repositories: [{name: gitops, path: c/gitops}]\n", "utf-8")
    assert [names(line) for line in render(*paths)] == [["a"], ["b"], ["c"]]


def test_a_closed_standard_input_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert run(["render", "-"]) == 2
    assert capsys.readouterr().err == "graphdoc: standard input is closed\n"


@pytest.mark.usefixtures("tree")
def test_charts_of_a_kustomization_are_rendered_when_asked_for(render: Render) -> None:
    pytest.importorskip("helm_python")
    kustomization = (
        "helmGlobals: {chartHome: ..}\nhelmCharts:\n  - name: chart\n    releaseName: a\n"
    )
    write_files(
        Path(),
        f"-- k/kustomization.yaml --\n{kustomization}    valuesFile: v.yaml\n-- k/v.yaml --\n",
    )
    ((plain,), (charts,)) = render("k"), render("--enable-helm", "k")
    assert (plain["documents"], [note["reason"] for note in plain["not_understood"]]) == (
        [],
        ["helmCharts are rendered only with --enable-helm, as by Kustomize"],
    )
    assert (names(charts), charts["error"], charts["not_understood"]) == (["web-a"], None, [])


def test_an_application_is_found_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, render: Render
) -> None:
    monkeypatch.chdir(write_files(tmp_path, ESTATE))
    by_name, by_id = render("root", "application:prod/root")
    assert names(by_name) == ["web"]
    assert by_id["documents"] == by_name["documents"]


NAMING = """\
-- graphdoc.yaml --
repositories: [{name: deep, path: deep, urls: [https://git.example.com/deep]}]
-- deep/chart/Chart.yaml --
{apiVersion: v2, name: chart, version: 1.0.0}
-- deep/chart/values.yaml --
name: web
-- deep/apps/web.yaml --
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: web, namespace: argocd}
spec:
  destination: {server: https://kubernetes.default.svc, namespace: web}
  source:
    repoURL: https://git.example.com/deep
    path: chart
    helm:
      ignoreMissingValueFiles: IGNORED
      valueFiles: [values.yaml, prod.yaml]
"""


@pytest.mark.parametrize(
    ("ignored", "error"),
    [("true", None), ("false", "deep/apps/web.yaml:11:33: 'deep/chart/prod.yaml' does not exist")],
)
def test_what_an_application_names_in_vain_is_an_error(
    ignored: str,
    error: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    render: Render,
) -> None:
    pytest.importorskip("helm_python")
    monkeypatch.chdir(write_files(tmp_path, NAMING.replace("IGNORED", ignored)))
    (line,) = render("web")
    assert line["error"] == error


DOCUMENTS: list[Plain] = [
    {"a": ["y", "on", "0o14", "1e3", "1_000", "null", "~", "", "012", "2024-01-01", "=", "<<"]},
    {"a": "line\nline\n", "b": "trailing \nx", "c": "tab\t", "d": "\x1b[31m\u202e", "e": " x"},
    {"a": True, "b": 1, "c": 1.5, "d": None, "e": [], "f": {}, "g": -1, "h": "x: y # z"},
    ["*a", "&b", "!c", "%d", "@e", "`f", "{g", "[h", "- i", "? j", "'k", '"l', "|", ">"],
]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_yaml_is_read_back_as_it_was_by_every_program(document: Plain) -> None:
    text = to_yaml(document)
    (read,) = parse_documents(text.encode(), SourceFile("", ""))
    assert read.root is not None
    assert to_plain(read.root) == document
    assert to_plain(as_kubectl(read.root)) == document
    assert not any(ord(character) < 0x20 and character != "\n" for character in text)
