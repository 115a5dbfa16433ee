"""YAML trees that remember where each part was written, and what it replaced.

The tuples are immutable and shared: a base that eight overlays build is one tree. Whoever changes a
tree makes new nodes along the changed path only. ``earlier`` holds the places that a patch or a
transformer overrode, oldest first; ``span`` is where one would change the value today.
"""

from collections.abc import Callable, Iterable, Iterator
from operator import is_
from typing import NamedTuple, TypeAlias, Union

from graphdoc.model.location import SourceFile, Span, file_start

__all__ = [
    "NOTHING",
    "Atom",
    "Mapping",
    "Node",
    "Plain",
    "Scalar",
    "Sequence",
    "along",
    "escape_pointer",
    "is_null",
    "mappings_along",
    "mappings_within",
    "node_at",
    "nodes_within",
    "scalars_within",
    "strings",
    "texts",
    "texts_within",
    "to_plain",
    "unescape_pointer",
    "walk",
]  # fmt: skip

Atom: TypeAlias = "bool | int | float | str | None"
Plain: TypeAlias = "Atom | list[Plain] | dict[str, Plain]"
Node: TypeAlias = Union["Mapping", "Sequence", "Scalar"]

_DIGITS = 10  # no list is as long

# What a NamedTuple's constructor and ``_replace`` come to, in half of their time.
_new = tuple.__new__


class Scalar(NamedTuple):
    """One value, as Kustomize reads it; ``plain`` says that it was written without quotes.

    ``text`` is the value as written (``0777``, ``1e3``, ``on``), because other programs of the
    field read some plain words differently: see :func:`graphdoc.parse.scalars.as_kubectl`.
    """

    value: Atom
    span: Span
    plain: bool = False
    text: str = ""
    earlier: tuple[Span, ...] = ()

    @property
    def origins(self) -> tuple[Span, ...]:
        """Every place that set it, the one to change last."""
        return (*self.earlier, self.span)

    def moved_to(self, span: Span) -> "Scalar":
        """The same value, as one that stands elsewhere and that nothing else set."""
        return self._replace(span=span, earlier=())


class Sequence(NamedTuple):
    """An ordered list of nodes."""

    items: tuple[Node, ...]
    span: Span
    earlier: tuple[Span, ...] = ()

    @property
    def origins(self) -> tuple[Span, ...]:
        """Every place that set it as a whole, the one to change last."""
        return (*self.earlier, self.span)

    def with_items(self, items: tuple[Node, ...]) -> "Sequence":
        """The same list with other items."""
        return _new(Sequence, (items, *self[1:]))

    def mapped(self, change: Callable[[Node], Node]) -> "Sequence":
        """The list with every item changed; itself where none was."""
        items = tuple(map(change, self.items))
        return self if all(map(is_, items, self.items)) else self.with_items(items)

    def moved_to(self, span: Span) -> "Sequence":
        """The same list, with one place for all of it."""
        return Sequence(tuple([item.moved_to(span) for item in self.items]), span)


class Mapping(NamedTuple):
    """Keys and nodes, in the order written; ``keys`` holds where each key is written."""

    entries: dict[str, Node]
    keys: dict[str, Span]
    span: Span
    earlier: tuple[Span, ...] = ()

    @property
    def origins(self) -> tuple[Span, ...]:
        """Every place that set it as a whole, the one to change last."""
        return (*self.earlier, self.span)

    def with_entries(
        self, entries: dict[str, Node], keys: dict[str, Span] | None = None
    ) -> "Mapping":
        """The same mapping with other entries."""
        _, own_keys, span, earlier = self
        return _new(Mapping, (entries, own_keys if keys is None else keys, span, earlier))

    def mapped(self, change: Callable[[Node], Node]) -> "Mapping":
        """The mapping with every value changed; itself where none was."""
        old = self.entries
        new = dict(zip(old, map(change, old.values()), strict=True))
        return self if all(map(is_, new.values(), old.values())) else self.with_entries(new)

    def moved_to(self, span: Span) -> "Mapping":
        """The same mapping, with one place for all of it."""
        entries = {key: node.moved_to(span) for key, node in self.entries.items()}
        return Mapping(entries, dict.fromkeys(self.keys, span), span)

    def find(self, *route: str) -> Node | None:
        """Follow keys down; ``None`` where the route leaves the tree."""
        node: Node | None = self
        for key in route:
            if not isinstance(node, Mapping):
                return None
            node = node.entries.get(key)
        return node

    def scalar(self, *route: str) -> Scalar | None:
        """The scalar at the end of a route, if one is there."""
        node: Node | None = self
        for key in route:  # as find, of which a call would take as long again
            if not isinstance(node, Mapping):
                return None
            node = node.entries.get(key)
        return node if isinstance(node, Scalar) else None

    def span_at(self, *route: str) -> Span:
        """Where the scalar at the end of a route stands; the mapping itself where there is none."""
        scalar = self.scalar(*route)
        return scalar.span if scalar is not None else self.span

    def mapping(self, *route: str) -> "Mapping | None":
        """The mapping at the end of a route, if one is there."""
        node: Node | None = self
        for key in route:
            if not isinstance(node, Mapping):
                return None
            node = node.entries.get(key)
        return node if isinstance(node, Mapping) else None

    def at(self, *route: str) -> "Mapping":
        """The mapping at the end of a route; one without entries where there is none."""
        node: Node | None = self
        for key in route:
            if not isinstance(node, Mapping):
                return NOTHING
            node = node.entries.get(key)
        return node if isinstance(node, Mapping) else NOTHING

    def items_at(self, *route: str) -> tuple[Node, ...]:
        """The items of the sequence at the end of a route; empty where there is none."""
        node: Node | None = self
        for key in route:
            if not isinstance(node, Mapping):
                return ()
            node = node.entries.get(key)
        return node.items if isinstance(node, Sequence) else ()

    def scalars_at(self, *route: str) -> tuple[Scalar, ...]:
        """The scalars among the items of the sequence at the end of a route."""
        return tuple([item for item in self.items_at(*route) if isinstance(item, Scalar)])

    def mappings_at(self, *route: str) -> "tuple[Mapping, ...]":
        """The mappings among the items of the sequence at the end of a route."""
        return tuple([item for item in self.items_at(*route) if isinstance(item, Mapping)])

    def texts_at(self, *route: str) -> tuple[str, ...]:
        """The scalars among the items of the sequence at the end of a route, as text."""
        return tuple([str(scalar.value) for scalar in self.scalars_at(*route)])

    def pairs_at(self, *route: str) -> tuple[tuple[str, str], ...]:
        """The scalars of the mapping at the end of a route as text, by key, such as labels."""
        entries = self.at(*route).entries
        return tuple([(key, str(n.value)) for key, n in entries.items() if isinstance(n, Scalar)])

    def is_true(self, *route: str) -> bool:
        """Whether the switch at the end of a route is on."""
        scalar = self.scalar(*route)
        return scalar is not None and scalar.value is True

    def text(self, *route: str) -> str:
        """The string at the end of a route; empty where there is none, or something else."""
        node: Node | None = self
        for key in route:
            if not isinstance(node, Mapping):
                return ""
            node = node.entries.get(key)
        return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else ""


NOTHING = Mapping({}, {}, file_start(SourceFile("", "")))


def to_plain(node: Node) -> Plain:
    """The tree as plain data, without places."""
    match node:
        case Scalar():
            return node.value
        case Sequence():
            return [to_plain(item) for item in node.items]
        case Mapping():
            return {key: to_plain(value) for key, value in node.entries.items()}


def texts(values: Iterable[str]) -> list[Plain]:
    """Strings as a list of plain data."""
    return list(values)


def walk(root: Node) -> Iterator[tuple[str, Node]]:
    """Yield a node and all below it, each with its JSON pointer, in the order written."""
    waiting: list[tuple[str, Node]] = [("", root)]
    while waiting:
        pointer, node = waiting.pop()
        yield pointer, node
        if isinstance(node, Mapping):
            below = [(f"{pointer}/{escape_pointer(k)}", v) for k, v in node.entries.items()]
            waiting += reversed(below)
        elif isinstance(node, Sequence):
            items = [(f"{pointer}/{index}", item) for index, item in enumerate(node.items)]
            waiting += reversed(items)


def along(root: Node, pointer: str) -> list[Node]:
    """The nodes that a JSON pointer leads through, the root first, as far as they are there."""
    found: list[Node] = [root]
    for part in pointer.split("/")[1:]:
        below = _entry(found[-1], unescape_pointer(part))
        if below is None:
            break
        found.append(below)
    return found


def node_at(root: Node, pointer: str) -> Node | None:
    """What a JSON pointer leads to."""
    found = along(root, pointer)
    return found[-1] if len(found) == pointer.count("/") + 1 else None


def _entry(node: Node, key: str) -> Node | None:
    match node:
        case Mapping():
            return node.entries.get(key)
        case Sequence():
            index = int(key) if key.isdecimal() and len(key) < _DIGITS else len(node.items)
            return node.items[index] if index < len(node.items) else None
        case Scalar():
            return None


def nodes_within(root: Node) -> Iterator[Node]:
    """A node and all below it, in the order written."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, Mapping):
            waiting += reversed(node.entries.values())
        elif isinstance(node, Sequence):
            waiting += reversed(node.items)


def scalars_within(root: Node | None) -> Iterator[Scalar]:
    """The scalars of a tree, in the order written; none without a tree."""
    nodes = nodes_within(root) if root is not None else ()
    return (node for node in nodes if isinstance(node, Scalar))


def strings(nodes: Iterable[Node]) -> Iterator[Scalar]:
    """Those of the nodes that are strings, the empty ones left out."""
    return (n for n in nodes if isinstance(n, Scalar) and isinstance(n.value, str) and n.value)


def texts_within(root: Node | None) -> Iterator[tuple[str, Span]]:
    """The scalars that are text, each with its place."""
    return ((n.value, n.span) for n in scalars_within(root) if isinstance(n.value, str))


def mappings_along(node: Node | None, way: list[str]) -> Iterator[Mapping]:
    """The mappings that a way leads to; ``*`` stands for every entry of a list."""
    if not way:
        yield from (node,) if isinstance(node, Mapping) else ()
    elif way[0] == "*":
        for item in node.items if isinstance(node, Sequence) else ():
            yield from mappings_along(item, way[1:])
    elif isinstance(node, Mapping):
        yield from mappings_along(node.entries.get(way[0]), way[1:])


def mappings_within(root: Node) -> list[Mapping]:
    """Every mapping of a tree, in no order that means anything."""
    found: list[Mapping] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            found.append(node)
            waiting.extend(node.entries.values())
        elif isinstance(node, Sequence):
            waiting.extend(node.items)
    return found


def is_null(node: Node | None) -> bool:
    """Whether a value is missing or null."""
    return node is None or (isinstance(node, Scalar) and node.value is None)


def escape_pointer(key: str) -> str:
    """A key as a JSON pointer writes it (RFC 6901)."""
    if "~" not in key and "/" not in key:  # nearly always
        return key
    return key.replace("~", "~0").replace("/", "~1")


def unescape_pointer(part: str) -> str:
    """The key that a part of a JSON pointer stands for."""
    return part.replace("~1", "/").replace("~0", "~")
