"""One node in words: what it is, what it leads to, what leads to it, and what is wrong with it."""

import json
from collections.abc import Iterable, Iterator

from graphdoc.graph.repo_graph import Edge, GraphNode, RepoGraph
from graphdoc.model.inert import inert
from graphdoc.model.location import Span
from graphdoc.model.node import Plain
from graphdoc.report.report import Report
from graphdoc.report.style import Style, paint

__all__ = ["explain_node"]

# The manifest is what `graphdoc render` shows, and repeats what the other attributes say.
_LONG = frozenset({"manifest", "rendered"})
_WIDTH = 100


def explain_node(report: Report, graph: RepoGraph, node: GraphNode) -> str:
    """The node with its places, facts, relations both ways, and findings."""
    lines = [
        paint(inert(node.id), Style.BOLD, on=report.colour),
        *_places(report, node.locations),
        *_facts(node),
        *_relations(report, "leads to", graph.edges_from(node.id), outgoing=True),
        *_relations(report, "is reached from", graph.edges_to(node.id), outgoing=False),
        *_findings(report, node),
    ]
    return "".join(f"{line}\n" for line in lines)


def _places(report: Report, spans: Iterable[Span]) -> Iterator[str]:
    for span in spans:
        yield f"  {inert(report.place(*span.file))}:{span.line}"


def _facts(node: GraphNode) -> Iterator[str]:
    facts = {key: value for key, value in node.attributes.items() if key not in _LONG}
    width = max(map(len, facts), default=0)
    told = [(key, _fact(value)) for key, value in facts.items()]
    if any(text for _, text in told):
        yield ""
    yield from (f"  {inert(key):<{width}}  {inert(text)}" for key, text in told if text)


def _fact(value: Plain) -> str:
    """A value in a line; what is empty is not worth one."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        text = ", ".join(map(_word, value))
    else:
        text = _word(value)
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _word(value: Plain) -> str:
    return value if isinstance(value, str) else json.dumps(value)


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
            f"{key} {_fact(v)}" for key, v in sorted(edge.attributes.items()) if v != ""
        )
        yield f"  {kind:<{kind_width}}  {inert(other)}{f'  ({inert(facts)})' if facts else ''}"
        yield from (f"  {line}" for line in _places(report, edge.locations))


def _findings(report: Report, node: GraphNode) -> Iterator[str]:
    about = [f for f in report.findings if f.problem.subject == node.id]
    if not about:
        return
    yield ""
    yield paint("findings", Style.BOLD, on=report.colour)
    for finding in about:
        span = finding.problem.primary.span
        yield f"  {finding.severity}[{finding.rule}] {inert(finding.problem.message)}"
        yield f"    {inert(report.place(*span.file))}:{span.line}:{span.column}"
