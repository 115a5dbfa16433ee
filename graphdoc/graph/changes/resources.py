"""Which resources of Applications differ between two states, field by field, and where it is set.

No value of a Secret or of a credential is told, only that it differs.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import NamedTuple, TypeAlias

from graphdoc.graph.changes.compare import Change
from graphdoc.graph.changes.removals import (
    is_of_argocd,
    is_refused,
)
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import counted, grouped
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping as MappingNode
from graphdoc.model.node import Node, Plain, Scalar, Sequence, to_plain
from graphdoc.model.redact import (
    REDACTED,
    SECRET_FIELDS,
    SECRET_KINDS,
    hidden_fields,
    hide_credentials,
    is_credential_key,
)
from graphdoc.model.resource import Resource, ResourceId, lasting_id, lasting_name
from graphdoc.resolve.resolved import Estate, ResolvedApplication
from graphdoc.resolve.secrets.known import KnownSecrets

__all__ = ["ResourceChange", "find_resource_changes"]

_Route: TypeAlias = tuple[str, ...]
_SCHEMA = "openAPIV3Schema"


@dataclass(frozen=True, slots=True)
class ResourceChange:
    """One resource that comes or goes, or one field of it that differs, for some Applications.

    An item of a list that has a name is called by it: ``("containers", "[web]", "image")``.
    """

    change: Change
    resource: ResourceId
    route: _Route
    before: Plain
    after: Plain
    place: Span
    applications: tuple[str, ...]


class _Difference(NamedTuple):
    route: _Route
    before: Node | None
    after: Node | None


def find_resource_changes(
    before: Estate, after: Estate, ids: Iterable[str]
) -> tuple[ResourceChange, ...]:
    """What differs in the resources of these Applications, one entry for one cause."""
    old = before.by_id
    new = after.by_id
    found = grouped(
        (_cause(change), (change, id_))
        for id_ in sorted(ids)
        if id_ in old and id_ in new
        for change in _changes(old[id_], new[id_])
    )
    causes = (
        replace(group[0][0], applications=tuple(id_ for _, id_ in group))
        for group in found.values()
    )
    return tuple(sorted(causes, key=attrgetter("place", "resource", "route", "applications")))


def _cause(change: ResourceChange) -> tuple[object, ...]:
    values = (json.dumps(change.before), json.dumps(change.after))
    return (change.place, change.change, change.resource, change.route, *values)


def _changes(old: ResolvedApplication, new: ResolvedApplication) -> Iterator[ResourceChange]:
    was, now = _by_id(old), _by_id(new)
    known = KnownSecrets((*old.resources, *new.resources))
    for id_ in sorted(was.keys() | now.keys()):
        first, second = was.get(id_), now.get(id_)
        if first is not None and second is not None:
            yield from _fields(first, second, known)
        elif second is not None:
            yield _whole(Change.ADDED, second)
        elif first is not None and not is_refused(new):
            yield _whole(Change.REMOVED, first)


def _by_id(entry: ResolvedApplication) -> Mapping[ResourceId, Resource]:
    return {lasting_id(r): r for r in entry.resources if not is_of_argocd(r)}


def _whole(change: Change, resource: Resource) -> ResourceChange:
    return ResourceChange(change, resource.id, (), None, None, resource.span, ())


def _fields(old: Resource, new: Resource, known: KnownSecrets) -> Iterator[ResourceChange]:
    for route, before, after in _differences(old.manifest, new.manifest, ()):
        node = after or before
        if node is not None and not _is_checksum(route) and not _is_rehashed(before, after):
            hidden = _is_hidden(old, route) or _is_hidden(new, route)
            was, now = (known.plain(_shown(side, hidden=hidden)) for side in (before, after))
            yield ResourceChange(Change.CHANGED, new.id, route, was, now, node.span, ())


def _is_checksum(route: _Route) -> bool:
    """Whether a field follows from the content of another resource, as charts have it."""
    return len(route) > 1 and route[-2] == "annotations" and route[-1].startswith("checksum/")


def _is_rehashed(before: Node | None, after: Node | None) -> bool:
    """Whether only the hash differs that Kustomize appends to names of generated content."""
    if not (isinstance(before, Scalar) and isinstance(after, Scalar)):
        return False
    old, new = before.value, after.value
    both = isinstance(old, str) and isinstance(new, str)
    return both and lasting_name(str(old)) == lasting_name(str(new)) and old != new


def _differences(old: Node, new: Node, route: _Route) -> Iterator[_Difference]:
    """The outermost parts that differ; only maps, and lists of named items, are looked into.

    The schema of a definition is one part: a chart's next version changes hundreds of its fields.
    """
    was, now = _parts(old), _parts(new)
    if was is None or now is None or route[-1:] == (_SCHEMA,):
        if to_plain(old) != to_plain(new):
            yield _Difference(route, old, new)
        return
    for key in [*was, *(key for key in now if key not in was)]:
        if was.get(key) is None or now.get(key) is None:
            yield _Difference((*route, key), was.get(key), now.get(key))
        else:
            yield from _differences(was[key], now[key], (*route, key))


def _parts(node: Node | None) -> Mapping[str, Node] | None:
    match node:
        case MappingNode() if node.entries:
            return node.entries
        case Sequence() if node.items:
            named = {f"[{name}]": item for item in node.items if (name := _name(item))}
            return named if len(named) == len(node.items) else None
        case _:
            return None


def _name(item: Node) -> str:
    return item.text("name") if isinstance(item, MappingNode) else ""


def _is_hidden(resource: Resource, route: _Route) -> bool:
    secret = resource.kind in SECRET_KINDS and any(part in SECRET_FIELDS for part in route)
    is_binary = resource.kind == "ConfigMap" and route[0] == "binaryData"
    named = secret or is_binary or any(is_credential_key(part.strip("[]")) for part in route)
    return named or _is_in_secret(resource.manifest, route)


def _is_in_secret(root: Node, route: _Route) -> bool:
    """Whether the way leads through the values of a Secret, wherever it is nested."""
    node: Node | None = root
    for part in route:
        if isinstance(node, MappingNode) and part in hidden_fields(node):
            return True
        node = (_parts(node) or {}).get(part)
    return False


def _shown(node: Node | None, *, hidden: bool) -> Plain:
    """A value that may be read by everybody; of what is nested, names and numbers alone."""
    match node:
        case None:
            return None
        case Scalar():
            return _shown_scalar(node, hidden=hidden)
        case MappingNode():
            return f"{{{', '.join(node.entries)}}}"
        case Sequence() if all(isinstance(item, Scalar) for item in node.items):
            return [_shown(item, hidden=hidden) for item in node.items]
        case Sequence():
            return counted(len(node.items), "item")


def _shown_scalar(node: Scalar, *, hidden: bool) -> Plain:
    if node.value in (None, ""):
        return node.value
    if hidden:
        return REDACTED
    return hide_credentials(node.value)
