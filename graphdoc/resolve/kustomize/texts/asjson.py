"""YAML on its way to JSON, as kubectl's library takes it: JSON patches are read so.

Values are kubectl's, and keys become texts: ``on`` is ``true``, ``0x10`` is ``16``.
"""

from graphdoc.model.location import Span
from graphdoc.model.node import Atom, Mapping, Node, Scalar, Sequence
from graphdoc.parse.scalars import as_kubectl, kubectl_boolean, resolve_scalar
from graphdoc.resolve.kustomize.resources.trees import KustomizeError, NotUnderstoodError
from graphdoc.resolve.kustomize.texts.reading import is_bare
from graphdoc.resolve.kustomize.texts.writing import through_json

__all__ = ["as_json"]

_LARGEST = (1 << 63) - 1


def as_json(node: Sequence) -> Sequence:
    """A list of operations as JSON, each value where it was written.

    Raises:
        KustomizeError: a key can be no text.
        NotUnderstoodError: two keys become one, of which Go takes either, or one is floating.
    """
    operations = as_kubectl(node.mapped(_item))
    items = (through_json(item) if isinstance(item, Mapping) else item for item in operations.items)
    return operations.with_items(tuple(items))


def _item(node: Node) -> Node:
    match node:
        case Mapping():
            return _mapping(node)
        case Sequence():
            return node.mapped(_item)
        case Scalar():
            return node


def _mapping(node: Mapping) -> Mapping:
    entries: dict[str, Node] = {}
    keys: dict[str, Span] = {}
    written: dict[str, Atom] = {}
    for key, value in node.entries.items():
        span = node.keys[key]
        meant = _meant(key) if is_bare(key, span) else key
        text = _text(meant, span)
        if text in entries and (type(written[text]), written[text]) != (type(meant), meant):
            raise NotUnderstoodError(f"keys that all become '{text}'", span)
        entries[text], keys[text], written[text] = _item(value), span, meant
    return node.with_entries(entries, keys)


def _meant(key: str) -> Atom:
    if key == "<<":
        return None  # what it should merge is no mapping
    boolean = kubectl_boolean(key)
    return resolve_scalar(key) if boolean is None else boolean


def _text(key: Atom, span: Span) -> str:
    match key:
        case str():
            return key
        case bool():
            return str(key).lower()
        case int() if key <= _LARGEST:
            return str(key)
        case float():
            raise NotUnderstoodError("a floating number as a key", span)
        case _:
            raise KustomizeError("unsupported map key", span)
