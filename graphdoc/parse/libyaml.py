"""YAML text to nodes with places, through libyaml. Beside it, ``events`` alone knows PyYAML.

libyaml's scanner accepts and rejects what Go's does, but for a ``?`` between brackets; the tree is
built here from its events, so that every key and value keeps its place, and so that crafted input
meets a limit instead of the memory's.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple, NoReturn, Protocol, cast

from yaml import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.reader import ReaderError

from graphdoc.model.limits import Limits
from graphdoc.model.location import SourceFile, Span, file_start
from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.parse.document import Document, DuplicateKey, YamlError
from graphdoc.parse.events import EventParser, parse_events
from graphdoc.parse.scalars import NO_TEXT_STARTS, NO_TEXTS, resolve_scalar
from graphdoc.parse.tags import TagError, tagged

__all__ = ["read_events"]

_ODD_BLANK = re.compile(r"^[ \t]*([\u00a0\u2000-\u200a\u202f\u205f\u3000])", re.MULTILINE)


class _Mark(Protocol):
    """Where libyaml is, counted from 0."""

    line: int
    column: int


class _Event(Protocol):
    """What libyaml reports; which attributes an event has depends on its kind."""

    start_mark: _Mark
    end_mark: _Mark
    value: str
    anchor: str
    tag: str | None
    style: str | None
    implicit: tuple[bool, bool]
    flow_style: bool | None
    version: tuple[int, int] | None


def read_events(
    text: str, file: SourceFile, limits: Limits, *, may_be_many: bool
) -> tuple[Document, ...]:
    """Every document of a stream, the empty ones too.

    Args:
        text: the stream.
        file: where it stands.
        limits: what is told as an error beyond.
        may_be_many: whether the values could be more than the limit without any alias.

    Raises:
        YamlError: the text is not YAML, or exceeds the limits.
    """
    builder = _CountingBuilder if may_be_many else _Builder
    try:
        return tuple(builder(file, limits).build(parse_events(text)))
    except MarkedYAMLError as error:
        reason = f"{_error_text(error)}{_odd_blanks(text)}"
        raise YamlError(_error_span(file, error.problem_mark), reason) from error
    except ReaderError as error:
        reason = f"a character that YAML does not allow: {_spell(error.character)}"
        raise YamlError(_offset_span(file, text, error.position), reason) from error
    except YAMLError as error:
        raise YamlError(file_start(file), "not YAML") from error


def _error_span(file: SourceFile, mark: _Mark | None) -> Span:
    if mark is None:
        return file_start(file)
    return Span(file, mark.line + 1, mark.column + 1, mark.line + 1, mark.column + 1)


def _spell(character: str | int | bytes) -> str:
    code = character if isinstance(character, int) else ord(character)
    return f"#x{code:04x}"


def _offset_span(file: SourceFile, text: str, offset: int) -> Span:
    before = text.encode()[:offset].decode("utf-8", "ignore")  # libyaml counts bytes
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    return Span(file, line, column, line, column)


def _error_text(error: MarkedYAMLError) -> str:
    return ", ".join(part for part in (error.context, error.problem) if part) or "not YAML"


def _odd_blanks(text: str) -> str:
    """Says where a line begins with what looks like a blank and is none, as from a web page."""
    match = _ODD_BLANK.search(text)
    if match is None:
        return ""
    line = text.count("\n", 0, match.start(1)) + 1
    blank = "non-breaking space" if match[1] == "\u00a0" else f"blank U+{ord(match[1]):04X}"
    return f"; line {line} is indented with a {blank}"


class _Anchor(NamedTuple):
    node: Node
    size: int
    height: int


_NO_ITEMS: list[Node] = []  # of a mapping


class _Frame:
    """A collection whose end has not come yet; ``key_span`` is set where a key is no new one."""

    __slots__ = (
        "anchor", "entries", "flow", "height", "items", "key", "key_span", "keys", "merges", "size",
        "start",
    )  # fmt: skip

    def __init__(self, event: _Event) -> None:
        self.anchor: str | None = event.anchor
        self.flow = event.flow_style
        self.start: _Mark = event.start_mark
        self.keys: dict[str, Span] = {}
        self.entries: dict[str, Node] | None = None
        self.items = _NO_ITEMS
        kind: type[object] = event.__class__
        if kind is MappingStartEvent:
            self.entries = {}
        else:
            self.items = []
        self.key: str | None = None
        self.key_span: Span | None = None
        self.merges: tuple[Node, ...] = ()
        self.size = 1
        self.height = 2


# What NamedTuple's own constructor comes to, without its cost: half the time goes into these two.
_new = tuple.__new__


class _Builder:
    def __init__(self, file: SourceFile, limits: Limits) -> None:
        self._file = file
        self._limits = limits
        self._frames: list[_Frame] = []
        self._top: _Frame | None = None
        self._anchors: dict[str, _Anchor] = {}
        self._duplicates: list[DuplicateKey] = []
        self._root: Node | None = None
        self._is_plain = True

    def build(self, parser: EventParser) -> Iterator[Document]:
        get_event = cast("Callable[[], _Event]", parser.get_event)
        steps = {
            MappingStartEvent: self._on_start,
            SequenceStartEvent: self._on_start,
            MappingEndEvent: self._on_end,
            SequenceEndEvent: self._on_end,
            AliasEvent: self._on_alias,
        }
        on_scalar, documents = self._on_scalar, 0
        while True:
            event = get_event()
            kind: type[object] = event.__class__
            step = on_scalar if kind is ScalarEvent else steps.get(kind)
            if step is not None:
                step(event)
            elif kind is DocumentStartEvent:
                documents += 1
                self._on_document(event, documents)
            elif kind is DocumentEndEvent:
                yield Document(self._root, tuple(self._duplicates), self._is_plain)
            elif kind is StreamEndEvent:
                return

    def _fail(self, mark: _Mark, problem: str) -> NoReturn:
        raise YamlError(_error_span(self._file, mark), problem)

    def _on_document(self, event: _Event, count: int) -> None:
        if event.version and tuple(event.version) != (1, 1):
            self._fail(event.start_mark, "found incompatible YAML document: %YAML is not 1.1")
        if count > self._limits.documents:
            self._fail(event.start_mark, f"more than {self._limits.documents} documents")
        self._root, self._anchors, self._duplicates = None, {}, []
        self._is_plain = True

    def _on_scalar(self, event: _Event) -> None:  # noqa: C901, PLR0912 -- calls would cost a tenth
        start, end = event.start_mark, event.end_mark
        place = (self._file, start.line + 1, start.column + 1, end.line + 1, end.column + 1)
        span: Span = _new(Span, place)
        text, frame = event.value, self._top
        if "?" in text and frame is not None and frame.flow and not event.style:
            self._fail(start, "a '?' between brackets needs quotes")  # to Go it ends the text
        if frame is not None and frame.key is None and frame.entries is not None:
            frame.key = text
            if text in frame.keys or text == "<<":
                frame.key_span = span
            else:
                frame.keys[text] = span
            if text[:1] in NO_TEXT_STARTS or text in NO_TEXTS:
                self._is_plain = False
            if event.anchor:
                self._anchors[event.anchor] = _Anchor(Scalar(text, span, text=text), 1, 1)
            return
        tag = event.tag
        if event.implicit[0] and not event.style:
            value = resolve_scalar(text)
            node = _new(Scalar, (value, span, True, text, ()))
            is_date = text[4:5] == "-" and text[:4].isdigit()
            if not text or is_date or value.__class__ is float:
                self._is_plain = False
        else:
            if tag or event.style == ">":
                self._is_plain = False
            node = self._tagged(event, span) if tag else _new(Scalar, (text, span, False, text, ()))
        self._add_scalar(frame, node)
        if event.anchor:
            self._anchors[event.anchor] = _Anchor(node, 1, 1)

    def _tagged(self, event: _Event, span: Span) -> Scalar:
        try:
            return tagged(event.tag or "", event.value, span)
        except TagError as error:
            self._fail(event.start_mark, str(error))

    def _add_scalar(self, frame: _Frame | None, node: Scalar) -> None:
        if frame is None:
            self._root = node
            return
        frame.size += 1
        if frame.entries is None:
            frame.items.append(node)
        elif frame.key_span is None:  # what _add_entry comes to, without the call
            frame.entries[cast("str", frame.key)] = node
            frame.key = None
        else:
            self._add_entry(frame, frame.entries, node)

    def _on_start(self, event: _Event) -> None:
        top = self._top
        if top is not None and top.key is None and top.entries is not None:
            self._fail(event.start_mark, "a mapping or sequence as a key")
        if len(self._frames) >= self._limits.depth:
            self._fail(event.start_mark, f"nested deeper than {self._limits.depth} levels")
        self._top = frame = _Frame(event)
        self._frames.append(frame)

    def _on_end(self, event: _Event) -> None:
        frame = self._frames.pop()
        self._top = self._frames[-1] if self._frames else None
        if frame.merges:
            self._merge(frame)
        span = self._span(frame, event.end_mark)
        node: Node
        if frame.entries is None:
            node = _new(Sequence, (tuple(frame.items), span, ()))
        else:
            node = _new(Mapping, (frame.entries, frame.keys, span, ()))
        if frame.anchor:
            self._anchors[frame.anchor] = _Anchor(node, frame.size, frame.height)
        self._add(node, frame.size, frame.height, frame.start)

    def _span(self, frame: _Frame, end: _Mark) -> Span:
        line, column = frame.start.line + 1, frame.start.column + 1
        last: Node | None = None
        if frame.items:
            last = frame.items[-1]
        elif frame.entries:
            last = frame.entries[next(reversed(frame.entries))]
        if last is None or frame.flow or last.span.end_line < line:
            return _new(Span, (self._file, line, column, end.line + 1, end.column + 1))
        return _new(Span, (self._file, line, column, last.span.end_line, last.span.end_column))

    def _on_alias(self, event: _Event) -> None:
        name = event.anchor
        anchor = self._anchors.get(name)
        if any(frame.anchor == name for frame in self._frames):
            self._fail(event.start_mark, "anchor value contains itself")
        if anchor is None:
            self._fail(event.start_mark, "unknown anchor referenced")
        frame = self._top
        if frame is not None and frame.key is None and frame.entries is not None:
            if not isinstance(anchor.node, Scalar):
                self._fail(event.start_mark, "a mapping or sequence as a key")
            frame.key, frame.key_span = anchor.node.text, anchor.node.span
            return
        if len(self._frames) + anchor.height > self._limits.depth:
            self._fail(event.start_mark, f"nested deeper than {self._limits.depth} levels")
        self._add(anchor.node, anchor.size, anchor.height, event.start_mark)

    def _add(self, node: Node, size: int, height: int, mark: _Mark) -> None:
        frame = self._top
        if frame is None:
            self._root = node
            return
        frame.size += size
        if frame.size > self._limits.nodes:
            self._fail(mark, f"more than {self._limits.nodes} nodes after alias expansion")
        if height >= frame.height:
            frame.height = height + 1
        if frame.entries is None:
            frame.items.append(node)
        else:
            self._add_entry(frame, frame.entries, node)

    def _add_entry(self, frame: _Frame, entries: dict[str, Node], node: Node) -> None:
        key, span = cast("str", frame.key), frame.key_span
        frame.key = frame.key_span = None
        if span is not None:
            if key == "<<" and not isinstance(node, Scalar):
                if frame.merges:
                    before = frame.merges[-1]
                    self._duplicates.append(DuplicateKey(key, before.span, span, before, node))
                frame.merges += (node,)
                return
            if key in entries:
                before = entries[key]
                self._duplicates.append(DuplicateKey(key, frame.keys[key], span, before, node))
            frame.keys[key] = span
        entries[key] = node

    def _merge(self, frame: _Frame) -> None:
        several = (m.items if isinstance(m, Sequence) else (m,) for m in frame.merges)
        for source in (node for nodes in several for node in nodes):
            if not isinstance(source, Mapping) or frame.entries is None:
                self._fail(frame.start, "map merge requires a mapping or a sequence of mappings")
            for key in source.entries.keys() - frame.entries.keys():
                frame.keys[key] = source.keys[key]
            frame.entries.update(
                {k: v for k, v in source.entries.items() if k not in frame.entries}
            )


class _CountingBuilder(_Builder):
    """A builder that also stops where the values themselves are too many, aliases apart."""

    def __init__(self, file: SourceFile, limits: Limits) -> None:
        super().__init__(file, limits)
        self._count = 0

    def _on_scalar(self, event: _Event) -> None:
        self._count += 1
        if self._count > self._limits.nodes:
            self._fail(event.start_mark, f"more than {self._limits.nodes} values")
        super()._on_scalar(event)

    def _on_start(self, event: _Event) -> None:
        self._count += 1
        super()._on_start(event)

    def _on_document(self, event: _Event, count: int) -> None:
        super()._on_document(event, count)
        self._count = 0
