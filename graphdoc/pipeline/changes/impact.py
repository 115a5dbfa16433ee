"""From touched files to the Applications that they reach, today and as it was before."""

from collections.abc import Iterable

from graphdoc.graph.impact.files import (
    Effect,
    Impact,
    Reached,
    find_impact,
    find_skipped,
    merge_reached,
)
from graphdoc.graph.impact.keys import find_key_impact
from graphdoc.graph.impact.nodes import (
    REACHING_KINDS,
    find_brought,
    find_node_impact,
    find_secret_impact,
)
from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.graph.select import find_nodes
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.location import SourceFile, file_start
from graphdoc.pipeline.analysis import Analysis
from graphdoc.pipeline.changes.touched import Touched

__all__ = ["NoReachError", "measure_impact", "measure_key_impact"]


class NoReachError(Exception):
    """The change of a node reaches no Application by itself."""


_ABSENT = "the file is not there, so what used it is not known"


def measure_impact(touched: Touched, after: Analysis, before: Analysis | None) -> Impact:
    """What the change reaches; ``before`` knows what files that are gone had a part in.

    Raises:
        UnknownNodeError: no node has an id that was asked for.
        NoReachError: the change of such a node reaches no Application by itself.
    """
    nodes = _find_known_nodes(after.graph, touched.nodes)
    by_node = (reached for id_ in nodes for reached in find_node_impact(after.graph, id_))
    by_file = _find_file_impact(after, touched)
    reached = merge_reached((*by_file, *by_node))
    ids = {found.id for found in reached}
    skipped = set(find_skipped(after.estate, ids))
    if before is not None:
        earlier = _find_file_impact(before, touched)
        reached = merge_reached((*reached, *earlier, *_appeared(before, after)))
        skipped.update(find_skipped(before.estate, {found.id for found in earlier} - ids))
    skipped.update(NotUnderstood(file_start(place), _ABSENT) for place in touched.absent)
    return Impact(touched.paths, nodes, None, reached, tuple(sorted(skipped)), after.coverage)


def _find_file_impact(analysis: Analysis, touched: Touched) -> tuple[Reached, ...]:
    """Who reads the files, and of others who uses a Secret that they make."""
    readers = find_impact(analysis.estate, analysis.graph, touched.files)
    known = {found.id for found in readers}
    users = find_secret_impact(analysis.graph, touched.files)
    return merge_reached((*readers, *(found for found in users if found.id not in known)))


def measure_key_impact(touched: Touched, key: str, after: Analysis) -> Impact:
    """What one value of values files reaches; a chart stands for its own values file."""
    files = {
        *touched.files,
        *(SourceFile(p.repository, f"{p.path}/values.yaml") for p in touched.paths),
    }
    found = find_key_impact(after.estate, sorted(files), key)
    brought = (below for one in found for below in find_brought(after.graph, one.id, one.via))
    reached = merge_reached((*found, *brought))
    skipped = find_skipped(after.estate, {found.id for found in reached})
    return Impact(touched.paths, (), key, reached, skipped, after.coverage)


def _find_known_nodes(graph: RepoGraph, names: Iterable[str]) -> tuple[str, ...]:
    """The ids that names and patterns mean, of nodes whose change reaches Applications."""
    ids = sorted({id_ for name in names for id_ in find_nodes(graph, name)})
    for id_ in ids:
        kind = id_.partition(":")[0]
        if kind not in REACHING_KINDS:
            known = ", ".join(sorted(REACHING_KINDS))
            raise NoReachError(f"{id_}: a {kind} reaches nothing; name a file, or one of {known}")
    return tuple(ids)


def _appeared(before: Analysis, after: Analysis) -> list[Reached]:
    """The Applications that only one of two states has, whatever brought that about."""
    old, new = before.estate.by_id, after.estate.by_id
    entries = {**old, **new}
    return [
        Reached(
            id_,
            entries[id_].name,
            entries[id_].cluster,
            (Effect.MANIFEST,),
            tuple(filter(None, (entries[id_].parent,))),
        )
        for id_ in sorted(old.keys() ^ new.keys())
    ]
