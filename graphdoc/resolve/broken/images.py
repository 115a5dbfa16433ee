"""Entries of ``images`` in a kustomization that match no image: Kustomize stays silent."""

import re
from collections.abc import Container, Iterable, Iterator
from itertools import chain

from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import NOTHING, Mapping, Scalar, texts_within
from graphdoc.model.resource import Resource
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.broken.kustomizations import clones_of, file_of, meant_builds
from graphdoc.resolve.kustomize import Build
from graphdoc.resolve.names.alike import ALIKE, closest
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
    images = list(chain.from_iterable(map(images_of, build.resources)))
    entries = tuple(_entries(estate, build)) if images else ()
    if build.not_understood or build.problems:  # what is not understood may have any image
        yield from ((name, file, None) for file, name, _ in entries)
    elif entries:
        running = frozenset(_VERSION.sub("", str(image.value)) for image in images)
        changed = {(span.file, span.line) for image in images for span in image.origins}
        said = _texts(build.resources)
        known = said.union(name.text for _, name, _ in entries)
        for file, name, entry in entries:
            is_said = name.text in said or entry.text("newName") in known
            is_met = is_said or _is_met(entry, changed)
            yield name, file, None if is_met else closest(name.text, running, ALIKE)


def _is_met(entry: Mapping, changed: Container[tuple[SourceFile, int]]) -> bool:
    """Whether an image that runs has anything from the lines of an entry."""
    lines = range(entry.span.line, entry.span.end_line + 1)
    return any((entry.span.file, line) in changed for line in lines)


def _entries(estate: Estate, build: Build) -> Iterator[tuple[SourceFile, Scalar, Mapping]]:
    """The entries with their files and names, but for names that something has yet to fill in."""
    own, clones = file_of(build), clones_of(estate, build)
    for file in build.kustomizations:
        clone = clones.get(file.repository)
        root = estate.files.parse(clone, file.path).mapping if clone is not None else None
        root = root or NOTHING
        is_asked = file == own or root.text("kind") == "Component"
        for entry in root.mappings_at("images") if is_asked else ():
            name = entry.scalar("name")
            if name is not None and name.text and not is_unfilled(name.text):
                yield file, name, entry


def _texts(resources: Iterable[Resource]) -> frozenset[str]:
    """Everything that could be the name of an image, wherever a custom resource has it."""
    texts = (text for one in resources for text, _ in texts_within(one.manifest))
    return frozenset(filter(None, (_VERSION.sub("", text) for text in texts)))
