"""Which line of a template a rendered line comes from.

Helm does not say, so this reads both texts side by side: a rendered line belongs to the next
template line whose fixed words it carries; a loop goes back; and other lines were made by the
``toYaml`` or ``include`` that follows the last line that was sure, if one does. An item of a list
without fixed words belongs to the next such item that it fits.
"""

import re
from bisect import bisect_right
from collections import defaultdict
from typing import NamedTuple

__all__ = ["TemplateLines"]

_ACTION = re.compile(r"\{\{.*?(?:\}\}|$)")
# An action that writes something, alone on its line: no comment, condition, loop or variable.
_OUTPUT = re.compile(
    r"\s*\{\{-?+\s*+(?!/\*|(?:if|else|end|range|with|define|block|break|continue)\b|\$\w*\s*:?=)"
)
# An item of a list that an action begins, or ends the first word of.
_ITEM = re.compile(r"\s*-\s+[^\s:#]*\{\{")
_CANDIDATE_LIMIT = 100


class _Line(NamedTuple):
    number: int
    first: str
    last: str


class TemplateLines:
    """The lines of one template, indexed by what they are known by."""

    def __init__(self, template: str) -> None:
        self._by_word = _index(template)
        self._outputs = _outputs(template)
        self._items = _items(template)
        self._fitting: dict[str, list[int]] = {}  # releases share most of their lines

    def find(self, rendered: str) -> tuple[int, ...]:
        """For each line of the rendered text the line of the template, both counted from 1."""
        found: list[int] = []
        current = 0
        for text in rendered.split("\n"):
            fitting = self._fitting.get(text)
            if fitting is None:
                fitting = self._fitting[text] = self._find_fitting(text.strip())
            if fitting:
                following = bisect_right(fitting, current)
                current = fitting[following] if following < len(fitting) else fitting[0]
            if fitting or not text.strip():
                found.append(current)
                continue
            made = self._outputs[current]
            if made in self._items:
                made = current = self._find_item(current, text.strip())
            found.append(made or current)
        return tuple(max(number, 1) for number in found)

    def _find_item(self, current: int, body: str) -> int:
        """The item that follows a line and has most in common with a text; the line without one."""
        fitting: list[_Line] = []
        number = self._outputs[current]
        for _ in range(_CANDIDATE_LIMIT):
            line = self._items.get(number)
            if line is None:
                break
            fitting += [line] if _fits(line, body) else []
            number = self._outputs[number]
        nothing = _Line(current, "", "")
        return max(fitting, key=lambda line: len(line.first + line.last), default=nothing).number

    def _find_fitting(self, body: str) -> list[int]:
        """The lines that fit, in order."""
        lines = self._by_word.get(_word(body), ())
        return [line.number for line in lines if _fits(line, body)]


def _outputs(template: str) -> list[int]:
    """For each line (and before the first) the action that writes next, before any fixed words."""
    following = 0
    outputs = [0]
    lines = template.split("\n")
    for number, text in zip(range(len(lines), 0, -1), reversed(lines), strict=True):
        outputs.append(following)
        if _ITEM.match(text):
            following = number
        elif _word(_ACTION.split(text)[0]):
            following = 0
        elif _OUTPUT.match(text):
            following = number
    return [following, *reversed(outputs[1:])]


def _items(template: str) -> dict[int, _Line]:
    lines = enumerate(template.split("\n"), 1)
    return {number: _line(number, text) for number, text in lines if _ITEM.match(text)}


def _line(number: int, text: str) -> _Line:
    parts = _ACTION.split(text)
    return _Line(number, parts[0].strip(), parts[-1].strip())


def _index(template: str) -> dict[str, list[_Line]]:
    lines_by_word: dict[str, list[_Line]] = defaultdict(list)
    for number, text in enumerate(template.split("\n"), 1):
        word = _word(_ACTION.split(text)[0])
        if word and len(lines_by_word[word]) < _CANDIDATE_LIMIT:
            lines_by_word[word].append(_line(number, text))
    return lines_by_word


def _word(text: str) -> str:
    """What a line is known by: its key, or its first word where it has none."""
    body = text.strip().removeprefix("- ").lstrip()
    key, colon, _ = body.partition(":")
    return f"{key}:" if colon else body.partition(" ")[0]


def _fits(line: _Line, body: str) -> bool:
    return body.startswith(line.first) and body.endswith(line.last)
