"""Index patches that replaced another layer, image or entry of a list than they should."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, nodes_within
from graphdoc.model.resource import Resource
from graphdoc.resolve.applications.readings import find_readings
from graphdoc.resolve.kustomize import Build
from graphdoc.resolve.names.spelling import text_at
from graphdoc.resolve.repositories.files import Files
from graphdoc.resolve.resolved import Estate, ResolvedApplication
from graphdoc.resolve.resources.workloads import images_of

__all__ = ["Misaimed", "find_misaimed_patches"]

_FLAG = re.compile(r"--?\w[\w.-]*=")
_WORD = re.compile(r"[-_.]")
# What the shared layer's folder is called.
_SHARED = frozenset({"all", "base", "bases", "common", "default", "defaults", "global", "shared"})


@dataclass(frozen=True, slots=True)
class Misaimed:
    """One replaced entry of ``what``; ``left`` is what it was most likely meant to replace."""

    entry: ResolvedApplication
    what: str
    brought: Scalar
    replaced: str
    replaced_at: Span
    left: Scalar


def find_misaimed_patches(estate: Estate) -> Iterator[Misaimed]:
    """Every patched entry that took the place of something of another kind than it brings."""
    words = frozenset(word for name in estate.clusters for word in _WORD.split(name))
    for entry in estate.applications:
        for source in entry.application.sources:
            yield from _misaimed(estate, entry, source.helm_options.value_files, words)
        for resolved in entry.sources:
            written = _Written(estate.files, estate.clones_as_read_by(resolved))
            for resource in _patched(resolved.built):
                yield from _misaimed_images(entry, resource, written)
                yield from _misaimed_entries(entry, resource, written)


def _misaimed(
    estate: Estate, entry: ResolvedApplication, files: tuple[Scalar, ...], words: frozenset[str]
) -> Iterator[Misaimed]:
    untouched = [scalar for scalar in files if not scalar.earlier]
    for brought in (scalar for scalar in files if scalar.earlier):
        replaced = _replaced(estate, entry, brought.earlier[-1])
        value = str(brought.value)
        left = next((o for o in untouched if _is_own_kind(value, str(o.value), words)), None)
        if replaced and left is not None and not _is_own_kind(value, replaced, words):
            what = f"Application {entry.name}"
            yield Misaimed(entry, what, brought, replaced, brought.earlier[-1], left)


def _replaced(estate: Estate, entry: ResolvedApplication, span: Span) -> str:
    """What stood in an Application's own manifest."""
    readings = find_readings(estate, entry.parent, span.file.repository)
    return next((text for clone in readings if (text := text_at(clone, span))), "")


def _is_own_kind(one: str, other: str, words: frozenset[str]) -> bool:
    """Whether two paths are the same layer of two clusters.

    They differ in one folder only, and neither there says that it is shared; or in one word of the
    file's name, and both are words of the names of clusters.
    """
    (*ours, our_name), (*theirs, their_name) = one.split("/"), other.split("/")
    if our_name == their_name:
        differing = _differing(ours, theirs)
        return bool(differing) and not _SHARED & differing
    differing = _differing(_WORD.split(our_name), _WORD.split(their_name))
    return ours == theirs and bool(differing) and differing <= words


def _differing(one: list[str], other: list[str]) -> set[str]:
    """The two words in which lists differ; none where they differ otherwise."""
    pairs = [{*pair} for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    return pairs[0] if len(one) == len(other) and len(pairs) == 1 else set()


def _misaimed_images(
    entry: ResolvedApplication, resource: Resource, written: "_Written"
) -> Iterator[Misaimed]:
    """An image in the place of another one, while a container beside it runs an older one of it."""
    images = images_of(resource)
    untouched = {_name(str(image.value)): image for image in reversed(images) if not image.earlier}
    for brought in (image for image in images if image.earlier):
        at, name = brought.earlier[-1], _name(str(brought.value))
        left, replaced = untouched.get(name), written.text(at)
        is_other = bool(replaced) and _name(replaced) != name
        if left is not None and is_other and written.counts_entries(brought.span):
            yield Misaimed(entry, str(resource.id), brought, replaced, at, left)


def _patched(build: Build) -> Iterator[Resource]:
    """What patches may have met, by its kind: a prefix or a namespace may have come after them."""
    kinds = {(t.group, t.kind) for patch in build.patches for t in patch.targets}
    return (r for r in build.resources if (r.group, r.kind) in kinds)


def _misaimed_entries(
    entry: ResolvedApplication, resource: Resource, written: "_Written"
) -> Iterator[Misaimed]:
    """A named entry in the place of another one, while the older one of its name is still there."""
    lists = (node for node in nodes_within(resource.manifest) if isinstance(node, Sequence))
    for brought, earlier, left in (pair for items in lists for pair in _twice(items)):
        replaced = written.name(earlier)
        is_other = bool(replaced) and replaced != _key(brought)
        if is_other and written.counts_entries(brought.span):
            yield Misaimed(entry, str(resource.id), brought, replaced, earlier, left)


def _twice(items: Sequence) -> Iterator[tuple[Scalar, Span, Scalar]]:
    """The names of entries that replaced others, where an entry nobody touched has them as well."""
    named = [(item, name) for item in items.items if (name := _naming(item)) is not None]
    untouched = {_key(n): n for item, n in named if not item.earlier and not n.earlier}
    for item, name in named:
        earlier = item.earlier or name.earlier
        if earlier and _key(name) in untouched:
            yield name, earlier[-1], untouched[_key(name)]


def _naming(item: Node) -> Scalar | None:
    """What tells an entry from the others: its name, or the flag of an argument."""
    if isinstance(item, Mapping):
        return item.scalar("name")
    return item if isinstance(item, Scalar) and _FLAG.match(str(item.value)) else None


def _key(name: Scalar) -> str:
    return str(name.value).partition("=")[0]


def _name(image: str) -> str:
    folder, slash, rest = image.partition("@")[0].rpartition("/")
    return f"{folder}{slash}{rest.partition(':')[0]}"


class _Written(NamedTuple):
    """What stands in the files of a build, at the revision that its source follows."""

    files: Files
    clones: dict[str, Clone]

    def text(self, span: Span) -> str:
        """The words of a place."""
        return text_at(self.clones.get(span.file.repository), span)

    def name(self, span: Span) -> str:
        """How the entry of a list that stood in a place is told from the others."""
        nodes = (node for root in self._roots(span) for node in nodes_within(root))
        found = next((node for node in nodes if node.span == span), None)
        name = found.scalar("name") if isinstance(found, Mapping) else found
        return _key(name) if isinstance(name, Scalar) else ""

    def counts_entries(self, span: Span) -> bool:
        """Whether a JSON patch set a value: those name entries of lists by their number alone."""
        root = next(iter(self._roots(span)), None)
        if not isinstance(root, Mapping):
            return isinstance(root, Sequence)
        return any(
            entry.span.line <= span.line <= entry.span.end_line
            and entry.text("patch").lstrip().startswith(("-", "["))
            for field in ("patches", "patchesJson6902")
            for entry in root.mappings_at(field)
        )

    def _roots(self, span: Span) -> tuple[Node, ...]:
        clone = self.clones.get(span.file.repository)  # none for a chart that was published
        return () if clone is None else self.files.parse(clone, span.file.path).roots
