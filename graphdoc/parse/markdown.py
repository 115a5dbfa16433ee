"""Markdown, as far as a document's words about files are concerned: prose, fences, links, code."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping
from graphdoc.parse.yaml import YamlError, parse_documents

__all__ = [
    "Document",
    "Fence",
    "Line",
    "Word",
    "code_in",
    "fence_closes",
    "fence_mark",
    "links_in",
    "parse_front_matter",
    "parse_markdown",
]

_FENCE = re.compile(r"(?P<indent>[ >\t]*(?:[-*+] +|\d+[.)] +)?)(?P<mark>`{3,}|~{3,})(?P<info>.*)")
_CODE = re.compile(r"(?<!`)`([^`\n]{1,300})`(?!`)")
_LINK = re.compile(r"\]\(<?([^()<>\s]{1,500})>?(?: \"[^\"]*\")?\)")
_FRONT = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(---[ \t]*\r?\n.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE
)


class Line(NamedTuple):
    """One line of text; ``number`` counts from 1."""

    number: int
    text: str


class Word(NamedTuple):
    """A piece of a line; ``column`` counts from 1."""

    line: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced block; ``language`` is the first word behind its mark, in small letters."""

    language: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A Markdown file, taken apart."""

    prose: tuple[Line, ...]
    fences: tuple[Fence, ...]


def parse_markdown(text: str) -> Document:
    """Take a document apart; a fence without an end runs to the end, comments are blank."""
    prose: list[Line] = []
    fences: list[Fence] = []
    inside: list[Line] | None = None
    mark = language = ""
    for number, line in enumerate(_without_comments(text).splitlines(), start=1):
        match = _FENCE.match(line)
        if inside is None and match is not None and "`" not in match["info"]:
            inside, mark = [], match["mark"]
            language = (match["info"].split() or [""])[0].lower().strip("{}.")
        elif inside is not None and fence_closes(line, mark):
            fences.append(Fence(language, tuple(inside)))
            inside = None
        else:
            (prose if inside is None else inside).append(Line(number, line))
    if inside is not None:
        fences.append(Fence(language, tuple(inside)))
    return Document(tuple(prose), tuple(fences))


def code_in(line: Line) -> Iterator[Word]:
    """Every piece of inline code."""
    for match in _CODE.finditer(line.text):
        yield Word(line.number, match.start(1) + 1, match[1])


def links_in(line: Line) -> Iterator[Word]:
    """The target of every inline link or image that is not itself shown as code."""
    if "](" not in line.text:
        return
    text = _CODE.sub(lambda code: " " * len(code[0]), line.text)
    for match in _LINK.finditer(text):
        yield Word(line.number, match.start(1) + 1, match[1])


def fence_mark(line: str) -> str:
    """The mark of the fence that a line opens; empty where it opens none."""
    match = _FENCE.match(line)
    return match["mark"] if match is not None and "`" not in match["info"] else ""


def fence_closes(line: str, mark: str) -> bool:
    """Whether a line ends the fence that a mark opened."""
    text = line.strip(" >\t")
    return text.startswith(mark) and not text.strip(mark[0])


def _without_comments(text: str) -> str:
    """The text with the lines of comments left blank; one without an end is none."""
    first, *others = text.split("<!--")
    kept = [first]
    for part in others:
        hidden, end, shown = part.partition("-->")
        kept.append("\n" * hidden.count("\n") + shown if end else part)
    return "".join(kept)


def parse_front_matter(data: bytes, file: SourceFile) -> Mapping | None:
    """The mapping, with its places in the file; ``None`` where there is none, or no YAML."""
    match = _FRONT.match(data)
    if match is None:
        return None
    try:
        documents = parse_documents(match[1], file)
    except YamlError:
        return None
    root = documents[0].root if documents else None
    return root if isinstance(root, Mapping) else None
