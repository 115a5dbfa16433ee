"""JSON patches (RFC 6902) on trees that remember where each part was written.

Where Go's json-patch, which Kustomize uses, differs from the RFC, this follows json-patch: a path
needs a first slash, and a negative index counts from the end.
"""

import re
from collections.abc import Callable
from typing import TypeAlias

from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, is_null, unescape_pointer
from graphdoc.resolve.kustomize.resources.allowance import Allowance
from graphdoc.resolve.kustomize.resources.trees import KustomizeError, override, put, same, without

__all__ = ["apply_operations"]

_Change: TypeAlias = Callable[["Mapping | Sequence", str], Node]

_INDEX = re.compile(r"[+-]?[0-9]{1,18}")
_SHALLOW = 50


def apply_operations(
    manifest: Mapping, operations: Sequence, allowance: Allowance | None = None
) -> Mapping:
    """The manifest after every operation.

    Raises:
        KustomizeError: an operation does not apply.
        NotUnderstoodError: it copies too much, or leads too deep.
    """
    allowance = allowance or Allowance()
    for operation in operations.items:
        if not isinstance(operation, Mapping):
            raise KustomizeError("an operation of a JSON patch must be a mapping", operation.span)
        changed = _apply(manifest, operation)
        if not isinstance(changed, Mapping):
            raise KustomizeError("a JSON patch leaves no mapping", operation.span)
        _account(manifest, operation, allowance)
        manifest = changed
    return manifest


def _account(manifest: Mapping, operation: Mapping, allowance: Allowance) -> None:
    """Count what an operation has copied, and hold its path to the depth that YAML may have."""
    above = operation.text("path").count("/")
    if operation.text("op") in {"copy", "move"}:
        allowance.spend(_at(manifest, operation), above)
    elif above > _SHALLOW:
        allowance.spend(_value(operation), above)


def _apply(manifest: Mapping, operation: Mapping) -> Node:
    name = operation.text("op")
    apply = _OPERATIONS.get(name)
    if apply is None:
        raise KustomizeError(f"unexpected kind of operation: '{name}'", operation.span)
    path = operation.scalar("path")
    if path is None or not isinstance(path.value, str):
        raise KustomizeError(f"{name} operation has no path", operation.span)
    return apply(manifest, operation, path.value)


def _add(manifest: Mapping, operation: Mapping, path: str) -> Node:
    return _change(
        manifest, path, lambda parent, key: _insert(parent, key, _value(operation)), operation
    )


def _remove(manifest: Mapping, operation: Mapping, path: str) -> Node:
    return _change(manifest, path, _delete, operation)


def _replace(manifest: Mapping, operation: Mapping, path: str) -> Node:
    value = _value(operation)
    return _change(manifest, path, lambda parent, key: _set(parent, key, value), operation)


def _move(manifest: Mapping, operation: Mapping, path: str) -> Node:
    value = _at(manifest, operation)
    removed = _change(manifest, operation.text("from"), _delete, operation)
    return _change(removed, path, lambda parent, key: _insert(parent, key, value), operation)


def _copy(manifest: Mapping, operation: Mapping, path: str) -> Node:
    value = _at(manifest, operation)
    return _change(manifest, path, lambda parent, key: _insert(parent, key, value), operation)


def _test(manifest: Mapping, operation: Mapping, path: str) -> Node:
    def compare(parent: Mapping | Sequence, key: str) -> Node:
        found, wanted = _get_or_null(parent, key, operation), _value(operation)
        if is_null(found) is not is_null(wanted) or (
            not is_null(found) and not same(found, wanted)
        ):
            raise KustomizeError("the value is another")
        return parent

    return _change(manifest, path, compare, operation)


_OPERATIONS = {
    "add": _add,
    "remove": _remove,
    "replace": _replace,
    "move": _move,
    "copy": _copy,
    "test": _test,
}


def _value(operation: Mapping) -> Node:
    return operation.entries.get("value") or _null(operation.span)


def _null(span: Span) -> Scalar:
    return Scalar(None, span, plain=True, text="null")


def _at(manifest: Mapping, operation: Mapping) -> Node:
    found: list[Node] = []

    def look(parent: Mapping | Sequence, key: str) -> Node:
        found.append(_get_or_null(parent, key, operation))
        return parent

    _change(manifest, operation.text("from"), look, operation)
    return found[0]


def _change(node: Node, path: str, change: _Change, operation: Mapping) -> Node:
    """The tree with the container of the path's last key changed."""
    steps = list(map(unescape_pointer, path.split("/")))
    name = operation.text("op")
    if len(steps) == 1:
        raise KustomizeError(
            f"{name} operation does not apply: no pointer: '{path}'", operation.span
        )
    try:
        return _descend(node, steps[1:], change)
    except KustomizeError as error:
        span = error.span or operation.entries["path"].span
        reason = f"{name} operation does not apply: {error.reason}: {path}"
        raise KustomizeError(reason, span) from error


def _descend(node: Node, steps: list[str], change: _Change) -> Node:
    if isinstance(node, Scalar):
        raise KustomizeError("doc is missing path")
    if len(steps) == 1:
        return change(node, steps[0])
    try:
        child = _get(node, steps[0])
    except KustomizeError as error:
        raise KustomizeError("doc is missing path") from error
    changed = _descend(child, steps[1:], change)
    return node if changed is child else _set_plain(node, steps[0], changed)


def _get(node: Mapping | Sequence, key: str) -> Node:
    if isinstance(node, Sequence):
        return node.items[_index(key, len(node.items))]
    child = node.entries.get(key)
    if child is None:
        raise KustomizeError("doc is missing key")
    return child


def _get_or_null(node: Mapping | Sequence, key: str, operation: Mapping) -> Node:
    """For json-patch a key that a mapping does not have is null."""
    if isinstance(node, Mapping) and key not in node.entries:
        return _null(operation.span)
    return _get(node, key)


def _set(node: Mapping | Sequence, key: str, value: Node) -> Node:
    """json-patch replaces a key that a mapping does not have, though the RFC forbids it."""
    old = node.entries.get(key) if isinstance(node, Mapping) else _get(node, key)
    return _set_plain(node, key, override(value, old))


def _set_plain(node: Mapping | Sequence, key: str, value: Node) -> Node:
    if isinstance(node, Mapping):
        return put(node, key, value, value.span)
    index = _index(key, len(node.items))
    return node.with_items((*node.items[:index], value, *node.items[index + 1 :]))


def _insert(node: Mapping | Sequence, key: str, value: Node) -> Node:
    if isinstance(node, Mapping):
        return put(node, key, override(value, node.entries.get(key)), value.span)
    index = len(node.items) if key == "-" else _index(key, len(node.items) + 1)
    return node.with_items((*node.items[:index], value, *node.items[index:]))


def _delete(node: Mapping | Sequence, key: str) -> Node:
    if isinstance(node, Mapping):
        if key not in node.entries:
            raise KustomizeError("unable to remove nonexistent key")
        return without(node, key)
    index = _index(key, len(node.items))
    return node.with_items((*node.items[:index], *node.items[index + 1 :]))


def _index(key: str, size: int) -> int:
    if not _INDEX.fullmatch(key):
        raise KustomizeError(f"'{key}' is no array index")
    index = int(key)
    if not -size <= index < size:
        raise KustomizeError(f"unable to access invalid index {index}")
    return index + size if index < 0 else index
