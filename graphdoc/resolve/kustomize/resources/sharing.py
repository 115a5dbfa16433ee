"""Values that Kustomize holds once though they stand in several places.

A label that one transformer puts into several places of a resource is one value to Kustomize: a
later patch of one place changes them all. JSON patches end this, because they write the resource
anew.
"""

from collections import Counter
from collections.abc import Iterator

from graphdoc.model.grouping import grouped
from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.resolve.kustomize.resources.ids import Item
from graphdoc.resolve.kustomize.resources.trees import put

__all__ = ["share", "spread", "with_changed"]


def share(item: Item, made: list[Scalar]) -> Item:
    """The resource, knowing which of the new values it holds in several places."""
    counts = Counter(map(id, made))
    again = {id(scalar): scalar for scalar in made if counts[id(scalar)] > 1}
    return item._replace(shared=(*item.shared, *again.values())) if again else item


def spread(item: Item, manifest: Mapping) -> Item:
    """The resource with a changed manifest: where a shared value changed, it changes everywhere."""
    if not item.shared or manifest is item.manifest:
        return item.with_manifest(manifest)
    routes = _routes(item)
    shared: list[Scalar] = []
    for scalar in item.shared:
        new = _changed(manifest, scalar, routes.get(id(scalar), ()))
        if new is None:
            shared.append(scalar)
            continue
        replaced = with_changed(manifest, scalar, new)
        assert isinstance(replaced, Mapping)
        manifest = replaced
        for route in routes[id(scalar)]:
            manifest = _set(manifest, route, new)
        shared.append(new)
    return item._replace(manifest=manifest, shared=tuple(shared))


def _routes(item: Item) -> dict[int, tuple[tuple[str, ...], ...]]:
    """Where each shared value stands, by way of mappings, in Kustomize's order of fields."""
    wanted = {id(scalar) for scalar in item.shared}
    found = ((id(scalar), route) for route, scalar in _scalars(item.manifest, ()))
    return grouped((key, route) for key, route in found if key in wanted)


def _scalars(node: Mapping, route: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Scalar]]:
    for key in sorted(node.entries):
        value = node.entries[key]
        if isinstance(value, Mapping):
            yield from _scalars(value, (*route, key))
        elif isinstance(value, Scalar):
            yield (*route, key), value


def _changed(manifest: Mapping, old: Scalar, routes: tuple[tuple[str, ...], ...]) -> Scalar | None:
    found = [manifest.scalar(*route) for route in routes]
    changed = [scalar for scalar in found if scalar is not None and scalar is not old]
    return changed[-1] if changed else None


def _set(node: Mapping, route: tuple[str, ...], new: Scalar) -> Mapping:
    """The value in a place that still has one."""
    if node.scalar(*route) is None:
        return node
    key, *rest = route
    child = node.entries[key]
    inner = _set(child, tuple(rest), new) if isinstance(child, Mapping) else new
    return put(node, key, inner, new.span)


def with_changed(node: Node, old: Scalar, new: Node) -> Node:
    """The tree with the new value wherever the very same old one stands."""
    match node:
        case Scalar():
            return new if node is old else node
        case Sequence():
            return node.mapped(lambda item: with_changed(item, old, new))
        case Mapping():
            return node.mapped(lambda value: with_changed(value, old, new))
