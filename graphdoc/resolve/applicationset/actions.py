"""Go template text and the actions in it, rewritten for an engine that is Helm's and not Argo CD's.

Helm has no ``normalize`` and no ``slugify``, has a ``fromJson`` of its own, and goes on where a
parameter is missing. So the two functions become named templates, the third Sprig's, and every
chain of fields (``.path.basename``) a call that fails, or prints ``<no value>``, exactly where Argo
CD would.
"""

import re
from collections.abc import Iterator
from dataclasses import field
from typing import NamedTuple

from graphdoc.model.dataclass import dataclass

__all__ = [
    "LIBRARY", "Action", "Literal", "identifiers", "missing_field", "rewrite", "split_actions",
]  # fmt: skip

# No list is as long; the number tells this failure from one of the template's own.
_MISSING = 987_654_321
_MISSING_FIELD = re.compile(r'"([^"]+)"\)+>.*index out of range: 987654321')
# What Sprig's ``semver`` tells, by methods: no map has them.
_OF_VERSIONS = frozenset({"Major", "Metadata", "Minor", "Original", "Patch", "Prerelease"})
LIBRARY = """\
{{- define "graphdoc.normalize" -}}
{{- regexReplaceAll "[^-a-z0-9.]" (lower .) "-" | trunc 253 | trimAll "-." -}}
{{- end -}}
{{- define "graphdoc.has" -}}
{{- $name := last . -}}{{- range $key, $_ := first . }}{{ if eq $key $name }}yes{{ end }}{{ end -}}
{{- end -}}
{{- define "graphdoc.slugify" -}}
{{- $size := 50 -}}{{- $smart := true -}}
{{- if gt (len .) 1 -}}{{- $size = index . 0 -}}{{- end -}}
{{- if gt (len .) 2 -}}{{- $smart = index . 1 -}}{{- end -}}
{{- $text := include "graphdoc.normalize" (last .) -}}
{{- if not $smart -}}{{- $text = trunc $size $text -}}{{- end -}}
{{- $text = regexReplaceAll "[^a-z0-9-]" $text "-" -}}
{{- $text = regexReplaceAll "-+" $text "-" | trimAll "-" -}}
{{- if and $smart (gt (len $text) $size) -}}
{{- $words := regexFind (printf "^.{0,%d}-" $size) $text | trimSuffix "-" -}}
{{- $text = default (trunc $size $text) $words -}}
{{- end -}}
{{- $text -}}
{{- end -}}
"""
_LENGTH_LIMIT = 256 * 1024
_DEPTH_LIMIT = 100

# Nothing is tried twice: white space and the mark before the end are taken off afterwards.
_ACTION = re.compile(
    r"\{\{(?P<left>-(?=\s))?\s*+(?:(?>/\*.*?\*/)\s*+(?P<mark>(?<=\s)-)?+|"
    r"(?!/\*)(?P<body>(?>\"(?>\\.|[^\"\\\n])*+\"|`[^`]*+`|'(?>\\.|[^'\\\n])*+'|[^\"`'}]|\}(?!\}))*+))\}\}",
    re.DOTALL,
)
_TOKEN = re.compile(
    r"\s+|\"(?:\\.|[^\"\\\n])*\"|`[^`]*`|'(?:\\.|[^'\\\n])*'"
    r"|(?P<base>\$\w*)?(?P<fields>(?:\.[A-Za-z_]\w*)+)|\$\w*|[A-Za-z_]\w*|[-+]?\d[\w.]*|:=|.",
    re.DOTALL,
)


class _Found(NamedTuple):
    """An action in its text; ``body`` is ``None`` for a comment, the marks say what is trimmed."""

    start: int
    end: int
    left: bool
    right: bool
    body: str | None
    body_start: int


class Literal(NamedTuple):
    """Text between actions, as it is printed."""

    text: str


class Action(NamedTuple):
    """What stands between ``{{`` and ``}}``; a comment is none."""

    body: str


def split_actions(text: str) -> Iterator[Literal | Action]:
    """The parts of a template, less the white space that ``{{-`` and ``-}}`` take away."""
    position, strip_left = 0, False
    for found in _find_actions(text):
        literal = text[position : found.start]
        literal = literal.lstrip(" \t\r\n") if strip_left else literal
        yield Literal(literal.rstrip(" \t\r\n") if found.left else literal)
        if found.body is not None:
            yield Action(found.body)
        position, strip_left = found.end, found.right
    rest = text[position:]
    yield Literal(rest.lstrip(" \t\r\n") if strip_left else rest)


def identifiers(text: str) -> set[str]:
    """The names of functions, keywords and constants that the actions of a template use."""
    return {
        token[0]
        for part in split_actions(text)
        if isinstance(part, Action)
        for token in _TOKEN.finditer(part.body)
        if token[0].isidentifier()
    }


def rewrite(text: str, *, strict: bool) -> str | None:
    """The template for Helm; ``None`` where it grows beyond reason.

    Args:
        text: the template as Argo CD gets it.
        strict: whether a missing parameter is an error (``missingkey=error``).
    """
    pieces: list[str] = []
    position = 0
    for found in _find_actions(text):
        if not found.body:
            continue
        body = _rewrite_action(found.body, strict=strict)
        if body is None or len(body) > _LENGTH_LIMIT:
            return None
        pieces += (text[position : found.body_start], body)
        position = found.body_start + len(found.body)
    return "".join((*pieces, text[position:]))


def missing_field(message: str) -> str | None:
    """The parameter that was missing, where an engine's message comes from a test for it."""
    match = _MISSING_FIELD.search(message)
    return match[1] if match else None


def _find_actions(text: str) -> Iterator[_Found]:
    """Every action; nothing after one that does not end."""
    start = text.find("{{")
    while start >= 0:
        match = _ACTION.match(text, start)
        if match is None:
            return
        yield _found(match)
        start = text.find("{{", match.end())


def _found(match: re.Match[str]) -> _Found:
    body, right = match["body"], bool(match["mark"])
    if body is not None:
        right = body.endswith("-") and match.string[match.end() - 4].isspace()
        body = (body[:-1] if right else body).rstrip()
    return _Found(match.start(), match.end(), bool(match["left"]), right, body, match.start("body"))


@dataclass(slots=True)
class _Frame:
    """A pipeline that is being read: finished commands, and the operands of the current one."""

    done: list[str] = field(default_factory=list)
    operands: list[str] = field(default_factory=list)

    def finish_command(self) -> None:
        """Give a command that Helm does not know its replacement."""
        operands = self.operands
        if "slugify" in operands:
            operands[operands.index("slugify")] = "list"
            operands.append(' | include "graphdoc.slugify"')
        if "normalize" in operands:
            operands[operands.index("normalize")] = 'include "graphdoc.normalize"'
        if "fromJson" in operands:  # Helm's knows objects only
            operands[operands.index("fromJson")] = "mustFromJson"
        self.done += operands
        self.operands = []


def _rewrite_action(body: str, *, strict: bool) -> str | None:
    frames = [_Frame()]
    for token in _TOKEN.finditer(body):
        if token[0] == "(":
            frames.append(_Frame())
        elif token[0] == ")" and len(frames) > 1:
            _close(frames)
        else:
            _add(frames[-1], token, strict=strict)
        operands = frames[-1].operands
        if len(frames) > _DEPTH_LIMIT or (operands and len(operands[-1]) > _LENGTH_LIMIT):
            return None
    if len(frames) > 1:  # the engine says what is wrong with it
        return body
    frames[0].finish_command()
    return "".join(frames[0].done)


def _close(frames: list[_Frame]) -> None:
    inner = frames.pop()
    inner.finish_command()
    frames[-1].operands.append(f"({''.join(inner.done)})")


def _add(frame: _Frame, token: re.Match[str], *, strict: bool) -> None:
    if token[0] == "|":
        frame.finish_command()
        frame.done.append("|")
    elif token["fields"]:
        base = token["base"] or _group_before(frame) or "."
        frame.operands.append(_field_access(base, token["fields"][1:].split("."), strict=strict))
    else:
        frame.operands.append(token[0])


def _group_before(frame: _Frame) -> str | None:
    """The group in parentheses that a chain of fields is attached to."""
    if frame.operands and frame.operands[-1].endswith(")"):
        return frame.operands.pop()
    return None


def _field_access(base: str, names: list[str], *, strict: bool) -> str:
    """Fields of nested maps, read as ``missingkey=error`` or its absence wants it."""
    quoted = [f'"{name}"' for name in names]
    if len(names) == 1 and (not strict or (base[0] in "$(" and names[0] in _OF_VERSIONS)):
        return f"{'' if base == '.' else base}.{names[0]}"
    if len(names) > 1:
        value = f"(dig {' '.join(quoted)} nil {base})"
    else:
        value = f"(index {base} {quoted[0]})"
    if not strict:
        return value
    parent = f"(dig {' '.join(quoted[:-1])} (dict) {base})" if len(names) > 1 else base
    test = f"hasKey {parent} {quoted[-1]}"
    if len(names) == 1 and base not in {".", "$"}:  # may be of texts alone, which hasKey refuses
        test = f'eq "yes" (include "graphdoc.has" (list {base} {quoted[0]}))'
    return f"(index (list {value}) (ternary 0 {_MISSING} ({test})))"
