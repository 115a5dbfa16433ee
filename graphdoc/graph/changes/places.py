"""Where one would look at a change: the lines of the fields, beside those of the whole manifest."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from graphdoc.graph.changes.compare import Change, NodeChange
from graphdoc.model.node import along
from graphdoc.model.resource import Resource
from graphdoc.resolve.resolved import Estate

__all__ = ["add_places"]

_MANIFEST = "/manifest"


def add_places(entries: Iterable[NodeChange], estate: Estate) -> tuple[NodeChange, ...]:
    """The same changes, those of manifests with the lines that set the fields now."""
    resources = {id_: entry.application.resource for id_, entry in estate.by_id.items()}
    resources |= {id_: made.resource for id_, made in estate.sets_by_id.items()}
    return tuple(_with_places(entry, resources) for entry in entries)


def _with_places(entry: NodeChange, resources: Mapping[str, Resource]) -> NodeChange:
    resource = resources.get(entry.subject)
    if resource is None or entry.change is not Change.CHANGED:
        return entry
    pointers = (f.pointer for f in entry.fields if f.pointer.startswith(f"{_MANIFEST}/"))
    # Where a field is set; of one that is gone, what it was part of.
    spans = (along(resource.manifest, p.removeprefix(_MANIFEST))[-1].span for p in pointers)
    places = dict.fromkeys((*entry.locations, *spans))
    return replace(entry, locations=tuple(places))
