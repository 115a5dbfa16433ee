"""Text reports at the width of a terminal. What goes anywhere else is not wrapped."""

import re

__all__ = ["wrap"]

_NARROWEST = 30
_EXCERPT = re.compile(r" ++\d* *\| ")
_COLOUR = re.compile(r"\x1b\[\d+m")
_COLUMN = re.compile(r" *\S+(?: \S+)* {2,}(?=\S)")
_HANG = 4


def wrap(text: str, width: int) -> str:
    """The text with lines that are too long broken between words, and hanging below their start.

    Excerpts of files stay as they are: their marks stand below their words.
    """
    if width < _NARROWEST:
        return text
    return "".join(f"{part}\n" for line in text.splitlines() for part in _parts(line, width))


def _parts(line: str, width: int) -> list[str]:
    if _length(line) <= width or _EXCERPT.match(_COLOUR.sub("", line)):
        return [line]
    indentation = " " * _indentation(line, width)
    start = len(line) - len(line.lstrip())
    parts: list[str] = []
    current = line[:start]
    for word in line[start:].split(" "):
        is_full = _length(current) + 1 + _length(word) > width
        if is_full and _length(current) > len(indentation):
            parts.append(current)
            current = indentation + word
        else:
            current = f"{current} {word}" if current.strip() else current + word
    return [*parts, current]


def _indentation(line: str, width: int) -> int:
    """A little to the right of where a line starts, or of its second column where it has two."""
    plain = _COLOUR.sub("", line)
    column = _COLUMN.match(plain)
    if column is not None and column.end() <= width // 2:
        return column.end() + _HANG
    return len(plain) - len(plain.lstrip()) + _HANG


def _length(text: str) -> int:
    return len(_COLOUR.sub("", text))
