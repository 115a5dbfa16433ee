"""Replacements that reach into JSON and YAML in a text: what is left alone, and places."""

import json
from pathlib import Path

import pytest

from graphdoc.clone import open_clone
from graphdoc.resolve.kustomize import Build, Kustomizer
from graphdoc.resolve.repositories.files import Files

_RESOURCE = """\
apiVersion: v1
kind: ConfigMap
metadata: {{name: t}}
data:
  t: {}
"""
_REPLACEMENT = """\
resources: [all.yaml]
replacements:
- sourceValue: {}
  targets: [{{select: {{kind: ConfigMap}}, fieldPaths: [data.t.b]}}]
"""


def replace(root: Path, text: str, value: str) -> Build:
    (root / "all.yaml").write_text(_RESOURCE.format(text))
    (root / "kustomization.yaml").write_text(_REPLACEMENT.format(value))
    return Kustomizer(Files()).build(open_clone("clone", root, "clone"), ".")


@pytest.mark.parametrize(
    ("text", "value", "reason"),
    [
        ("a: [1, 2]\nb: old", "new", "YAML that Kustomize would write in another form"),
        ("a: 1 # why\nb: old", "new", "YAML that Kustomize would write in another form"),
        ("a: |\n  x\nb: old", "new", "YAML that has values of several lines"),
        ('a: "\\n"\nb: old', "new", "YAML with letters that may be escaped"),
        ("b: &x old", "new", "YAML with letters that may be escaped"),
        ("b: 'old'", "it's", "has to be escaped"),
        ("b: old", "yes", "whose form is unclear"),
        ("b: 2020-01-01", "new", "a date within YAML"),
        ("b: 1", "new", "of another type within YAML"),
        ("b: 1.5", "2", "of another type within YAML"),
        ("b: x\n---\nb: y", "new", "not one YAML document"),
        ("b: x\nb: y", "new", "YAML that Kustomize would write in another form"),
        ("b: [", "new", "that is no YAML"),
        ("{b: x}", "new", "not plain JSON"),
        ('{"b": "a\\\\/b"}', "new", "not plain JSON"),
        ('{"b": []}', "2020-01-01", "a date within JSON"),
        ('{"b": 1, "c": 1e30}', "2", "with an exponent"),
    ],
)
def test_text_that_would_be_written_unclearly_is_not_understood(
    tmp_path: Path, text: str, value: str, reason: str
) -> None:
    built = replace(tmp_path, json.dumps(text), json.dumps(value))
    (skipped,) = built.not_understood
    assert reason in skipped.reason
    assert skipped.location.line == 5


def test_changed_text_names_the_value_and_the_text(tmp_path: Path) -> None:
    built = replace(tmp_path, "|\n    b: old", "new")
    value = built.resources[0].manifest.scalar("data", "t")
    assert value is not None
    assert value.value == "b: new"
    assert [(span.file.path, span.line) for span in value.origins] == [
        ("all.yaml", 5),
        ("kustomization.yaml", 3),
    ]
