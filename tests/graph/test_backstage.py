"""The catalog of Backstage, held against the rules that its catalog model has for entities."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from graphdoc.cli import run
from tests.written import ESTATE, write_files

Entity = dict[str, Any]

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_KEY = re.compile(r"([a-z0-9][a-z0-9.-]{0,251}/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?")
_REFERENCE = re.compile(
    rf"((component|resource|system|group|user):)?({_NAME.pattern}/)?{_NAME.pattern}"
)
_REQUIRED = {"Component": {"type", "lifecycle", "owner"}, "Resource": {"type", "owner"}}


def catalog(capsys: pytest.CaptureFixture[str]) -> list[Entity]:
    assert run(["graph", "--format", "backstage"]) == 0
    return list(yaml.safe_load_all(capsys.readouterr().out))


def faults(entities: list[Entity]) -> Iterator[str]:
    """What Backstage would refuse."""
    known = [f"{e['kind'].lower()}:{e['metadata']['name']}".lower() for e in entities]
    if len(set(known)) != len(known):
        yield "two entities of one name"
    for entity in entities:
        name = entity["metadata"]["name"]
        yield from (f"{name}: {fault}" for fault in (*_frame(entity), *_metadata(entity)))
        yield from (f"{name}: refers to {other}" for other in _others(entity["spec"], set(known)))


def _frame(entity: Entity) -> Iterator[str]:
    if set(entity) != {"apiVersion", "kind", "metadata", "spec"}:
        yield "other fields"
    if entity["apiVersion"] != "backstage.io/v1alpha1" or entity["kind"] not in _REQUIRED:
        yield "unknown kind"
    if not all(entity["spec"].get(key) for key in _REQUIRED[entity["kind"]]):
        yield "a required field is missing"
    if not _REFERENCE.fullmatch(entity["spec"]["owner"]):
        yield "the owner is no reference"


def _metadata(entity: Entity) -> Iterator[str]:
    metadata = entity["metadata"]
    if not _NAME.fullmatch(metadata["name"]):
        yield "no name"
    for key, value in metadata.get("annotations", {}).items():
        if not _KEY.fullmatch(key) or not isinstance(value, str):
            yield f"annotation {key}"
    for link in metadata.get("links", ()):
        if not link["url"].startswith("https://") or not link["title"]:
            yield f"link {link}"


def _others(spec: Entity, known: set[str]) -> list[str]:
    others = [*spec.get("dependsOn", ()), *filter(None, [spec.get("subcomponentOf")])]
    return [other for other in others if other.lower() not in known]


def test_the_sample_is_a_catalog(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project)
    entities = catalog(capsys)
    assert list(faults(entities)) == []
    found = {(entity["kind"], entity["metadata"]["name"]): entity for entity in entities}
    assert found["Component", "musicman"]["spec"] == {
        "type": "service",
        "lifecycle": "production",
        "owner": "unknown",
        "dependsOn": ["resource:upc-dev", "resource:upc-prod"],
        "subcomponentOf": "component:enterprise-apps",
    }
    assert found["Component", "musicman"]["metadata"]["links"][1]["url"] == (
        "https://musicman.forteapps.net"
    )
    assert found["Component", "enterprise-apps"]["spec"]["type"] == "app-of-apps"
    assert (
        found["Resource", "upc-dev"]["metadata"]["description"] == "Kubernetes cluster on UpCloud"
    )
    assert "subcomponentOf" not in found["Component", "infrastructure-apps"]["spec"]


def test_odd_names_stay_apart_and_owners_are_taken_from_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = "x" * 80
    named = ESTATE.replace(
        "name: web, namespace: argocd", f'name: "{odd}", labels: {{team: "Mu sic"}}'
    )
    write_files(tmp_path, named.replace("name: root, namespace", 'name: "a b", namespace'))
    monkeypatch.chdir(tmp_path)
    entities = catalog(capsys)
    assert list(faults(entities)) == []
    components = {e["metadata"]["title"]: e for e in entities if e["kind"] == "Component"}
    assert (
        components[odd]["metadata"]["name"]
        == f"{'x' * 54}-{components[odd]['metadata']['name'][-8:]}"
    )
    assert components[odd]["spec"]["owner"] == "Mu-sic"
    assert components[odd]["spec"]["lifecycle"] == "experimental"
    assert components[odd]["spec"]["subcomponentOf"] == (
        f"component:{components['a b']['metadata']['name']}"
    )
    assert components["a b"]["metadata"]["name"].startswith("a-b-")


@pytest.mark.parametrize(
    ("said", "owner"),
    [
        (("", "* @acme/platform"), "platform"),
        (("", "*.yaml @ann\n/other/ @acme/others # not here"), "user:ann"),
        (("", "* @acme/all\nvalues/ ann@example.com @acme/values"), "values"),
        (("", "/values/ @acme/values\n/values/*"), "unknown"),
        (("", "* @acme/all\n/*"), "all"),
        (("", "* @acme/all\n^[Web][2] @acme/web # x\n/values/\n[Other]\n/other/"), "web"),
        (("", "/values/prod.yaml @acme/prod\n/values/base.yaml @acme/base"), "prod"),
        (("", "/values/dev.yaml @acme/dev\n/base/web.yaml @acme/base"), "base"),
        ((', annotations: {"backstage.io/owner": "group:a/web"}', "* @a/b"), "group:a/web"),
        ((", labels: {team: Web}", "* @acme/all"), "Web"),
        ((', labels: {team: ""}', "* @acme/all"), "info"),
    ],
)
def test_owners_are_told_by_the_manifest_or_else_by_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    said: tuple[str, str], owner: str,
) -> None:  # fmt: skip
    metadata, lines = said
    start = "name: web, namespace: argocd"
    info = "  info: [{name: Chat, value: x}, {name: Owner, value: info}]\n" if metadata else ""
    spec = f"metadata: {{{start}{metadata}}}\nspec:\n{info}"
    write_files(tmp_path, ESTATE.replace(f"metadata: {{{start}}}\nspec:\n", spec))
    write_files(tmp_path, f"-- platform/.github/CODEOWNERS --\n{lines}\n")
    monkeypatch.chdir(tmp_path)
    found = {e["metadata"]["title"]: e["spec"]["owner"] for e in catalog(capsys)}
    assert found["web"] == owner


def test_a_part_of_the_graph_needs_no_cluster(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write_files(tmp_path, ESTATE))
    assert run(["graph", "--format", "backstage", "--select", "application:*/web"]) == 0
    entities = list(yaml.safe_load_all(capsys.readouterr().out))
    assert [(e["metadata"]["description"], e["spec"]["dependsOn"]) for e in entities] == [
        ("Argo CD Application on prod", [])
    ]
