"""What changed about a node, in the words of the field."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from posixpath import commonprefix

from graphdoc.graph.changes.compare import Change, EdgeChange, FieldChange, NodeChange
from graphdoc.model.grouping import first_of, plural_of
from graphdoc.model.node import Plain, unescape_pointer

__all__ = [
    "VALUES_POINTER", "became", "describe", "from_difference", "is_of_files", "named", "rank",
    "shorten", "shown_name",
]  # fmt: skip

# Where a change of effective values stands among the fields of an Application.
VALUES_POINTER = "/effective_values/"

_WIDTH = 120
_CONTEXT = 30
_NAMED = 6
_FEW_WORDS = 10
_CHANGES = (Change.REMOVED, Change.CHANGED, Change.ADDED)
_KINDS = (
    "cluster", "application", "applicationset", "secret", "sealedsecret", "policy", "project",
    "chart", "kustomization", "values",
)  # fmt: skip
_OF_FILES = frozenset({"file", "kustomization"})
_WITH_REPOSITORY = frozenset({"file", "kustomization", "values"})
_VERBS = {Change.ADDED: "now", Change.REMOVED: "no longer"}
_PLURALS = {"is": "are", "has": "have"}
_MISSING = "/missing"
_UNDECIDED = "/undecided"
_RESOLVED = "/resolved"
_WAVE = "/manifest/metadata/annotations/argocd.argoproj.io~1sync-wave"
_RENDERED = re.compile(r"/rendered/kinds/(?P<kind>.+)")
_TAG = re.compile(r"/tags/(?P<tag>.+)")
_MANIFEST = "/manifest/"


def describe(entry: NodeChange) -> Iterator[str]:
    """Every change of a node that goes on; what came or went is told by its name alone."""
    if entry.change is not Change.CHANGED:
        return
    is_open = any(field.pointer == _UNDECIDED and field.after for field in entry.fields)
    silent = {_MISSING} if is_open else {_RESOLVED} if entry.unknown else set()
    fields = [field for field in entry.fields if field.pointer not in silent]
    counts = [words for field in fields if (words := _count_words(field)) is not None]
    yield from [f"what it brings is not known any more: {entry.unknown}"] if entry.unknown else []
    yield from (_field_words(field) for field in fields if _count_words(field) is None)
    yield from [f"renders {', '.join(counts)}"] if counts else []
    yield from map(_edge_words, entry.edges)


def shown_name(entry: NodeChange) -> str:
    """A node as one would call it on its cluster: with its namespace, or with its repository."""
    rest = entry.subject.partition(":")[2]
    if entry.cluster and rest.startswith(f"{entry.cluster}/"):
        return rest.removeprefix(f"{entry.cluster}/")
    return rest if entry.kind in _WITH_REPOSITORY else entry.name


def rank(entry: NodeChange) -> tuple[int, int]:
    """How much a change matters: losses first, and what others hang on before the rest."""
    worse = entry.kind == "secret" and any(field.pointer == _MISSING for field in entry.fields)
    change = 0 if worse else _CHANGES.index(entry.change)
    return change, _KINDS.index(entry.kind) if entry.kind in _KINDS else len(_KINDS)


def shorten(value: Plain) -> str:
    """A value on one line of bounded length."""
    text = value if isinstance(value, str) else _listed(value)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def named(ids: Sequence[str]) -> str:
    """The first of some ids, and how many more there are."""
    return first_of(ids, _NAMED)


def is_of_files(entry: NodeChange) -> bool:
    """Whether an entry says only what the files that changed say already."""
    return entry.kind in _OF_FILES


def _listed(value: Plain) -> str:
    """A list of words as such, anything else as JSON."""
    if isinstance(value, list) and _are_words(value):
        return ", ".join(map(str, value))
    return json.dumps(value, sort_keys=True)


def _field_words(field: FieldChange) -> str:
    return _special(field) or f"{_name(field.pointer)} {_became(field)}"


def _became(field: FieldChange) -> str:
    """What has become of a field; of a list of them, such as the keys, in the plural."""
    words = became(field.before, field.after)
    is_list = isinstance(field.before, list) or isinstance(field.after, list)
    if not (is_list and field.pointer.endswith("s")):
        return words
    verb, _, rest = words.partition(" ")
    return f"{_PLURALS.get(verb, verb)} {rest}"


def _count_words(field: FieldChange) -> str | None:
    """How many resources of a kind there are now, where a field says so."""
    kind = _RENDERED.fullmatch(field.pointer)
    if kind is None:
        return None
    before, after = _shortened(field)
    return f"{after} {kind['kind'] if after == '1' else plural_of(kind['kind'])} (was {before})"


def _special(field: FieldChange) -> str | None:
    """The words for what the field has words of its own for."""
    before, after = _shortened(field)
    tag = _TAG.fullmatch(field.pointer)
    if tag is not None and (field.before is None or field.after is None):
        return f"tag {tag['tag']} is run " + (f"now by {after}" if field.after else "no longer")
    known = "is not known" if field.after else "is known again"
    words = {
        "/rendered/digest": "renders other content",
        _MISSING: "nothing produces it any more" if field.after else "is produced again",
        _UNDECIDED: f"whether something produces it {known}",
        _WAVE: f"sync wave {before} → {after}",
    }
    return words.get(field.pointer)


def _shortened(field: FieldChange) -> tuple[str, str]:
    before, after = (shorten(v) if v is not None else "0" for v in (field.before, field.after))
    return before, after


def became(before: Plain, after: Plain, say: Callable[[Plain], str] = shorten) -> str:
    """What has become of a value; ``None`` where there is, or was, none."""
    listed = _list_words(before, after)
    if listed is not None:
        return listed
    if after is None:
        return f"is gone (was {say(before)})"
    if before is None:
        return f"is now {say(after)}"
    was, now = say(before), say(after)
    if was == now and was.endswith("…"):
        was, now = from_difference(before, after)
    return f"is now {now} (was {was})"


def from_difference(before: Plain, after: Plain) -> tuple[str, str]:
    """Two long values, from a little before the place where they differ."""
    was, now = (v if isinstance(v, str) else _listed(v) for v in (before, after))
    start = max(len(commonprefix((was, now))) - _CONTEXT, 0)
    return f"…{shorten(was[start:])}", f"…{shorten(now[start:])}"


def _list_words(before: Plain, after: Plain) -> str | None:
    """What comes to a list of words and what goes, so that long lists need no comparing."""
    if not (isinstance(before, list) and isinstance(after, list) and _are_words(before + after)):
        return None
    if len(before) < 2 and len(after) < 2:  # noqa: PLR2004 -- one word instead of another
        return None
    come = [str(word) for word in after if word not in before]
    gone = [str(word) for word in before if word not in after]
    parts = [f"now also {first_of(come, _FEW_WORDS)}"] if come else []
    parts += [f"no longer {first_of(gone, _FEW_WORDS)}"] if gone else []
    return f"has {' and '.join(parts)}" if parts else "is in another order"


def _are_words(items: list[Plain]) -> bool:
    return bool(items) and all(isinstance(item, str) for item in items)


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
        key = unescape_pointer(part)
        simple = re.fullmatch(r"[\w-]+", key) is not None
        text += f"[{key}]" if key.isdecimal() or not simple else f".{key}"
    return text.lstrip(".")


def _edge_words(edge: EdgeChange) -> str:
    if edge.change is Change.CHANGED:
        return f"{edge.kind} {edge.target} {_now_otherwise(edge)}".rstrip()
    facts = ", ".join(f"{key} {shorten(value)}" for key, value in sorted(edge.attributes.items()))
    tail = f" ({facts})" if facts else ""
    return f"{_VERBS[edge.change]} {edge.kind} {edge.target}{tail}"


def _now_otherwise(edge: EdgeChange) -> str:
    """The facts of a relation that are others now."""
    parts = []
    for key in sorted({*edge.before, *edge.attributes}):
        before, after = edge.before.get(key), edge.attributes.get(key)
        if before != after:
            now = f"with {key} {shorten(after)}" if key in edge.attributes else f"without {key}"
            parts.append(f"{now} (was {shorten(before)})" if key in edge.before else now)
    return ", ".join(parts)
