"""What Kustomize's YAML makes of a resource that other readers do not.

A date without quotes is a point in time and is printed in full; a key that is no text is refused.
"""

import re
from collections.abc import Callable
from datetime import datetime
from operator import is_

from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.parse.scalars import NO_TEXT_STARTS, NO_TEXTS, resolve_scalar
from graphdoc.resolve.kustomize.trees import KustomizeError

__all__ = ["as_kustomize"]

# Where a folded text may change: a break before an indent, or several at the end.
_UNEVEN = re.compile(r"\n[ \t]|\n\n$")
_BLANKS = (" ", "\t", "")
_TIME = re.compile(
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2})(?:(?:[Tt]| +)(?P<clock>\d{1,2}:\d{1,2}:\d{1,2})"
    r"(?:\.(?P<fraction>\d{1,9})\d*)?(?P<zone>Z|[+-]\d{2}:\d{2})?)?"
)


def as_kustomize(manifest: Mapping, is_folded: Callable[[Span], bool]) -> Mapping:
    """The tree as Kustomize reads it; unchanged parts are shared.

    Raises:
        KustomizeError: a key is a number, a boolean, a date or null.
    """
    return _Reading(is_folded).read_mapping(manifest)


class _Reading:
    def __init__(self, is_folded: Callable[[Span], bool]) -> None:
        self._is_folded = is_folded

    def read_mapping(self, node: Mapping) -> Mapping:
        changed: dict[str, Node] = {}
        for key, value in node.entries.items():
            if (key in NO_TEXTS or key[0] in NO_TEXT_STARTS) and _is_no_text(key, node.keys[key]):
                raise KustomizeError(f"key '{key}' is no text", node.keys[key])
            if isinstance(value, Scalar) and value.text[4:5] != "-" and "\n" not in value.text:
                continue  # neither a time nor a folded text, as nearly all are
            new = self._read(value)
            if new is not value:
                changed[key] = new
        return node._replace(entries={**node.entries, **changed}) if changed else node

    def _read(self, node: Node) -> Node:
        match node:
            case Scalar():
                return self._read_scalar(node)
            case Sequence():
                items = tuple(map(self._read, node.items))
                return node if all(map(is_, items, node.items)) else node._replace(items=items)
            case Mapping():
                return self.read_mapping(node)

    def _read_scalar(self, node: Scalar) -> Scalar:
        text = node.text
        if node.plain:
            time = _full_time(text) if text[4:5] == "-" and node.value == text else None
            return node if time is None else node._replace(value=time)
        if "\n" in text and _UNEVEN.search(text) and self._is_folded(node.span):
            refolded = _refolded(text)
            return node._replace(value=refolded, text=refolded)
        return node


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


def _is_no_text(key: str, span: Span) -> bool:
    """A quoted key takes more room than its text."""
    is_bare = span.end_line == span.line and span.end_column - span.column == len(key)
    is_special = not isinstance(resolve_scalar(key), str) or (key[4:5] == "-" and _full_time(key))
    return is_bare and bool(is_special)


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
