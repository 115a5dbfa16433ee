"""ApplicationSets to the Applications that they generate."""

from dataclasses import dataclass

from graphdoc.model.finding import NotUnderstood
from graphdoc.model.resource import Resource

__all__ = ["Generated", "Inventory", "InventoryCluster", "generate_applications"]


@dataclass(frozen=True, slots=True)
class InventoryCluster:
    """A cluster that a cluster generator would find; its labels select it."""

    name: str
    server: str = ""
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
    """The clusters that ``graphdoc.yaml`` lists, because no clone knows them."""

    clusters: tuple[InventoryCluster, ...] = ()


@dataclass(frozen=True, slots=True)
class Generated:
    """The Applications of one ApplicationSet, and what of it could not be expanded."""

    applications: tuple[Resource, ...]
    not_understood: tuple[NotUnderstood, ...]


def generate_applications(resource: Resource) -> Generated:
    """The Applications that an ApplicationSet makes."""
    reason = f"ApplicationSet '{resource.name}' is not expanded"
    return Generated((), (NotUnderstood(resource.span, reason),))
