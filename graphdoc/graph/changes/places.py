"""Where one would look at a change: the lines of the fields, beside those of the whole manifest."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from graphdoc.graph.changes.compare import Change, NodeChange
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping as MappingNode
from graphdoc.model.node import Node, Scalar, Sequence, unescape_pointer
from graphdoc.model.resource import Resource
from graphdoc.resolve.resolved import Estate

__all__ = ["add_places"]

_DIGITS = 10  # no list is as long

_MANIFEST = "/manifest/"


def add_places(entries: Iterable[NodeChange], estate: Estate) -> tuple[NodeChange, ...]:
    """The same changes, those of manifests with the lines that set the fields now."""
    resources = {id_: entry.application.resource for id_, entry in estate.by_id.items()}
    resources |= {id_: made.resource for id_, made in estate.sets_by_id.items()}
    return tuple(_with_places(entry, resources) for entry in entries)


def _with_places(entry: NodeChange, resources: Mapping[str, Resource]) -> NodeChange:
    resource = resources.get(entry.subject)
    if resource is None or entry.change is not Change.CHANGED:
        return entry
    pointers = (f.pointer for f in entry.fields if f.pointer.startswith(_MANIFEST))
    spans = (_span(resource.manifest, pointer.removeprefix(_MANIFEST)) for pointer in pointers)
    places = dict.fromkeys((*entry.locations, *spans))
    return replace(entry, locations=tuple(places))


def _span(manifest: MappingNode, pointer: str) -> Span:
    """Where a field is set; of one that is gone, what it was part of."""
    here: Node = manifest
    for part in pointer.split("/"):
        below = _below(here, unescape_pointer(part))
        if below is None:
            break
        here = below
    return here.span


def _below(node: Node, key: str) -> Node | None:
    match node:
        case MappingNode():
            return node.entries.get(key)
        case Sequence():
            index = int(key) if key.isdecimal() and len(key) < _DIGITS else len(node.items)
            return node.items[index] if index < len(node.items) else None
        case Scalar():
            return None
