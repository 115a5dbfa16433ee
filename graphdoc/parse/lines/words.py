"""Single values and keys: plain, quoted, folded."""

import re
from typing import NoReturn

from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Scalar
from graphdoc.parse.scalars import NO_TEXT_STARTS, NO_TEXTS, resolve_scalar

__all__ = [
    "COMMENT", "DOUBLE", "PLAIN_STARTS", "SINGLE", "TEXT_STARTS", "OtherYamlError", "Words", "fold",
    "join", "leave", "new", "unquote",
]  # fmt: skip

# What NamedTuple's own constructor comes to, without its cost.
new = tuple.__new__

# How plain values begin, and which of these are text whatever follows: no number, no boolean.
PLAIN_STARTS = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./$(+=<^~;\\"
)
TEXT_STARTS = PLAIN_STARTS - frozenset("0123456789+-.tTfFnN~")

# For expressions in which blanks mean nothing.
COMMENT = r"(?:[ ]+\#.*|[ ]*)"
DOUBLE = r'[^"\\]*(?:\\["\\nt ][^"\\]*)*'
SINGLE = r"[^']*(?:''[^']*)*"

_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {'"': '"', "\\": "\\", "n": "\n", "t": "\t", " ": " "}


class OtherYamlError(Exception):
    """The text holds something that is not read here."""


def leave() -> NoReturn:
    """Leave the text to libyaml."""
    raise OtherYamlError


class Words:
    """Makes nodes of words; knows whether the document is plain, and which keys are."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.is_plain = True
        self.known: set[str] = set()

    def key(self, written: str) -> str:
        """A key as it counts; one that is plain text is known from then on."""
        text = written[1:-1] if written[0] in "\"'" else written
        if text == "<<" or (text is not written and ("\\" in text or "'" in text)):
            leave()
        if text[:1] in NO_TEXT_STARTS or text in NO_TEXTS:
            self.is_plain = False
        elif text is written:
            self.known.add(text)
        return text

    def plain(self, text: str, line: int, start: int, end_line: int, end: int) -> Scalar:
        """A value without quotes; columns count from 0."""
        value = resolve_scalar(text)
        is_date = text[4:5] == "-" and text[:4].isdigit()
        if is_date or value.__class__ is float:
            self.is_plain = False
        span = new(Span, (self.file, line, start + 1, end_line, end + 1))
        return new(Scalar, (value, span, True, text, ()))

    def text(self, text: str, line: int, start: int, end_line: int, end: int) -> Scalar:
        """A value that is text because of how it is written; columns count from 0."""
        span = new(Span, (self.file, line, start + 1, end_line, end + 1))
        return new(Scalar, (text, span, False, text, ()))

    def nothing(self, line: int, column: int) -> Scalar:
        """The null that nobody wrote, at a place that counts from 1."""
        self.is_plain = False
        span = new(Span, (self.file, line, column, line, column))
        return new(Scalar, (None, span, True, "", ()))


def unquote(text: str, mark: str) -> str:
    """What stands between quotes, without escapes."""
    if mark == "'":
        return text.replace("''", "'")
    return _ESCAPE.sub(lambda escape: _ESCAPED[escape[1]], text) if "\\" in text else text


def join(lines: list[str], mark: str) -> str:
    """The lines between quotes: a break is a space, blank lines are breaks."""
    first, *middle, last = lines
    text, is_joined = _end_of_line(first.rstrip(" "), first, mark)
    blanks = 0
    for line in middle:
        words, joins_next = _end_of_line(line.strip(" "), line, mark)
        if not words and not joins_next:
            blanks += 1
            continue
        text += _break(blanks, is_joined=is_joined) + words
        blanks, is_joined = 0, joins_next
    return text + _break(blanks, is_joined=is_joined) + last.lstrip(" ")


def _break(blanks: int, *, is_joined: bool) -> str:
    if not is_joined:
        return "\n" * blanks or " "
    if blanks:
        leave()
    return ""


def _end_of_line(words: str, line: str, mark: str) -> tuple[str, bool]:
    """Without the backslash that joins it to the next line, and whether there was one."""
    if mark == "'" or (len(words) - len(words.rstrip("\\"))) % 2 == 0:
        return words, False
    if line[-1] == " ":  # an escaped space
        leave()
    return words[:-1], True


def fold(lines: list[str]) -> str:
    """Folded text: a break between two lines that begin with a word is a space."""
    text, blanks, was_blank = "", 0, True
    for line in lines:
        if not line:
            blanks += 1
            continue
        is_blank = line[0] in " \t"
        if not text:
            text = "\n" * blanks + line
        elif was_blank or is_blank:
            text += "\n" * (blanks + 1) + line
        else:
            text += ("\n" * blanks or " ") + line
        was_blank, blanks = is_blank, 0
    return text
