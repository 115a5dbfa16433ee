"""Entries of ``images`` in a kustomization that match no image: Kustomize stays silent."""

import re
from collections.abc import Container, Iterable, Iterator

from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping, Scalar, texts_within
from graphdoc.model.resource import Resource
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.broken.kustomizations import file_of, meant_builds
from graphdoc.resolve.kustomize import Build
from graphdoc.resolve.names.alike import ALIKE, most_alike
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.resources.workloads import images_of

__all__ = ["IdleImage", "find_idle_images"]

# What Kustomize cuts off an image to compare its name.
_VERSION = re.compile(r"(?::[\w.-]*)?(?:@[\w:+.-]*)?$", re.ASCII)


@dataclass(frozen=True, slots=True)
class IdleImage:
    """An entry's name at all its places, the first kustomization, and an image that is like it."""

    names: tuple[Scalar, ...]
    kustomization: SourceFile
    nearest: str


def find_idle_images(estate: Estate) -> Iterator[IdleImage]:
    """Every entry whose kustomization is understood whole and brings something that runs.

    One base with many overlays is one cause.
    """
    found = {
        name.span: (name, file, near)
        for build in meant_builds(estate)
        if not build.not_understood and not build.problems
        for name, file, near in _in_build(estate, build)
    }
    same = grouped((str(found[span][0].value), found[span]) for span in sorted(found))
    for group in same.values():
        _, file, near = group[0]
        yield IdleImage(tuple(name for name, _, _ in group), file, near)


def _in_build(estate: Estate, build: Build) -> Iterator[tuple[Scalar, SourceFile, str]]:
    """What a kustomization says of images is about all that it builds, and nothing else."""
    images = [image for resource in build.resources for image in images_of(resource)]
    entries = _entries(estate, file_of(build)) if images else ()
    if not entries:
        return
    running = frozenset(_VERSION.sub("", str(image.value)) for image in images)
    changed = {(span.file, span.line) for image in images for span in image.origins}
    said = _texts(build.resources)
    names = {entry.text("name") for entry in entries}
    for entry in entries:
        name, new = entry.scalar("name"), entry.text("newName")
        if name is None or not name.value or is_unfilled(str(name.value)):
            continue
        if _is_met(entry, changed) or new in names:
            continue
        if said.isdisjoint({entry.text("name"), new}):
            near = most_alike(str(name.value), running, ALIKE)
            yield name, file_of(build), near[0] if near else ""


def _is_met(entry: Mapping, changed: Container[tuple[SourceFile, int]]) -> bool:
    """Whether an image that runs has anything from the lines of an entry."""
    lines = range(entry.span.line, entry.span.end_line + 1)
    return any((entry.span.file, line) in changed for line in lines)


def _entries(estate: Estate, file: SourceFile) -> tuple[Mapping, ...]:
    clone = estate.clones_by_name.get(file.repository)
    root = estate.files.parse(clone, file.path).mapping if clone is not None else None
    return root.mappings_at("images") if root is not None else ()


def _texts(resources: Iterable[Resource]) -> frozenset[str]:
    """Everything that could be the name of an image, wherever a custom resource has it."""
    return frozenset(
        _VERSION.sub("", text)
        for resource in resources
        for text, _ in texts_within(resource.manifest)
    )
