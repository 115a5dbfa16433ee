"""The Applications as entities of a Backstage catalog, with their relations."""

import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256

from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind, RepoGraph
from graphdoc.model.grouping import grouped
from graphdoc.model.inert import inert
from graphdoc.model.node import Plain
from graphdoc.parse.emit import to_yaml

__all__ = ["graph_to_backstage"]

_API = "backstage.io/v1alpha1"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_REFERENCE = re.compile(r"(?:(?:group|user):)?(?:[a-z0-9-]{1,63}/)?[A-Za-z0-9]{1,63}")
_LONGEST = 63
_HOSTS = 10
_UNKNOWN = "unknown"


def graph_to_backstage(graph: RepoGraph) -> str:
    """A ``catalog-info.yaml``: a Component for each Application name, a Resource for each cluster.

    A Component depends on the clusters that it runs on and is part of the one that renders it.
    """
    names = _names(graph)
    entities = (*_clusters(graph, names), *_components(graph, names))
    return "---\n".join(to_yaml(entity) for entity in entities)


def _names(graph: RepoGraph) -> Mapping[tuple[NodeKind, str], str]:
    """A name that Backstage takes for each cluster and Application; a changed one has a digest."""
    found: dict[tuple[NodeKind, str], str] = {}
    wanted = (NodeKind.CLUSTER, NodeKind.APPLICATION)
    for kind, name in sorted({(n.kind, n.name) for n in graph.nodes() if n.kind in wanted}):
        plain = _plain(name)
        if plain != name:
            digest = sha256(name.encode()).hexdigest()[:8]
            plain = f"{plain[: _LONGEST - 9]}-{digest}".lstrip("-._")
        found[kind, name] = plain
    return found


def _clusters(graph: RepoGraph, names: Mapping[tuple[NodeKind, str], str]) -> Iterator[Plain]:
    for node in sorted(graph.nodes(NodeKind.CLUSTER), key=lambda node: node.name):
        provider = node.attributes.get("provider")
        on = f" on {provider}" if isinstance(provider, str) else ""
        yield {
            "apiVersion": _API,
            "kind": "Resource",
            "metadata": {
                "name": names[node.kind, node.name],
                "title": inert(node.name),
                "description": inert(f"Kubernetes cluster{on}"),
            },
            "spec": {"type": "kubernetes-cluster", "owner": _UNKNOWN},
        }


def _components(graph: RepoGraph, names: Mapping[tuple[NodeKind, str], str]) -> Iterator[Plain]:
    by_name = grouped((node.name, node) for node in graph.nodes(NodeKind.APPLICATION))
    for name in sorted(by_name):
        yield _component(graph, names, by_name[name])


def _component(
    graph: RepoGraph, names: Mapping[tuple[NodeKind, str], str], nodes: tuple[GraphNode, ...]
) -> Plain:
    first = nodes[0]
    keys = {(NodeKind.CLUSTER, node.cluster) for node in nodes if node.cluster}
    clusters = sorted(names[key] for key in keys & names.keys())  # a selection may lack some
    on = ", ".join(sorted(names.get(key, key[1]) for key in keys))
    spec: dict[str, Plain] = {
        "type": "app-of-apps" if first.attributes.get("app_of_apps") else "service",
        "lifecycle": "production" if _is_productive(graph, nodes) else "experimental",
        "owner": _owner(nodes),
        "dependsOn": [f"resource:{cluster}" for cluster in clusters],
    }
    parent = _parent(graph, nodes)
    if parent is not None:
        spec["subcomponentOf"] = f"component:{names[NodeKind.APPLICATION, parent]}"
    metadata: dict[str, Plain] = {
        "name": names[first.kind, first.name],
        "title": inert(first.name),
        "description": inert(f"Argo CD Application on {on}"),
        "annotations": {"argocd/app-name": inert(first.name), "graphdoc/source": _place(first)},
    }
    links = _links(graph, nodes)
    if links:
        metadata["links"] = links
    return {"apiVersion": _API, "kind": "Component", "metadata": metadata, "spec": spec}


def _is_productive(graph: RepoGraph, nodes: Iterable[GraphNode]) -> bool:
    found = (graph.node(f"cluster:{node.cluster}") for node in nodes)
    return any(cluster is not None and cluster.attributes.get("production") for cluster in found)


def _owner(nodes: Iterable[GraphNode]) -> str:
    """The first owner of the first Application that has one, as a reference.

    A team of GitHub's (``@org/team``) is a group by its own name, ``@name`` a user; an address is
    neither.
    """
    said = (owner for node in nodes for owner in _owners(node) if "@" not in owner[1:])
    return next(filter(None, map(_reference, said)), _UNKNOWN)


def _owners(node: GraphNode) -> Iterator[str]:
    owners = node.attributes.get("owners")
    yield from (one for one in owners if isinstance(one, str)) if isinstance(owners, list) else ()


def _reference(owner: str) -> str:
    if not owner.startswith("@"):
        return owner if _REFERENCE.fullmatch(owner) else _plain(owner)
    team = _plain(owner.rpartition("/")[2])
    return team if "/" in owner or not team else f"user:{team}"


def _plain(text: str) -> str:
    """Text with only the signs that Backstage allows in a name."""
    return _UNSAFE.sub("-", text).strip("-._")[:_LONGEST].rstrip("-._")


def _parent(graph: RepoGraph, nodes: Iterable[GraphNode]) -> str | None:
    """The Application that renders it; an Application that renders itself is part of nothing."""
    own = {node.name for node in nodes}
    for node in nodes:
        for parent in graph.sources(node.id, EdgeKind.MANAGES):
            if parent.kind is NodeKind.APPLICATION and parent.name not in own:
                return parent.name
    return None


def _links(graph: RepoGraph, nodes: Iterable[GraphNode]) -> list[Plain]:
    edges = (edge for node in nodes for edge in graph.edges_from(node.id, EdgeKind.SERVES))
    hosts = sorted({edge.target.partition(":")[2] for edge in edges})
    named = [host for host in hosts if re.fullmatch(r"[a-z0-9.-]+", host)]
    return [{"url": f"https://{host}", "title": host} for host in named[:_HOSTS]]


def _place(node: GraphNode) -> str:
    span = node.locations[0]
    return inert(f"{span.file.repository}/{span.file.path}:{span.line}")
