"""What ApplicationSets ask of clusters that no clone registers: labels and annotations."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from graphdoc.model.node import Mapping, Scalar, mappings_within, walk
from graphdoc.model.resource import Resource
from graphdoc.resolve.applicationset.selector import asked_labels
from graphdoc.resolve.resolved import Estate

__all__ = ["Asked", "find_asked"]

_TYPE_LABEL = "argocd.argoproj.io/secret-type"
_FIELD = re.compile(
    r"metadata\.(?P<kind>labels|annotations)"
    r"(?:\.(?P<plain>[\w./-]*\w)|\s+\\?\"(?P<indexed>[^\"\\]+)\\?\")"
)


class Asked(NamedTuple):
    """Labels with a value that would be chosen, or none that is asked for; and annotations."""

    labels: dict[str, str]
    annotations: tuple[str, ...]


def find_asked(estate: Estate) -> Asked | None:
    """What a cluster would have to say for sets to be followed; ``None`` where all are known."""
    sets = [made.resource for made in estate.application_sets if made.assumes_clusters]
    if not sets:
        return None
    labels: dict[str, str] = {}
    for selector in (s for resource in sets for s in _selectors(resource)):
        labels = {**asked_labels(selector), **labels}
    read = {(match["kind"], match["plain"] or match["indexed"]) for match in _fields(sets)}
    for name in sorted(name for kind, name in read if kind == "labels"):
        labels.setdefault(name, "")
    labels.pop(_TYPE_LABEL, None)
    return Asked(labels, tuple(sorted(name for kind, name in read if kind == "annotations")))


def _selectors(resource: Resource) -> Iterator[Mapping | None]:
    for node in mappings_within(resource.manifest):
        clusters = node.mapping("clusters")
        if clusters is not None:
            yield clusters.mapping("selector")


def _fields(sets: list[Resource]) -> Iterator[re.Match[str]]:
    for resource in sets:
        for _, node in walk(resource.manifest):
            if isinstance(node, Scalar) and isinstance(node.value, str):
                yield from _FIELD.finditer(node.value)
