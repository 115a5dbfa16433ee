"""The recorded architecture: one fact a line, so that Git shows and merges it well.

A fact stands below its node: a field by its JSON pointer, an edge by its kind and target. Left out
is what other facts imply, so that a change is recorded once, and two branches that touch different
Applications touch different lines: bare nodes that an edge leads to, and names that the id holds.
See docs_src/decisions/0013-lock-a-fact-a-line.md.
"""

import json
import re
from collections.abc import Iterator, Mapping
from operator import itemgetter

from graphdoc.graph.changes.facts import EdgeFact, Facts, Snapshot
from graphdoc.model.dataclass import dataclass
from graphdoc.model.edge import EdgeKind
from graphdoc.model.grouping import grouped
from graphdoc.model.node import Plain

__all__ = ["Lock", "LockError", "MergeConflictError", "read_lock", "recorded_lines", "write_lock"]


_LOCK_SCHEMA = "graphdoc/lock/v1"

_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7}|={7})(?: |$)", re.MULTILINE)
_HEAD = re.compile(r"^    (\"(?:[^\"\\]|\\.)*\"): \{")
_IN_NAMESPACES = frozenset({"sealedsecret", "secret"})
_ON_CLUSTERS = frozenset({
    "application", "applicationset", "cluster", "namespace", "policy", "project", "sealedsecret",
    "secret",
})  # fmt: skip
_NAMED_BY_PATH = frozenset({"kustomization", "values"})
_NAMED_WHOLE = frozenset({"host", "image"})


class LockError(Exception):
    """The file is no recorded architecture."""


class MergeConflictError(LockError):
    """A merge left both sides in the file, or put them together wrongly."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A recorded architecture, and what of the routine it tracks.

    ``with_helm`` says whether charts at hand were rendered; ``None`` where there are none.
    """

    track: tuple[str, ...]
    nodes: Snapshot
    with_helm: bool | None = None


def write_lock(lock: Lock) -> str:
    """The text of the file: the same for the same architecture, whatever wrote it."""
    return "".join(f"{line}\n" for line in _lines(lock))


def read_lock(text: str) -> Lock:
    """A recorded architecture from its file.

    Raises:
        MergeConflictError: a merge of two records has not been resolved.
        LockError: the text is something else.
    """
    conflict = _CONFLICT.search(text)
    if conflict is not None:
        line = text.count("\n", 0, conflict.start()) + 1
        raise MergeConflictError(f"a merge left its conflict at line {line}")
    try:
        document = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise LockError("not JSON") from error
    if not isinstance(document, dict) or document.get("schema") != _LOCK_SCHEMA:
        raise LockError(f"not of schema {_LOCK_SCHEMA}")
    try:
        listed = {id_: _read_node(id_, node) for id_, node in document["nodes"].items()}
        nodes = {**{id_: _bare(id_) for id_ in _implied(listed)}, **listed}
        return Lock(tuple(document["track"]), nodes, document.get("helm"))
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise LockError("damaged") from error


def recorded_lines(text: str) -> Mapping[str, int]:
    """At which line of the file each listed node starts."""
    lines = enumerate(text.splitlines(), start=1)
    heads = ((number, match) for number, line in lines if (match := _HEAD.match(line)))
    return {json.loads(match[1]): number for number, match in heads}


def _lines(lock: Lock) -> Iterator[str]:
    yield "{"
    yield f'  "schema": {_json(_LOCK_SCHEMA)},'
    yield f'  "track": {_json([*sorted(lock.track)])},'
    if lock.with_helm is not None:
        yield f'  "helm": {_json(lock.with_helm)},'
    yield '  "nodes": {'
    implied = _implied(lock.nodes)
    listed = [id_ for id_, n in lock.nodes.items() if id_ not in implied or n != _bare(id_)]
    listed.sort(key=_order)
    for id_ in listed:
        yield from _node_lines(id_, lock.nodes[id_], "" if id_ == listed[-1] else ",")
    yield "  }"
    yield "}"


def _node_lines(id_: str, node: Facts, comma: str) -> Iterator[str]:
    facts = [f"      {fact}" for fact in _facts(id_, node)]
    if not facts:
        yield f"    {_json(id_)}: {{}}{comma}"
        return
    yield f"    {_json(id_)}: {{"
    yield from (f"{fact}," for fact in facts[:-1])
    yield facts[-1]
    yield f"    }}{comma}"


def _facts(id_: str, node: Facts) -> Iterator[str]:
    usual = _bare(id_)
    if node.name != usual.name:
        yield f'"name": {_json(node.name)}'
    if node.cluster != usual.cluster:
        yield f'"cluster": {_json(node.cluster)}'
    for pointer in sorted(node.fields):
        yield f"{_json(pointer)}: {_json(node.fields[pointer])}"
    edges = grouped((f"{one.kind} {one.target}", json.loads(one.attributes)) for one in node.edges)
    for edge_key, found in sorted(edges.items(), key=itemgetter(0)):
        yield f"{_json(edge_key)}: {_json(found[0] if len(found) == 1 else list(found))}"


def _implied(nodes: Mapping[str, Facts]) -> frozenset[str]:
    """The nodes that edges of others lead to."""
    return frozenset(edge.target for node in nodes.values() for edge in node.edges)


def _order(id_: str) -> tuple[str, str]:
    """Secrets stand below their namespace, whose line keeps apart what two branches touch."""
    kind, _, rest = id_.partition(":")
    if kind not in _IN_NAMESPACES:
        return (id_, "")
    return (f"namespace:{rest.rpartition('/')[0]}", id_)


def _bare(id_: str) -> Facts:
    """A node of which no more is known than its id says."""
    kind, _, rest = id_.partition(":")
    cluster = rest.partition("/")[0] if kind in _ON_CLUSTERS else None
    name = rest.rpartition("/")[2]
    if kind in _NAMED_BY_PATH:
        name = rest.partition("/")[2] or rest
    elif kind in _NAMED_WHOLE:
        name = rest
    return Facts(kind, name, cluster, {}, ())


def _json(value: Plain) -> str:
    return json.dumps(value, sort_keys=True)


def _once(pairs: list[tuple[str, Plain]]) -> dict[str, Plain]:
    """An object; JSON would let the last of two equal keys win without a word."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise MergeConflictError(f"a merge brought '{twice}' twice")
    return found


def _read_node(id_: str, node: dict[str, Plain]) -> Facts:
    usual = _bare(id_)
    name, cluster = node.get("name", usual.name), node.get("cluster", usual.cluster)
    fields = {key: value for key, value in node.items() if key.startswith("/")}
    related = {k: v for k, v in node.items() if k not in fields and k not in {"name", "cluster"}}
    edges = [edge for key, value in related.items() for edge in _read_edges(key, value)]
    return Facts(
        kind=usual.kind,
        name=str(name),
        cluster=None if cluster is None else str(cluster),
        fields=fields,
        edges=tuple(sorted(edges)),
    )


def _read_edges(key: str, value: Plain) -> Iterator[EdgeFact]:
    kind, _, target = key.partition(" ")
    for attributes in value if isinstance(value, list) else [value]:
        if not isinstance(attributes, dict):
            raise TypeError
        yield EdgeFact(str(EdgeKind(kind)), target, json.dumps(attributes, sort_keys=True))
