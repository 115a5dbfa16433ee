"""Places, coverage and the graph as plain data: the shapes of the public JSON."""

import json
from math import isfinite

from graphdoc.graph.repo_graph import Edge, GraphNode, NodeKind, RepoGraph
from graphdoc.model.coverage import Coverage
from graphdoc.model.location import Span
from graphdoc.model.node import Plain

__all__ = ["coverage_to_plain", "dump_json", "graph_to_json", "place_to_plain"]

_GRAPH_SCHEMA = "graphdoc/graph/v1"
_REPOSITORY_KEYS = ("path", "urls", "commit", "dirty")


def graph_to_json(graph: RepoGraph, coverage: Coverage) -> str:
    """The whole graph in the format of ``graphdoc/graph/v1``."""
    document: Plain = {
        "schema": _GRAPH_SCHEMA,
        "repositories": [_repository(node) for node in graph.nodes(NodeKind.REPOSITORY)],
        "nodes": [_node(node) for node in graph.nodes()],
        "edges": [_edge_to_plain(edge) for edge in graph.edges()],
        "coverage": coverage_to_plain(coverage),
    }
    return dump_json(document)


def dump_json(document: Plain) -> str:
    """JSON as every command writes it: ASCII, so that no repository text can steer a terminal."""
    try:
        return json.dumps(document, indent=2, allow_nan=False) + "\n"
    except ValueError:  # YAML knows .nan and .inf, JSON does not
        return json.dumps(_finite(document), indent=2, allow_nan=False) + "\n"


def _finite(node: Plain) -> Plain:
    match node:
        case dict():
            return {key: _finite(value) for key, value in node.items()}
        case list():
            return [_finite(item) for item in node]
        case float() if not isfinite(node):
            return str(node)
        case _:
            return node


def coverage_to_plain(coverage: Coverage) -> dict[str, Plain]:
    """The ``coverage`` member that all formats share."""
    return {
        "documents": coverage.documents,
        "parsed": coverage.parsed,
        "kustomizations": coverage.kustomizations,
        "rendered": coverage.rendered,
        "charts": coverage.charts,
        "charts_rendered": coverage.charts_rendered,
        "applications": coverage.applications,
        "resolved": coverage.resolved,
        "not_understood": [
            {"location": place_to_plain(skipped.location), "reason": skipped.reason}
            for skipped in coverage.not_understood
        ],
    }


def place_to_plain(span: Span) -> dict[str, Plain]:
    """Repository, path and line."""
    return {"repository": span.file.repository, "path": span.file.path, "line": span.line}


def _edge_to_plain(edge: Edge) -> dict[str, Plain]:
    """One edge."""
    return {
        "source": edge.source,
        "target": edge.target,
        "kind": str(edge.kind),
        "locations": [place_to_plain(span) for span in edge.locations],
        "attributes": edge.attributes,
    }


def _node(node: GraphNode) -> dict[str, Plain]:
    return {
        "id": node.id,
        "kind": str(node.kind),
        "name": node.name,
        "cluster": node.cluster,
        "locations": [place_to_plain(span) for span in node.locations],
        "attributes": dict(node.attributes),
    }


def _repository(node: GraphNode) -> dict[str, Plain]:
    defaults: dict[str, Plain] = {"path": "", "urls": [], "commit": None, "dirty": False}
    facts = {key: node.attributes.get(key, defaults[key]) for key in _REPOSITORY_KEYS}
    return {"name": node.name, **facts}
