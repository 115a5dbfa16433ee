"""Small changes to YAML trees: each makes new nodes along one path and keeps where things were."""

from enum import IntEnum

from graphdoc.model.location import Location, Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.model.resource import ResourceId
from graphdoc.parse.scalars import resolve_scalar

__all__ = [
    "AbsentTargetError", "Hidden", "KustomizeError", "NotUnderstoodError", "Untyped", "override",
    "put", "put_route", "restored", "restyle", "rewritten", "same", "string", "text_of", "untyped",
    "without",
]  # fmt: skip


class Hidden(IntEnum):
    """What is not known of the resources without a step that failed."""

    NOTHING = 0
    FIELDS = 1
    RESOURCES = 2


class KustomizeError(Exception):
    """Kustomize refuses to go on, and where that shows.

    ``hides`` is all that this may hide, ``aims`` what is not changed for it, if that is known.
    ``named`` is what is missing, as it is written.
    """

    hides = Hidden.RESOURCES
    aims: tuple[ResourceId, ...] = ()
    named = ""

    def __init__(
        self, reason: str, span: Span | None = None, related: tuple[Location, ...] = ()
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span
        self.related = related


class AbsentTargetError(KustomizeError):
    """A patch, a generator or another transformer aims at something that is not there."""


class NotUnderstoodError(KustomizeError):
    """Kustomize would go on, in a way that is not followed here."""


def text_of(node: Node | None) -> str:
    """What Kustomize compares: a scalar as written, and nothing of anything else."""
    return node.text if isinstance(node, Scalar) else ""


def string(value: str, span: Span, earlier: tuple[Span, ...] = ()) -> Scalar:
    """A string that a transformer made, whatever the text that it was made of was marked as."""
    text = str(value)
    return Scalar(text, span, text=text, earlier=earlier)


class Untyped(str):
    """The text of a value that Kustomize holds without a type, so that any other fits there."""

    __slots__ = ()


def untyped(text: str, span: Span) -> Scalar:
    """A value in a place that a replacement made."""
    return Scalar(resolve_scalar(str(text)), span, plain=True, text=Untyped(text))


def rewritten(old: Scalar, text: str, span: Span, earlier: tuple[Span, ...] = ()) -> Scalar:
    """A new text in the place of a value: without quotes it is whatever it looks like."""
    new = untyped(text, span) if old.plain else string(text, span)
    return new._replace(earlier=earlier)


def override(new: Node, old: Node | None) -> Node:
    """The new value, remembering every place that the old one came from."""
    if old is None or new is old or new.span == old.span:
        return new
    return new._replace(earlier=(*old.origins, *new.earlier))


def restyle(new: Node, old: Node | None) -> Node:
    """A value takes the old one's quotes: a number over a quoted text becomes a text."""
    if not isinstance(new, Scalar) or not isinstance(old, Scalar) or old.plain:
        return new
    if new.value is None or isinstance(new.value, str):
        return new
    return new._replace(value=str(new.text), plain=False)


def put(mapping: Mapping, key: str, value: Node, key_span: Span) -> Mapping:
    """A mapping with one entry set; the order of the others stays."""
    if mapping.entries.get(key) is value:
        return mapping
    keys = mapping.keys if key in mapping.keys else {**mapping.keys, key: key_span}
    return mapping.with_entries({**mapping.entries, key: value}, keys)


def put_route(mapping: Mapping, route: tuple[str, ...], value: Node) -> Mapping:
    """A mapping with a value set far below; mappings that lack on the way are made."""
    key, *rest = route
    if not rest:
        return put(mapping, key, value, value.span)
    child = mapping.entries.get(key)
    inner = child if isinstance(child, Mapping) else Mapping({}, {}, value.span)
    return put(mapping, key, put_route(inner, tuple(rest), value), value.span)


def without(mapping: Mapping, *route: str) -> Mapping:
    """A mapping without one entry, which may lie far below."""
    key, *rest = route
    child = mapping.entries.get(key)
    if rest:
        inner = without(child, *rest) if isinstance(child, Mapping) else child
        return mapping if inner is None else put(mapping, key, inner, mapping.span)
    if child is None:
        return mapping
    entries = {name: value for name, value in mapping.entries.items() if name != key}
    return mapping.with_entries(entries)


def restored(mapping: Mapping, old: Mapping, *route: str) -> Mapping:
    """A mapping with what an older one has at the end of a route, or without it."""
    value: Node | None = old.find(*route)
    if value is None:
        return without(mapping, *route)
    return mapping if mapping.find(*route) is value else put_route(mapping, route, value)


def same(left: Node, right: Node) -> bool:
    """Whether two trees hold the same values, wherever they were written."""
    match left, right:
        case Scalar(), Scalar():
            return type(left.value) is type(right.value) and left.value == right.value
        case Sequence(), Sequence():
            pairs = zip(left.items, right.items, strict=False)
            return len(left.items) == len(right.items) and all(same(a, b) for a, b in pairs)
        case Mapping(), Mapping():
            names = left.entries.keys()
            return names == right.entries.keys() and all(
                same(left.entries[name], right.entries[name]) for name in names
            )
        case _:
            return False
