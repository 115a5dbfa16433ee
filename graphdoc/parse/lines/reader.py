"""Block mappings and sequences, line by line."""

import re

from graphdoc.model.limits import Limits
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.parse.document import Document
from graphdoc.parse.lines.flow import Flow
from graphdoc.parse.lines.words import (
    COMMENT,
    DOUBLE,
    PLAIN_STARTS,
    SINGLE,
    TEXT_STARTS,
    OtherYamlError,
    Words,
    fold,
    join,
    leave,
    new,
    unquote,
)

__all__ = ["read_lines"]

_DEEPEST = 60  # levels, that the interpreter's stack is never full

_PRINTED = bytes([9, 10, 13, *range(32, 127)])  # by far the most
_UNUSUAL = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]"
)
_match_line = re.compile(
    r"""([ ]*)
    (-(?:[ ]+|$))?
    (?:(
        [^\x00-\x20!"\#%&')*,\-:;>?@\[\\\]`{|}~\x7f-\x9f][^ \t:]{0,200}(?::[^ \t:]{1,200}){0,9}
        |"[^"\\\t]{0,200}"
        |'[^'\t]{0,200}'
    ):(?=[ ]|$))?
    [ ]*([^\t]*)""",
    re.VERBOSE,
).fullmatch
_match_start = re.compile(f"---{COMMENT}", re.VERBOSE).fullmatch
_match_block = re.compile(rf"([|>])([+-]?){COMMENT}", re.VERBOSE).fullmatch
_match_quoted = {
    mark: re.compile(rf"({mark}{inner}{mark}){COMMENT}", re.VERBOSE).fullmatch
    for mark, inner in (('"', DOUBLE), ("'", SINGLE))
}
_match_open = {
    '"': re.compile(rf"{DOUBLE}\\?", re.VERBOSE).fullmatch,
    "'": re.compile(SINGLE, re.VERBOSE).fullmatch,
}
_match_close = {
    mark: re.compile(rf"({inner}){mark}{COMMENT}", re.VERBOSE).fullmatch
    for mark, inner in (('"', DOUBLE), ("'", SINGLE))
}

# Indent, dash, key, and what stands behind it. Lines repeat, within a file and among files.
_Line = tuple[str, str, str, str]
_NO_LINE = ("", "", "", "")
_MOST_SEEN, _LONGEST_SEEN = 20_000, 80
_seen: dict[str, _Line] = {}


def read_lines(text: str, file: SourceFile, limits: Limits) -> tuple[Document, ...] | None:
    """Every document of a stream, the empty ones too; ``None`` where libyaml has to read it."""
    others = text.encode().translate(None, _PRINTED)
    if others and _UNUSUAL.search(others.decode()):
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "\r" in text or text[:1] in ("{", "[", "%"):
        return None
    try:
        documents = _Reader(text, file, min(limits.depth, _DEEPEST)).documents()
    except OtherYamlError:
        return None
    return documents if len(documents) <= limits.documents else None


def _read_line(line: str) -> _Line:
    match = _match_line(line)
    if match is None:
        leave()
    found: _Line = match.groups("")  # type: ignore[assignment] # it has four groups
    if len(line) <= _LONGEST_SEEN:
        if len(_seen) > _MOST_SEEN:
            _seen.clear()
        _seen[line] = found
    return found


class _Reader:
    """Stands at a line that says something: ``width`` is its indent, -1 where a document ends.

    Columns count from 0, and ``at`` is the line's index. A collection's column is where its keys
    or dashes stand.
    """

    def __init__(self, text: str, file: SourceFile, levels: int) -> None:
        self._raw = text.split("\n")
        self._end = len(self._raw)
        self._words = Words(file)
        self._levels = levels  # how many more may open
        self._at = self._width = -1
        self._line = _NO_LINE

    def documents(self) -> tuple[Document, ...]:
        found: list[Document] = []
        self._advance()
        if self._width >= 0:
            found.append(self._document())
        while self._at < self._end:
            if not _match_start(self._line[3]):
                leave()
            self._advance()
            found.append(self._document())
        return tuple(found)

    def _document(self) -> Document:
        self._words.is_plain = True
        _, dash, key, _ = self._line
        root: Node
        if self._width < 0:
            root = self._nothing_at_end()
        elif dash:
            root = self._sequence(self._width)
        elif key:
            root = self._mapping(self._width)
        else:
            leave()
        if self._width >= 0:
            leave()
        return Document(root, (), self._words.is_plain)

    def _nothing_at_end(self) -> Scalar:
        if self._at < self._end:
            return self._words.nothing(self._at + 1, 1)
        return self._words.nothing(self._end + bool(self._raw[-1]), 1)

    def _advance(self) -> None:
        """To the next line that says something."""
        at, raw, end = self._at + 1, self._raw, self._end
        while at < end:
            self._line = indent, dash, key, rest = _seen.get(raw[at]) or _read_line(raw[at])
            if key or dash:
                self._at, self._width = at, len(indent)
                return
            if rest and rest[0] != "#":
                is_end = not indent and rest[:3] in ("---", "...")
                self._at, self._width = at, -1 if is_end else len(indent)
                return
            at += 1
        self._at, self._width = end, -1

    def _mapping(self, column: int) -> Mapping:
        """The mapping whose first key stands in the line, behind a dash or not."""
        words, file, raw, start = self._words, self._words.file, self._raw, self._at + 1
        known = words.known
        entries: dict[str, Node] = {}
        keys: dict[str, Span] = {}
        self._levels -= 1
        if self._levels < 0:
            leave()
        while True:
            at, (_, _, key, rest) = self._at, self._line
            end = column + len(key) + 1
            span = new(Span, (file, at + 1, column + 1, at + 1, end))
            if key not in known:
                key = words.key(key)
            if key in keys:
                leave()
            keys[key] = span
            if rest and rest[0] != "#":
                entries[key] = node = self._value(rest, len(raw[at]) - len(rest), column)
            else:
                entries[key] = node = self._below(column, end + 1, is_entry=True)
            if self._width != column:
                break
            if self._line[1] or not self._line[2]:
                leave()
        return new(Mapping, (entries, keys, self._close(start, column, node), ()))

    def _sequence(self, column: int) -> Sequence:
        """The sequence whose first dash stands in the line."""
        start, items = self._at + 1, []
        self._levels -= 1
        if self._levels < 0:
            leave()
        while self._width == column and self._line[1]:
            _, dash, key, rest = self._line
            node: Node
            if key:
                node = self._mapping(column + len(dash))
            elif rest and rest[0] != "#":
                node = self._value(rest, column + len(dash), column)
            else:
                node = self._below(column, column + 2, is_entry=False)
            items.append(node)
        return new(Sequence, (tuple(items), self._close(start, column, node), ()))

    def _close(self, line: int, column: int, last: Node) -> Span:
        """From the first key or dash to the end of the last value."""
        if self._width > column:
            leave()
        self._levels += 1
        _, _, _, end_line, end_column = last.span
        return new(Span, (self._words.file, line, column + 1, end_line, end_column))

    def _below(self, column: int, mark: int, *, is_entry: bool) -> Node:
        """The value of a key or dash with nothing behind it."""
        line = self._at + 1
        self._advance()
        width, (_, dash, key, rest) = self._width, self._line
        if width > column:
            if dash:
                return self._sequence(width)
            return self._mapping(width) if key else self._value(rest, width, column)
        if is_entry and dash and width == column:
            return self._sequence(column)
        return self._words.nothing(line, mark)

    def _value(self, rest: str, start: int, column: int) -> Node:
        """What begins in the line, in a collection at a column."""
        first, at = rest[0], self._at
        is_word = first in PLAIN_STARTS or first >= "\xa0"
        if is_word or (first in "-:?" and rest[1:2] not in ("", " ")):
            text, has_comment = rest, " #" in rest
            if has_comment:
                text = rest[: rest.index(" #")]
            if text[-1] == " ":
                text = text.rstrip(" ")
            if ": " in text or text[-1] == ":":
                leave()
            self._advance()
            if self._width > column:
                if has_comment:
                    leave()
                return self._long(text, at, start, column)
            if first not in TEXT_STARTS:
                return self._words.plain(text, at + 1, start, at + 1, start + len(text))
            line, end = at + 1, start + len(text) + 1
            span = new(Span, (self._words.file, line, start + 1, line, end))
            return new(Scalar, (text, span, True, text, ()))
        return self._marked(rest, start, column)

    def _long(self, text: str, at: int, start: int, column: int) -> Scalar:
        """A plain value that goes on in the lines below, of which at least one is deeper."""
        raw, line, blank = self._raw, at + 1, 0
        for below in range(at + 1, self._end):
            more = raw[below].strip(" ")
            if not more:
                blank += 1
                continue
            if raw[below][: column + 1].strip(" "):
                break
            if more[0] == "#" or " #" in more or ": " in more or more[-1] == ":" or "\t" in more:
                leave()
            text += ("\n" * blank or " ") + more
            at, blank = below, 0
        self._at = at
        self._advance()
        return self._words.plain(text, line, start, at + 1, len(raw[at].rstrip(" ")))

    def _marked(self, rest: str, start: int, column: int) -> Node:
        """A value that its first character tells apart."""
        node: Node
        if rest[0] in "\"'":
            node = self._quoted(rest, start, column)
        elif rest[0] in "|>":
            node = self._block(rest, start, column)
        elif rest[0] in "[{":
            flow = Flow(self._raw, self._at, start, self._words)
            node = flow.whole(self._levels)
            self._at = flow.at
        else:
            leave()
        self._advance()
        if self._width > column:
            leave()
        return node

    def _quoted(self, rest: str, start: int, column: int) -> Scalar:
        mark, line = rest[0], self._at + 1
        match = _match_quoted[mark](rest)
        if match is None:
            return self._long_quoted(rest[1:], mark, start, column)
        text = unquote(match[1][1:-1], mark)
        return self._words.text(text, line, start, line, start + len(match[1]))

    def _long_quoted(self, line: str, mark: str, start: int, column: int) -> Scalar:
        """A quoted value that goes on in the lines below."""
        raw, at, lines = self._raw, self._at, []
        while _match_open[mark](line):
            lines.append(line)
            at += 1
            if at == self._end or raw[at][: column + 1].strip(" ") or "\t" in raw[at]:
                leave()
            line = raw[at]
        match = _match_close[mark](line)
        if match is None or not lines:
            leave()
        text, first = unquote(join([*lines, match[1]], mark), mark), self._at + 1
        self._at = at
        return self._words.text(text, first, start, at + 1, match.end(1) + 1)

    def _block(self, rest: str, start: int, column: int) -> Scalar:
        """Literal or folded text below its header."""
        match = _match_block(rest)
        if match is None:
            leave()
        style, chomping = match.groups()
        header, lines = self._at, self._block_lines(column)
        self._at += len(lines)
        end_line, end = self._at + 2, 0
        if end_line > self._end:  # nothing follows
            end_line, end = self._end, len(self._raw[-1])
            if not lines[-1]:  # what splitting makes of the last line break
                lines.pop()
        said = len(lines)
        while not lines[said - 1]:
            said -= 1
        text = "\n".join(lines[:said]) if style == "|" else fold(lines[:said])
        if chomping != "-" and header + said + 1 < self._end:
            text += "\n" * (len(lines) - said + 1) if chomping else "\n"
        if style == ">":
            self._words.is_plain = False
        return self._words.text(text, header + 1, start, end_line, end)

    def _block_lines(self, column: int) -> list[str]:
        """The lines of a block without their indent; blank ones behind it belong to it."""
        raw, first = self._raw, self._at + 1
        start = next((at for at in range(first, self._end) if raw[at].strip(" ")), None)
        if start is None:
            leave()
        indent = len(raw[start]) - len(raw[start].lstrip(" "))
        is_ragged = any(len(blank) > indent for blank in raw[first:start])
        if indent <= column or raw[start][indent] == "\t" or is_ragged:
            leave()
        lines, margin = [""] * (start - first), " " * indent
        for at in range(start, self._end):
            line = raw[at]
            if line[:indent] == margin:
                lines.append(line[indent:])
            elif not line.strip(" "):
                lines.append("")
            else:
                return lines
        if raw[-1] and not raw[-1].strip(" "):
            leave()
        return lines
