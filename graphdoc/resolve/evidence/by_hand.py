"""What the repositories' own documents tell people to apply by hand."""

import re
from collections.abc import Iterator
from functools import lru_cache
from posixpath import dirname

from graphdoc.model.clone import Clone
from graphdoc.model.file_kinds import PROSE
from graphdoc.model.location import SourceFile
from graphdoc.resolve.evidence.scripts import scripted_paths
from graphdoc.resolve.repositories.addresses import names_of
from graphdoc.resolve.repositories.contents import every_file, skim_text
from graphdoc.resolve.repositories.paths import normalise

__all__ = ["is_applied", "is_applied_by_hand", "is_named_by_hand"]

_COMMAND = re.compile(
    r"(?:^|\s)(?:-f|-k|--filename)[= ]\s*[\"'`]?(?P<url>https?://[^\s\"'`<>]+)"
    r"|(?:^|\s)(?:-f|-k|--filename|--kustomize|--path|--values)[= ]\s*[\"'`]?(?P<option>[\w./@-]+)"
    r"|\b(?:kustomize build|kubectl kustomize) +[\"'`]?(?P<folder>[\w./@-]+)"
    r"|\bhelm +(?:install|template|upgrade) +(?:--?\w[\w-]* +)*[\w.-]+"
    r" +[\"'`]?(?P<chart>[\w./@-]+)"
    r"|\benvsubst\b[^<\n]{0,200}< *[\"'`]?(?P<form>[\w./@-]+)",
)
# A command has one: the cheaper question.
_MARKS = ("-f", "-k", "--", "kustomize", "helm", "envsubst")


def is_applied_by_hand(clones: tuple[Clone, ...], file: SourceFile) -> bool:
    """Whether a document has a command that applies a file, or the folder that it stands in."""
    told = _told(clones)
    places = {file.path, dirname(file.path)} - {""}
    return any(SourceFile(file.repository, place) in told for place in places)


def is_applied(clones: tuple[Clone, ...], file: SourceFile) -> bool:
    """Whether a document or a script applies a file, or the folder that it stands in."""
    places = {file.path, dirname(file.path)} - {""}
    scripts = scripted_paths(clones)
    return is_applied_by_hand(clones, file) or any(
        scripts.find(file.repository, place) for place in places
    )


def is_named_by_hand(clones: tuple[Clone, ...], file: SourceFile) -> bool:
    """Whether a document, or a remark in a file itself, has a command that names the file."""
    if file in _told(clones):
        return True
    clone = next(one for one in clones if one.name == file.repository)
    lines = skim_text(clone, file.path).splitlines()
    remarks = "\n".join(line for line in lines if line.lstrip().startswith("#"))
    return file in _named_in(clone, file.path, remarks)


@lru_cache(maxsize=2)
def _told(clones: tuple[Clone, ...]) -> frozenset[SourceFile]:
    prose = (one for one in every_file(clones) if one[1].lower().endswith(PROSE))
    return frozenset(found for one in prose for found in _named_in(*one, skim_text(*one)))


def _named_in(clone: Clone, path: str, text: str) -> Iterator[SourceFile]:
    for match in _commands(text):
        places = _addressed(clone, match["url"]) if match["url"] else _places(match, path)
        yield from (SourceFile(clone.name, place) for place in places)


def _commands(text: str) -> Iterator[re.Match[str]]:
    for line in text.splitlines():
        for mark in _MARKS:
            if mark in line:
                yield from _COMMAND.finditer(line)
                break


def _places(match: re.Match[str], path: str) -> Iterator[str]:
    """The path of a command, seen from the repository's root and from the document's folder."""
    for base in {"", dirname(path)}:
        place = normalise(f"{base}/{match[match.lastgroup or 0]}".lstrip("/"))
        if place:
            yield place


def _addressed(clone: Clone, url: str) -> Iterator[str]:
    """The files of the clone that a command names by an address, at whatever revision."""
    parts = url.split("/")
    ends = ("/".join(parts[index:]) for index in range(4, len(parts)))
    if names_of(clone) & {part.removesuffix(".git").lower() for part in parts}:
        yield from (end for end in ends if clone.is_file(end))
