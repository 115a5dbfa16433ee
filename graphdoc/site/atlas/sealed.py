"""Who has to know when a sealed Secret changes: those that use it or a clone of it."""

from collections.abc import Iterable

from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import flag, texts

__all__ = ["CONTROLLER", "consumers_of", "controllers", "is_made", "is_rotatable", "sealed_secrets"]

CONTROLLER = "sealed-secrets"  # its chart
# No line of Git to change: the missing ones are findings, the clones follow what they clone.
_FOLLOWS = frozenset({"sealed-secret", "policy-clone"})


def sealed_secrets(atlas: Atlas, cluster: str = "") -> tuple[GraphNode, ...]:
    """The SealedSecrets of the estate, or of one cluster."""
    kind = NodeKind.SEALED_SECRET
    return atlas.on(cluster, kind) if cluster else tuple(atlas.graph.nodes(kind))


def is_made(node: GraphNode) -> bool:
    """Whether something else than a SealedSecret makes a Secret, and no copy of another."""
    made = set(texts(node.attributes, "producers"))
    return bool(made - _FOLLOWS) and not flag(node.attributes, "missing")


def is_rotatable(atlas: Atlas, name: str) -> bool:
    """Whether Git shows where a Secret of that name gets its value."""
    nodes = atlas.secrets_by_name.get(name, ())
    unsealed = (any(atlas.graph.edges_to(node.id, EdgeKind.UNSEALS)) for node in nodes)
    return any(map(is_made, nodes)) or any(unsealed)


def controllers(atlas: Atlas, cluster: str = "") -> tuple[GraphNode, ...]:
    """The Applications that bring the controller, by the name of its chart; or of one cluster."""
    return tuple(
        app
        for app in (atlas.by_cluster.get(cluster, ()) if cluster else atlas.applications)
        if any(node.name == CONTROLLER for node in atlas.graph.targets(app.id, EdgeKind.RENDERS))
    )


def consumers_of(atlas: Atlas, sealed: GraphNode) -> tuple[str, ...]:
    """The ids of the Applications that use what a SealedSecret becomes, or a clone of it."""
    made = [edge.target for edge in atlas.graph.edges_from(sealed.id, EdgeKind.UNSEALS)]
    secrets = (*made, *_clones(atlas, sealed))
    edges = (edge for id_ in secrets for edge in atlas.graph.edges_to(id_, EdgeKind.USES))
    return tuple(sorted({edge.source for edge in edges}))


def _clones(atlas: Atlas, sealed: GraphNode) -> Iterable[str]:
    """The Secrets of the same name and cluster that a policy makes out of another."""
    alike = atlas.secrets_by_name.get(sealed.name, ())
    on_cluster = (node.id for node in alike if node.cluster == sealed.cluster)
    return (id_ for id_ in on_cluster if any(atlas.graph.edges_to(id_, EdgeKind.CLONES)))
