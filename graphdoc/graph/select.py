"""Which nodes an expression means, in the spelling that dbt made known.

``x`` is an id or a name, with ``*`` inside a segment and ``**`` across them; ``+x`` adds all that
it depends on, ``x+`` all that depends on it, ``x+2`` that in two steps. Spaces unite, commas
intersect, but for those in double quotes. ``x[attribute=value]`` keeps the nodes with such an
attribute, and ``kind[...]`` begins with all nodes of a kind.
"""

import re
from collections.abc import Callable, Iterable

from graphdoc.graph.repo_graph import NodeKind, RepoGraph
from graphdoc.model.dataclass import dataclass
from graphdoc.model.mistake import nearest
from graphdoc.model.node import Plain
from graphdoc.resolve.repositories.paths import matches_segments

__all__ = ["UnknownNodeError", "find_nodes", "select", "subgraph"]

_TERM = re.compile(r"(?P<up>\d{0,9}\+)?(?P<pattern>.*?)(?P<down>\+\d{0,9})?", re.DOTALL)
_FILTER = re.compile(r"(?P<pattern>.+)\[(?P<route>[A-Za-z_.]+)=(?P<value>[^\[\]]*)\]")
_QUOTED = re.compile(r'"([^"]*)"')
_MASK = {ord(" "): "\x00", ord(","): "\x01"}  # which no id holds
_UNMASK = {0: " ", 1: ","}
_WILDCARD = re.compile(r"[*?]|\[.*\]|\{.*\}")
_KINDS = frozenset(str(kind) for kind in NodeKind)


class UnknownNodeError(Exception):
    """A name means no node; ``hint`` asks for the one that may have been meant."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__(f"no node '{name}'{hint}")
        self.hint = hint


@dataclass(frozen=True, slots=True)
class _Term:
    pattern: str
    up: int | None
    down: int | None


def select(graph: RepoGraph, expression: str) -> frozenset[str]:
    """The ids that an expression means.

    Raises:
        UnknownNodeError: a name without a wildcard means nothing.
    """
    if graph.node(expression) is not None:
        return frozenset((expression,))
    masked = _QUOTED.sub(lambda quoted: quoted[1].translate(_MASK), expression)
    unions = (_intersection(graph, part) for part in masked.split())
    return frozenset(id_ for ids in unions for id_ in ids)


def find_nodes(graph: RepoGraph, pattern: str) -> tuple[str, ...]:
    """The ids that one id, name or glob means, sorted.

    Raises:
        UnknownNodeError: it has no wildcard and means nothing.
    """
    if graph.node(pattern) is not None:
        return (pattern,)
    kept = _FILTER.fullmatch(pattern)
    if kept is not None:
        kind = kept["pattern"]
        start = find_nodes(graph, f"{kind}:**" if kind in _KINDS else kind)
        return tuple(id_ for id_ in start if _has(graph, id_, kept["route"], kept["value"]))
    kind, _, rest = pattern.partition(":")
    by_id = kind in _KINDS and bool(rest)
    found = tuple(
        node.id
        for node in graph.nodes()
        if (
            node.kind == kind and matches_segments(node.id.partition(":")[2], rest)
            if by_id
            else matches_segments(node.name, pattern)
        )
    )
    if not found and not _WILDCARD.search(pattern):
        raise UnknownNodeError(pattern, _hint(graph, pattern, by_id=by_id))
    return found


def _has(graph: RepoGraph, id_: str, route: str, value: str) -> bool:
    """Whether an attribute, or one item of it where it is a list, matches a pattern."""
    node = graph.node(id_)
    assert node is not None  # it was found in this graph
    found: Plain = {"cluster": node.cluster, **node.attributes}
    for key in route.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    values = found if isinstance(found, list) else [found]
    return any(matches_segments(_text(item), value) for item in values if item is not None)


def _text(value: Plain) -> str:
    """A value as YAML writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def subgraph(graph: RepoGraph, ids: Iterable[str]) -> RepoGraph:
    """The part of a graph that holds these nodes and the edges between them."""
    kept = frozenset(ids)
    return RepoGraph(
        (node for node in graph.nodes() if node.id in kept),
        (edge for edge in graph.edges() if edge.source in kept and edge.target in kept),
    )


def _intersection(graph: RepoGraph, part: str) -> frozenset[str]:
    texts = (text.translate(_UNMASK) for text in part.split(",") if text)
    groups = [_term_nodes(graph, text) for text in texts]
    return frozenset.intersection(*groups) if groups else frozenset()


def _term_nodes(graph: RepoGraph, text: str) -> frozenset[str]:
    term = _parse_term(graph, text)
    start = frozenset(find_nodes(graph, term.pattern))
    found = set(start)
    if term.up is not None:
        found |= _reach(start, term.up, lambda id_: (e.target for e in graph.edges_from(id_)))
    if term.down is not None:
        found |= _reach(start, term.down, lambda id_: (e.source for e in graph.edges_to(id_)))
    return frozenset(found)


def _parse_term(graph: RepoGraph, text: str) -> _Term:
    match = _TERM.fullmatch(text)
    # A chart's version may hold a plus sign, so a whole id wins over its reading as an expression.
    if match is None or graph.node(text) is not None:
        return _Term(text, None, None)
    return _Term(match["pattern"], _steps(match["up"]), _steps(match["down"]))


def _steps(mark: str | None) -> int | None:
    """How far to go; ``None`` for not at all. A bare plus goes all the way."""
    if mark is None:
        return None
    digits = mark.strip("+")
    return int(digits) if digits else 1 << 30


def _reach(
    start: frozenset[str], steps: int, step: Callable[[str], Iterable[str]]
) -> frozenset[str]:
    seen, edge = set(start), start
    while edge and steps > 0:
        edge = frozenset(next_id for id_ in edge for next_id in step(id_)) - seen
        seen |= edge
        steps -= 1
    return frozenset(seen)


def _hint(graph: RepoGraph, pattern: str, *, by_id: bool) -> str:
    """The likeliest id, a slip in the kind's name included; for a name the likeliest name."""
    is_id = by_id or ":" in pattern
    known = {node.id if is_id else node.name for node in graph.nodes()}
    return nearest(pattern, known, 0.6)
