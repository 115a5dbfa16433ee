"""Placeholders such as ``${GIT_BASEURL}`` that a script fills in before anybody applies a file."""

import re
from collections.abc import Mapping as Dict
from typing import TypeAlias

from graphdoc.model.node import Mapping, Node, Scalar, Sequence

__all__ = ["Bindings", "bind", "has_hole", "has_map", "has_placeholder", "is_unfilled"]

Bindings: TypeAlias = Dict[str, str]

_PLACEHOLDER = re.compile(r"\$\{(?P<name>\w+)\}")
# What a template leaves, its slips included: ``{.{name}}``, ``{.name}``.
_HOLE = re.compile(r"\{\.\{|\{\{|\}\}|\{ *\.\w[\w.]* *\}")
# What Go's templates print of a map, such as ``{{ .path }}`` of a Git generator.
_MAP = re.compile(r"\bmap\[\w+:")
_ANY = re.compile(r"\$\{\w+\}|\$\w+|#\{[^{}]+\}|<[\w .-]+>|__\w+__|%\w+%")


def has_placeholder(text: str) -> bool:
    """Whether a part of a text looks like it is to be filled in."""
    return _ANY.search(text) is not None


def has_hole(text: str) -> bool:
    """Whether a template has left a part of a text open, or misspells it."""
    return _HOLE.search(text) is not None


def has_map(text: str) -> bool:
    """Whether a template printed a whole map where one of its fields is meant."""
    return _MAP.search(text) is not None


def is_unfilled(text: str) -> bool:
    """Whether a template or a script has yet to fill in a part of a text, or did it badly."""
    return has_hole(text) or has_placeholder(text) or has_map(text)


def bind(node: Node, bindings: Bindings) -> Node:
    """The tree with every bound ``${NAME}`` in its texts filled in; unchanged parts are shared."""
    match node:
        case Scalar():
            return _bind_scalar(node, bindings)
        case Sequence():
            return node.mapped(lambda item: bind(item, bindings))
        case Mapping():
            return node.mapped(lambda value: bind(value, bindings))


def _bind_scalar(node: Scalar, bindings: Bindings) -> Scalar:
    if not isinstance(node.value, str) or "${" not in node.value:
        return node
    value = _PLACEHOLDER.sub(lambda found: bindings.get(found["name"], found[0]), node.value)
    return node if value == node.value else node._replace(value=value, text=value)
