"""Parameter sets: what a generator yields, as nodes that know where each value is written.

A parameter set is a mapping whose own span is the generator's item. With Go templates its values
nest; in the plain dialect its keys are flat (``metadata.labels.region``) and its values text.
"""

import re
from collections.abc import Iterator

from graphdoc.model.location import Span
from graphdoc.model.node import Atom, Mapping, Node, Scalar, Sequence
from graphdoc.parse.scalars import go_number

__all__ = ["flatten", "go_text", "make_mapping", "make_texts", "normalise_name", "text_scalar"]

_NAME_LIMIT = 253


def text_scalar(value: str, span: Span) -> Scalar:
    """A string that a generator makes, and what it is made of."""
    return Scalar(value, span, text=value)


def make_mapping(entries: dict[str, Node], span: Span) -> Mapping:
    """A mapping that a generator makes."""
    return Mapping(entries, dict.fromkeys(entries, span), span)


def make_texts(texts: dict[str, str], span: Span) -> Mapping:
    """A mapping of strings that a generator makes."""
    return make_mapping({key: text_scalar(text, span) for key, text in texts.items()}, span)


def flatten(node: Node, prefix: str = "") -> Iterator[tuple[str, Scalar]]:
    """Every leaf under its dotted route, as text; what is empty has none."""
    match node:
        case Scalar():
            text = go_text(node.value)
            yield prefix, node._replace(value=text, plain=False, text=text)
        case Mapping():
            for key, child in node.entries.items():
                yield from flatten(child, f"{prefix}.{key}" if prefix else key)
        case Sequence():
            for index, child in enumerate(node.items):
                yield from flatten(child, f"{prefix}.{index}" if prefix else str(index))


def normalise_name(name: str) -> str:
    """A name as a DNS name may be, by Argo CD's ``normalize``."""
    return re.sub("[^-a-z0-9.]", "-", name.lower())[:_NAME_LIMIT].strip("-.")


def go_text(value: Atom) -> str:
    """A value as Go prints it; numbers have come through JSON, so all are floating point."""
    match value:
        case None:
            return "<nil>"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return go_number(float(value))
        case str():
            return value
