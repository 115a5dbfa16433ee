"""Layered values by Helm's merge rules, each leaf with who set it and what it overrode.

Maps merge; lists and scalars replace. A ``null`` replaces as well, and takes the key away when it
meets the chart's own defaults: so Helm does it, and so a ``null`` must still be in the values that
are handed to Helm (:func:`override_values`).
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce

from graphdoc.model.helm import LayerKind, ValueLayer
from graphdoc.model.location import Span
from graphdoc.model.node import NOTHING, Mapping, Node, Plain, Scalar, is_null, to_plain
from graphdoc.model.node import Sequence as Items
from graphdoc.parse.inline import parse_inline
from graphdoc.parse.scalars import as_kubectl, kubectl_boolean, resolve_scalar
from graphdoc.parse.yaml import YamlError

__all__ = [
    "coalesce", "layer_values", "merge_values", "override_values",
    "parse_inline_values", "spell_key", "to_helm", "value_leaves",
]  # fmt: skip


def layer_values(layers: Sequence[ValueLayer]) -> Mapping:
    """The values in force, the last layer winning.

    Without a layer of chart defaults, a ``null`` stays: it has nothing to delete yet.
    """
    defaults = [as_kubectl(la.root) for la in layers if la.kind is LayerKind.CHART_DEFAULTS]
    values = override_values(layers)
    return coalesce(values, reduce(merge_values, defaults)) if defaults else values


def value_leaves(node: Node, route: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """All that is replaced as a whole, by its keys: maps merge and are walked, lists are not."""
    if isinstance(node, Mapping) and node.entries:
        for key, child in node.entries.items():
            yield from value_leaves(child, (*route, key))
    elif route:
        yield route, node


def spell_key(route: Iterable[str]) -> str:
    """A key as Helm's ``--set`` spells it."""
    return ".".join(part.replace(".", "\\.") for part in route)


def override_values(layers: Sequence[ValueLayer]) -> Mapping:
    """What Helm is handed to lay over the chart's defaults; a ``null`` is kept."""
    given = [as_kubectl(la.root) for la in layers if la.kind is not LayerKind.CHART_DEFAULTS]
    return reduce(merge_values, given) if given else NOTHING


def merge_values(below: Mapping, above: Mapping) -> Mapping:
    """Two values files, the second one winning, as ``helm -f below -f above`` merges them."""
    if not above.entries:
        return below
    if not below.entries:
        return above
    entries: dict[str, Node] = dict(below.entries)
    for key, node in above.entries.items():
        entries[key] = _merge_node(entries[key], node) if key in entries else node
    return _merged(entries, below, above)


def _merge_node(below: Node, above: Node) -> Node:
    if isinstance(below, Mapping) and isinstance(above, Mapping):
        return merge_values(below, above)
    return _override(below, above)


def coalesce(values: Mapping, defaults: Mapping) -> Mapping:
    """Values over a chart's defaults: they win, whatever their kind, and ``null`` deletes."""
    gone = {k for k, node in values.entries.items() if is_null(node) and k in defaults.entries}
    if gone:
        defaults = _without(defaults, gone)
        values = _without(values, gone)
    return _coalesce_tables(values, defaults)


def _coalesce_tables(values: Mapping, defaults: Mapping) -> Mapping:
    if not values.entries:
        return _without_nulls(defaults)
    if not defaults.entries:
        return values
    entries: dict[str, Node] = {}
    for key, default in defaults.entries.items():
        node = values.entries.get(key)
        if _is_kept(default, node):
            entries[key] = _default(default) if node is None else _coalesce_node(node, default)
    entries |= {k: node for k, node in values.entries.items() if k not in defaults.entries}
    return _merged(entries, defaults, values)


def _is_kept(default: Node, node: Node | None) -> bool:
    """A default of ``null`` is none, and a ``null`` over another default deletes it."""
    return not is_null(default) if node is None else is_null(default) or not is_null(node)


def _default(node: Node) -> Node:
    return _without_nulls(node) if isinstance(node, Mapping) else node


def _coalesce_node(value: Node, default: Node) -> Node:
    if isinstance(value, Mapping) and isinstance(default, Mapping):
        return _coalesce_tables(value, default)
    return _override(default, value)


def _without(mapping: Mapping, gone: set[str]) -> Mapping:
    entries = {key: node for key, node in mapping.entries.items() if key not in gone}
    return mapping._replace(entries=entries, keys={key: mapping.keys[key] for key in entries})


def _without_nulls(defaults: Mapping) -> Mapping:
    """A default of ``null`` is none; what has none is shared."""
    entries: dict[str, Node] = {
        key: _default(node) for key, node in defaults.entries.items() if not is_null(node)
    }
    if all(entries.get(key) is node for key, node in defaults.entries.items()):
        return defaults
    return defaults._replace(entries=entries, keys={key: defaults.keys[key] for key in entries})


def _merged(entries: dict[str, Node], below: Mapping, above: Mapping) -> Mapping:
    keys = below.keys | above.keys
    if len(keys) > len(entries):
        keys = {key: keys[key] for key in entries}
    return Mapping(entries, keys, above.span, _earlier(below, above))


def _override(below: Node, above: Node) -> Node:
    return above._replace(earlier=_earlier(below, above))


def _earlier(below: Node, above: Node) -> tuple[Span, ...]:
    """What a value replaces: not itself, where a file is laid twice."""
    replaced = below.earlier if below.span == above.span else below.origins
    return (*replaced, *above.earlier)


def to_helm(node: Node) -> Plain:
    """Values as Helm's own YAML reader would hold them: an unquoted key ``on`` is ``"true"``."""
    match node:
        case Mapping():
            keys = {key: _helm_key(key, node.keys.get(key)) for key in node.entries}
            return {keys[key]: to_helm(child) for key, child in node.entries.items()}
        case Items():
            return [to_helm(item) for item in node.items]
        case Scalar():
            return to_plain(node)


def _helm_key(key: str, span: Span | None) -> str:
    """A key as sigs.k8s.io/yaml spells it in JSON, where every key is a string."""
    if span is None or span.end_column - span.column != len(key):
        return key  # written with quotes, or made here
    boolean = kubectl_boolean(key)
    value = resolve_scalar(key) if boolean is None else boolean
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else key


def parse_inline_values(text: Scalar, file_lines: list[str]) -> Mapping:
    """The values that an Application carries as text, with the places of its own manifest.

    Raises:
        YamlError: the text is not YAML, or no mapping; the place is the manifest's.
    """
    documents = parse_inline(text, file_lines) if isinstance(text.value, str) else ()
    root = next((document.root for document in documents if document.root is not None), None)
    if root is None:
        return NOTHING._replace(span=text.span)
    if not isinstance(root, Mapping):
        raise YamlError(text.span, "the values are not a mapping")
    return as_kubectl(root)
