"""What Kustomize's YAML writer and JSON make of values that were read otherwise.

Within flow style (``{a: }``) it puts quotes around what is empty or holds a colon, so that a null
becomes an empty text, and a time of day stays as it was written. Whole numbers that go through
JSON, as every resource with a JSON patch does, are floating.
"""

import json
import re
from decimal import Decimal
from functools import partial

from graphdoc.model.node import Atom, Mapping, Node, Scalar, Sequence
from graphdoc.resolve.kustomize.resources.trees import Untyped

__all__ = ["as_written", "json_text", "through_json"]

# An anchor and a tag stand before the bracket that they belong to.
_PROPERTIES = re.compile(r"(?:[&!]\S*\s*)*+(?:#.*)?(?P<next>.?)")
_FLOW = frozenset("{[")
# Beyond it JSON, as Go reads it, does not know every whole number.
_LARGEST_EXACT = 1 << 53
_LONGEST = 1e21
_LEAST, _MOST = -(1 << 63), (1 << 64) - 1


def as_written(manifest: Mapping, lines: list[str]) -> Mapping:
    """A resource with the values that the writer makes of it; ``lines`` are its file's."""
    written = _Writing(lines, manifest).write(manifest, is_flow=False)
    assert isinstance(written, Mapping)
    return written


def through_json(mapping: Mapping) -> Mapping:
    """A tree with the numbers that JSON leaves of it, and nothing written out."""
    return mapping.mapped(_through_json)


def _through_json(node: Node) -> Node:
    match node:
        case Mapping():
            return through_json(node)
        case Sequence():
            return node.mapped(_through_json)
        case Scalar(value=str(), text=Untyped() as text):
            return node._replace(text=str(text))
        case Scalar(value=str()):
            return node
        case Scalar(value=int(number)) if abs(number) > _LARGEST_EXACT:
            floating = _as_float(number)
            return node._replace(value=floating, text=json_text(floating))
        case Scalar():
            return node._replace(text=json_text(node.value))


def json_text(value: Atom) -> str:
    """How Go writes what is no text, as an annotation shows it."""
    if isinstance(value, float) and value.is_integer() and abs(value) < _LONGEST:
        return str(int(value))
    return json.dumps(value)


def _as_float(number: int) -> int | float:
    """A whole number as Go writes a floating one: with no more digits than needed."""
    floating = float(number)
    written = int(Decimal(repr(floating)))
    is_whole = abs(floating) < _LONGEST and _LEAST <= written <= _MOST
    return written if is_whole else floating


class _Writing:
    def __init__(self, lines: list[str], root: Mapping) -> None:
        self._lines = lines
        self._file = root.span.file

    def write(self, node: Node, *, is_flow: bool) -> Node:
        match node:
            case Scalar():
                return self._scalar(node) if is_flow and node.plain else node
            case Sequence() | Mapping():
                is_flow = is_flow or self._begins_flow(node)
                return node.mapped(partial(self.write, is_flow=is_flow))

    def _begins_flow(self, node: Mapping | Sequence) -> bool:
        line, column = node.span.line - 1, node.span.column - 1
        if node.span.file != self._file or line >= len(self._lines):
            return False
        properties = _PROPERTIES.match(self._lines[line], column)
        first = properties["next"] if properties else ""
        if first == "" and line + 1 < len(self._lines):
            first = self._lines[line + 1].lstrip()[:1]
        return first in _FLOW

    def _scalar(self, node: Scalar) -> Scalar:
        if node.span.file != self._file:
            return node
        is_time = ":" in node.text and isinstance(node.value, str) and node.value != node.text
        is_empty = node.value is None and not node.text
        return node._replace(value=str(node.text), plain=False) if is_time or is_empty else node
