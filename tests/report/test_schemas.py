"""The public JSON formats against the schemas that the package ships."""

import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from graphdoc.cli import run
from graphdoc.graph.repo_graph import EdgeKind, NodeKind

Json = dict[str, Any]
Output = Callable[..., Json]


def schema(name: str) -> Json:
    found: Json = json.loads((files("graphdoc.schemas") / f"{name}.json").read_text("utf-8"))
    return found


def check(document: Json, name: str) -> None:
    Draft202012Validator(schema(name)).validate(document)


@pytest.fixture
def output(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Output:
    """What a command prints about the sample estate."""
    monkeypatch.chdir(project)

    def answer(*arguments: str) -> Json:
        capsys.readouterr()
        run(arguments)
        printed: Json = json.loads(capsys.readouterr().out)
        return printed

    return answer


@pytest.mark.parametrize(
    "name", ["graph-v1", "findings-v1", "baseline-v1", "changes-v1", "impact-v1"]
)
def test_a_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(schema(name))


def test_the_graph_schema_knows_every_kind() -> None:
    properties = schema("graph-v1")["properties"]
    nodes, edges = (
        properties[key]["items"]["properties"]["kind"]["enum"] for key in ("nodes", "edges")
    )
    assert (nodes, edges) == ([str(kind) for kind in NodeKind], [str(kind) for kind in EdgeKind])


def test_the_graph_of_the_sample(output: Output) -> None:
    document = output("graph")
    check(document, "graph-v1")
    known = {node["id"] for node in document["nodes"]}
    assert {edge[end] for edge in document["edges"] for end in ("source", "target")} <= known


def test_the_findings_of_the_sample(output: Output) -> None:
    document = output("check", "--format", "json")
    check(document, "findings-v1")
    assert document["findings"]
    fingerprints = [finding["fingerprint"] for finding in document["findings"]]
    assert len(set(fingerprints)) == len(fingerprints)


def test_the_changes_of_the_sample(output: Output, tmp_path: Path, project: Path) -> None:
    config = (project / "graphdoc.yaml").read_text("utf-8")
    for name in ("LAUNCHPAD", "FORTE_HELM", "HELM_PROD_VALUES"):
        folder = name.lower().replace("_", "-")
        place = (project / "graphdoc" / "sample" / folder).as_posix()
        config = config.replace(f"${{{name}:-graphdoc/sample/{folder}}}", place)
    (tmp_path / "graphdoc.yaml").write_text(config, "utf-8")
    own = ("--config", str(tmp_path / "graphdoc.yaml"))
    run(["drift", "--accept", *own])
    lock = tmp_path / "architecture.lock.json"
    text = lock.read_text("utf-8").replace("musicman", "musicwoman").replace('"33.2.1"', '"33.0.0"')
    lock.write_text(text, "utf-8")
    document = output("drift", "--format", "json", *own)
    check(document, "changes-v1")
    assert {change["change"] for change in document["changes"]} == {"added", "removed", "changed"}
    subjects = [change["subject"] for change in document["changes"]]
    assert subjects == sorted(subjects)
