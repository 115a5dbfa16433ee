"""Which of many stands as the example that a runbook copies: the same one for the same estate."""

import re
from collections.abc import Iterator

from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind
from graphdoc.model.grouping import grouped
from graphdoc.model.location import SourceFile
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import flag
from graphdoc.site.atlas.where import Setting

__all__ = [
    "example_application", "example_cluster", "harmless_file", "harmless_setting",
    "is_for_trial",
]  # fmt: skip

# What one can change without harm where no production reads the line, the plainest first.
_HARMLESS = ("Replicas", "Resources", "Image tag")
# Names of clusters that are there to try things on.
_TRIAL = re.compile(r"(?i)(?<![a-z])(dev|lab|qa|sandbox|stage|staging|stg|test|uat)(?![a-z])")


def is_for_trial(cluster: str | None) -> bool:
    """Whether the name of a cluster says that one may try something there."""
    return bool(_TRIAL.search(cluster or ""))


def example_cluster(atlas: Atlas) -> GraphNode | None:
    """The cluster with the most Applications, rather not one of production."""

    def rank(node: GraphNode) -> tuple[int, bool, str]:
        return -len(atlas.by_cluster.get(node.name, ())), node.name in atlas.production, node.name

    return min(atlas.clusters, key=rank, default=None)


def example_application(atlas: Atlas) -> tuple[GraphNode, ...]:
    """The Application to copy: most like the others, on most clusters, with the least findings."""
    users = grouped({(chart, n.name) for n in atlas.applications for chart in _charts(atlas, n)})

    def rank(name: str) -> tuple[bool, int, int, int, int, str]:
        nodes = atlas.by_name[name]
        findings = {found for node in nodes for found in atlas.application_findings(node)}
        serving = sum(1 for n in nodes for _ in atlas.graph.edges_from(n.id, EdgeKind.SERVES))
        return (
            atlas.kind(nodes[0]) != "application",
            -max((len(users[chart]) for n in nodes for chart in _charts(atlas, n)), default=0),
            -len({node.cluster for node in nodes}),
            -min(serving, 1),
            len(findings),
            name,
        )

    leaves = [name for name, nodes in atlas.by_name.items() if all(map(_is_leaf, nodes))]
    return atlas.by_name[min(leaves, key=rank)] if leaves else ()


def harmless_setting(atlas: Atlas) -> tuple[GraphNode, Setting] | None:
    """A line to practise on, which no cluster of production reads."""
    if not atlas.production:  # any cluster may be in production
        return None
    sacred = _production_files(atlas)
    found = [
        (node, setting)
        for node in atlas.applications
        if node.cluster not in atlas.production
        for setting in atlas.settings(node.id)
        if setting.what in _HARMLESS and not setting.default and setting.place.file not in sacred
    ]

    def rank(pair: tuple[GraphNode, Setting]) -> tuple[bool, int, str, str]:
        node, setting = pair
        serious = not is_for_trial(node.cluster)
        return serious, _HARMLESS.index(setting.what), node.id, setting.key

    return min(found, key=rank, default=None)


def harmless_file(atlas: Atlas) -> GraphNode | None:
    """A values file that clusters read, but none of production: a comment in it harms nobody."""
    if not atlas.production:  # any cluster may be in production
        return None
    sacred = _production_files(atlas)
    cluster = example_cluster(atlas)
    found = [
        (node, {edge.source for edge in atlas.graph.edges_to(node.id, EdgeKind.LAYERS)})
        for node in atlas.graph.nodes(NodeKind.VALUES)
        if node.locations and node.locations[0].file not in sacred
    ]
    near = {app.id for app in atlas.by_cluster.get(cluster.name if cluster else "", ())}
    read = [(not users & near, node.id, node) for node, users in found if users]
    return min(read, key=lambda item: item[:2])[2] if read else None


def _production_files(atlas: Atlas) -> frozenset[SourceFile]:
    """Every file that anything on a cluster of production is made from."""
    estate = atlas.site.estate
    read = [
        source.files
        for app in estate.applications
        if app.cluster in atlas.production
        for source in app.sources
    ]
    roots = [root for root in estate.roots if root.cluster in atlas.production]
    built = [root.build.files for root in roots if root.build]
    return frozenset(root.span.file for root in roots).union(*read, *built)


def _is_leaf(node: GraphNode) -> bool:
    is_parent = flag(node.attributes, "root") or flag(node.attributes, "app_of_apps")
    return bool(node.locations) and not is_parent


def _charts(atlas: Atlas, node: GraphNode) -> Iterator[str]:
    for edge in atlas.graph.edges_from(node.id, EdgeKind.RENDERS):
        if edge.target.startswith("chart:"):
            yield edge.target.partition("@")[0]
