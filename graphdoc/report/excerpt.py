"""The lines that findings are about, without any value of a Secret."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import field
from typing import NamedTuple

from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import Problem
from graphdoc.model.inert import inert
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Node, Sequence, scalars_within
from graphdoc.model.redact import SECRET_KINDS, hidden_fields, hide_secrets
from graphdoc.parse.yaml import YamlError, parse_documents
from graphdoc.resolve.secrets.known import KnownSecrets

__all__ = ["Excerpt", "Excerpts"]

_SECRET_FIELDS = (
    ("spec", "encryptedData"), ("spec", "data"), ("spec", "secretTemplates"),
    ("spec", "template", "data"), ("spec", "template", "stringData"),
)  # fmt: skip
_SIGNS = (b"Secret", b"PRIVATE KEY-----", b"secretGenerator", b"/data", b"stringData")
# What a patch says that reaches into a Secret, or may.
_ABOUT_SECRETS = re.compile(r"Secret|/data|stringData")
_PATCHES = ("patches", "patchesJson6902", "patchesStrategicMerge")
# Any other file may be what a Secret is generated from, such as lines of an environment.
_SHOWN = (".json", ".md", ".sh", ".tf", ".tpl", ".yaml", ".yml", *KUSTOMIZATION_NAMES)
_WIDTH = 160
_LAST_LINE = 1 << 30
# The lines of a file, and the ranges of them that hold values of Secrets.
_Lines = tuple[tuple[str, ...], tuple[tuple[int, int], ...]]


class Excerpt(NamedTuple):
    """One line of a file, and where in it the underline starts and ends; counted from 0."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class Excerpts:
    """The lines of the analysed files, read once each."""

    clones: tuple[Clone, ...]
    known: KnownSecrets = field(default_factory=lambda: KnownSecrets(()))
    elsewhere: Callable[[Problem], Clone | None] = lambda _: None
    _files: dict[tuple[SourceFile, str], _Lines] = field(default_factory=dict)

    def excerpt(self, span: Span, tree: Clone | None = None) -> Excerpt | None:
        """The line where a span starts; ``None`` where there is nothing to show."""
        lines, hidden = self._read(span.file, tree)
        if not 1 <= span.line <= len(lines) or _is_hidden(span, hidden):
            return None
        raw = lines[span.line - 1]
        end = span.end_column if span.end_line == span.line else len(raw) + 1
        before = lines[span.line - 2] if span.line > 1 else ""
        shown = self.known.text(hide_secrets(f"{before}\n{raw}")).rpartition("\n")[2]
        if not shown.strip():
            return None
        if shown != raw:
            return Excerpt(inert(shown)[:_WIDTH], 0, 0)
        start = min(span.column - 1, len(raw))
        left, marked = inert(raw[:start]), inert(raw[start : max(end - 1, start)])
        text = f"{left}{marked}{inert(raw[max(end - 1, start) :])}"
        return Excerpt(text[:_WIDTH], min(len(left), _WIDTH), min(len(left + marked), _WIDTH))

    def _read(self, file: SourceFile, tree: Clone | None) -> _Lines:
        key = (file, (tree and tree.commit) or "")
        if key not in self._files:
            tree = tree or next((c for c in self.clones if c.name == file.repository), None)
            data = _bytes(tree, file.path)
            text = data.decode("utf-8-sig", "replace")
            lines = tuple(line.rstrip("\r") for line in text.split("\n"))
            self._files[key] = (lines, _hidden_lines(data, file))
        return self._files[key]


def _bytes(clone: Clone | None, path: str) -> bytes:
    try:
        return clone.read(path) if clone is not None else b""
    except UnreadableError:
        return b""


def _is_hidden(span: Span, ranges: tuple[tuple[int, int], ...]) -> bool:
    before = bisect_right(ranges, (span.line, _LAST_LINE))
    return before > 0 and span.line <= ranges[before - 1][1]


def _hidden_lines(data: bytes, file: SourceFile) -> tuple[tuple[int, int], ...]:
    """The ranges of lines that hold values of Secrets, in order; all where none can tell."""
    everything = ((1, _LAST_LINE),)
    if b"PRIVATE KEY-----" in data or not file.path.endswith(_SHOWN):
        return everything
    if not any(sign in data for sign in _SIGNS):
        return ()
    try:
        documents = parse_documents(data, file)
    except YamlError:
        return everything
    spans = (span for document in documents for span in _secret_spans(document.root))
    return _apart((span.line, span.end_line) for span in spans)


def _apart(ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """What overlaps, as one."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return tuple(found)


def _secret_spans(root: Node | None) -> tuple[Span, ...]:
    if isinstance(root, Sequence):
        return _patch_spans(root)
    if not isinstance(root, Mapping):
        return ()
    nodes: list[Node | None] = [root.find("secretGenerator")]
    nodes += (root.entries.get(key) for key in hidden_fields(root))
    if root.text("kind") in SECRET_KINDS:
        nodes += (root.find(*route) for route in _SECRET_FIELDS)
    own = tuple(node.span for node in nodes if node is not None)
    lists = (root.find(field) for field in _PATCHES)
    patches = tuple(span for entries in lists for span in _patch_spans(entries))
    items = root.items_at("items")
    return own + patches + tuple(span for item in items for span in _secret_spans(item))


def _patch_spans(entries: Node | None) -> tuple[Span, ...]:
    """The patches of a list, or the steps of one, that reach into a Secret."""
    listed = entries.items if isinstance(entries, Sequence) else ()
    return tuple(entry.span for entry in listed if _is_about_secrets(entry))


def _is_about_secrets(entry: Node) -> bool:
    return any(_ABOUT_SECRETS.search(scalar.text) for scalar in scalars_within(entry))
