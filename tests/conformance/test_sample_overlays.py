"""Every kustomization of the sample estate, held to the real Kustomize object for object."""

from pathlib import Path

import pytest

from graphdoc.model.node import to_plain
from tests.conformance.test_conformance import our_build, real_build, to_numbers

SAMPLE = Path(__file__).parent.parent.parent / "graphdoc" / "sample"


def kustomizations() -> list[str]:
    """Every folder that can be built by itself, as a path below the sample."""
    files = sorted(SAMPLE.rglob("kustomization.yaml"))
    standing = (file for file in files if "kind: Component" not in file.read_text("utf-8"))
    return [file.parent.relative_to(SAMPLE).as_posix() for file in standing]


def test_the_sample_has_all_its_overlays() -> None:
    overlays = [path for path in kustomizations() if "/overlays/" in path]
    assert len(overlays) == 10


@pytest.mark.parametrize("path", kustomizations())
def test_the_sample_is_built_as_kustomize_builds_it(path: str) -> None:
    repository, _, directory = path.partition("/")
    build = our_build(SAMPLE / repository, directory)
    assert build.error is None
    assert build.not_understood == ()
    ours = [to_numbers(to_plain(resource.manifest)) for resource in build.resources]
    assert ours == real_build(SAMPLE / path)
