"""From the configuration to what each stage asks for."""

from graphdoc.config.values import ClusterFacts as ClusterSettings
from graphdoc.config.values import Config
from graphdoc.config.values import RootPattern as ConfiguredRoot
from graphdoc.graph.draw.whole import ClusterFacts
from graphdoc.model.node import Plain
from graphdoc.pipeline.clones import open_charts
from graphdoc.resolve.applicationset import Inventory, InventoryCluster
from graphdoc.resolve.estate.whole import Request
from graphdoc.resolve.roots.pattern import RootPattern
from graphdoc.resolve.source.render import RenderSettings

__all__ = ["cluster_facts", "estate_request"]


def estate_request(config: Config) -> Request:
    """What resolving is told."""
    return Request(
        roots=tuple(_root(pattern) for pattern in config.roots),
        inventory=Inventory(
            tuple(
                _listed(cluster)
                for cluster in config.clusters
                if cluster.server or cluster.labels or cluster.annotations
            )
        ),
        settings=RenderSettings(config.helm.kube_version or "", config.helm.api_versions),
        limits=config.limits,
        secrets=config.secrets,
        charts=open_charts(config),
        placeholders=dict(config.placeholders),
    )


def cluster_facts(config: Config) -> ClusterFacts:
    """What the graph is told of clusters that Git does not say."""
    return {cluster.name: _facts(cluster) for cluster in config.clusters}


def _listed(cluster: ClusterSettings) -> InventoryCluster:
    labels, annotations = sorted(cluster.labels.items()), sorted(cluster.annotations.items())
    return InventoryCluster(cluster.name, cluster.server or "", (*labels,), (*annotations,))


def _facts(cluster: ClusterSettings) -> dict[str, Plain]:
    facts: dict[str, Plain] = {}
    if cluster.provider is not None:
        facts["provider"] = cluster.provider
    if cluster.production is not None:
        facts["production"] = cluster.production
    if cluster.server is not None:
        facts["server"] = cluster.server
    if cluster.aliases:
        facts["aliases"] = list(cluster.aliases)
    return facts


def _root(configured: ConfiguredRoot) -> RootPattern:
    repository, _, pattern = configured.text.partition("/")
    return RootPattern(repository, pattern, configured.cluster, configured.span)
