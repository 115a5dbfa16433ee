"""From YAML nodes to typed values, each mistake with its place and what was expected."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import NoReturn, TypeVar

from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import Span
from graphdoc.model.mistake import ConfigError, nearest
from graphdoc.model.node import Mapping as MappingNode
from graphdoc.model.node import Node, Scalar, Sequence, is_null

__all__ = ["Entry", "refuse_twins"]

_Choice = TypeVar("_Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Entry:
    """A node of the configuration and the name under which errors speak of it."""

    file: str
    name: str
    node: Node

    def fail(self, message: str, span: Span | None = None) -> NoReturn:
        """Refuse the entry at its own place, or at the given one."""
        raise ConfigError(message, self.file, span or self.node.span)

    def expected(self, what: str) -> NoReturn:
        """Refuse the entry because it is something else than it must be."""
        subject = f"{self.name}: " if self.name else ""
        self.fail(f"{subject}expected {what}, found {_describe(self.node)}")

    def text(self) -> str:
        """A string; a number counts as the text it was written as."""
        node = self.node
        if not isinstance(node, Scalar) or node.value is None or isinstance(node.value, bool):
            self.expected("text")
        return node.value if isinstance(node.value, str) else node.text

    def flag(self) -> bool:
        """``true`` or ``false``."""
        if not isinstance(self.node, Scalar) or not isinstance(self.node.value, bool):
            self.expected("true or false")
        return self.node.value

    def count(self) -> int:
        """A whole number above zero."""
        value = self.node.value if isinstance(self.node, Scalar) else None
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self.expected("a whole number above zero")
        return value

    def day(self) -> date:
        """A date as in 2027-01-31."""
        word = self.text()
        try:
            return date.fromisoformat(word)
        except ValueError:
            self.expected("a date as in 2027-01-31")

    def choice(self, choices: type[_Choice]) -> _Choice:
        """One of a closed list of words."""
        word = self.text()
        names = [str(choice) for choice in choices]
        if word not in names:
            self.fail(f"{self.name}: '{word}' is none of {', '.join(names)}{nearest(word, names)}")
        return choices(word)

    def items(self) -> tuple["Entry", ...]:
        """The items of a list."""
        if not isinstance(self.node, Sequence):
            self.expected("a list")
        nodes = enumerate(self.node.items)
        return tuple(Entry(self.file, f"{self.name}[{index}]", node) for index, node in nodes)

    def texts(self) -> tuple[str, ...]:
        """A list of strings."""
        return tuple(item.text() for item in self.items())

    def members(self) -> dict[str, "Entry"]:
        """The entries of a mapping whose keys are names of the reader's own."""
        if not isinstance(self.node, MappingNode):
            self.expected("a mapping")
        return {key: self._child(key, node) for key, node in self.node.entries.items()}

    def strings(self) -> Mapping[str, str]:
        """A mapping from names to strings."""
        texts = {key: entry.text() for key, entry in self.members().items()}
        return MappingProxyType(texts)

    def table(self, *known: str) -> dict[str, "Entry"]:
        """The entries of a mapping with a closed list of keys; a key without a value is absent."""
        members = self.members()
        for key in members:
            if key not in known:
                self._refuse_key(key, known)
        return {key: entry for key, entry in members.items() if not is_null(entry.node)}

    def _refuse_key(self, key: str, known: tuple[str, ...]) -> NoReturn:
        where = f" in {self.name}" if self.name else ""
        assert isinstance(self.node, MappingNode)  # members() has seen to it
        self.fail(f"unknown key '{key}'{where}{nearest(key, known)}", self.node.keys.get(key))

    def _child(self, key: str, node: Node) -> "Entry":
        return Entry(self.file, f"{self.name}.{key}" if self.name else key, node)


def refuse_twins(items: Iterable[tuple[Entry, str]], what: str) -> None:
    """Refuse the second of two that have one name."""
    seen: set[str] = set()
    for item, name in items:
        if name in seen:
            item.fail(f"a second {what} is named '{name}'")
        seen.add(name)


def _describe(node: Node) -> str:
    match node:
        case MappingNode():
            return "a mapping"
        case Sequence():
            return "a list"
        case Scalar(value=None):
            return "nothing"
        case Scalar(value=bool()):
            return f"the boolean {str(node.value).lower()}"
        case Scalar(value=int() | float()):
            return f"the number {node.text or node.value}"
        case Scalar():
            return f"the text '{str(node.value)[:60]}'"
