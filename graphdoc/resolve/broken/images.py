"""Entries of ``images`` in a kustomization that match no image: Kustomize stays silent."""

import re
from collections.abc import Container, Iterable, Iterator

from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Scalar, texts_within
from graphdoc.model.resource import Resource
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.broken.kustomizations import clones_of, file_of, meant_builds
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

    One base with many overlays is one cause; a component is judged by all that use it.
    """
    found: dict[Span, tuple[Scalar, SourceFile, str]] = {}
    met: set[Span] = set()
    for build in meant_builds(estate):
        for name, file, near in _in_build(estate, build):
            met |= {name.span} if near is None else set()
            found[name.span] = (name, file, near or "")
    idle = (found[span] for span in sorted(found.keys() - met))
    same = grouped((str(one[0].value), one) for one in idle)
    for group in same.values():
        _, file, near = group[0]
        yield IdleImage(tuple(name for name, _, _ in group), file, near)


def _in_build(estate: Estate, build: Build) -> Iterator[tuple[Scalar, SourceFile, str | None]]:
    """The entries of a kustomization and of components, and what is like them; if met, nothing.

    What they say of images is about all that it builds, and nothing else.
    """
    images = [image for resource in build.resources for image in images_of(resource)]
    entries = tuple(_entries(estate, build)) if images else ()
    is_whole = not build.not_understood and not build.problems
    if not entries or not is_whole:  # what is not understood may have any image
        yield from ((name, f, None) for f, e in entries if (name := e.scalar("name")) is not None)
        return
    running = frozenset(_VERSION.sub("", str(image.value)) for image in images)
    changed = {(span.file, span.line) for image in images for span in image.origins}
    said = _texts(build.resources)
    names = {entry.text("name") for _, entry in entries}
    for file, entry in entries:
        name, new = entry.scalar("name"), entry.text("newName")
        if name is None or not name.value or is_unfilled(str(name.value)):
            continue
        others = {entry.text("name"), new}
        if _is_met(entry, changed) or new in names or not said.isdisjoint(others):
            yield name, file, None
        else:
            near = most_alike(str(name.value), running, ALIKE)
            yield name, file, near[0] if near else ""


def _is_met(entry: Mapping, changed: Container[tuple[SourceFile, int]]) -> bool:
    """Whether an image that runs has anything from the lines of an entry."""
    lines = range(entry.span.line, entry.span.end_line + 1)
    return any((entry.span.file, line) in changed for line in lines)


def _entries(estate: Estate, build: Build) -> Iterator[tuple[SourceFile, Mapping]]:
    own, clones = file_of(build), clones_of(estate, build)
    for file in build.kustomizations:
        clone = clones.get(file.repository)
        root = estate.files.parse(clone, file.path).mapping if clone is not None else None
        if root is not None and (file == own or root.text("kind") == "Component"):
            yield from ((file, entry) for entry in root.mappings_at("images"))


def _texts(resources: Iterable[Resource]) -> frozenset[str]:
    """Everything that could be the name of an image, wherever a custom resource has it."""
    return frozenset(
        _VERSION.sub("", text)
        for resource in resources
        for text, _ in texts_within(resource.manifest)
    )
