"""The graph in the formats of other programs: Graphviz DOT, Mermaid, GraphML, JSON, Backstage.

Text of the repositories is quoted for each format, so that a name cannot become markup.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from html import escape
from types import MappingProxyType

from graphdoc.graph.export.backstage import graph_to_backstage
from graphdoc.graph.export.plain import graph_to_json
from graphdoc.graph.repo_graph import NodeKind, RepoGraph
from graphdoc.model.coverage import Coverage

__all__ = ["EXPORTERS", "GraphFormat", "mermaid_text"]  # fmt: skip

_SHAPES = MappingProxyType(
    {
        NodeKind.CLUSTER: "box3d",
        NodeKind.APPLICATION: "component",
        NodeKind.APPLICATION_SET: "component",
        NodeKind.REPOSITORY: "cylinder",
        NodeKind.SECRET: "octagon",
        NodeKind.SEALED_SECRET: "octagon",
        NodeKind.VALUES: "note",
        NodeKind.FILE: "note",
        NodeKind.KUSTOMIZATION: "folder",
    }
)
_GRAPHML = "http://graphml.graphdrawing.org/xmlns"
_NODE_KEYS = ("kind", "name", "cluster")


class GraphFormat(StrEnum):
    """What ``graphdoc graph --format`` writes."""

    JSON = "json"
    DOT = "dot"
    MERMAID = "mermaid"
    GRAPHML = "graphml"
    BACKSTAGE = "backstage"


_Exporter = Callable[[RepoGraph, Coverage], str]

EXPORTERS: Mapping[GraphFormat, _Exporter] = MappingProxyType(
    {
        GraphFormat.JSON: graph_to_json,
        GraphFormat.DOT: lambda graph, _: _joined(_dot_lines(graph)),
        GraphFormat.MERMAID: lambda graph, _: _joined(_mermaid_lines(graph)),
        GraphFormat.GRAPHML: lambda graph, _: _joined(_graphml_lines(graph)),
        GraphFormat.BACKSTAGE: lambda graph, _: graph_to_backstage(graph),
    }
)


def _joined(lines: Iterator[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _dot_lines(graph: RepoGraph) -> Iterator[str]:
    yield "digraph graphdoc {"
    yield "  rankdir=LR;"
    yield '  node [fontname="Helvetica", shape=box];'
    yield '  edge [fontname="Helvetica", fontsize=10];'
    for node in graph.nodes():
        label = _dot_text(f"{node.name}\n{node.kind}")
        yield f"  {_dot_text(node.id)} [label={label}, shape={_SHAPES.get(node.kind, 'box')}];"
    for edge in graph.edges():
        ends = f"{_dot_text(edge.source)} -> {_dot_text(edge.target)}"
        yield f"  {ends} [label={_dot_text(str(edge.kind))}];"
    yield "}"


def _dot_text(text: str) -> str:
    """A quoted string; a backslash is doubled, because Graphviz reads escapes of its own."""
    clean = _visible(text.replace("\\", "\\\\").replace('"', '\\"'), keep="\n")
    return '"' + clean.replace("\n", "\\n") + '"'


def _mermaid_lines(graph: RepoGraph) -> Iterator[str]:
    yield "flowchart LR"
    numbers = {node.id: f"n{index}" for index, node in enumerate(graph.nodes())}
    for node in graph.nodes():
        yield f'  {numbers[node.id]}["{mermaid_text(node.name)}<br/>{node.kind}"]'
    for edge in graph.edges():
        if edge.source in numbers and edge.target in numbers:
            yield f"  {numbers[edge.source]} -->|{edge.kind}| {numbers[edge.target]}"


def mermaid_text(text: str) -> str:
    """Text in which every mark that Mermaid or HTML could read is a character code."""
    shown = _visible(text)  # a code is the character again, also one that turns a line around
    shown = re.sub(r"\$(?=\$)", "$\N{ZERO WIDTH SPACE}", shown)  # two would begin a formula
    return "".join(c if c.isalnum() or c in " -_./@" else f"#{ord(c)};" for c in shown)


def _graphml_lines(graph: RepoGraph) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<graphml xmlns="{_GRAPHML}">'
    for key in _NODE_KEYS:
        yield f'  <key id="{key}" for="node" attr.name="{key}" attr.type="string"/>'
    yield '  <key id="relation" for="edge" attr.name="kind" attr.type="string"/>'
    yield '  <graph id="graphdoc" edgedefault="directed">'
    for node in graph.nodes():
        facts = zip(_NODE_KEYS, (str(node.kind), node.name, node.cluster), strict=True)
        data = "".join(f'<data key="{key}">{_xml(text)}</data>' for key, text in facts if text)
        yield f"    <node id={_xml_attribute(node.id)}>{data}</node>"
    for edge in graph.edges():
        ends = f"source={_xml_attribute(edge.source)} target={_xml_attribute(edge.target)}"
        yield f'    <edge {ends}><data key="relation">{edge.kind}</data></edge>'
    yield "  </graph>"
    yield "</graphml>"


def _xml(text: str) -> str:
    return escape(_visible(text), quote=False)


def _xml_attribute(text: str) -> str:
    return f'"{escape(_visible(text))}"'


def _visible(text: str, keep: str = "") -> str:
    """Text without the characters that XML forbids or that steer a terminal."""
    return "".join(c if c.isprintable() or c in keep else f"U+{ord(c):04X}" for c in text)
