"""What the columns of a generated table say of a node: an attribute, or who depends on it."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind, RepoGraph
from graphdoc.model.inert import inert, markdown_cell, markdown_code
from graphdoc.model.node import Plain

__all__ = [
    "DEFAULT_COLUMNS", "PLURALS", "column_cell", "column_title", "known_columns", "shown_name",
]  # fmt: skip

PLURALS: Mapping[str, NodeKind] = MappingProxyType({
    "applications": NodeKind.APPLICATION,
    "applicationsets": NodeKind.APPLICATION_SET,
    "charts": NodeKind.CHART,
    "clusters": NodeKind.CLUSTER,
    "hosts": NodeKind.HOST,
    "images": NodeKind.IMAGE,
    "kustomizations": NodeKind.KUSTOMIZATION,
    "namespaces": NodeKind.NAMESPACE,
    "policies": NodeKind.POLICY,
    "projects": NodeKind.PROJECT,
    "repositories": NodeKind.REPOSITORY,
    "sealedsecrets": NodeKind.SEALED_SECRET,
    "secrets": NodeKind.SECRET,
    "values": NodeKind.VALUES,
})  # fmt: skip
# No tags and no lines: a release or a moved line makes no document stale.
DEFAULT_COLUMNS: Mapping[NodeKind, tuple[str, ...]] = MappingProxyType({
    NodeKind.APPLICATION: ("name", "cluster", "wave", "destination.namespace", "chart", "values"),
    NodeKind.APPLICATION_SET: ("name", "cluster", "generators"),
    NodeKind.CHART: ("name", "version", "repository", "used-by"),
    NodeKind.CLUSTER: ("name", "provider", "production", "root", "applications"),
    NodeKind.HOST: ("name", "used-by"),
    NodeKind.IMAGE: ("name", "used-by"),
    NodeKind.KUSTOMIZATION: ("name", "role", "used-by"),
    NodeKind.NAMESPACE: ("name", "cluster", "applications"),
    NodeKind.POLICY: ("name", "cluster", "kind"),
    NodeKind.PROJECT: ("name", "cluster", "used-by"),
    NodeKind.REPOSITORY: ("name", "urls"),
    NodeKind.SEALED_SECRET: ("name", "namespace", "cluster", "scope", "keys"),
    NodeKind.SECRET: ("name", "namespace", "cluster", "producers", "used-by"),
    NodeKind.VALUES: ("name", "used-by"),
})  # fmt: skip
_TITLES = MappingProxyType({"destination.namespace": "Namespace", "urls": "URLs", "id": "Id"})
_KIND_TITLES: Mapping[NodeKind, str] = MappingProxyType({
    NodeKind.APPLICATION_SET: "ApplicationSet",
    NodeKind.PROJECT: "AppProject",
    NodeKind.SEALED_SECRET: "SealedSecret",
    NodeKind.VALUES: "Values file",
})  # fmt: skip
# Two repositories may have the same path.
_NAMED_BY_ID = frozenset({NodeKind.KUSTOMIZATION, NodeKind.VALUES})
_USES = frozenset({
    EdgeKind.INCLUDES, EdgeKind.LAYERS, EdgeKind.READS, EdgeKind.RENDERS, EdgeKind.REQUIRES,
    EdgeKind.RUNS, EdgeKind.SERVES, EdgeKind.USES,
})  # fmt: skip
_OF_EVERY_NODE = ("id", "name", "used-by")
_KINDS = frozenset(str(kind) for kind in NodeKind)


def known_columns(nodes: Iterable[GraphNode]) -> frozenset[str]:
    """Every column that some of the nodes have something for."""
    found = tuple(nodes)
    routes = {route for node in found for route in _routes(node.attributes, "")}
    on_clusters = any(node.cluster is not None for node in found)
    return frozenset({*_OF_EVERY_NODE, *routes, *(("cluster",) if on_clusters else ())})


def column_title(column: str, kind: NodeKind) -> str:
    """What stands above a column."""
    if column == "name":
        return _KIND_TITLES.get(kind, str(kind).capitalize())
    last = column.rpartition(".")[2].replace("-", " ").replace("_", " ")
    return _TITLES.get(column, f"{last[:1].upper()}{last[1:]}")


def column_cell(graph: RepoGraph, node: GraphNode, column: str) -> str:
    """What a column says of a node, as Markdown for a cell."""
    match column:
        case "id" | "name" | "cluster":
            texts = {"id": node.id, "name": shown_name(node), "cluster": node.cluster}
            found: Plain = texts[column]
        case "used-by":
            found = [*dict.fromkeys(e.source for e in graph.edges_to(node.id) if e.kind in _USES)]
        case _:
            found = _at(node, column)
    return markdown_cell(", ".join(filter(None, _words(found))))


def shown_name(node: GraphNode) -> str:
    """A node's name, or for what has a path, that with its repository."""
    return node.id.partition(":")[2] if node.kind in _NAMED_BY_ID else node.name


def _routes(attributes: Mapping[str, Plain], prefix: str) -> Iterator[str]:
    for key, value in attributes.items():
        if key != "manifest":
            yield f"{prefix}{key}"
            if isinstance(value, dict):
                yield from _routes(value, f"{prefix}{key}.")


def _at(node: GraphNode, column: str) -> Plain:
    found: Plain = dict(node.attributes)
    for key in column.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _words(value: Plain) -> list[str]:
    """The parts of a value: texts as code, numbers and verdicts as words."""
    match value:
        case bool():
            return ["yes" if value else "no"]
        case int() | float() | None:
            return [] if value is None else [str(value)]
        case list():
            return [word for item in value for word in _words(item)]
        case {"name": str(name), "version": str(version)}:
            return [markdown_code(f"{name} {version}".strip())]
        case dict():
            return [f"{inert(key)}: {word}" for key, item in value.items() for word in _words(item)]
        case str():
            return [markdown_code(_shown(value))]


def _shown(text: str) -> str:
    """An id without its kind: the column says what it is."""
    kind, _, rest = text.partition(":")
    return rest if kind in _KINDS and rest else text
