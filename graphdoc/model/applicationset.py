"""What ApplicationSets are made of: kinds of generators, and the clusters that some ask for."""

from enum import StrEnum

from graphdoc.model.dataclass import dataclass

__all__ = ["GeneratorKind", "Inventory", "InventoryCluster"]


class GeneratorKind(StrEnum):
    """The generators of Argo CD, in the order in which it tries them."""

    LIST = "list"
    CLUSTERS = "clusters"
    GIT = "git"
    SCM_PROVIDER = "scmProvider"
    CLUSTER_DECISION_RESOURCE = "clusterDecisionResource"
    PULL_REQUEST = "pullRequest"
    MATRIX = "matrix"
    MERGE = "merge"
    PLUGIN = "plugin"


@dataclass(frozen=True, slots=True)
class InventoryCluster:
    """A cluster that a cluster generator would find: labels select it, annotations tell of it."""

    name: str
    server: str = ""
    labels: tuple[tuple[str, str], ...] = ()
    annotations: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
    """The clusters that ``graphdoc.yaml`` lists, because no clone knows them."""

    clusters: tuple[InventoryCluster, ...] = ()
