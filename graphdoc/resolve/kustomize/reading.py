"""What Kustomize's YAML makes of a resource that other readers do not.

A date without quotes is a point in time and is printed in full; a key that is no text is refused.
"""

import re
from datetime import datetime
from operator import is_

from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.parse.scalars import resolve_scalar
from graphdoc.resolve.kustomize.trees import KustomizeError

__all__ = ["as_kustomize"]

# How a key begins that may be no text; an empty one is null.
_SUSPECT = ("", *"0123456789+-.~nNtTfF")
_TIME = re.compile(
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2})(?:(?:[Tt]| +)(?P<clock>\d{1,2}:\d{1,2}:\d{1,2})"
    r"(?:\.(?P<fraction>\d{1,9})\d*)?(?P<zone>Z|[+-]\d{2}:\d{2})?)?"
)


def as_kustomize(manifest: Mapping) -> Mapping:
    """The tree as Kustomize reads it; unchanged parts are shared.

    Raises:
        KustomizeError: a key is a number, a boolean, a date or null.
    """
    return _read_mapping(manifest)


def _read(node: Node) -> Node:
    match node:
        case Scalar():
            return _read_scalar(node)
        case Sequence():
            return _read_sequence(node)
        case Mapping():
            return _read_mapping(node)


def _read_scalar(node: Scalar) -> Scalar:
    if node.text[4:5] != "-" or not node.plain or not isinstance(node.value, str):
        return node
    time = _full_time(node.text)
    return node if time is None else node._replace(value=time)


def _read_sequence(node: Sequence) -> Sequence:
    items = tuple(map(_read, node.items))
    if all(map(is_, items, node.items)):
        return node
    return node._replace(items=items)


def _read_mapping(node: Mapping) -> Mapping:
    changed: dict[str, Node] = {}
    for key, value in node.entries.items():
        if key[:1] in _SUSPECT and _is_no_text(key, node.keys[key]):
            raise KustomizeError(f"key '{key}' is no text", node.keys[key])
        new = _read(value)
        if new is not value:
            changed[key] = new
    return node._replace(entries={**node.entries, **changed}) if changed else node


def _is_no_text(key: str, span: Span) -> bool:
    """A quoted key takes more room than its text."""
    is_bare = span.end_line == span.line and span.end_column - span.column == len(key)
    is_special = not isinstance(resolve_scalar(key), str) or (key[4:5] == "-" and _full_time(key))
    return is_bare and bool(is_special)


def _full_time(text: str) -> str | None:
    match = _TIME.fullmatch(text)
    if match is None or (match["clock"] and ("t" in text.lower()) is not bool(match["zone"])):
        return None
    try:
        time = datetime.strptime(
            f"{match['date']} {match['clock'] or '0:0:0'}", "%Y-%m-%d %H:%M:%S"
        )
    except ValueError:
        return None
    rest = (match["fraction"] or "").rstrip("0")
    return f"{time:%Y-%m-%dT%H:%M:%S}{'.' + rest if rest else ''}{_zone(match['zone'])}"


def _zone(zone: str | None) -> str:
    return "Z" if zone in {None, "Z", "+00:00", "-00:00"} else str(zone)
