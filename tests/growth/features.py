"""All that is repeated."""

from tests.growth import applications, charts, kustomizations, resources, surroundings
from tests.growth.estates import FEATURES, write

__all__ = [
    "FEATURES",
    "applications",
    "charts",
    "kustomizations",
    "resources",
    "surroundings",
    "write",
]
