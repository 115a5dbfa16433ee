"""Index patches of ``valueFiles`` that replaced the shared layer and left another cluster's in."""

from collections.abc import Iterator

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import Span
from graphdoc.model.node import Scalar
from graphdoc.resolve.names.spelling import text_at
from graphdoc.resolve.resolved import Estate, ResolvedApplication

__all__ = ["Misaimed", "find_misaimed_patches"]

# What the shared layer's folder is called.
_SHARED = frozenset({"all", "base", "bases", "common", "default", "defaults", "global", "shared"})


@dataclass(frozen=True, slots=True)
class Misaimed:
    """One replaced entry; ``left`` is the entry that it was most likely meant to replace."""

    entry: ResolvedApplication
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


def _misaimed(
    entry: ResolvedApplication, files: tuple[Scalar, ...], clones: dict[str, Clone]
) -> Iterator[Misaimed]:
    untouched = [scalar for scalar in files if not scalar.earlier]
    for brought in (scalar for scalar in files if scalar.earlier):
        replaced = text_at(clones, brought.earlier[-1])
        left = next((other for other in untouched if _is_counterpart(brought, other)), None)
        if replaced and left is not None and not _is_own_kind(str(brought.value), replaced):
            yield Misaimed(entry, brought, replaced, brought.earlier[-1], left)


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
