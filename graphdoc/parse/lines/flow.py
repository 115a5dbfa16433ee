"""``[a, b]`` and ``{a: b}``, on one line or several."""

import re
from functools import cache

from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Sequence
from graphdoc.parse.lines.words import COMMENT, DOUBLE, SINGLE, Words, leave, new, unquote

__all__ = ["Flow"]

# A sign, a quoted word or plain words, with the colon behind a key, or the end of the line.
_SIGN, _QUOTED, _COLON, _PLAIN, _PLAIN_COLON = 1, 2, 3, 4, 5
# Told by what may not stand there: a class of few characters is made in a hundredth of the time.
_BEGIN = r"""[^\x00-\x20!"\#%&')*,\-:>?@\[\\\]`{|}\x7f-\x9f]"""
_INSIDE = r"""[^\x00-\x20"\#',:?\[\]`{}\x7f-\x9f]"""
_TOKEN = rf"""[ ]*(?:
    ([\[\]{{}},])
    |("{DOUBLE}"|'{SINGLE}')(:?)
    |((?:{_BEGIN}|-(?=[A-Za-z0-9_./$-])){_INSIDE}*(?:[ ]+{_INSIDE}+)*)(:(?=[ ]|$))?
    |$
)"""


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.VERBOSE)  # when the first is met: it takes a while


class Flow:
    """Stands behind a token; ``at`` is the index of its line."""

    def __init__(self, raw: list[str], at: int, column: int, words: Words) -> None:
        self.at = at
        self._raw = raw
        self._column = column
        self._words = words

    def whole(self, levels: int) -> Node:
        """What begins here, behind which nothing but a comment may stand."""
        node = self._node(self._token(), levels)
        if not _compiled(f"{COMMENT}$").match(self._raw[self.at], self._column):
            leave()
        return node

    def _token(self) -> re.Match[str]:
        match = _compiled(_TOKEN).match
        while True:
            token = match(self._raw[self.at], self._column)
            if token is None:
                leave()
            self._column = token.end()
            if token.lastindex:
                return token
            self.at, self._column = self.at + 1, 0
            if self.at == len(self._raw) or self._raw[self.at][:3] in ("---", "..."):
                leave()

    def _node(self, token: re.Match[str], levels: int) -> Node:
        line, sign, quoted = self.at + 1, token[_SIGN], token[_QUOTED]
        if levels == 0:
            leave()
        if sign == "[":
            items = self._items(levels - 1)
            return Sequence(items, self._span(line, token))
        if sign == "{":
            entries, keys = self._entries(levels - 1)
            return Mapping(entries, keys, self._span(line, token))
        if sign or token[_COLON] or token[_PLAIN_COLON]:
            leave()
        if quoted:
            text = unquote(quoted[1:-1], quoted[0])
            return self._words.text(text, line, token.start(_QUOTED), line, token.end(_QUOTED))
        return self._words.plain(token[_PLAIN], line, token.start(_PLAIN), line, token.end(_PLAIN))

    def _span(self, line: int, token: re.Match[str]) -> Span:
        start = token.start(_SIGN) + 1
        return Span(self._words.file, line, start, self.at + 1, self._column + 1)

    def _items(self, levels: int) -> tuple[Node, ...]:
        items: list[Node] = []
        token = self._token()
        while token[_SIGN] != "]":
            items.append(self._node(token, levels))
            token = self._next("]")
        return tuple(items)

    def _entries(self, levels: int) -> tuple[dict[str, Node], dict[str, Span]]:
        entries: dict[str, Node] = {}
        keys: dict[str, Span] = {}
        token = self._token()
        while token[_SIGN] != "}":
            if not (token[_COLON] or token[_PLAIN_COLON]):
                leave()
            group = _QUOTED if token[_QUOTED] else _PLAIN
            key = self._words.key(token[group])
            if key in entries:
                leave()
            line, (start, end) = self.at + 1, token.span(group)
            keys[key] = new(Span, (self._words.file, line, start + 1, line, end + 1))
            entries[key] = self._node(self._token(), levels)
            token = self._next("}")
        return entries, keys

    def _next(self, end: str) -> re.Match[str]:
        """The token behind a comma, or the end."""
        token = self._token()
        if token[_SIGN] == ",":
            return self._token()
        if token[_SIGN] != end:
            leave()
        return token
