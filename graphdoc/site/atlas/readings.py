"""Values files as layers of the sources that read them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from graphdoc.graph.repo_graph import GraphNode
from graphdoc.model.grouping import grouped
from graphdoc.model.helm import ValueLayer
from graphdoc.model.location import SourceFile
from graphdoc.resolve.resolved import ResolvedSource

__all__ = ["Reading", "find_readings"]


class Reading(NamedTuple):
    """A values file as one layer of one Application's source; positions count from one."""

    app: GraphNode
    source: ResolvedSource
    layer: ValueLayer
    position: int


def find_readings(
    applications: Iterable[tuple[GraphNode, tuple[ResolvedSource, ...]]],
) -> Mapping[SourceFile, tuple[Reading, ...]]:
    """The readings of each file, in the order of the Applications' ids."""
    return grouped(
        (layer.file, Reading(app, source, layer, position))
        for app, sources in sorted(applications, key=lambda found: found[0].id)
        for source in sources
        for position, layer in enumerate(source.layers, start=1)
        if layer.file is not None
    )
