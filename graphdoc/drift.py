"""The recorded architecture: one fact a line, so that Git shows and merges it well."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from graphdoc.graph.facts import EdgeFact, Facts, Snapshot
from graphdoc.model.node import Plain

__all__ = ["LOCK_SCHEMA", "Lock", "LockError", "read_lock", "write_lock"]


LOCK_SCHEMA = "graphdoc/lock/v1"


class LockError(Exception):
    """The file is no recorded architecture."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A recorded architecture, and what of the routine it tracks."""

    track: tuple[str, ...]
    nodes: Snapshot


def write_lock(lock: Lock) -> str:
    """The text of the file: the same for the same architecture, whatever wrote it."""
    return "".join(f"{line}\n" for line in _lines(lock))


def read_lock(text: str) -> Lock:
    """A recorded architecture from its file.

    Raises:
        LockError: the text is something else.
    """
    try:
        document = json.loads(text)
    except ValueError as error:
        raise LockError("not JSON") from error
    if not isinstance(document, dict) or document.get("schema") != LOCK_SCHEMA:
        raise LockError(f"not of schema {LOCK_SCHEMA}")
    try:
        nodes = {id_: _read_node(id_, node) for id_, node in document["nodes"].items()}
        return Lock(tuple(document["track"]), nodes)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise LockError("damaged") from error


def _lines(lock: Lock) -> Iterator[str]:
    yield "{"
    yield f'  "schema": {_json(LOCK_SCHEMA)},'
    yield f'  "track": {_json([*sorted(lock.track)])},'
    yield '  "nodes": {'
    last = max(lock.nodes, default="")
    for id_ in sorted(lock.nodes):
        yield from _node_lines(id_, lock.nodes[id_], "" if id_ == last else ",")
    yield "  }"
    yield "}"


def _node_lines(id_: str, facts: Facts, comma: str) -> Iterator[str]:
    yield f"    {_json(id_)}: {{"
    yield f'      "name": {_json(facts.name)},'
    yield f'      "cluster": {_json(facts.cluster)},'
    fields = [f"{_json(p)}: {_json(facts.fields[p])}" for p in sorted(facts.fields)]
    edges = [_json([e.kind, e.target, json.loads(e.attributes)]) for e in facts.edges]
    yield from _block('"fields": {', fields, "},")
    yield from _block('"edges": [', edges, "]")
    yield f"    }}{comma}"


def _block(opening: str, facts: list[str], closing: str) -> Iterator[str]:
    if not facts:
        yield f"      {opening}{closing}"
        return
    yield f"      {opening}"
    yield from (f"        {fact}," for fact in facts[:-1])
    yield f"        {facts[-1]}"
    yield f"      {closing}"


def _json(value: Plain) -> str:
    return json.dumps(value, sort_keys=True)


def _read_node(id_: str, node: dict[str, Plain]) -> Facts:
    fields, edges = node["fields"], node["edges"]
    if not isinstance(fields, dict) or not isinstance(edges, list):
        raise LockError(f"damaged at {id_}")
    cluster = node["cluster"]
    return Facts(
        kind=id_.partition(":")[0],
        name=str(node["name"]),
        cluster=None if cluster is None else str(cluster),
        fields=fields,
        edges=tuple(sorted(_read_edge(edge) for edge in edges)),
    )


def _read_edge(edge: Plain) -> EdgeFact:
    if not isinstance(edge, list):
        raise TypeError
    kind, target, attributes = edge
    return EdgeFact(str(kind), str(target), json.dumps(attributes, sort_keys=True))
