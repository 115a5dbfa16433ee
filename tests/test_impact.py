"""Which Applications the change of a file reaches."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from graphdoc.cli import run
from tests.test_drift import KUSTOMIZE, edit
from tests.test_schemas import schema
from tests.written import ESTATE, git, write_files

Impact = Callable[..., dict[str, Any]]
ROOT_WAY = ["kustomization:platform/overlays/prod", "application:prod/root"]


@pytest.fixture
def estate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(write_files(tmp_path, ESTATE + KUSTOMIZE))
    edit(tmp_path, "base/kustomization.yaml", "[web.yaml]", "[web.yaml, extra.yaml]")
    return tmp_path


@pytest.fixture
def impact(capsys: pytest.CaptureFixture[str]) -> Impact:
    def answer(*arguments: str) -> dict[str, Any]:
        assert run(["impact", "--format", "json", *arguments]) == 0
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        Draft202012Validator(schema("impact-v1")).validate(document)
        return document

    return answer


def reached(document: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [(entry["id"], entry["effects"]) for entry in document["applications"]]


WEB = ("application:prod/web", ["manifest"])
EXTRA = ("application:prod/extra", ["manifest"])
ROOT = ("application:prod/root", ["resources"])
CASES = [
    ("values/prod.yaml", [("application:prod/web", ["resources"])]),
    ("values/dev.yaml", []),
    ("base/web.yaml", [ROOT, WEB]),
    ("base/extra.yaml", [EXTRA, ROOT]),
    ("overlays/prod/kustomization.yaml", [EXTRA, ROOT, WEB]),
    ("base/kustomization.yaml", [EXTRA, ROOT, WEB]),
    ("extra/deployment.yaml", [("application:prod/extra", ["resources"])]),
    ("extra", [("application:prod/extra", ["resources"])]),
    ("root-prod.yaml", [EXTRA, ("application:prod/root", ["manifest"]), WEB]),
]


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(("path", "applications"), CASES)
def test_reach_of_a_file(
    impact: Impact, path: str, applications: list[tuple[str, list[str]]]
) -> None:
    assert reached(impact(f"platform/{path}")) == applications


@pytest.mark.usefixtures("estate")
def test_the_way_leads_from_the_file(impact: Impact) -> None:
    (web,) = impact("platform/values/prod.yaml")["applications"]
    ways = {e["name"]: e["via"] for e in impact("platform/base/extra.yaml")["applications"]}
    start = ["file:platform/base/extra.yaml", "kustomization:platform/base"]
    assert web["via"] == ["values:platform/values/prod.yaml"]
    assert ways == {"extra": [*start, *ROOT_WAY], "root": [*start, ROOT_WAY[0]]}


def test_a_values_file_that_is_missing_would_reach_its_application(
    estate: Path, impact: Impact
) -> None:
    (estate / "platform/values/prod.yaml").unlink()
    document = impact("platform/values/prod.yaml")
    assert reached(document) == [("application:prod/web", ["resources"])]
    assert [(n["location"]["path"], n["reason"]) for n in document["not_understood"]] == [
        ("base/web.yaml", "chart 'web' of 'https://charts.example.com' is not at hand"),
        ("values/prod.yaml", "the file is not there, so what used it is not known"),
    ]


def test_since_a_revision_counts_what_was_and_what_is(estate: Path, impact: Impact) -> None:
    platform = estate / "platform"
    git(platform, "init", "-q", "-b", "main")
    git(platform, "add", ".")
    git(platform, "commit", "-q", "-m", "one")
    assert impact("--since", "HEAD")["paths"] == []
    edit(estate, "base/kustomization.yaml", ", extra.yaml", "")
    (platform / "base/extra.yaml").unlink()
    write_files(platform, "-- values/new.yaml --\na: 1\n")
    document = impact("--since", "main")
    assert [path["path"] for path in document["paths"]] == [
        "base/extra.yaml",
        "base/kustomization.yaml",
        "values/new.yaml",
    ]
    assert reached(document) == [EXTRA, ROOT, WEB]


@pytest.mark.usefixtures("estate")
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["graphdoc.yaml"], "graphdoc: graphdoc.yaml lies in no analysed repository\n"),
        ([], "graphdoc: name either PATHs or --since REV\n"),
        (["--since", "v1"], "graphdoc: no revision 'v1' in any repository\n"),
    ],
)
def test_what_is_in_no_repository_is_status_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert run(["impact", *arguments]) == 2
    assert capsys.readouterr().err == message


@pytest.mark.usefixtures("estate")
def test_text_names_application_effect_and_way(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["impact", "platform/values/prod.yaml"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("prod\n  web (resources)\n    via values:platform/values/prod.yaml\n\n")
    assert out.endswith("\n\n1 path, 1 Application on 1 cluster reached\n")
