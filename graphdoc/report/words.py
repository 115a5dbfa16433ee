"""What changed about a node, in the words of the field."""

import json
import re
from collections.abc import Iterator

from graphdoc.graph.compare import Change, EdgeChange, FieldChange, NodeChange
from graphdoc.model.node import Plain

__all__ = ["VALUES_POINTER", "describe", "rank", "shorten"]

# Where a change of effective values stands among the fields of an Application.
VALUES_POINTER = "/effective_values/"

_WIDTH = 120
_CHANGES = (Change.REMOVED, Change.CHANGED, Change.ADDED)
_KINDS = (
    "cluster", "application", "applicationset", "secret", "sealedsecret", "policy", "project",
    "chart", "kustomization", "values",
)  # fmt: skip
_VERBS = {Change.ADDED: "now", Change.REMOVED: "no longer"}
_WAVE = "/manifest/metadata/annotations/argocd.argoproj.io~1sync-wave"
_RENDERED = re.compile(r"/rendered/kinds/(?P<kind>.+)")
_TAG = re.compile(r"/tags/(?P<tag>.+)")
_MANIFEST = "/manifest/"


def describe(entry: NodeChange) -> Iterator[str]:
    """Every change of a node that goes on; what came or went is told by its name alone."""
    if entry.change is not Change.CHANGED:
        return
    yield from map(_field_words, entry.fields)
    yield from map(_edge_words, entry.edges)


def rank(entry: NodeChange) -> tuple[int, int]:
    """How much a change matters: losses first, and what others hang on before the rest."""
    worse = entry.kind == "secret" and any(field.pointer == "/missing" for field in entry.fields)
    change = 0 if worse else _CHANGES.index(entry.change)
    return change, _KINDS.index(entry.kind) if entry.kind in _KINDS else len(_KINDS)


def shorten(value: Plain) -> str:
    """A value on one line of bounded length."""
    text = value if isinstance(value, str) else _listed(value)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _listed(value: Plain) -> str:
    """A list of words as such, anything else as JSON."""
    words = [word for word in value if isinstance(word, str)] if isinstance(value, list) else []
    if words and isinstance(value, list) and len(words) == len(value):
        return ", ".join(words)
    return json.dumps(value, sort_keys=True)


def _field_words(field: FieldChange) -> str:
    return _special(field) or f"{_name(field.pointer)} {_became(field)}"


def _special(field: FieldChange) -> str | None:
    """The words for what the field has words of its own for."""
    before, after = (shorten(v) if v is not None else "0" for v in (field.before, field.after))
    kind = _RENDERED.fullmatch(field.pointer)
    if kind is not None:
        return f"renders {after} {kind['kind']} (was {before})"
    match field.pointer:
        case "/rendered/digest":
            return "renders other content"
        case "/missing":
            return "nothing produces it any more" if field.after else "is produced again"
        case pointer if pointer == _WAVE:
            return f"sync wave {before} → {after}"
        case _:
            return None


def _became(field: FieldChange) -> str:
    if field.before is None:
        return f"is now {shorten(field.after)}"
    if field.after is None:
        return f"is gone (was {shorten(field.before)})"
    return f"is now {shorten(field.after)} (was {shorten(field.before)})"


def _name(pointer: str) -> str:
    """A field as one would say it."""
    tag = _TAG.fullmatch(pointer)
    if tag is not None:
        return f"tag {tag['tag']}"
    if pointer.startswith(VALUES_POINTER):
        return f"value {_dotted(pointer.removeprefix(VALUES_POINTER))}"
    return _dotted(pointer)


def _dotted(pointer: str) -> str:
    """A pointer, one into a manifest without its head, with dots and without escapes."""
    parts = pointer.removeprefix(_MANIFEST).lstrip("/").split("/")
    text = ""
    for part in parts:
        key = part.replace("~1", "/").replace("~0", "~")
        simple = re.fullmatch(r"[\w-]+", key) is not None
        text += f"[{key}]" if key.isdecimal() or not simple else f".{key}"
    return text.lstrip(".")


def _edge_words(edge: EdgeChange) -> str:
    facts = ", ".join(f"{key} {shorten(value)}" for key, value in sorted(edge.attributes.items()))
    tail = f" ({facts})" if facts else ""
    if edge.change is not Change.CHANGED:
        return f"{_VERBS[edge.change]} {edge.kind} {edge.target}{tail}"
    return f"still {edge.kind} {edge.target}, now otherwise{tail}"
