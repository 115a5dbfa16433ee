"""One node in words: what it is, what it leads to, what leads to it, and what is wrong with it."""

import json
import sys
from collections.abc import Iterable, Iterator

from graphdoc.graph.repo_graph import Edge, GraphNode, NodeKind, RepoGraph
from graphdoc.model.inert import inert
from graphdoc.model.location import Span
from graphdoc.model.node import Plain
from graphdoc.report.report import Report, line_at
from graphdoc.report.style import Style, paint

__all__ = ["explain_node"]

# The manifest is what `graphdoc render` shows, and repeats what the other attributes say.
_LONG = frozenset({"manifest", "rendered"})
_WIDTH = 100
_EMPTY: tuple[Plain, ...] = (None, "", [], {})


def explain_node(report: Report, graph: RepoGraph, node: GraphNode) -> str:
    """The node with its places, facts, relations both ways, and findings."""
    lines = [
        paint(inert(node.id), Style.BOLD, on=report.colour),
        *_places(report, node.locations),
        *_facts(node),
        *_relations(report, "leads to", graph.edges_from(node.id), outgoing=True),
        *_relations(report, "is reached from", graph.edges_to(node.id), outgoing=False),
        *_findings(report, node),
        *_not_understood(report, graph, node),
    ]
    return "".join(f"{line}\n" for line in lines)


def _places(report: Report, spans: Iterable[Span]) -> Iterator[str]:
    for span in spans:
        yield f"  {inert(line_at(report.place, span))}"


def _facts(node: GraphNode) -> Iterator[str]:
    facts = {key: value for key, value in node.attributes.items() if key not in _LONG}
    rows = [(key, line) for key, value in facts.items() for line in _lines(value)]
    if rows:
        yield ""
    width, last = max((len(key) for key in facts), default=0), ""
    for key, line in rows:
        yield f"  {inert('' if key == last else key):<{width}}  {inert(line)}"
        last = key


def _lines(value: Plain) -> list[str]:
    """A value in a line; a list that is too long for one has a line for each item."""
    if value in _EMPTY:
        return []
    text = _phrase(value)
    if not isinstance(value, list):
        return [text]
    is_table = any(isinstance(item, dict) for item in value)
    return [_phrase(item) for item in value] if is_table or len(text) > _WIDTH else [text]


def _phrase(value: Plain) -> str:
    if isinstance(value, dict):
        told = {key: item for key, item in value.items() if item not in _EMPTY}
        return ", ".join(f"{key} {_nested(item)}" for key, item in told.items())
    if isinstance(value, list):
        return ", ".join(map(_nested, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value)


def _nested(value: Plain) -> str:
    text = _phrase(value)
    return f"({text})" if isinstance(value, dict) else text


def _relations(
    report: Report, title: str, edges: Iterable[Edge], *, outgoing: bool
) -> Iterator[str]:
    rows = [(str(e.kind), e.target if outgoing else e.source, e) for e in edges]
    if not rows:
        return
    yield ""
    yield paint(title, Style.BOLD, on=report.colour)
    kind_width = max(len(kind) for kind, _, _ in rows)
    for kind, other, edge in rows:
        facts = ", ".join(
            f"{key} {_phrase(v)}" for key, v in sorted(edge.attributes.items()) if v != ""
        )
        yield f"  {kind:<{kind_width}}  {inert(other)}{f'  ({inert(facts)})' if facts else ''}"
        yield from (f"  {line}" for line in _places(report, edge.locations))


def _findings(report: Report, node: GraphNode) -> Iterator[str]:
    about = [f for f in report.findings if node.id in f.problem.subjects]
    if not about:
        return
    yield ""
    yield paint("findings", Style.BOLD, on=report.colour)
    for finding in about:
        span = finding.problem.primary.span
        yield f"  {finding.severity}[{finding.rule}] {inert(finding.problem.message)}"
        yield f"    {inert(line_at(report.place, span))}:{span.column}"


def _not_understood(report: Report, graph: RepoGraph, node: GraphNode) -> Iterator[str]:
    """What keeps an Application from being resolved: the gaps where it or its sources stand."""
    if node.attributes.get("resolved") is not False:
        return
    spans = [span for edge in graph.edges_from(node.id) for span in edge.locations]
    lines = {(span.file, span.line) for span in spans}
    own = [(span.file, range(span.line, _end(graph, span))) for span in node.locations]
    about = [
        gap
        for gap in report.coverage.not_understood
        if (gap.location.file, gap.location.line) in lines
        or any(gap.location.file == file and gap.location.line in part for file, part in own)
    ]
    if not about:
        return
    yield ""
    yield paint("not understood", Style.BOLD, on=report.colour)
    for gap in about:
        yield f"  {inert(gap.reason)}"
        yield from (f"  {line}" for line in _places(report, [gap.location]))


def _end(graph: RepoGraph, start: Span) -> int:
    """The line at which the next Application of the same file begins."""
    spans = (span for node in graph.nodes(NodeKind.APPLICATION) for span in node.locations)
    following = (s.line for s in spans if s.file == start.file and s.line > start.line)
    return min(following, default=sys.maxsize)
