"""Reads the attributes of nodes, which are plain data, as what they are."""

from collections.abc import Mapping

from graphdoc.graph.repo_graph import GraphNode, NodeKind
from graphdoc.model.node import Plain
from graphdoc.parse.gotemplate import NO_VALUE

__all__ = [
    "entries",
    "entry",
    "flag",
    "is_kept",
    "is_untold",
    "namespace_of",
    "namespaces_of",
    "number",
    "said_version",
    "text",
    "texts",
]

_Facts = Mapping[str, Plain]


def text(facts: _Facts, key: str) -> str:
    """A string or a number as text; empty where there is none."""
    value = facts.get(key)
    return (
        str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""
    )


def texts(facts: _Facts, key: str) -> tuple[str, ...]:
    """A list of strings, others left out."""
    value = facts.get(key)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def namespace_of(application: GraphNode) -> str:
    """The namespace that an Application is destined for, unless only its cluster tells it."""
    name = text(entry(application.attributes, "destination"), "namespace")
    return "" if is_untold(name) else name


def namespaces_of(application: GraphNode) -> tuple[str, ...]:
    """The namespaces that an Application brings something to, without those that are not known."""
    names = texts(application.attributes, "namespaces")
    return tuple(name for name in names if not is_untold(name))


def is_untold(name: str) -> bool:
    """Whether a name has a part that only a registered cluster tells."""
    return NO_VALUE in name


def is_kept(node: GraphNode) -> bool:
    """Whether a thing lies where it is written: a remote chart is only named there."""
    return node.kind is not NodeKind.CHART or flag(node.attributes, "local")


def number(facts: _Facts, key: str) -> int | None:
    """A whole number, if there is one."""
    value = facts.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def flag(facts: _Facts, key: str) -> bool:
    """Whether the attribute is there and true."""
    return facts.get(key) is True


def entry(facts: _Facts, key: str) -> _Facts:
    """A mapping; empty where there is none."""
    value = facts.get(key)
    return value if isinstance(value, dict) else {}


def entries(facts: _Facts, key: str) -> tuple[_Facts, ...]:
    """A list of mappings, others left out."""
    value = facts.get(key)
    return (
        tuple(item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()
    )


def said_version(version: str) -> str:
    """A version in words where its sign alone would look like the mark of a footnote."""
    return "any version (*)" if version == "*" else version
