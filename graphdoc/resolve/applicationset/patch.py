"""``templatePatch``: a strategic merge patch; the lists of an Application have no merge keys."""

from graphdoc.model.node import Mapping, Node, Scalar, Sequence, to_plain

__all__ = ["apply_patch"]

_DIRECTIVE = "$patch"
# The only list of an Application that a strategic merge joins.
_JOINED = ("metadata", "finalizers")


def apply_patch(target: Mapping, patch: Mapping, route: tuple[str, ...] = ()) -> Mapping:
    """The target with the patch laid over it; ``null`` deletes, lists replace."""
    directive = patch.text(_DIRECTIVE)
    if directive in {"replace", "delete"}:
        return _replacement(target, patch)
    entries, keys = dict(target.entries), dict(target.keys)
    for key, node in patch.entries.items():
        merged = _merge(target.entries.get(key), node, (*route, key))
        entries.pop(key, None)
        keys.pop(key, None)
        if merged is not None and key != _DIRECTIVE:
            entries[key], keys[key] = merged, patch.keys[key]
    return Mapping(entries, keys, target.span, target.earlier)


def _merge(target: Node | None, patch: Node, route: tuple[str, ...]) -> Node | None:
    match patch:
        case Scalar(value=None):
            return None
        case Mapping():
            return _merge_mapping(target, patch, route)
        case Sequence() if route == _JOINED and isinstance(target, Sequence):
            known = [to_plain(item) for item in target.items]
            new = tuple(item for item in patch.items if to_plain(item) not in known)
            return target.with_items((*target.items, *new))
        case _:
            return _over(target, patch)


def _merge_mapping(target: Node | None, patch: Mapping, route: tuple[str, ...]) -> Node | None:
    if patch.text(_DIRECTIVE) == "delete":
        return None
    if isinstance(target, Mapping):
        return apply_patch(target, patch, route)
    empty = Mapping({}, {}, patch.span)
    return _over(target, apply_patch(empty, patch, route))


def _replacement(target: Mapping, patch: Mapping) -> Mapping:
    entries = {key: node for key, node in patch.entries.items() if key != _DIRECTIVE}
    keys = {key: patch.keys[key] for key in entries}
    return Mapping(entries, keys, patch.span, target.origins)


def _over(target: Node | None, patch: Node) -> Node:
    return patch if target is None else patch._replace(earlier=(*target.origins, *patch.earlier))
