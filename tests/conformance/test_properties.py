"""Patches that nobody thought of: generated ones, many in a build, against Kustomize's own."""

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from graphdoc.model.node import Plain, to_plain
from tests.conformance.test_conformance import our_build, real_build, to_numbers

_NAMES = st.sampled_from(["a", "b", "c"])
_VALUES = st.sampled_from(["x", "1", "true", "", "on", "null", "y: z"])
_SCALARS = _VALUES | st.integers(0, 9) | st.booleans() | st.none()


def _entries(key: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    entry = st.fixed_dictionaries({key: _NAMES}, optional=fields)
    return st.lists(entry, max_size=3)


_PORTS = st.lists(
    st.fixed_dictionaries(
        {"containerPort": st.sampled_from([80, 81, 82])},
        optional={"protocol": st.sampled_from(["TCP", "UDP"]), "name": _NAMES},
    ),
    max_size=3,
)
_CONTAINERS = _entries(
    "name",
    image=_NAMES,
    env=_entries("name", value=_VALUES),
    ports=_PORTS,
    volumeMounts=_entries("mountPath", name=_NAMES),
    args=st.lists(_VALUES, max_size=2),
    resources=st.dictionaries(_NAMES, _SCALARS, max_size=2),
)
_SPECS = st.fixed_dictionaries(
    {},
    optional={
        "containers": _CONTAINERS,
        "volumes": _entries("name", emptyDir=st.just({})),
        "tolerations": _entries("key"),
        "imagePullSecrets": _entries("name"),
        "nodeSelector": st.dictionaries(_NAMES, _SCALARS, max_size=2),
        "affinity": st.none() | st.just({}),
    },
)
_DIRECTIVES = st.sampled_from(["delete", "replace", "merge"])


@st.composite
def _patches(draw: st.DrawFn) -> dict[str, Any]:
    """A patch like a target, with directives strewn over its maps."""
    spec: dict[str, Any] = draw(_SPECS)
    for entries in (spec.get("containers"), spec.get("volumes")):
        for entry in entries or []:
            if draw(st.integers(0, 5)) == 0:
                entry["$patch"] = draw(_DIRECTIVES)
    if draw(st.integers(0, 5)) == 0:
        spec.setdefault("nodeSelector", {})["$patch"] = draw(_DIRECTIVES)
    if draw(st.integers(0, 7)) == 0:
        spec["volumes"] = [*spec.get("volumes", []), {"$patch": draw(_DIRECTIVES)}]
    return spec


def _pod(index: int, spec: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": f"p{index}"}, "spec": spec}


def _block(node: object, depth: int = 0) -> str:
    """YAML in block style: flow style has quirks of its own in Kustomize."""
    if not isinstance(node, dict | list) or not node:
        return json.dumps(node)
    indent = "\n" + "  " * depth
    if isinstance(node, dict):
        return "".join(f"{indent}{json.dumps(k)}: {_block(v, depth + 1)}" for k, v in node.items())
    return "".join(f"{indent}- {_block(item, depth + 1)}" for item in node)


def _stream(documents: list[dict[str, Any]]) -> str:
    return "\n---".join(_block(document) for document in documents)


def _compare(files: dict[str, str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for path, text in files.items():
            (root / path).write_text(text)
        built = our_build(root, "")
        real = real_build(root)
        assert (real is None) is (built.error is not None), built.error
        ours: list[Plain] = [to_numbers(to_plain(r.manifest)) for r in built.resources]
        assert real is None or ours == [to_numbers(document) for document in real]


_SETTINGS = settings(
    max_examples=12, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck), phases=[Phase.generate],
)  # fmt: skip


@_SETTINGS
@given(st.lists(st.tuples(_SPECS, _patches()), min_size=6, max_size=12))
def test_strategic_merge(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    _compare(
        {
            "kustomization.yaml": "resources: [all.yaml]\npatches: [{path: patch.yaml}]\n",
            "all.yaml": _stream([_pod(i, spec) for i, (spec, _) in enumerate(pairs)]),
            "patch.yaml": _stream([_pod(i, patch) for i, (_, patch) in enumerate(pairs)]),
        }
    )


_POINTERS = st.sampled_from(
    [
        "/spec/containers",
        "/spec/containers/0",
        "/spec/containers/-",
        "/spec/containers/0/env/0/value",
        "/spec/nodeSelector",
        "/spec/nodeSelector/a",
        "/spec/volumes/1",
        "/spec/new",
    ]
)
_OPERATIONS = st.lists(
    st.fixed_dictionaries(
        {"op": st.sampled_from(["add", "replace", "remove", "add", "copy", "move", "test"])},
        optional={"from": _POINTERS},
    ).flatmap(
        lambda operation: st.fixed_dictionaries(
            {"path": _POINTERS, "value": _SCALARS | _SPECS}
        ).map(lambda rest: {"from": "/spec", **operation, **rest})
    ),
    min_size=1,
    max_size=3,
)


@_SETTINGS
@given(st.lists(st.tuples(_SPECS, _OPERATIONS), min_size=1, max_size=2))
def test_json_patch(pairs: list[tuple[dict[str, Any], list[dict[str, Any]]]]) -> None:
    patches = [
        {"target": {"kind": "Pod", "name": f"p{i}"}, "patch": json.dumps(operations)}
        for i, (_, operations) in enumerate(pairs)
    ]
    _compare(
        {
            "kustomization.yaml": json.dumps({"resources": ["all.yaml"], "patches": patches}),
            "all.yaml": _stream([_pod(i, spec) for i, (spec, _) in enumerate(pairs)]),
        }
    )
