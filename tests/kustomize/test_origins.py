"""``--origins`` on generated patches: each value is written once, so that its place is known."""

import json
import re
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphdoc.cli import run
from graphdoc.clone import open_clone
from graphdoc.model.node import Scalar, walk
from graphdoc.resolve.kustomize import Build, Kustomizer
from graphdoc.resolve.repositories.files import Files

Texts: TypeAlias = dict[str, str]
Shape: TypeAlias = "str | dict[str, Shape] | list[Shape] | None"

_KEYS = st.sampled_from(["a", "b", "c"])
_SHAPES: st.SearchStrategy[Shape] = st.recursive(
    st.just(None),
    lambda shapes: st.dictionaries(_KEYS, shapes, max_size=3) | st.lists(shapes, max_size=3),
    max_leaves=8,
)


class _Values:
    """Hands out a new word for every leaf."""

    def __init__(self) -> None:
        self._numbers = count()

    def fill(self, shape: Shape) -> Shape:
        if isinstance(shape, dict):
            return {key: self.fill(value) for key, value in shape.items()}
        if isinstance(shape, list):
            return [self.fill(value) for value in shape]
        return f"word{next(self._numbers)}"


def _text(node: Shape, depth: int = 0) -> str:
    if not isinstance(node, dict | list) or not node:
        return f" {json.dumps(node) if isinstance(node, dict | list) else node}"
    indent = "\n" + "  " * depth
    if isinstance(node, dict):
        return "".join(f"{indent}{key}:{_text(value, depth + 1)}" for key, value in node.items())
    return "".join(f"{indent}-{_text(value, depth + 1)}" for value in node)


def _manifest(spec: Shape) -> str:
    head = "apiVersion: e.io/v1\nkind: Thing\nmetadata:\n  name: thing\nspec:"
    return f"{head}{_text(spec, 1)}\n"


def _pointers(node: Shape, pointer: str = "/spec") -> Iterator[str]:
    yield pointer
    items = enumerate(node) if isinstance(node, list) else ()
    for key, value in node.items() if isinstance(node, dict) else items:
        yield from _pointers(value, f"{pointer}/{key}")


@st.composite
def _estates(draw: st.DrawFn) -> Texts:
    """A resource, and patches of both kinds, in files and inline."""
    values = _Values()
    spec = values.fill(draw(st.dictionaries(_KEYS, _SHAPES, min_size=1, max_size=3)))
    files = {
        "base/kustomization.yaml": "resources: [thing.yaml]\n",
        "base/thing.yaml": _manifest(spec),
    }
    entries = "".join(
        f"  - target: {{kind: Thing}}\n{_entry(draw, files, number, _patch(draw, spec, values))}"
        for number in range(draw(st.integers(1, 3)))
    )
    files["top/kustomization.yaml"] = f"resources: [../base]\npatches:\n{entries}"
    return files


def _patch(draw: st.DrawFn, spec: Shape, values: _Values) -> str:
    if draw(st.booleans()):
        return _manifest(values.fill(draw(st.dictionaries(_KEYS, _SHAPES, max_size=3))))
    path = draw(st.sampled_from(sorted(_pointers(spec))))
    operation: dict[str, Shape] = {
        "op": draw(st.sampled_from(["add", "replace", "remove"])),
        "path": path,
    }
    if operation["op"] != "remove":
        operation["value"] = values.fill(draw(_SHAPES))
    return _text([operation]).lstrip("\n") + "\n"


def _entry(draw: st.DrawFn, files: Texts, number: int, patch: str) -> str:
    if draw(st.booleans()):
        files[f"top/patch{number}.yaml"] = patch
        return f"    path: patch{number}.yaml\n"
    return "    patch: |\n" + re.sub(r"(?m)^(?=.)", "      ", patch)


def _build(root: Path, files: Texts) -> Build:
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    return Kustomizer(Files()).build(open_clone("clone", root, "clone"), "top")


def _places(files: Texts, word: str) -> list[tuple[str, int]]:
    """Where a word is written: its file and line."""
    return [
        (path, number)
        for path, text in files.items()
        for number, line in enumerate(text.split("\n"), start=1)
        if re.search(rf"\b{word}\b", line)
    ]


def _each_word(built: Build) -> Iterator[Scalar]:
    for resource in built.resources:
        for _, node in walk(resource.manifest):
            if isinstance(node, Scalar) and str(node.value).startswith("word"):
                yield node


_SETTINGS = settings(
    max_examples=60, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@_SETTINGS
@given(_estates())
def test_the_last_origin_is_where_the_value_stands(files: Texts) -> None:
    with tempfile.TemporaryDirectory() as name:
        built = _build(Path(name), files)
        for node in _each_word(built):
            span = node.span
            line = files[span.file.path].split("\n")[span.line - 1]
            assert line[span.column - 1 : span.end_column - 1] == node.value
            assert [(span.file.path, span.line)] == _places(files, str(node.value))


@_SETTINGS
@given(_estates())
def test_an_earlier_origin_is_what_was_replaced(files: Texts) -> None:
    """Each place was written before the one behind it: the base, then patch after patch."""
    with tempfile.TemporaryDirectory() as name:
        built = _build(Path(name), files)
        for node in _each_word(built):
            files_in_order = [span.file.path.startswith("top/") for span in node.origins]
            assert files_in_order == sorted(files_in_order)
            assert len(set(node.origins)) == len(node.origins)


def test_the_command_says_so_for_every_leaf(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    patch = "{op: replace, path: /spec/a, value: new}"
    entry = f"  - target: {{kind: Thing}}\n    patch: |\n      - {patch}\n"
    files = {
        "base/kustomization.yaml": "resources: [thing.yaml]\n",
        "base/thing.yaml": _manifest({"a": "old", "b": ["kept", {"c": "also"}], "d": []}),
        "top/kustomization.yaml": f"resources: [../base]\npatches:\n{entry}",
    }
    _build(tmp_path, files)
    run(["render", "--format", "jsonl", "--origins", str(tmp_path / "top")])
    answer = json.loads(capsys.readouterr().out)
    assert {
        pointer: [(place["path"], place["line"]) for place in places]
        for pointer, places in answer["origins"].items()
    } == {
        "0/apiVersion": [("base/thing.yaml", 1)],
        "0/kind": [("base/thing.yaml", 2)],
        "0/metadata/name": [("base/thing.yaml", 4)],
        "0/spec/a": [("base/thing.yaml", 6), ("top/kustomization.yaml", 5)],
        "0/spec/b/0": [("base/thing.yaml", 8)],
        "0/spec/b/1/c": [("base/thing.yaml", 10)],
        "0/spec/d": [("base/thing.yaml", 11)],
    }
