"""Which failed patches leave known what resources there are."""

from pathlib import Path

import pytest

from graphdoc.resolve.kustomize import Build
from tests.kustomize.test_build import CONFIG_MAP, build

_MERGE = (
    "patches: [{{patch: '{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: absent}}, "
    "{}}}'}}]"
)
_JSON = "patches: [{{target: {{kind: ConfigMap}}, patch: '- {{op: {}}}'}}]"


def _built(root: Path, change: str) -> Build:
    text = f"resources: [a.yaml]\n{change}\n"
    return build(root, "", {"kustomization.yaml": text, "a.yaml": CONFIG_MAP.format("a")})


@pytest.mark.parametrize(
    ("change", "hides"),
    [
        (_MERGE.format("spec: {replicas: 2}"), False),
        (_MERGE.format("spec: {template: {spec: {containers: [{name: a, image: b}]}}}"), False),
        (_MERGE.format("spec: {template: {spec: {containers: [{name: a, env: []}]}}}"), True),
        (_MERGE.format("spec: {template: {spec: {containers: null}}}"), True),
        (_MERGE.format("spec: {template: {spec: {volumes: [{name: a}]}}}"), True),
        (_MERGE.format("spec: {replicas: 2}, $patch: delete"), True),
        (_MERGE.format("spec: {template: {spec: {containers: [a]}}}"), True),
        (_JSON.format("replace, path: /spec/replicas, value: 1"), False),
        (_JSON.format("replace, path: /spec/volumes, value: []"), True),
        (_JSON.format("move, path: /spec/replicas, from: /spec/volumes"), True),
        (_JSON.format("replace, value: 1"), True),
        ("replicas: [{name: absent, count: 1}]", False),
        ("patchesStrategicMerge: [absent.yaml]", True),
    ],
)
def test_failed_patches_hide_what_they_may_name(tmp_path: Path, change: str, hides: bool) -> None:  # noqa: FBT001 -- a table
    assert [problem.hides for problem in _built(tmp_path, change).problems] == [hides]
