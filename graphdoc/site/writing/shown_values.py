"""Values as pages show them: dotted keys, and nothing that may be a Secret's."""

from collections.abc import Iterator

from graphdoc.model.node import Mapping, Node, Scalar, Sequence, unescape_pointer, walk
from graphdoc.site.writing.markup import Markup, code
from graphdoc.site.writing.redact import HIDDEN, Redactor
from graphdoc.site.writing.text import shortened

__all__ = ["dotted", "leaf_pointers", "leaves", "scalar_text", "shown"]

_LONGEST = 60


def leaves(values: Mapping) -> Iterator[tuple[str, Node]]:
    """What a tree of values comes to: scalars, and lists and mappings that are empty."""
    return ((dotted(pointer), node) for pointer, node in leaf_pointers(values))


def leaf_pointers(values: Mapping) -> Iterator[tuple[str, Node]]:
    """The same as :func:`leaves`, by JSON pointers."""
    return ((pointer, node) for pointer, node in walk(values) if _is_leaf(node))


def dotted(pointer: str) -> str:
    """A pointer as people write keys of values."""
    return ".".join(map(unescape_pointer, pointer.split("/")[1:]))


def shown(key: str, node: Node, redactor: Redactor) -> Markup:
    """A value as a table may show it below its key."""
    if not isinstance(node, Scalar):
        return code("[]" if isinstance(node, Sequence) else "{}")
    value = "null" if node.value is None else scalar_text(node) or '""'
    names = [part for part in key.split(".") if not part.isdigit()]
    safe = redactor.text(names[-1] if names else "", value)
    if any(redactor.text(name, "x") == HIDDEN for name in names):
        safe = HIDDEN
    return code(shortened(safe, _LONGEST))


def scalar_text(node: Scalar) -> str:
    """A value as YAML spells it."""
    return str(node.value).lower() if isinstance(node.value, bool) else str(node.value)


def _is_leaf(node: Node) -> bool:
    match node:
        case Scalar():
            return True
        case Mapping():
            return not node.entries
        case Sequence():
            return not node.items
