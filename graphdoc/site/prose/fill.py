"""Handwritten Markdown with its names and live facts filled in; code is left as it is."""

import re
from collections.abc import Iterator
from dataclasses import field

from graphdoc.model.dataclass import dataclass
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.diagrams.drawing import Drawn
from graphdoc.site.prose.identities import UnknownNameError, is_kind, link_to
from graphdoc.site.prose.queries import diagram, fact, query_table

__all__ = ["Filled", "ProseError", "fill"]

_FENCE = re.compile(r"\s{0,3}(`{3,}|~{3,})")
_CODE = re.compile(r"(?<!`)(`++)(?:(?!\1).)+?\1")
_NAMED = re.compile(r"\[\[(?P<kind>[a-z]+):(?P<name>[^\]|]+)(?:\|(?P<text>[^\]]+))?\]\]")
_LIVE = re.compile(r"\{\{\s*(?P<what>fact|diagram|table):(?P<words>[^{}]+)\}\}")


class ProseError(Exception):
    """A line names something that is not there; counted from the first line of the text."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(slots=True)
class Filled:
    """The Markdown, with the figures and files that its pictures need."""

    markdown: str = ""
    figures: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)


def fill(text: str, scope: Scope) -> Filled:
    """The text with links and facts in place of names.

    Raises:
        ProseError: it names something that does not exist.
    """
    filled = Filled()
    lines = []
    for number, (line, is_code) in enumerate(_lines(text), start=1):
        try:
            lines.append(line if is_code else _fill_line(line, scope, filled))
        except UnknownNameError as error:
            raise ProseError(number, str(error)) from error
    filled.markdown = "\n".join(lines)
    return filled


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is part of a fenced block of code."""
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        opens = mark is not None and not fence
        yield line, bool(fence) or opens
        if mark is not None and opens:
            fence = mark[1]
        elif mark is not None and mark[1].startswith(fence):
            fence = ""


def _fill_line(line: str, scope: Scope, filled: Filled) -> str:
    """The line with all outside of its `code` filled in."""
    parts, end = [], 0
    for code in _CODE.finditer(line):
        parts += [_fill_text(line[end : code.start()], scope, filled), code[0]]
        end = code.end()
    return "".join([*parts, _fill_text(line[end:], scope, filled)])


def _fill_text(text: str, scope: Scope, filled: Filled) -> str:
    def named(found: re.Match[str]) -> str:
        if not is_kind(scope.atlas, found["kind"]):  # a link of somebody else
            return found[0]
        return str(link_to(scope, found["kind"], found["name"].strip(), found["text"] or ""))

    def live(found: re.Match[str]) -> str:
        words = found["words"].strip()
        match found["what"]:
            case "fact":
                return str(fact(scope.atlas, words))
            case "table":
                return f"\n\n{query_table(scope, words)}\n\n"
            case _:
                return _place(diagram(scope, words), filled)

    return _LIVE.sub(live, _NAMED.sub(named, text))


def _place(picture: Drawn, filled: Filled) -> str:
    filled.figures |= picture.figures
    filled.files |= picture.files
    return f"\n\n{picture.body}\n\n"
