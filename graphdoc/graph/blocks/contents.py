"""What stands in the managed blocks of documents: tables, lists and trees, made from the graph."""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import field

from graphdoc.graph.blocks.columns import (
    DEFAULT_COLUMNS,
    PLURALS,
    column_cell,
    column_title,
    known_columns,
    shown_name,
)
from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind, RepoGraph
from graphdoc.graph.select import find_nodes
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.inert import inert, markdown_code
from graphdoc.model.mistake import nearest
from graphdoc.resolve.repositories.paths import matches_segments

__all__ = ["BlockError", "render_block"]

_SHAPES = ("list", "table", "tree")
_COLUMNS = "columns"
_WILD = frozenset("*?[{")


class BlockError(Exception):
    """A block's order cannot be followed."""


@dataclass(frozen=True, slots=True)
class _Order:
    """What a block asks for: ``filters`` are attributes with the patterns that they match."""

    shape: str
    kind: NodeKind
    columns: tuple[str, ...]
    filters: dict[str, str] = field(default_factory=dict)


def render_block(graph: RepoGraph, order: str) -> tuple[str, ...]:
    """The lines that belong into a block.

    Raises:
        BlockError: the order is none that graphdoc knows, or names what does not exist.
    """
    wanted = _parse(order)
    nodes = _nodes(graph, wanted)
    if not nodes:
        return ("None.",)
    match wanted.shape:
        case "list":
            return tuple(f"- {markdown_code(shown_name(node))}" for node in nodes)
        case "tree":
            return ("```text", *_tree(graph, nodes), "```")
        case _:
            return tuple(_table(graph, nodes, wanted))


def _parse(order: str) -> _Order:
    try:
        words = shlex.split(order)
    except ValueError as error:
        raise BlockError("a quote has no end") from error
    shape, kind, *options = [*words, "", ""][: max(len(words), 2)]
    if shape not in _SHAPES:
        raise BlockError(_unknown(shape, _SHAPES))
    if kind not in PLURALS:
        raise BlockError(_unknown(kind, sorted(PLURALS)))
    given = dict(_option(option) for option in options)
    columns = tuple(filter(None, given.pop(_COLUMNS, "").split(",")))
    if shape == "tree" and PLURALS[kind] is not NodeKind.APPLICATION:
        raise BlockError("only applications make a tree")
    return _Order(shape, PLURALS[kind], columns, given)


def _option(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise BlockError(f"'{text}' is not of the form key=value")
    return key, value


def _nodes(graph: RepoGraph, wanted: _Order) -> tuple[GraphNode, ...]:
    everything = tuple(graph.nodes(wanted.kind))
    kept = {node.id for node in everything}
    for key, value in wanted.filters.items():
        _check_filter(graph, everything, key, value)
        kept &= _matching(graph, wanted.kind, key, value)
    return tuple(node for node in everything if node.id in kept)


def _matching(graph: RepoGraph, kind: NodeKind, key: str, value: str) -> set[str]:
    if key == "name":
        return {node.id for node in graph.nodes(kind) if matches_segments(node.name, value)}
    return {*find_nodes(graph, f"{kind}:**[{key}={value}]")}


def _check_filter(graph: RepoGraph, nodes: tuple[GraphNode, ...], key: str, value: str) -> None:
    """A misspelt filter would keep nothing and look like an estate without such nodes."""
    columns = known_columns(nodes) - {"id", "used-by"}
    if nodes and key not in columns:
        raise BlockError(_unknown(key, sorted(columns)))
    clusters = [node.name for node in graph.nodes(NodeKind.CLUSTER)]
    if key == "cluster" and not _WILD & set(value) and value not in clusters:
        raise BlockError(_unknown(value, clusters))


def _table(graph: RepoGraph, nodes: tuple[GraphNode, ...], wanted: _Order) -> Iterator[str]:
    known = known_columns(nodes)
    for column in wanted.columns:
        if column not in known:
            raise BlockError(_unknown(column, sorted(known)))
    same = {key for key, value in wanted.filters.items() if not _WILD & set(value)}
    columns = wanted.columns or tuple(c for c in DEFAULT_COLUMNS[wanted.kind] if c not in same)
    yield _row(column_title(column, wanted.kind) for column in columns)
    yield _row("---" for _ in columns)
    for node in nodes:
        yield _row(column_cell(graph, node, column) for column in columns)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _tree(graph: RepoGraph, nodes: tuple[GraphNode, ...]) -> Iterator[str]:
    """What manages what, from those that none of the others manages."""
    names = {node.id: inert(node.name) for node in nodes}
    below = grouped(
        (edge.source, edge.target)
        for edge in graph.edges(EdgeKind.MANAGES)
        if edge.source != edge.target and {edge.source, edge.target} <= names.keys()
    )
    managed = {child for children in below.values() for child in children}
    alone = len({node.cluster for node in nodes}) == 1
    for node in nodes:
        if node.id not in managed:
            yield names[node.id] if alone else inert(node.id.partition(":")[2])
            yield from _branches(below, names, node.id, "")


def _branches(
    below: dict[str, tuple[str, ...]], names: dict[str, str], parent: str, indent: str
) -> Iterator[str]:
    """The lines below a node; what stands below several is taken apart once."""
    children = below.pop(parent, ())
    for child in children:
        last = child == children[-1]
        yield f"{indent}{'└──' if last else '├──'} {names[child]}"
        yield from _branches(below, names, child, f"{indent}{'    ' if last else '│   '}")


def _unknown(word: str, known: Iterable[str]) -> str:
    names = [*known]
    hint = nearest(word, names) or f"; known are {', '.join(names)}"
    return f"'{inert(word)}' is unknown{hint}"
