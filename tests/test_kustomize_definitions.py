"""What of ``crds`` is told as not understood; conformance cases hold the rest to Kustomize."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from graphdoc.clone import open_clone
from graphdoc.resolve.files import Files
from graphdoc.resolve.kustomize import Build, Kustomizer

_TYPE: dict[str, object] = {"apiVersion": {}, "kind": {}, "metadata": {}}
_CRDS = "resources: [all.yaml]\ncrds: [definitions]\n"
_RESOURCE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n"


def build(root: Path, kustomization: str, definitions: str) -> Build:
    (root / "kustomization.yaml").write_text(kustomization)
    (root / "all.yaml").write_text(_RESOURCE)
    (root / "definitions").write_text(definitions)
    return Kustomizer(Files()).build(open_clone("clone", root, "clone"), ".")


def chained(names: list[str]) -> dict[str, object]:
    pairs = zip(names, [*names[1:], "end"], strict=True)
    return {n: {"Schema": {"properties": {**_TYPE, "a": {"$ref": b}}}} for n, b in pairs}


def branching(levels: int) -> Iterator[tuple[str, object]]:
    yield "T", {"Schema": {"properties": {**_TYPE, "a": {"$ref": "L0"}}}}
    for level in range(levels):
        below = {name: {"$ref": f"L{level + 1}"} for name in "ab"}
        yield f"L{level}", {"Schema": {"properties": below}}


@pytest.mark.parametrize(
    ("definitions", "reason"),
    [
        (json.dumps(chained([f"N{i}" for i in range(200)])), "definitions nested deeper than 100"),
        (json.dumps(dict(branching(60))), "definitions with more than 20000 fields"),
        (json.dumps(chained(["a", "b c"])), "a definition named 'b c'"),
        ("a: {}\na: {}\n", "crd with a key that stands twice"),
        ('{"a":' * 100_000, "definitions is nested too deeply"),
    ],
)
def test_definitions_that_cannot_be_followed_are_told(
    tmp_path: Path, definitions: str, reason: str
) -> None:
    built = build(tmp_path, _CRDS, definitions)
    assert [(n.location.line, n.reason) for n in built.not_understood] == [(2, reason)]
    assert [resource.id.name for resource in built.resources] == ["cm"]
    assert built.error is None


def test_broken_definitions_are_told_at_their_entry(tmp_path: Path) -> None:
    built = build(tmp_path, _CRDS, '{"a.Thing": 3}')
    assert built.error is not None
    assert [(p.message, p.span.line) for p in built.problems] == [
        ("'a.Thing' is no OpenAPI definition, which has a Schema and Dependencies", 2)
    ]
