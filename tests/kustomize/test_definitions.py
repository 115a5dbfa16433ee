"""What is not understood of ``crds`` and ``openapi``; conformance cases hold the rest."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from graphdoc.clone import open_clone
from graphdoc.resolve.kustomize import Build, Kustomizer
from graphdoc.resolve.repositories.files import Files

_TYPE: dict[str, object] = {"apiVersion": {}, "kind": {}, "metadata": {}}
_CRDS = "resources: [all.yaml]\ncrds: [definitions]\n"
_RESOURCE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\n"


def build(root: Path, kustomization: str, definitions: str, resource: str = _RESOURCE) -> Build:
    (root / "kustomization.yaml").write_text(kustomization)
    (root / "all.yaml").write_text(resource)
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


_THING = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t}\nlist: [{name: a}]\n"
_OPENAPI = f"""\
resources: [all.yaml]
openapi: {{path: definitions}}
patches:
  - patch: |
{"".join(f"      {line}" for line in _THING.splitlines(keepends=True))}"""
_GVK = {"group": "example.com", "version": "v1", "kind": "Thing"}
_MERGED: dict[str, object] = {
    "x-kubernetes-patch-strategy": "merge",
    "x-kubernetes-patch-merge-key": "name",
}


def schema(field: dict[str, object], **more: object) -> str:
    thing = {"x-kubernetes-group-version-kind": [_GVK], "properties": {"list": field}}
    return json.dumps({"definitions": {"Thing": thing, **more}})


@pytest.mark.parametrize(
    ("definitions", "reason"),
    [
        ("[]", "openapi: the schema must be a mapping; Kustomize stops where it needs the schema"),
        ('{"definitions": {"T": 3}}', "openapi: definition 'T': a schema must be a mapping; "
         "Kustomize stops where it needs the schema"),
        (schema({"$ref": "#/definitions/a/b"}), "openapi has a reference '#/definitions/a/b'"),
        (schema({"$ref": "#/definitions/A"}, A={"$ref": "#/definitions/A"}),
         "openapi has a reference '#/definitions/A'"),
        (schema({**_MERGED, "type": "array", "items": [{}]}),
         "openapi has a schema for each entry of a list"),
        (schema({**_MERGED, "x-kubernetes-patch-strategy": 3}),
         "openapi: 'x-kubernetes-patch-strategy' must be a text"),
        (schema({**_MERGED, "x-kubernetes-list-map-keys": "a"}),
         "openapi: 'x-kubernetes-list-map-keys' must be a list of texts"),
        (schema(_MERGED, Other={"x-kubernetes-group-version-kind": [_GVK]}),
         "openapi defines example.com/v1 Thing twice"),
        (schema(_MERGED, Other={"x-kubernetes-group-version-kind": [{"kind": "A"}]}),
         "openapi: 'x-kubernetes-group-version-kind' must have a version and a kind; "
         "Kustomize stops where it needs the schema"),
        (json.dumps({"paths": {"/things": {"get": {"x-kubernetes-group-version-kind": _GVK}}}}),
         "openapi says that Thing has no namespace"),
    ],
)  # fmt: skip
def test_schemas_that_cannot_be_followed_are_told(
    tmp_path: Path, definitions: str, reason: str
) -> None:
    built = build(tmp_path, _OPENAPI, definitions, _THING)
    assert [n.reason for n in built.not_understood] == [reason]
    assert built.error is None


@pytest.mark.parametrize("field", ["resources: [all.yaml, base]", "components: [base]"])
def test_schema_that_comes_after_resources_is_told(tmp_path: Path, field: str) -> None:
    kind = "Component" if "components" in field else "Kustomization"
    top = field if "all" in field else f"resources: [all.yaml]\n{field}"
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "s.json").write_text("{}")
    below = f"kind: {kind}\nopenapi: {{path: s.json}}\n"
    (tmp_path / "base" / "kustomization.yaml").write_text(below)
    built = build(tmp_path, f"{top}\n", "")
    reason = "openapi of a base or component that comes after built-in types alone"
    assert [n.reason for n in built.not_understood] == [reason]


@pytest.mark.parametrize(
    ("definitions", "kind", "reason"),
    [
        (schema({"$ref": "#/definitions/io.k8s.A"}), "Thing",
         "openapi refers to 'io.k8s.A', which may be built in"),
        (schema({}, Pod={"x-kubernetes-group-version-kind": [{"version": "v1", "kind": "Pod"}]}),
         "Pod", "Pod is in openapi and in the built-in schema"),
    ],
)  # fmt: skip
def test_schema_beside_the_built_in_one(
    tmp_path: Path, definitions: str, kind: str, reason: str
) -> None:
    pod = _THING.replace("example.com/v1", "v1").replace("Thing", "Pod")
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "s.json").write_text(definitions)
    (tmp_path / "base" / "kustomization.yaml").write_text("openapi: {path: s.json}\n")
    patch = "".join(
        f"      {line}" for line in (_THING if kind == "Thing" else pod).splitlines(keepends=True)
    )
    top = f"resources: [all.yaml, base]\npatches:\n  - patch: |\n{patch}"
    built = build(tmp_path, top, "", f"{_THING}---\n{pod}")
    assert [n.reason for n in built.not_understood] == [reason]
