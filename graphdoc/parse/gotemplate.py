"""Go templates, as far as it shows which fields they can read.

No template is evaluated. Every field that any action names counts as read wherever it stands, and
whatever is handed on whole (printed, ranged over, passed on) counts as read with all that is in it,
also by the name of a variable: so what is left over is read by nothing, for certain.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import NamedTuple

from graphdoc.model.dataclass import dataclass

__all__ = ["ACTION", "NO_VALUE", "Reads", "find_reads"]

# What a template prints where a value is missing.
NO_VALUE = "<no value>"
# An action within a line; one that does not end is not searched for twice.
ACTION = re.compile(r"\{\{(?:[^{\n]|\{(?!\{))*?\}\}")

# A string without an end runs to the end of what is looked at, so that no character is read twice.
_TOKEN = re.compile(
    r"\"(?P<string>(?>[^\"\\\n]|\\.)*+)\"?|`(?P<raw>[^`]*+)`?|'(?>[^'\\\n]|\\.)*+'?|(?P<assign>:?=)"
    r"|(?P<chain>(?:\$\w*+)?(?:\.[A-Za-z_]\w*+)++)|(?P<dot>\.(?!\w))|(?P<variable>\$\w*+)"
    r"|(?P<word>[A-Za-z_]\w*+)|[^\s]"
)
_PLAIN = frozenset({"assign", "chain", "variable", "word"})
_OPENING = frozenset({"block", "define", "if", "range", "with"})
# Conditions in which a value counts only for being there.
_LOGIC = frozenset({"and", "else", "empty", "if", "not", "or"})


@dataclass(frozen=True, slots=True)
class Reads:
    """The names that templates read, and those of them that they read with all that is inside."""

    names: frozenset[str]
    whole: frozenset[str]


class _Action(NamedTuple):
    """The tokens of one action, by kind; ``plain`` where there are none but words and chains."""

    words: tuple[str, ...]
    strings: tuple[str, ...]
    chains: tuple[tuple[str, ...], ...]
    variables: tuple[str, ...]
    dot: bool
    assigns: bool
    plain: bool

    @property
    def ends(self) -> tuple[str, ...]:
        """The last field of every chain: what is handed on."""
        return tuple(chain[-1] for chain in self.chains)

    @property
    def keyword(self) -> str:
        """What the action does to blocks."""
        return self.words[0] if self.words else ""

    @property
    def is_condition(self) -> bool:
        """Whether it asks only whether something is there."""
        asks = self.words[:1] == ("if",) or self.words[:2] == ("else", "if")
        return asks and not self.assigns and set(self.words) <= _LOGIC

    @property
    def is_alias(self) -> bool:
        """Whether it only gives one field another name: ``$v := .Values``."""
        sizes = (len(self.variables), len(self.chains), len(self.words))
        return self.assigns and self.plain and sizes == (1, 1, 0)

    @property
    def is_plain_with(self) -> bool:
        """Whether it makes one field the dot."""
        is_single = len(self.chains) == 1 and not self.variables
        return self.words == ("with",) and self.plain and is_single


@dataclass(slots=True)
class _Reading:
    """What was found so far; ``blocks`` holds the fields that are the dot of each open block."""

    names: set[str] = field(default_factory=set)
    whole: set[str] = field(default_factory=set)
    blocks: list[tuple[str, ...]] = field(default_factory=list)
    aliases: dict[str, set[str]] = field(default_factory=dict)
    handed_on: set[str] = field(default_factory=set)

    def read(self, action: _Action) -> None:
        self.names.update(action.strings)
        self.names.update(name for chain in action.chains for name in chain)
        if action.dot:
            self.whole.update(name for names in self.blocks for name in names)
        if action.is_alias:
            self.aliases.setdefault(action.variables[0], set()).update(action.ends)
            return
        self.handed_on.update(action.variables)
        if not action.is_condition and not action.is_plain_with:
            self.whole.update(action.ends)
        if action.keyword in _OPENING:
            self.blocks.append(action.ends if action.is_plain_with else ())
        elif action.keyword == "end" and self.blocks:
            self.blocks.pop()


def find_reads(texts: Iterable[str]) -> Reads:
    """What the templates in some texts read."""
    names: set[str] = set()
    whole: set[str] = set()
    for text in texts:
        reading = _Reading()
        for action in _actions(text):
            reading.read(action)
        names |= reading.names
        whole |= reading.whole
        for variable in reading.handed_on & reading.aliases.keys():
            whole |= reading.aliases[variable]
    return Reads(frozenset(names), frozenset(whole))


def _actions(text: str) -> Iterator[_Action]:
    """Every action; where one ends or another begins within a string, all around it counts."""
    for part in text.split("{{")[1:]:
        code = part.removeprefix("-").lstrip()
        code = code.partition("*/")[2] if code.startswith("/*") else code
        inside, end, rest = code.rpartition("}}")
        yield _parse((inside if end else rest).removesuffix("-"))


def _parse(code: str) -> _Action:
    words, strings, chains = list[str](), list[str](), list[tuple[str, ...]]()
    variables = list[str]()
    dot = assigns = False
    plain = True
    for token in _TOKEN.finditer(code):
        plain = plain and token.lastgroup in _PLAIN
        text = token["string"] if token["string"] is not None else token["raw"]
        if text is not None:
            strings += re.split(r"[^\w-]+", text)
        elif token["chain"]:
            chains.append(tuple(token["chain"].split(".")[1:]))
        elif token["word"]:
            words.append(token["word"])
        elif token["variable"]:
            variables.append(token["variable"])
        dot = dot or token["dot"] is not None
        assigns = assigns or token["assign"] is not None
    parts = (tuple(words), tuple(strings), tuple(chains), tuple(variables))
    return _Action(*parts, dot, assigns, plain)
