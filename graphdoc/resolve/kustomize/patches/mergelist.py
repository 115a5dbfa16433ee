"""Lists that are merged by keys, step by step as Kustomize does it.

The steps matter: which of two entries with one key survives, and where, follows from them.
"""

from collections.abc import Callable
from typing import TypeAlias

from graphdoc.model.node import Mapping, Node, Sequence, is_null
from graphdoc.resolve.kustomize.resources.trees import NotUnderstoodError, put, string, text_of

__all__ = ["merge_by_keys", "merge_primitives"]

_LIMIT = 2000

_Keys: TypeAlias = tuple[str, ...]
_Values: TypeAlias = tuple[str, ...]
_Merge: TypeAlias = Callable[[Node | None, Node | None], Node | None]


def merge_primitives(target: Sequence, patch: Sequence | None) -> Sequence:
    """The union of two lists of plain values, the patch's first."""
    merged: dict[str, Node] = {}
    for source in (patch, target):
        for item in source.items if source else ():
            merged.setdefault(text_of(item), item)
    return target.with_items(tuple(merged.values()))


def merge_by_keys(target: Sequence, patch: Sequence | None, keys: _Keys, merge: _Merge) -> Sequence:
    """The target's list with the patch's entries merged into those that share their keys."""
    if len(keys) == 1 and (merged := _merge_unique(target, patch, keys[0], merge)) is not None:
        return merged
    found = [*(_values(patch, keys) if patch is not None else []), *_values(target, keys)]
    values = list(dict.fromkeys(found))
    if not values:
        return target
    if len(values) > _LIMIT:
        raise NotUnderstoodError(f"a list of more than {_LIMIT} entries with odd keys", target.span)
    if len(keys) > 1:
        values = _join_values(values)
    used = _used_keys(values, keys)
    own = list(target.items)
    added: list[Node] = []
    finder = _Finder(keys)
    for entry in values:
        _merge_one(entry, (own, patch), added, _Step(finder, used, merge))
    return _settle(target, own, added, used)


def _merge_unique(
    target: Sequence, patch: Sequence | None, key: str, merge: _Merge
) -> Sequence | None:
    """The merged list where each entry has a key of its own; ``None`` where some have not."""
    mine, theirs = _by_key(target, key), _by_key(patch, key)
    if mine is None or theirs is None:
        return None
    items: list[Node] = []
    for name in [*theirs, *(name for name in mine if name not in theirs)]:
        own, other = mine.get(name), theirs.get(name)
        merged = merge(own, other)
        if merged is None or _is_empty(merged):
            continue
        is_kept = own is not other and _is_replacement(other)
        items.append(own if is_kept and own is not None else merged)
    return target.with_items(tuple(items))


def _by_key(items: Sequence | None, key: str) -> dict[str, Node] | None:
    found: dict[str, Node] = {}
    for item in items.items if items else ():
        name = _key_text(item, key)
        if not name or name in found:
            return None
        found[name] = item
    return found


def _settle(target: Sequence, own: list[Node], added: list[Node], used: _Keys) -> Sequence:
    """What was merged, then everything of the target's that was not."""
    if len(used) == 1 and all(text_of(_entry(item, used[0])) for item in own):
        rest = {text_of(_entry(item, used[0])): item for item in own}
        items = [rest.pop(text_of(_entry(item, used[0])), item) for item in added]
        return target.with_items((*items, *rest.values()))
    items = added
    for item in own:
        items = _append_entry(items, item, used)
    return target.with_items(tuple(items))


class _Finder:
    """Entries of a list by their keys; each list is indexed once."""

    def __init__(self, keys: _Keys) -> None:
        self._keys = keys

    def find(self, items: list[Node] | tuple[Node, ...], values: _Values) -> int | None:
        """The first entry that has the values, those of them that are not empty."""
        wanted = [(k, v) for k, v in zip(self._keys, values, strict=True) if v] or list(
            zip(self._keys, values, strict=True)
        )
        for index, item in enumerate(items):
            if isinstance(item, Mapping) and all(
                key in item.entries and text_of(item.entries[key]) == value for key, value in wanted
            ):
                return index
        return None


class _Step:
    """What is the same for every entry of one merge."""

    def __init__(self, finder: _Finder, used: _Keys, merge: _Merge) -> None:
        self.find = finder.find
        self.used = used
        self.merge = merge
        self.keys = finder._keys


def _merge_one(
    values: _Values, lists: tuple[list[Node], Sequence | None], added: list[Node], step: _Step
) -> None:
    own, patch = lists
    mine = step.find(own, values)
    theirs = step.find(patch.items, values) if patch is not None else None
    theirs_node = patch.items[theirs] if patch is not None and theirs is not None else None
    merged = step.merge(own[mine] if mine is not None else None, theirs_node)
    pairs = [(k, v) for k, v in zip(step.keys, values, strict=True) if k in step.used]
    if merged is None or _is_empty(merged):
        own[:] = _set_entry(own, None, pairs)
        return
    merged = _with_keys(merged, pairs)
    if mine is not None and (own[mine] is theirs_node or not _is_replacement(theirs_node)):
        own[mine] = merged
    added[:] = _set_entry(added, merged, pairs)


def _is_empty(node: Node) -> bool:
    return not node.entries if isinstance(node, Mapping) else is_null(node)


def _is_replacement(node: Node | None) -> bool:
    return isinstance(node, Mapping) and text_of(node.entries.get("$patch")) == "replace"


def _with_keys(node: Node, pairs: list[tuple[str, str]]) -> Node:
    for key, value in pairs:
        if isinstance(node, Mapping) and key not in node.entries and value:
            node = put(node, key, string(value, node.span), node.span)
    return node


def _values(items: Sequence, keys: _Keys) -> list[_Values]:
    return [tuple(_key_text(item, key) for key in keys) for item in items.items]


def _key_text(item: Node, key: str) -> str:
    found = _entry(item, key)
    return "" if is_null(found) else text_of(found)


def _entry(item: Node, key: str) -> Node | None:
    return item.entries.get(key) if isinstance(item, Mapping) else None


def _used_keys(values: list[_Values], keys: _Keys) -> _Keys:
    used = tuple(key for i, key in enumerate(keys) if any(entry[i] for entry in values))
    return used or keys


def _join_values(values: list[_Values]) -> list[_Values]:
    """Entries of which one lacks a key that the other has, and that agree otherwise, are one."""
    joined = list(values)
    for i in range(len(joined)):
        for j in range(len(joined)):
            common = _match(joined[i], joined[j])
            if common is not None:
                joined[i] = joined[j] = common
    return joined


def _match(left: _Values, right: _Values) -> _Values | None:
    pairs = list(zip(left, right, strict=True))
    if any(a and b and a != b for a, b in pairs) or not any(a == b for a, b in pairs):
        return None
    return tuple(a or b for a, b in pairs)


def _append_entry(items: list[Node], item: Node, used: _Keys) -> list[Node]:
    values: list[str] = []
    for key in used:
        found = _entry(item, key)
        if found is None:
            items = [*items, item]
        else:
            values.append(text_of(found))
    pairs = list(zip(used, values, strict=False))
    if len(used) > 1:
        items = _set_entry(items, None, pairs)
    return _set_entry(items, item, pairs)


def _set_entry(items: list[Node], new: Node | None, pairs: list[tuple[str, str]]) -> list[Node]:
    """Put an entry where those with its keys are, or at the end; ``None`` removes them."""
    kept: list[Node] = []
    is_found = False
    for item in items:
        if is_null(item) or (isinstance(item, Mapping) and not item.entries):
            continue
        if not isinstance(item, Mapping) and pairs and pairs[0][1]:
            kept.append(item)
        elif not _has_values(item, pairs):
            kept += [item] if pairs else []
        else:
            is_found = True
            kept += [new] if new is not None else []
    if new is not None and not is_found:
        kept.append(new)
    return kept


def _has_values(item: Node, pairs: list[tuple[str, str]]) -> bool:
    """Whether an entry has the keys; an empty wanted value fits whatever stands there."""
    return bool(pairs) and all(
        (found := _entry(item, key)) is not None and (not value or text_of(found) == value)
        for key, value in pairs
    )
