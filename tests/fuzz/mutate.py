"""Edits that turn one input into another: copies, cuts, bit flips and words that parsers stumble on."""

from collections.abc import Sequence
from enum import StrEnum
from random import Random
from typing import NamedTuple

__all__ = ["EDITS", "WORDS", "Edit", "mutate", "random_edits"]

_MOST = 300_000

WORDS = tuple(
    word.encode()
    for word in (
        "\n", " ", "  ", "\t", "\r\n", ":", ": ", "- ", "? ", ", ", "|", "|-", ">", "''", '"', "'", "#",
        "&a ", "*a", "<<: *a", "!!binary ", "!x ", "---\n", "...\n", "%YAML 1.1\n", "{", "}", "[", "]",
        "[[[[[[[[", "{a: ", "~", "null", "true", "on", "0", "-1", "1e999", ".inf", ".nan", "0x7f", "1_0",
        "9" * 5000, "99999999999999999999", "\ufeff", "\u0000", "\u202e", "é", "\U0001f600", "\x1b[31m",
        "{{", "}}", "{{ . }}", "{{ .a.b }}", "{{- ", " -}}", "{{/* ", "*/}}", "{{ range . }}",
        '{{ printf "%s" .a }}', "{{ end }}", '{{ define "a" }}', '{{ template "a" . }}', "`", "(", ")",
        "\\", "/", "//", "..", "../", "/etc/passwd", "~1", "~0", "-", "/-", "/0", "*", "**", "[a-z]",
        "(a+)+", "a{1,99}", "{a,b}", "{{a,b}}", "\\1", "$", "${A}", "$values/", "$patch: delete\n",
        "op: add", "op: copy", "op: move", "op: test", "from: /", "path: /", "value: ", "kind: ", "name: ",
        "apiVersion: v1\n", "kind: List\nitems:\n", "metadata: {name: a}\n", "namespace: a\n",
        "resources: [.]\n", "resources: [..]\n", "components: [.]\n", "namePrefix: a-\n", "patches:\n",
        "replacements:\n", "fieldPath: ", "fieldPaths: [a.*.b]\n", "options: {create: true}\n",
        "vars:\n", "images: [{name: a, newTag: b}]\n", "replicas: [{name: a, count: 9}]\n",
        "configMapGenerator: [{name: a, literals: [a=b]}]\n", "goTemplate: true\n", "matrix:\n",
        "merge:\n", "generators:\n", "- list: {elements: [{a: b}]}\n", "- clusters: {}\n",
        "- git: {repoURL: r, directories: [{path: '*'}]}\n", "mergeKeys: [a]\n", "template:\n",
        "templatePatch: |\n", "selector: {matchExpressions: [{key: a, operator: In, values: [b]}]}\n",
        "repoURL: https://git.example.com/platform\n", "path: .\n", "targetRevision: HEAD\n",
        "helm: {valueFiles: [a.yaml]}\n", "helm: {values: 'a: b'}\n", "parameters: [{name: a, value: b}]\n",
        "```", "````", "~~~", "├── ", "└── ", "│   ", "<!-- ", " -->", "](", "[a](b.md)", "`a/b.yaml`",
        "| a | b |\n", "<!-- graphdoc: allow a -- b -->", "# graphdoc: allow a -- b",
        "repositories:\n", "roots:\n", "limits: {depth: 1}\n", "contracts:\n", "severity: off\n",
    )
)  # fmt: skip


class Edits(StrEnum):
    """What one edit does at its place."""

    INSERT = "insert"
    OVERWRITE = "overwrite"
    DELETE = "delete"
    REPEAT = "repeat"
    FLIP = "flip"
    SPLICE = "splice"
    SWAP_LINES = "swap lines"
    COPY_LINE = "copy line"


EDITS = tuple(Edits)


class Edit(NamedTuple):
    """One edit; ``place`` and ``size`` are fractions of what is there, ``word`` an index."""

    kind: Edits
    place: float
    size: float
    word: int


def random_edits(random: Random, words: int) -> list[Edit]:
    """A few edits, seldom many."""
    count = random.choice((1, 1, 2, 3, 4, 8, 20))
    return [
        Edit(random.choice(EDITS), random.random(), random.random() ** 3, random.randrange(words))
        for _ in range(count)
    ]


def mutate(data: bytes, edits: Sequence[Edit], others: Sequence[bytes]) -> bytes:
    """The input after every edit; ``others`` are inputs to take parts from."""
    for edit in edits:
        data = _apply(data, edit, others)[:_MOST]
    return data


def _apply(data: bytes, edit: Edit, others: Sequence[bytes]) -> bytes:
    start = int(edit.place * len(data))
    end = min(len(data), start + 1 + int(edit.size * (len(data) - start)))
    word = WORDS[edit.word % len(WORDS)]
    match edit.kind:
        case Edits.INSERT:
            return data[:start] + word + data[start:]
        case Edits.OVERWRITE:
            return data[:start] + word + data[start + len(word) :]
        case Edits.DELETE:
            return data[:start] + data[end:]
        case Edits.REPEAT:
            return data[:end] + data[start:end] * (1 + edit.word % 50) + data[end:]
        case Edits.FLIP:
            return (
                data[:start]
                + bytes([(data[start] if data else 0) ^ (1 << edit.word % 8)])
                + data[end:]
            )
        case Edits.SPLICE:
            other = others[edit.word % len(others)] if others else word
            cut = int(edit.size * len(other))
            return data[:start] + other[cut : cut + 400] + data[start:]
        case Edits.SWAP_LINES | Edits.COPY_LINE:
            return _edit_lines(data, edit)


def _edit_lines(data: bytes, edit: Edit) -> bytes:
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    one, other = int(edit.place * len(lines)), int(edit.size * len(lines))
    if edit.kind is Edits.COPY_LINE:
        lines.insert(other, lines[one])
    else:
        lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)
