"""ApplicationSets to the Applications that they generate."""

from graphdoc.model.applicationset import Inventory, InventoryCluster
from graphdoc.resolve.applicationset.assumed import is_made_up, is_stand_in
from graphdoc.resolve.applicationset.expand import Generated, SetExpander

__all__ = [
    "Generated",
    "Inventory",
    "InventoryCluster",
    "SetExpander",
    "is_made_up",
    "is_stand_in",
]
