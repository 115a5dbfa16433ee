"""What is not known of the resources where a patch fails."""

from pathlib import Path

import pytest

from graphdoc.resolve.kustomize import Build, Hidden
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
        (_MERGE.format("spec: {replicas: 2}"), Hidden.NOTHING),
        (
            _MERGE.format("spec: {template: {spec: {containers: [{name: a, image: b}]}}}"),
            Hidden.NOTHING,
        ),
        (
            _MERGE.format("spec: {template: {spec: {containers: [{name: a, env: []}]}}}"),
            Hidden.FIELDS,
        ),
        (_MERGE.format("spec: {template: {spec: {containers: null}}}"), Hidden.FIELDS),
        (_MERGE.format("spec: {template: {spec: {volumes: [{name: a}]}}}"), Hidden.FIELDS),
        (_MERGE.format("spec: {replicas: 2}, $patch: delete"), Hidden.FIELDS),
        (_MERGE.format("spec: {template: {spec: {containers: [a]}}}"), Hidden.FIELDS),
        (_JSON.format("replace, path: /spec/replicas, value: 1"), Hidden.NOTHING),
        (_JSON.format("replace, path: /spec/volumes, value: []"), Hidden.FIELDS),
        (_JSON.format("move, path: /spec/replicas, from: /spec/volumes"), Hidden.FIELDS),
        (_JSON.format("replace, value: 1"), Hidden.FIELDS),
        ("replicas: [{name: absent, count: 1}]", Hidden.NOTHING),
        ("patchesStrategicMerge: [absent.yaml]", Hidden.FIELDS),
    ],
)
def test_failed_patches_hide_what_they_may_name(tmp_path: Path, change: str, hides: Hidden) -> None:
    assert [problem.hides for problem in _built(tmp_path, change).problems] == [hides]
