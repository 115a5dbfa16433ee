"""Index patches that replaced another layer or another container's image than they should."""

from collections.abc import Iterator

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Scalar, Sequence
from graphdoc.resolve.kustomize import Build
from graphdoc.resolve.names.spelling import text_at
from graphdoc.resolve.resolved import Estate, ResolvedApplication
from graphdoc.resolve.resources.workloads import images_of

__all__ = ["Misaimed", "find_misaimed_patches"]

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
    clones = estate.clones_by_name
    for entry in estate.applications:
        for source in entry.application.sources:
            files = source.helm.value_files if source.helm is not None else ()
            yield from _misaimed(entry, files, clones)
        for build in (source.build for source in entry.sources if source.build is not None):
            yield from _misaimed_images(estate, entry, build, clones)


def _misaimed(
    entry: ResolvedApplication, files: tuple[Scalar, ...], clones: dict[str, Clone]
) -> Iterator[Misaimed]:
    untouched = [scalar for scalar in files if not scalar.earlier]
    for brought in (scalar for scalar in files if scalar.earlier):
        replaced = text_at(clones, brought.earlier[-1])
        left = next((other for other in untouched if _is_counterpart(brought, other)), None)
        if replaced and left is not None and not _is_own_kind(str(brought.value), replaced):
            what = f"Application {entry.name}"
            yield Misaimed(entry, what, brought, replaced, brought.earlier[-1], left)


def _is_counterpart(brought: Scalar, other: Scalar) -> bool:
    """Whether two entries are the same layer of two clusters."""
    return _is_own_kind(str(brought.value), str(other.value))


def _is_own_kind(one: str, other: str) -> bool:
    """Whether two paths differ in one folder only, and neither there says that it is shared."""
    ours, theirs = one.split("/"), other.split("/")
    if len(ours) != len(theirs):
        return False
    differing = [pair for pair in zip(ours[:-1], theirs[:-1], strict=True) if pair[0] != pair[1]]
    if ours[-1] != theirs[-1] or len(differing) != 1:
        return False
    return not _SHARED & set(differing[0])


def _misaimed_images(
    estate: Estate, entry: ResolvedApplication, build: Build, clones: dict[str, Clone]
) -> Iterator[Misaimed]:
    """An image in the place of another one, while a container beside it runs an older one of it."""
    patched = {target for patch in build.patches for target in patch.targets}
    for resource in (one for one in build.resources if patched and one.id in patched):
        images = images_of(resource)
        untouched = {
            _name(str(image.value)): image for image in reversed(images) if not image.earlier
        }
        for brought in (image for image in images if image.earlier):
            at, name = brought.earlier[-1], _name(str(brought.value))
            left, replaced = untouched.get(name), text_at(clones, at)
            is_other = bool(replaced) and _name(replaced) != name
            if left is not None and is_other and _counts_entries(estate, brought.span):
                yield Misaimed(entry, str(resource.id), brought, replaced, at, left)


def _name(image: str) -> str:
    folder, slash, rest = image.partition("@")[0].rpartition("/")
    return f"{folder}{slash}{rest.partition(':')[0]}"


def _counts_entries(estate: Estate, span: Span) -> bool:
    """Whether a JSON patch set a value: those name entries of lists by their number alone."""
    clone = estate.clones_by_name[span.file.repository]
    root = next(iter(estate.files.parse(clone, span.file.path).roots), None)
    if not isinstance(root, Mapping):
        return isinstance(root, Sequence)
    return any(
        entry.span.line <= span.line <= entry.span.end_line
        and entry.text("patch").lstrip().startswith(("-", "["))
        for field in ("patches", "patchesJson6902")
        for entry in root.mappings_at(field)
    )
