"""Validators whose verdict cannot be told."""

from pathlib import Path

import pytest

from graphdoc.clone import open_clone
from graphdoc.resolve.kustomize import Kustomizer
from graphdoc.resolve.repositories.files import Files

_MANIFEST = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: t, labels: {a: b}}\ndata: {c: d}\n"
_LABELS = "labels: {a: b}\nfieldSpecs: [{path: metadata/labels}]\n"
_TEST = (
    """patch: '[{"op": "test", "path": "/data/c", "value": "d"}]'\ntarget: {kind: ConfigMap}\n"""
)


@pytest.mark.parametrize(("kind", "text"), [("Label", _LABELS), ("Patch", _TEST)])
def test_validator_that_may_write_what_is_there_is_not_understood(
    tmp_path: Path, kind: str, text: str
) -> None:
    plugin = f"apiVersion: builtin\nkind: {kind}Transformer\nmetadata: {{name: v}}\n{text}"
    (tmp_path / "kustomization.yaml").write_text("resources: [a.yaml]\nvalidators: [v.yaml]\n")
    (tmp_path / "a.yaml").write_text(_MANIFEST)
    (tmp_path / "v.yaml").write_text(plugin)
    built = Kustomizer(Files()).build(open_clone("here", tmp_path, "here"), ".")
    assert [entry.reason for entry in built.not_understood] == [
        "a validator that may write what is there"
    ]
