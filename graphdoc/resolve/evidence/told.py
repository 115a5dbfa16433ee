"""What scripts make, and what documents and comments tell people to make, in their own words."""

import re
from collections.abc import Iterator
from functools import lru_cache
from posixpath import basename
from typing import NamedTuple

from graphdoc.model.clone import Clone
from graphdoc.model.file_kinds import MARKUP, YAML, is_program
from graphdoc.resolve.repositories.contents import skim_text

__all__ = ["ARGUMENT", "lines_about"]

_MAKING_NONE = re.compile(
    r"^\s*(?:#|//|echo\b|printf\b)|\b(?:get|describe|delete) (?:secrets?|configmaps?|cm)\b"
)
_CONTINUED = re.compile(r"\\\r?\n\s*")
_HEADING = re.compile(r"^(?=#|==)", re.MULTILINE)
# It begins with a letter of its own, which is found fast.
_COMMENTS = re.compile(r"\n[ \t]*#.*(?:\n[ \t]*#.*)*")
_HASH = re.compile(r"^[ \t]*#[# \t]?", re.MULTILINE)
_BY_HAND = re.compile(
    r"\b(?:by hand|manually|prerequisites?|out[- ]of[- ]band)\b"
    r"|\b(?:cannot|not|none|never)\b[^.\n]{0,30}\bgit(?:ops)?\b"
    r"|\bcreated by (?:ansible|terraform|vault)\b",
    re.IGNORECASE,
)
# What is to be sealed belongs in Git: that it is not there is the mistake.
_SEALED = re.compile(r"^(?>[^#\n]*?\bkubeseal\b).*[<|>]|\|\s*kubeseal\b", re.MULTILINE)
_APPLIED = re.compile(
    r"\b(?:kubectl|oc)\b(?>.*?\b(?:apply|create)\b).*\s-f\s+(?:\S*/)?([\w.-]+\.ya?ml)"
)
# A file of a Secret in a .gitignore, its turn before its name: ``web/03-db-secret.yaml``.
_LOCAL = re.compile(
    r"^(?:[\w.-]+/)*?(?:([\w.-]+)/)?(?:\d+[-_])?([a-z][\w-]*secrets?|secrets?)\.ya?ml[ \t\r]*$",
    re.MULTILINE,
)
_LINE_LIMIT = 2000


class _Speech(NamedTuple):
    """How scripts, commands and sentences in documents, and Terraform speak of a kind."""

    word: re.Pattern[str]
    command: re.Pattern[str]
    sentence: re.Pattern[str]
    terraform: str


def _speech(word: str, command: str, terraform: str) -> _Speech:
    return _Speech(
        re.compile(word, re.IGNORECASE),
        re.compile(rf"\b(?:kubectl|oc)\b(?>.*?\bcreate\b).*\b(?:{command})\b"),
        re.compile(
            rf"(?:^|[.:;>*)])[\s*_]*create\b(?!.*(?:external|manifest|sealed))[^.\n]*(?:{word})",
            re.IGNORECASE,
        ),
        terraform,
    )


_SPEECH = {
    "ConfigMap": _speech(r"config[_-]?map|\bcm\b", "configmap|cm", "kubernetes_config_map"),
    "Secret": _speech("secret", "secret", "kubernetes_secret"),
}
# How the arguments of a program speak of a kind.
ARGUMENT = {
    "ConfigMap": re.compile(r"config|\bcm\b", re.IGNORECASE),
    "Secret": re.compile(r"secret|cert|tls", re.IGNORECASE),
}


@lru_cache(maxsize=4)
def lines_about(clones: tuple[Clone, ...], kind: str) -> str:
    """The lines of the clones' scripts that speak of such things; in Terraform every line may.

    Of documents and comments only what tells somebody to make one, or that somebody does.
    """
    found: list[str] = []
    for clone in clones:
        names = frozenset(map(basename, clone.files))
        for path in clone.files:
            if is_program(path):
                found += _lines_of(path, skim_text(clone, path), kind)
            elif path.endswith(MARKUP):
                text = skim_text(clone, path)
                found += _told(_HEADING.split(text), kind)
                found += _applied(text, names)
            elif basename(path) == ".gitignore" and kind == "Secret":
                found += _kept_local(skim_text(clone, path))
            elif path.endswith(YAML):
                found += _told(_comments(skim_text(clone, path)), kind)
    return "\n".join(found)


def _told(passages: list[str], kind: str) -> Iterator[str]:
    speech = _SPEECH[kind]
    for passage in passages:
        if not speech.word.search(passage):
            continue
        if _BY_HAND.search(passage) and not _SEALED.search(passage):
            yield passage
        for line in _joined(passage):
            start = line[:_LINE_LIMIT]
            if speech.command.search(start) or speech.sentence.search(start):
                yield line


def _kept_local(text: str) -> Iterator[str]:
    """What the files may make that stay with whoever applies them, by their names and folders."""
    for folder, name in _LOCAL.findall(text):
        yield from (name, f"{folder}-{name}")


def _applied(text: str, names: frozenset[str]) -> Iterator[str]:
    """The names of files that one applies and that are not in Git, without their endings."""
    for line in text.splitlines():
        match = _APPLIED.search(line[:_LINE_LIMIT]) if "-f" in line else None
        if match is not None and match[1] not in names:
            yield match[1].rpartition(".")[0]


def _comments(text: str) -> list[str]:
    """Comments of a manifest, lines that follow each other as one."""
    lines = "\n" + text.replace("\r\n", "\n") if "#" in text else ""
    return [_HASH.sub("", block[1:]) for block in _COMMENTS.findall(lines)]


def _joined(text: str) -> list[str]:
    """The lines of a text, those that a backslash continues as one."""
    return _CONTINUED.sub(" ", text).splitlines()


def _lines_of(path: str, text: str, kind: str) -> Iterator[str]:
    speech = _SPEECH[kind]
    whole = path.endswith(".tf") and speech.terraform in text
    for line in _joined(text) if whole or speech.word.search(text) else ():
        if (whole or speech.word.search(line)) and not _MAKING_NONE.search(line[:_LINE_LIMIT]):
            yield line
