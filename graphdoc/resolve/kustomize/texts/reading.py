"""What Kustomize's YAML makes of a resource that other readers do not.

A date without quotes is a point in time and is printed in full; a key that is no text is refused.
What :mod:`graphdoc.resolve.kustomize.texts.writing` must look at again is told.
"""

import re
from collections.abc import Callable
from datetime import datetime
from math import isfinite

from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.parse.scalars import NO_TEXT_STARTS, NO_TEXTS, kubectl_boolean, resolve_scalar
from graphdoc.resolve.kustomize.resources.trees import KustomizeError, NotUnderstoodError

__all__ = ["Reading", "is_bare", "refuse_broken_block", "refuse_odd_key", "refuse_odd_pair"]

# Where a folded text may change: a break before an indent, or several at the end.
_UNEVEN = re.compile(r"\n[ \t]|\n\n$")
# What stands in quotes: blanks at the end of a line, and what does not print.
_NO_BLOCK = re.compile(
    r" (?:\n|\Z)|[^\t\n\x20-\x7e\x85\xa0-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_BLANKS = (" ", "\t", "")
_TIME = re.compile(
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2})(?:(?:[Tt]| +)(?P<clock>\d{1,2}:\d{1,2}:\d{1,2})"
    r"(?:\.(?P<fraction>\d{1,9})\d*)?(?P<zone>Z|[+-]\d{2}:\d{2})?)?"
)


def _is_text_key(key: str) -> bool:
    """Whether a key without quotes is a text to Kustomize."""
    if key not in NO_TEXTS and key[0] not in NO_TEXT_STARTS:
        return True
    is_text = isinstance(resolve_scalar(key), str) and key != "<<"
    return is_text and not (key[4:5] == "-" and _full_time(key))


def refuse_odd_key(key: str, span: Span) -> None:
    """Kustomize writes the keys that it makes without quotes, and cannot read all of them back."""
    if not _is_text_key(key):
        raise KustomizeError(f"key '{key}' is no text", span)


def refuse_broken_block(text: str, span: Span) -> None:
    """Kustomize writes texts of several lines as blocks, of which none can start with a tab."""
    if text.startswith("\t") and "\n" in text and not _NO_BLOCK.search(text):
        raise KustomizeError("a text of several lines that starts with a tab", span)


def refuse_odd_pair(key: str, span: Span) -> None:
    """As :func:`refuse_odd_key`, for labels and annotations that a kustomization names.

    Raises:
        KustomizeError: Kustomize would take the key for something else.
        NotUnderstoodError: it is a boolean to kubectl, whose way of reading kustomizations have.
    """
    refuse_odd_key(key, span)
    if kubectl_boolean(key) is not None and is_bare(key, span):
        raise NotUnderstoodError(f"key '{key}' without quotes", span)


def is_bare(key: str, span: Span) -> bool:
    """Whether a key is written without quotes, which would take more room than its text."""
    return span.end_line == span.line and span.end_column - span.column == len(key)


class Reading:
    """Reads the resources of one file, whose lines are asked for where a style matters.

    ``is_unsettled``: some values may become others when Kustomize writes them.
    """

    def __init__(self, lines: Callable[[], list[str]] = list) -> None:
        self._lines = lines
        self.is_unsettled = False

    def read_mapping(self, node: Mapping) -> Mapping:
        """The tree as Kustomize reads it; unchanged parts are shared."""
        changed: dict[str, Node] = {}
        for key, value in node.entries.items():
            if (key in NO_TEXTS or key[0] in NO_TEXT_STARTS) and not _is_text(key, node.keys[key]):
                raise KustomizeError(f"key '{key}' is no text", node.keys[key])
            if isinstance(value, Scalar) and isinstance(value.value, str):
                text = value.text
                if text[4:5] != "-" and "\n" not in text:
                    continue  # neither a time nor a folded text, as nearly all are
            new = self._read(value)
            if new is not value:
                changed[key] = new
        return node.with_entries({**node.entries, **changed}) if changed else node

    def _read(self, node: Node) -> Node:
        match node:
            case Scalar():
                return self._read_scalar(node)
            case Sequence():
                return node.mapped(self._read)
            case Mapping():
                return self.read_mapping(node)

    def _read_scalar(self, node: Scalar) -> Scalar:
        text, value = node.text, node.value
        if isinstance(value, float) and not isfinite(value):
            raise KustomizeError(f"{text} is no number of JSON", node.span)
        if isinstance(value, bool) and kubectl_boolean(text) is not None:
            raise KustomizeError(f"cannot decode '{text}' as a !!bool", node.span)
        if node.plain:
            time = _full_time(text) if text[4:5] == "-" and value == text else None
            if not text or (time is not None and ":" in text):
                self.is_unsettled = True
            return node if time is None else node._replace(value=time)
        if "\n" in text and _UNEVEN.search(text) and self._is_folded(node.span):
            return node._replace(value=_refolded(text))  # the text is what stands in between
        return node

    def _is_folded(self, span: Span) -> bool:
        """Whether a text is written as a folded block (``>``)."""
        line = self._lines()[span.line - 1 : span.line]
        return bool(line) and line[0][span.column - 1 : span.column] == ">"


def _refolded(text: str) -> str:
    """A folded text as Go's encoder writes it, which counts a line break before an indent twice."""
    parts = re.split(r"(\n+)", text)
    is_doubled = text.lstrip("\n")[:1] not in _BLANKS
    for i in range(1, len(parts), 2):
        before, breaks, after = parts[i - 1 : i + 2]
        if not before or before[:1] in _BLANKS:
            continue
        is_end = not after and len(breaks) == 1
        written = len(breaks) + is_doubled - (not (is_end or after[:1] in _BLANKS))
        parts[i] = breaks if is_end else "\n" * written or " "
    return "".join(parts)


def _is_text(key: str, span: Span) -> bool:
    return not is_bare(key, span) or _is_text_key(key)


def _full_time(text: str) -> str | None:
    match = _TIME.fullmatch(text)
    if match is None or (match["clock"] and ("t" in text.lower()) is not bool(match["zone"])):
        return None
    try:
        time = datetime.strptime(
            f"{match['date']} {match['clock'] or '0:0:0'}", "%Y-%m-%d %H:%M:%S"
        )
    except ValueError:
        return None
    rest = (match["fraction"] or "").rstrip("0")
    return f"{time:%Y-%m-%dT%H:%M:%S}{'.' + rest if rest else ''}{_zone(match['zone'])}"


def _zone(zone: str | None) -> str:
    return "Z" if zone in {None, "Z", "+00:00", "-00:00"} else str(zone)
