"""What changed between two states of an architecture, node by node."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import StrEnum

from graphdoc.graph.changes.facts import Facts, Snapshot
from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.coverage import Coverage
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.node import Plain

__all__ = [
    "Change",
    "Changes",
    "EdgeChange",
    "FieldChange",
    "NodeChange",
    "compare",
    "without_reordered",
]
_ELEMENT = re.compile(
    r"(?P<list>/manifest/spec/(?:.+/)?generators/\d+/list/elements)/(?P<at>\d+)(?P<rest>/.*)?"
)
_Fields = Mapping[str, Plain]
_Lists = dict[str, list[str]]


class Change(StrEnum):
    """How something differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One attribute of a node; ``None`` where it is absent."""

    pointer: str
    before: Plain
    after: Plain


@dataclass(frozen=True, slots=True)
class EdgeChange:
    """One relation; for a changed one the attributes are those it has now, and it had before."""

    change: Change
    kind: str
    source: str
    target: str
    attributes: Mapping[str, Plain]
    before: Mapping[str, Plain] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NodeChange:
    """Everything that changed about one node; ``locations`` is empty where it is gone.

    ``unknown`` says why it is not known what it brings.
    """

    change: Change
    subject: str
    kind: str
    name: str
    cluster: str | None
    fields: tuple[FieldChange, ...]
    edges: tuple[EdgeChange, ...]
    locations: tuple[Span, ...]
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """A whole comparison: from ``base`` to ``head``."""

    base: str
    head: str
    changes: tuple[NodeChange, ...]
    coverage: Coverage

    def total(self, change: Change) -> int:
        """How many nodes changed this way."""
        return sum(entry.change is change for entry in self.changes)


def compare(before: Snapshot, after: Snapshot, graph: RepoGraph) -> tuple[NodeChange, ...]:
    """One entry for each node that differs, sorted; ``graph`` knows where the new state stands."""
    entries = (_compare_node(id_, before, after, graph) for id_ in sorted({*before, *after}))
    return tuple(entry for entry in entries if entry is not None)


def _compare_node(
    id_: str, before: Snapshot, after: Snapshot, graph: RepoGraph
) -> NodeChange | None:
    old, new = before.get(id_), after.get(id_)
    known = new or old
    if known is None or old == new:
        return None
    fields: tuple[FieldChange, ...] = ()
    edges = tuple(_compare_edges(id_, old, new))
    change = Change.ADDED if new else Change.REMOVED
    if old and new:
        change, fields = Change.CHANGED, tuple(_compare_fields(old, new))
        if not fields and not edges:
            return None
    node = graph.node(id_) if new else None
    locations = node.locations if node is not None else ()
    return NodeChange(change, id_, known.kind, known.name, known.cluster, fields, edges, locations)


def _compare_fields(old: Facts, new: Facts) -> Iterator[FieldChange]:
    was, now = without_reordered(old.fields, new.fields)
    for pointer in sorted({*was, *now}):
        before, after = was.get(pointer), now.get(pointer)
        if before != after or type(before) is not type(after):
            yield FieldChange(pointer, before, after)


def _compare_edges(source: str, old: Facts | None, new: Facts | None) -> Iterator[EdgeChange]:
    before, after = Counter(old.edges if old else ()), Counter(new.edges if new else ())
    gone, come = sorted((before - after).elements()), sorted((after - before).elements())
    for fact in come:
        match = next((g for g in gone if (g.kind, g.target) == (fact.kind, fact.target)), None)
        if match is not None:
            gone.remove(match)
        change = Change.CHANGED if match else Change.ADDED
        was = json.loads(match.attributes) if match else {}
        yield EdgeChange(change, fact.kind, source, fact.target, json.loads(fact.attributes), was)
    for fact in gone:
        attributes: dict[str, Plain] = json.loads(fact.attributes)
        yield EdgeChange(Change.REMOVED, fact.kind, source, fact.target, attributes)


def without_reordered(old: _Fields, new: _Fields) -> tuple[_Fields, _Fields]:
    """Both without the lists that hold the same elements in another order."""
    was, now = _elements(old), _elements(new)
    same = {name for name in was.keys() & now.keys() if was[name] == now[name]}
    return _without(old, same), _without(new, same)


def _elements(fields: _Fields) -> _Lists:
    """The elements of each list as text, sorted."""
    found = [(match, value) for p, value in fields.items() if (match := _ELEMENT.fullmatch(p))]
    items = grouped(((m["list"], m["at"]), (m["rest"] or "", value)) for m, value in found)
    texts = ((name, json.dumps(dict(item), sort_keys=True)) for (name, _), item in items.items())
    return {name: sorted(elements) for name, elements in grouped(texts).items()}


def _without(fields: _Fields, lists: set[str]) -> _Fields:
    return {
        pointer: value
        for pointer, value in fields.items()
        if not (match := _ELEMENT.fullmatch(pointer)) or match["list"] not in lists
    }
