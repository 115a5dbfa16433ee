"""From touched files to the Applications that they reach, today and as it was before."""

from graphdoc.graph.impact import Effect, Impact, Reached, find_impact, find_skipped, merge_reached
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.location import file_start
from graphdoc.pipeline.analysis import Analysis
from graphdoc.pipeline.touched import Touched

__all__ = ["measure_impact"]

_ABSENT = "the file is not there, so what used it is not known"


def measure_impact(touched: Touched, after: Analysis, before: Analysis | None) -> Impact:
    """What the change reaches; ``before`` knows what files that are gone had a part in."""
    reached = find_impact(after.estate, after.graph, touched.files)
    ids = {found.id for found in reached}
    skipped = set(find_skipped(after.estate, ids))
    if before is not None:
        earlier = find_impact(before.estate, before.graph, touched.files)
        reached = merge_reached((*reached, *earlier, *_appeared(before, after)))
        skipped.update(find_skipped(before.estate, {found.id for found in earlier} - ids))
    skipped.update(NotUnderstood(file_start(place), _ABSENT) for place in touched.absent)
    return Impact(touched.paths, reached, tuple(sorted(skipped)), after.coverage)


def _appeared(before: Analysis, after: Analysis) -> list[Reached]:
    """The Applications that only one of two states has, whatever brought that about."""
    old = {entry.id: entry for entry in before.estate.applications}
    new = {entry.id: entry for entry in after.estate.applications}
    entries = {**old, **new}
    return [
        Reached(
            id_,
            entries[id_].application.name,
            entries[id_].cluster,
            (Effect.MANIFEST,),
            tuple(filter(None, (entries[id_].parent,))),
        )
        for id_ in sorted(old.keys() ^ new.keys())
    ]
