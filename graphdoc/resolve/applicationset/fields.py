"""Go templates that only name parameters, evaluated without an engine: most are of this kind.

``{{ .path.basename }}``, ``{{ index .path.segments 1 }}`` and a few functions after a bar. Whatever
else a template holds makes it one for the engine.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.parse.gotemplate import NO_VALUE
from graphdoc.resolve.applicationset.actions import Action, Literal, split_actions
from graphdoc.resolve.applicationset.dialect import Fault
from graphdoc.resolve.applicationset.parameters import go_text, normalise_name

__all__ = ["Field", "evaluate", "find_field", "parse_template"]

_CHAIN = r"(?:\.[A-Za-z_]\w*)+"
_FIELD = re.compile(
    rf"\s*(?:(?P<chain>{_CHAIN})|index\s+(?P<indexed>{_CHAIN})(?P<steps>(?:\s+(?:\d+|\"[^\"\\]*\"))+))"
    r"(?P<functions>(?:\s*\|\s*(?:lower|upper|normalize))*)\s*"
)
_STEP = re.compile(r"\"([^\"]*)\"|(\d+)")
_FUNCTIONS: dict[str, Callable[[str], str]] = {
    "lower": str.lower,
    "upper": str.upper,
    "normalize": normalise_name,
}


class Field(NamedTuple):
    """One parameter by its route, and what is done to it."""

    route: tuple[str, ...]
    steps: tuple[str | int, ...]
    functions: tuple[str, ...]


_Template: TypeAlias = tuple[str | Field, ...]


@lru_cache(maxsize=4096)
def parse_template(text: str) -> _Template | None:
    """The template as texts and fields; ``None`` where it holds more than these."""
    parts: list[str | Field] = []
    for part in split_actions(text):
        if isinstance(part, Literal):
            if "{{" in part.text:
                return None
            parts += [part.text] if part.text else []
            continue
        field = _parse_field(part)
        if field is None:
            return None
        parts.append(field)
    return tuple(parts)


def _parse_field(action: Action) -> Field | None:
    match = _FIELD.fullmatch(action.body)
    if match is None:
        return None
    steps = _STEP.findall(match["steps"] or "")
    return Field(
        tuple((match["chain"] or match["indexed"])[1:].split(".")),
        tuple(int(number) if number else key for key, number in steps),
        tuple(name.strip() for name in match["functions"].split("|")[1:]),
    )


def evaluate(template: _Template, parameters: Mapping, *, strict: bool) -> str | Fault | None:
    """The text of a template; ``None`` where the engine must decide."""
    pieces: list[str] = []
    for part in template:
        piece = part if isinstance(part, str) else _evaluate(part, parameters, strict=strict)
        if not isinstance(piece, str):
            return piece
        pieces.append(piece)
    return "".join(pieces)


def _evaluate(field: Field, parameters: Mapping, *, strict: bool) -> str | Fault | None:
    missing = _missing(field, parameters)
    if missing is not None:
        if strict:
            return Fault(f'map has no entry for key "{missing}"', missing=True)
        return None if field.functions or field.steps else NO_VALUE
    node = find_field(field, parameters)
    if not isinstance(node, Scalar):
        return None
    if not field.functions:
        return NO_VALUE if node.value is None else go_text(node.value)
    if not isinstance(node.value, str):
        return None
    text = node.value
    for name in field.functions:
        text = _FUNCTIONS[name](text)
    return text


def _missing(field: Field, parameters: Mapping) -> str | None:
    """The first name of the route that a map on it lacks."""
    node: Node = parameters
    for name in field.route:
        if not isinstance(node, Mapping):
            return None
        if name not in node.entries:
            return name
        node = node.entries[name]
    return None


def find_field(field: Field, parameters: Mapping) -> Node | None:
    """The node of a field; ``None`` where the parameters have no such place."""
    node = parameters.find(*field.route)
    for step in field.steps:
        if isinstance(node, Sequence) and isinstance(step, int):
            node = node.items[step] if step < len(node.items) else None
        else:
            node = (
                node.entries.get(step)
                if isinstance(node, Mapping) and isinstance(step, str)
                else None
            )
    return node
