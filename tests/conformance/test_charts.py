"""``helmCharts`` against Kustomize's own, which runs Helm's engine as the program ``helm``."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from graphdoc.clone import open_clone
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Plain, to_plain
from graphdoc.parse.yaml import parse_documents
from graphdoc.resolve.helm import HelmEngine, find_engine
from graphdoc.resolve.helm.chart_cache import ChartCache
from graphdoc.resolve.kustomize import Build, Inflator, Kustomizer
from graphdoc.resolve.repositories.files import Files
from tests.conformance.test_conformance import Case, kubectl, parse_cases, to_numbers, write

pytest.importorskip("helm_python")

_HELM = Path(__file__).parent / "helm"
_CASES = [pytest.param(case, id=case.name) for case in parse_cases(_HELM / "charts.txt")]


@pytest.fixture(scope="module")
def engine() -> HelmEngine | None:
    return find_engine()


@pytest.fixture(scope="module")
def helm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("bin") / "helm"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{_HELM / "helm.py"}" "$@"\n')
    program.chmod(0o755)
    return program


def real_build(directory: Path, helm: Path) -> list[Plain] | None:
    done = subprocess.run(
        [kubectl(), "kustomize", "--enable-helm", "--helm-command", helm, directory],
        capture_output=True, check=False, timeout=60,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )  # fmt: skip
    if done.returncode != 0:
        return None
    documents = parse_documents(done.stdout, SourceFile("kubectl", "output"))
    return [to_plain(document.root) for document in documents if document.root is not None]


def our_build(root: Path, engine: HelmEngine | None, charts: Path | None = None) -> Build:
    files = Files()
    folder = open_clone("charts", charts, "charts") if charts else None
    inflator = Inflator(engine, files, ChartCache(folder, files))
    return Kustomizer(files, inflator=inflator).build(open_clone("clone", root, "clone"), "top")


@pytest.mark.skipif(sys.platform == "win32", reason="Kustomize runs a script as helm")
@pytest.mark.parametrize("case", _CASES)
def test_same_as_kustomize(
    case: Case, tmp_path: Path, engine: HelmEngine | None, helm: Path
) -> None:
    write(tmp_path, case)
    built = our_build(tmp_path, engine)
    ours = [to_numbers(to_plain(resource.manifest)) for resource in built.resources]
    assert built.not_understood == ()
    real = real_build(tmp_path / "top", helm)
    assert (real is None, built.error is not None) == (case.is_refused, case.is_refused), (
        built.error
    )
    if real is not None:
        assert ours == [to_numbers(document) for document in real]


CHART = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.2.0\n",
    "values.yaml": "text: default\n",
    "templates/m.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  text: {{ .Values.text }}\n"
    ),
}
NAMED = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: '{{ .Release.Name }}'}\n"
ASKED = """\
helmCharts:
  - name: web
    version: 1.2.0
    repo: https://charts.example.org/stable
    releaseName: shop
    valuesInline: {text: mine}
"""


def test_a_chart_of_a_repository_is_taken_from_the_charts_at_hand(
    tmp_path: Path, engine: HelmEngine | None
) -> None:
    write(tmp_path, Case("", "top", False, {"top/kustomization.yaml": ASKED}))  # noqa: FBT003
    cache = Case("", "", False, {f"web/{name}": text for name, text in CHART.items()})  # noqa: FBT003
    write(tmp_path / "cache", cache)
    built = our_build(tmp_path, engine, tmp_path / "cache")
    assert (built.error, built.not_understood) == (None, ())
    (resource,) = built.resources
    assert to_plain(resource.manifest) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "m"},
        "data": {"text": "mine"},
    }


def test_a_chart_that_is_asked_for_twice_is_refused_once(
    tmp_path: Path, engine: HelmEngine | None, helm: Path
) -> None:
    second = CHART["templates/m.yaml"].replace("name: m", "name: n")
    chart = {**CHART, "templates/n.yaml": second}
    files = {f"top/charts/web/{name}": content for name, content in chart.items()}
    asked = "helmCharts:\n- {name: web, releaseName: a}\n- {name: web, releaseName: b}\n"
    write(tmp_path, Case("", "top", False, {"top/kustomization.yaml": asked, **files}))  # noqa: FBT003
    (problem,) = our_build(tmp_path, engine).problems
    assert (str(problem.span), problem.message) == (
        "clone/top/kustomization.yaml:3:3",
        "ConfigMap/m exists; behavior must be merge or replace (and 1 more of this chart)",
    )
    assert real_build(tmp_path / "top", helm) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            ASKED,
            "chart 'web 1.2.0' of 'https://charts.example.org/stable' is not at hand: "
            "'helm pull' it into the chart_cache",
        ),
        (
            "helmCharts: [{name: named}]\n",
            "a release without a name: Helm makes one up at every build",
        ),
    ],
)
def test_what_cannot_be_rendered_is_counted(
    tmp_path: Path, engine: HelmEngine | None, text: str, reason: str
) -> None:
    files = {
        f"top/charts/named/{name}": content.replace("name: web", "name: named")
        for name, content in {**CHART, "templates/n.yaml": NAMED}.items()
    }
    write(tmp_path, Case("", "top", False, {"top/kustomization.yaml": text, **files}))  # noqa: FBT003
    built = our_build(tmp_path, engine)
    assert (built.error, [note.reason for note in built.not_understood]) == (None, [reason])


def test_a_release_needs_no_name_where_its_chart_makes_no_use_of_it(
    tmp_path: Path, engine: HelmEngine | None
) -> None:
    files = {f"top/charts/web/{name}": content for name, content in CHART.items()}
    asked = {"top/kustomization.yaml": "helmCharts: [{name: web}]\n"}
    write(tmp_path, Case("", "top", False, {**asked, **files}))  # noqa: FBT003
    built = our_build(tmp_path, engine)
    assert (built.error, built.not_understood) == (None, ())
    assert [resource.name for resource in built.resources] == ["m"]


def test_without_an_engine_charts_are_counted(tmp_path: Path) -> None:
    files = {f"top/charts/web/{name}": content for name, content in CHART.items()}
    asked = {"top/kustomization.yaml": "helmCharts: [{name: web, releaseName: a}]\n"}
    write(tmp_path, Case("", "top", False, {**asked, **files}))  # noqa: FBT003
    built = our_build(tmp_path, None)
    assert [note.reason for note in built.not_understood] == [
        "no Helm engine to render helmCharts: install graphdoc[helm], or helm on the PATH"
    ]
