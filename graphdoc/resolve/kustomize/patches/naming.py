"""What patches have met, by the names that it has in the end: prefixes may have come after them."""

from collections.abc import Iterable
from dataclasses import replace

from graphdoc.model.grouping import grouped
from graphdoc.model.node import nodes_within
from graphdoc.model.resource import Resource, ResourceId
from graphdoc.resolve.kustomize.files.result import AppliedPatch
from graphdoc.resolve.kustomize.resources.ids import Item

__all__ = ["with_last_names"]


def with_last_names(patches: Iterable[AppliedPatch], items: list[Item]) -> tuple[AppliedPatch, ...]:
    """The patches, each with the ids under which the resources that it met leave the build."""
    known = tuple(patches)
    last = [(Resource(item.manifest).id, item) for item in items if item.previous] if known else []
    former = grouped(
        ((id_.group, p.kind, p.name), (id_, item)) for id_, item in last for p in item.previous
    )
    return tuple(_renamed(patch, former) for patch in known) if former else known


def _renamed(
    patch: AppliedPatch, former: dict[tuple[str, str, str], tuple[tuple[ResourceId, Item], ...]]
) -> AppliedPatch:
    found: dict[ResourceId, None] = {}
    for target in patch.targets:
        named = former.get((target.group, target.kind, target.name), ())
        if len({id_ for id_, _ in named}) > 1:  # the same base under several prefixes, or others
            named = tuple(one for one in named if _is_written_in(one[1], patch)) or named
        found |= dict.fromkeys(id_ for id_, _ in named) or {target: None}
    return replace(patch, targets=tuple(found))


def _is_written_in(item: Item, patch: AppliedPatch) -> bool:
    file = patch.file or patch.kustomization
    return any(
        origin.file == file for node in nodes_within(item.manifest) for origin in node.origins
    )
