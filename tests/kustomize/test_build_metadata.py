"""``buildMetadata``: what is left alone, because its text cannot be told."""

from pathlib import Path

import pytest

from graphdoc.clone import open_clone
from graphdoc.model.node import to_plain
from graphdoc.resolve.kustomize import Build, Kustomizer
from graphdoc.resolve.repositories.files import Files

_TOP = "buildMetadata: [{}]\nresources:\n- {}\n"
_URL = "https://example.com/org/other"


def build(root: Path, options: str, resource: str, metadata: str = "name: t") -> Build:
    for name in ("here", "there"):
        (root / name).mkdir()
    manifest = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{{metadata}}}\n"
    for path in ("here/a.yaml", "here/on", "there/a.yaml"):
        (root / path).write_text(manifest)
    (root / "here/kustomization.yaml").write_text(_TOP.format(options, resource))
    (root / "there/kustomization.yaml").write_text("resources: [a.yaml]\n")
    other = open_clone("there", root / "there", _URL)
    kustomizer = Kustomizer(Files(), find_clone=lambda _url, _revision: other)
    return kustomizer.build(open_clone("here", root / "here", "here"), ".")


@pytest.mark.parametrize(
    ("options", "resource", "metadata", "reason"),
    [
        ("originAnnotations", f"{_URL}?ref=v1", "name: t", "of a base in another repository"),
        ("originAnnotations", "'on'", "name: t", "'on', which may have to be quoted"),
        (
            "originAnnotations",
            "a.yaml",
            "name: t, annotations: {alpha.config.kubernetes.io/transformations: x}",
            "of a resource with transformations of its own",
        ),
    ],
)
def test_unclear_origin_is_not_understood(
    tmp_path: Path, options: str, resource: str, metadata: str, reason: str
) -> None:
    (skipped,) = build(tmp_path, options, resource, metadata).not_understood
    assert reason in skipped.reason


def test_base_in_another_repository_may_have_a_label(tmp_path: Path) -> None:
    built = build(tmp_path, "managedByLabel", f"{_URL}?ref=v1")
    assert built.not_understood == ()
    assert [to_plain(resource.manifest.entries["metadata"]) for resource in built.resources] == [
        {"name": "t", "labels": {"app.kubernetes.io/managed-by": "kustomize-v5.8.1"}}
    ]


def test_base_in_another_repository_that_met_no_transformer_is_understood(tmp_path: Path) -> None:
    built = build(tmp_path, "transformerAnnotations", f"{_URL}?ref=v1")
    assert built.not_understood == ()
