"""What ApplicationSets ask of clusters that no clone registers: labels and annotations."""

from collections.abc import Iterator
from typing import NamedTuple

from graphdoc.model.argocd import SECRET_TYPE
from graphdoc.model.node import Mapping
from graphdoc.model.resource import Resource
from graphdoc.resolve.applicationset.selector import asked_labels
from graphdoc.resolve.applicationset.terraform import Terraform
from graphdoc.resolve.applicationset.told import find_fields
from graphdoc.resolve.resolved import Estate

__all__ = ["Asked", "find_asked"]


class Asked(NamedTuple):
    """Labels with a value that would be chosen, and annotations as Terraform writes them.

    The text is empty where nothing is known.
    """

    labels: dict[str, str]
    annotations: dict[str, str]


def find_asked(estate: Estate) -> Asked | None:
    """What a cluster would have to say for sets to be followed; ``None`` where all are known."""
    sets = [made.resource for made in estate.application_sets if made.assumes_clusters]
    if not sets:
        return None
    labels: dict[str, str] = {}
    for selector in (s for resource in sets for s in _selectors(resource)):
        labels = {**asked_labels(selector), **labels}
    read = {field for resource in sets for field in find_fields(resource)}
    for name in sorted(name for kind, name in read if kind == "labels"):
        labels.setdefault(name, "")
    labels.pop(SECRET_TYPE, None)
    names = frozenset(name for kind, name in read if kind == "annotations")
    written = Terraform(estate.clones).find_written(names)
    return Asked(labels, {**dict.fromkeys(names, ""), **written})


def _selectors(resource: Resource) -> Iterator[Mapping | None]:
    for node in resource.mappings:
        clusters = node.mapping("clusters")
        if clusters is not None:
            yield clusters.mapping("selector")
