"""Helm's ``--set`` language, in which Argo CD hands ``parameters`` to Helm.

The language sets a place inside the values that lie below: ``a[1].b=x`` keeps the rest of the list,
so a layer of parameters carries the lists that it changes as a whole.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from graphdoc.model.dataclass import dataclass
from graphdoc.model.helm import HelmParameter, LayerKind, ValueLayer
from graphdoc.model.limits import DEFAULT_LIMITS
from graphdoc.model.location import SourceFile, Span, file_start
from graphdoc.model.node import Atom, Mapping, Node, Scalar, is_null
from graphdoc.model.node import Sequence as Items

__all__ = ["ParameterError", "file_parameter_layer", "parameter_layer"]

_MAX_INDEX = 65536
_INTEGER = re.compile(r"[+-]?[0-9]+")
_BARE_COMMA = re.compile(r"([^\\]),")
_NOWHERE = file_start(SourceFile("", ""))
_WORDS: dict[str, Atom] = {"true": True, "false": False, "null": None, "0": 0}

_Path: TypeAlias = "tuple[str | int, ...]"
_Read: TypeAlias = Callable[[str], Atom]


class ParameterError(Exception):
    """A parameter that Helm refuses."""

    def __init__(self, span: Span, problem: str) -> None:
        super().__init__(f"{span}: {problem}")
        self.span = span
        self.problem = problem


def parameter_layer(
    parameters: Sequence[HelmParameter], below: Mapping | None = None
) -> ValueLayer:
    """The layer that ``parameters`` form over the values ``below`` them (without chart defaults).

    Raises:
        ParameterError: Helm would refuse one of them.
    """
    setting = _Setting(below)
    for parameter in sorted(parameters, key=lambda given: given.force_string):
        read = str if parameter.force_string else _typed
        text = f"{parameter.name}={_escape_commas(parameter.value)}"
        for path, value in _Reader(text, parameter.span, read).assignments():
            setting.put(path, value, parameter.span)
    return setting.layer(LayerKind.PARAMETERS, parameters)


def file_parameter_layer(
    parameters: Sequence[HelmParameter], contents: Sequence[str], below: Mapping | None = None
) -> ValueLayer:
    """The layer of ``fileParameters``, given the text of each named file."""
    setting = _Setting(below)
    for parameter, content in zip(parameters, contents, strict=True):
        for path, _ in _Reader(f"{parameter.name}=", parameter.span, str).assignments():
            setting.put(path, content, parameter.span)
    return setting.layer(LayerKind.FILE_PARAMETERS, parameters)


def _escape_commas(value: str) -> str:
    """What Argo CD does before it calls Helm: a comma separates only within braces."""
    if value.startswith("{") and value.endswith("}"):
        return value
    return _BARE_COMMA.sub(r"\1\\,", value)


def _typed(text: str) -> Atom:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if text[:1] != "0" and _INTEGER.fullmatch(text) and len(text) <= 20:  # noqa: PLR2004 -- 64 bits
        number = int(text)
        return number if -(1 << 63) <= number < 1 << 63 else text
    return text


@dataclass(slots=True)
class _Reader:
    """Reads ``name=value,name=value`` rune by rune, as Helm's strvals does."""

    text: str
    span: Span
    read: _Read
    position: int = 0

    def assignments(self) -> Iterator[tuple[_Path, "Atom | list[Atom]"]]:
        while self.position < len(self.text):
            path = self._path()
            value = self._value()
            if path[0] != "":  # Helm ignores an empty name
                yield path, value

    def _path(self) -> _Path:
        key, stop = self._until("=[,.")
        path: list[str | int] = [key]
        while stop != "=":
            if stop in {",", ""}:
                self._fail(f'key "{key}" has no value')
            if stop == "[":
                path.append(self._index())
                gap, stop = self._until("=[.")
                if gap:
                    self._fail(f"unexpected data at end of array index: {gap}")
                continue
            inner, stop = self._until("=[,.")
            if not inner:
                self._fail(f'key map "{key}" has no value')
            key = inner
            path.append(key)
        return tuple(path)

    def _index(self) -> int:
        text, stop = self._until("]")
        if not stop or not _INTEGER.fullmatch(text):
            self._fail(f"error parsing index: {text.partition('=')[0]}")
        index = int(text[:20])
        if index < 0:
            self._fail(f"negative {index} index not allowed")
        if index > _MAX_INDEX:
            self._fail(f"index of {index} is greater than maximum supported index of {_MAX_INDEX}")
        return index

    def _value(self) -> "Atom | list[Atom]":
        if self.text[self.position : self.position + 1] != "{":
            return self.read(self._until(",")[0])
        self.position += 1
        items: list[Atom] = []
        while True:
            item, stop = self._until(",}")
            if not stop:
                self._fail("list must terminate with '}'")
            items.append(self.read(item))
            if stop == "}":
                break
        if self.text[self.position : self.position + 1] == ",":
            self.position += 1
        return items

    def _until(self, stops: str) -> tuple[str, str]:
        """The text up to one of the stops, and which; a backslash takes the next rune as it is."""
        runes: list[str] = []
        while self.position < len(self.text):
            rune = self.text[self.position]
            self.position += 1
            if rune in stops:
                return "".join(runes), rune
            if rune == "\\":
                rune = self.text[self.position : self.position + 1]
                self.position += 1
            runes.append(rune)
        return "".join(runes), ""

    def _fail(self, problem: str) -> None:
        raise ParameterError(self.span, problem)


class _Setting:
    """The values below, and what the parameters make of them."""

    def __init__(self, below: Mapping | None) -> None:
        self._below = below or Mapping({}, {}, _NOWHERE)
        self._set = Mapping({}, {}, _NOWHERE)
        self._reserved = 0

    def put(self, path: _Path, value: "Atom | list[Atom]", span: Span) -> None:
        self._reserved += sum(part for part in path if isinstance(part, int))
        if self._reserved > DEFAULT_LIMITS.nodes:
            raise ParameterError(span, f"parameters reach beyond {DEFAULT_LIMITS.nodes} items")
        node = _node(value, span)
        self._set = _put_key(self._set, self._below, path, (node, span))

    def layer(self, kind: LayerKind, parameters: Sequence[HelmParameter]) -> ValueLayer:
        span = parameters[0].span if parameters else _NOWHERE
        return ValueLayer(None, kind, self._set._replace(span=span), span if parameters else None)


def _node(value: "Atom | list[Atom]", span: Span) -> Node:
    if isinstance(value, list):
        return Items(tuple(Scalar(item, span, text=str(item)) for item in value), span)
    return Scalar(value, span, text=str(value))


_Placed: TypeAlias = tuple[Node, Span]


def _put_key(own: Mapping, below: Mapping | None, path: _Path, placed: _Placed) -> Mapping:
    """The mapping with the place set; ``below`` is what the values below hold there."""
    key, span = str(path[0]), placed[1]
    beneath = below.entries.get(key) if below else None
    node = _put(own.entries.get(key), beneath, path[1:], placed)
    return own._replace(entries=own.entries | {key: node}, keys=own.keys | {key: span}, span=span)


def _put(own: Node | None, below: Node | None, path: _Path, placed: _Placed) -> Node:
    if not path:
        return placed[0]
    known = below if own is None else own
    if isinstance(path[0], int):
        return _put_item(known, path, placed)
    if not isinstance(known, Mapping) and not is_null(known):
        raise ParameterError(placed[1], f'"{path[0]}" is set inside something that is no mapping')
    mine = own if isinstance(own, Mapping) else Mapping({}, {}, placed[1])
    return _put_key(mine, below if isinstance(below, Mapping) else None, path, placed)


def _put_item(known: Node | None, path: _Path, placed: _Placed) -> Node:
    if not isinstance(known, Items) and not is_null(known):
        raise ParameterError(placed[1], f"[{path[0]}] is set inside something that is no list")
    index, span = int(path[0]), placed[1]
    items = list(known.items) if isinstance(known, Items) else []
    items += [Scalar(None, span)] * (index + 1 - len(items))
    items[index] = _put_inside(items[index], path[1:], placed)
    return Items(tuple(items), span, known.origins if isinstance(known, Items) else ())


def _put_inside(item: Node, path: _Path, placed: _Placed) -> Node:
    """Inside a list nothing merges later, so the item carries all that it held."""
    if not path:
        return placed[0]._replace(earlier=() if is_null(item) else item.origins)
    if isinstance(path[0], int):
        return _put_item(item, path, placed)
    if not isinstance(item, Mapping) and not is_null(item):
        raise ParameterError(placed[1], f'"{path[0]}" is set inside something that is no mapping')
    mapping = item if isinstance(item, Mapping) else Mapping({}, {}, placed[1])
    key = path[0]
    node = _put_inside(mapping.entries.get(key, Scalar(None, placed[1])), path[1:], placed)
    entries, keys = mapping.entries | {key: node}, mapping.keys | {key: placed[1]}
    return Mapping(entries, keys, placed[1], mapping.earlier)
