"""What Kubernetes takes as a resource of its own kinds: which fields, of which types.

``fields.json`` holds the definitions of Kubernetes 1.25 to 1.37 at once, made from the OpenAPI
documents of each: a field that any of them knows is known, and asked for is what all of them ask
for. A type is ``s`` text, ``i`` an integer, ``n`` a number, ``b`` a boolean, ``q`` a quantity,
``p`` an integer or text, ``t`` a time, ``x`` anything, ``=`` one of some words, ``[`` a list of,
``{`` a mapping of, or the name of an object with fields. A field that has to be there ends in
``!``.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from graphdoc.model.grouping import listed
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, is_null
from graphdoc.model.shipped import shipped_table
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.names.alike import closest, the_nearest
from graphdoc.resolve.names.resources import cannot_be_name
from graphdoc.resolve.resources.versions import find_wrong_word

__all__ = [
    "QUANTITY",
    "Slip",
    "begin",
    "find_slips",
    "is_addition",
    "is_open",
    "known_fields",
    "type_of",
]

QUANTITY = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]+)?")
_WORDS = {
    "s": "text", "i": "a whole number", "b": "true or false", "q": "a quantity",
    "p": "a number or text", "t": "a time", "[": "a list", "{": "a mapping",
}  # fmt: skip
_BOOLEANS = frozenset({"false", "true"})
_ALIKE = 0.75
# More unknown fields of one object are one mistake.
_SEVERAL = 3
# Words that ask the reader of a chart's defaults or of a base to put something there.
_FORM = re.compile(r"(?:change|fill|overlay|patch|replace)[-_]?me(?![a-z])", re.IGNORECASE)
# Roles may have any name.
_FREE_NAMES = frozenset({"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"})
# The names of these are parts of host names.
_PLAIN_NAMES = frozenset({"Namespace", "Service"})
_LONGEST_LABEL = 63
# Of each object the field that, where it is set, excludes the other (or that this is false).
_AT_ODDS = {
    "EnvVar": ("value", "valueFrom", "has both value and valueFrom"),
    "SecurityContext": (
        "privileged", "allowPrivilegeEscalation", "is privileged without allowPrivilegeEscalation",
    ),
}  # fmt: skip

# From the manifest down: the type of each object, and the key in it.
_Route: TypeAlias = "tuple[tuple[str, str], ...]"


class Slip(NamedTuple):
    """What Kubernetes does not take, where, and what was perhaps meant."""

    reason: str
    span: Span
    hint: str = ""
    is_unknown: bool = False


class _Table(NamedTuple):
    versions: dict[str, tuple[str, ...]]
    kinds: dict[str, str]
    fields: dict[str, dict[str, str]]
    required: dict[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def _table() -> _Table:
    read = shipped_table(__package__, "fields.json")
    versions = {version: tuple(kinds.split()) for version, kinds in read["versions"].items()}
    fields = {
        name: {field.rstrip("!"): code for field, code in of_type.items()}
        for name, of_type in read["types"].items()
    }
    required = {
        name: tuple(field[:-1] for field in of_type if field.endswith("!"))
        for name, of_type in read["types"].items()
    }
    return _Table(versions, read["kinds"], fields, required)


def find_slips(manifest: Mapping) -> Iterator[Slip]:
    """All that Kubernetes does not take in a manifest of a kind of its own."""
    version, kind = manifest.text("apiVersion"), manifest.text("kind")
    name = _table().kinds.get(f"{version} {kind}")
    if name is not None:
        yield from _of_object(name, manifest, ())
        yield from _of_name(manifest, kind)
    elif version in _table().versions:
        yield from _of_kind(manifest, version, kind)
    elif not is_unfilled(f"{version} {kind}"):
        yield from _of_pairs(manifest)
        wrong = find_wrong_word(version, kind, _homes(kind))
        if wrong is not None:
            yield Slip(wrong.reason, manifest.span_at(wrong.key), wrong.hint)


def is_addition(manifest: Mapping) -> bool:
    """Whether it only labels what somebody else makes: nothing of what its kind needs is there."""
    name = _table().kinds.get(f"{manifest.text('apiVersion')} {manifest.text('kind')}", "")
    needed = _table().required.get(name)
    return bool(needed) and manifest.entries.keys() <= {"apiVersion", "kind", "metadata"}


def _adds(node: Mapping, route: _Route) -> bool:
    """Whether it only labels what somebody else makes, or the pods of that."""
    template = node.entries.get("template")
    if not route or not isinstance(template, Mapping):
        return not route and is_addition(node)
    return len(route) == 1 and template.entries.keys() == {"metadata"}


def known_fields(name: str) -> frozenset[str]:
    """The fields of an object of Kubernetes, by the name of its type."""
    return frozenset(_table().fields[name])


def _of_kind(manifest: Mapping, version: str, kind: str) -> Iterator[Slip]:
    """A kind that its ``apiVersion`` does not have: another has it, or it is misspelt."""
    kinds = _table().versions[version]
    if kind in kinds or kind.endswith("List") or is_unfilled(kind):
        return
    homes = _homes(kind)
    near = closest(kind, kinds, _ALIKE)
    hint = f"{homes[0]} has it" if homes else the_nearest(near)
    span = manifest.span_at("apiVersion" if homes else "kind")
    yield Slip(f"{version} has no kind {kind}", span, hint)


def _of_pairs(manifest: Mapping) -> Iterator[Slip]:
    """Labels and annotations that are no texts, which no kind has."""
    for key in ("labels", "annotations"):
        pairs = manifest.at("metadata", key)
        yield from _of("{s", pairs, (("", "metadata"), ("", key)))


def _homes(kind: str) -> list[str]:
    return [version for version, known in _table().versions.items() if kind in known]


def _of_name(manifest: Mapping, kind: str) -> Iterator[Slip]:
    for key in ("name", "namespace"):
        said = manifest.scalar("metadata", key)
        if said is None or not isinstance(said.value, str) or kind in _FREE_NAMES:
            continue
        is_label = key == "namespace" or kind in _PLAIN_NAMES
        if cannot_be_name(said.value) or (is_label and _is_no_label(said.value)):
            yield Slip(f"metadata.{key} '{said.value}' cannot be a name", said.span)


def _is_no_label(text: str) -> bool:
    return not is_open(text) and ("." in text or len(text) > _LONGEST_LABEL)


def _of_object(name: str, node: Mapping, route: _Route) -> Iterator[Slip]:
    table = _table()
    fields = table.fields[name]
    for key, child in node.entries.items():
        code = fields.get(key)
        if code is None or (code == "s" and type(child) is Scalar and type(child.value) is str):
            continue
        if type(child) is not Scalar or not _is_right(code, child):
            yield from _of(code, child, (*route, (name, key)))
    if node.entries.keys() - fields.keys():
        yield from _unknown(name, node, route)
    if not _adds(node, route):
        lacking = [key for key in table.required[name] if is_null(node.entries.get(key))]
        yield from _lacking(name, node, route, lacking) if lacking else ()
    if name in _AT_ODDS:
        yield from _at_odds(name, node, route)


def _lacking(name: str, node: Mapping, route: _Route, lacking: list[str]) -> Iterator[Slip]:
    """What must be there and is not; what is misspelt is there."""
    fields = _table().fields[name]
    meant = {closest(key, fields, _ALIKE) for key in node.entries.keys() - fields.keys()}
    yield from (
        Slip(f"{_said(route)} has no {key}", begin(node)) for key in lacking if key not in meant
    )


def _at_odds(name: str, node: Mapping, route: _Route) -> Iterator[Slip]:
    """Two fields that exclude each other."""
    first, second, text = _AT_ODDS[name]
    one, other = node.find(first), node.find(second)
    is_set = isinstance(one, Scalar) and one.value not in {"", None, False}
    if is_set and not is_null(other) and (not isinstance(other, Scalar) or other.value is False):
        yield Slip(f"{_said(route)} {text}", node.keys[second])


def _of(code: str, node: Node, route: _Route) -> Iterator[Slip]:
    if code == "x" or (type(node) is Scalar and _is_right(code, node)):
        return
    if isinstance(node, Sequence) and code[0] == "[":
        of_items = _into_list(route)
        for item in node.items:
            yield from _of(code[1:], item, of_items)
    elif isinstance(node, Mapping) and code[0] == "{":
        for key, child in node.entries.items():
            yield from _of(code[1:], child, (*route, ("", key)))
    elif isinstance(node, Mapping) and code in _table().fields:
        yield from _of_object(code, node, route)
    else:
        yield _mistyped(code, node, route)


def _into_list(route: _Route) -> _Route:
    *above, (name, key) = route
    return (*above, (name, f"{key}[]"))


def _mistyped(code: str, node: Node, route: _Route) -> Slip:
    said = node.text if isinstance(node, Scalar) else type_of(node)
    if code[0] != "=":
        wanted = _WORDS.get(code[0] if code[0] in "[{" else code, "a mapping")
        of_type = f"'{said}'" if code == "q" else type_of(node)
        return Slip(f"{_said(route)} is {of_type}, not {wanted}", node.span, _unquoted(code, node))
    words = code[1:].split("|")
    text = str(node.value) if isinstance(node, Scalar) else said
    near = next((word for word in words if word.casefold() == text.casefold()), "")
    hint = the_nearest(near) or f"it takes {' and '.join(words)}"
    return Slip(f"{_said(route)} does not take {text}", node.span, hint)


def _unquoted(code: str, node: Node) -> str:
    """What quotes would change, without saying the value: it may be a Secret's."""
    value = node.value if isinstance(node, Scalar) else None
    if code == "s" and isinstance(value, bool | int | float):
        return "in quotes it is text"
    if not isinstance(value, str):
        return ""
    is_meant = value.isdecimal() if code == "i" else value in _BOOLEANS and code == "b"
    return f"without quotes it is {_WORDS[code]}" if is_meant else ""


def _is_right(code: str, node: Scalar) -> bool:
    value = node.value
    if value is None or code == "x":
        return True
    if isinstance(value, str):
        return _is_right_text(code, value)
    if isinstance(value, bool):
        return code == "b"
    if isinstance(value, float):
        return code == "q" or (code in {"i", "p"} and value.is_integer())
    return code in {"i", "p", "q"}


def _is_right_text(code: str, text: str) -> bool:
    if code in {"s", "p", "t"} or not text or is_open(text):
        return True
    return text in code[1:].split("|") if code[0] == "=" else _is_quantity(code, text)


def _is_quantity(code: str, text: str) -> bool:
    return code == "q" and QUANTITY.fullmatch(text) is not None


def is_open(text: str) -> bool:
    """Whether something has yet to fill it in."""
    return "$" in text or "<" in text or is_unfilled(text) or _FORM.search(text) is not None


def _unknown(name: str, node: Mapping, route: _Route) -> Iterator[Slip]:
    """Each field that is not known, or all of what does not belong there at all."""
    fields = _table().fields[name]
    keys = [key for key in node.entries if key not in fields and not is_open(key)]
    if len(keys) <= _SEVERAL:
        yield from (_unknown_one(name, key, node, route) for key in keys)
        return
    reason = f"{_said(route)} knows no {listed(keys)}"
    yield Slip(reason, node.keys.get(keys[0], node.span), is_unknown=True)


def _unknown_one(name: str, key: str, node: Mapping, route: _Route) -> Slip:
    fields = _table().fields
    near = closest(key, fields[name], _ALIKE)
    above = [
        route[:end] for end, (other, _) in enumerate(route) if end and key in fields.get(other, ())
    ]
    codes = fields[name].items()
    below = [(*route, (name, other)) for other, code in codes if key in fields.get(code, ())]
    homes = above or (below if len(below) == 1 else [])
    hint = the_nearest(near) or (f"{_said(homes[-1])} has one" if homes else "")
    span = node.keys.get(key, node.span)
    return Slip(f"{_said(route)} knows no {key}", span, hint, is_unknown=True)


def _said(route: _Route) -> str:
    """The way to a value as one would write it."""
    return ".".join(key for _, key in route) or "it"


def begin(node: Mapping) -> Span:
    """Where its first key is."""
    return next(iter(node.keys.values()), node.span)


def type_of(node: Node) -> str:
    """What a value is, in a word."""
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node.value, bool):
        return "true or false"
    return "text" if isinstance(node.value, str) else "a number"
