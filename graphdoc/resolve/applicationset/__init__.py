"""ApplicationSets to the Applications that they generate."""

from graphdoc.model.applicationset import Inventory, InventoryCluster
from graphdoc.model.resource import Resource
from graphdoc.resolve.applicationset.assumed import is_stand_in
from graphdoc.resolve.applicationset.expand import Generated, SetExpander
from graphdoc.resolve.helm import HelmEngine
from graphdoc.resolve.repositories.addresses import Repositories
from graphdoc.resolve.repositories.files import Files

__all__ = [
    "Generated", "Inventory", "InventoryCluster", "SetExpander", "generate_applications",
    "is_stand_in",
]  # fmt: skip


def generate_applications(
    resource: Resource,
    repositories: Repositories,
    files: Files,
    inventory: Inventory,
    engine: HelmEngine | None,
) -> Generated:
    """The Applications that one ApplicationSet makes; for many, keep a :class:`SetExpander`."""
    return SetExpander(repositories, files, inventory, engine).expand(resource)
