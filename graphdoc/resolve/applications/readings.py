"""The revisions at which the files behind an Application are read."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

from graphdoc.model.clone import Clone
from graphdoc.resolve.resolved import Estate, ResolvedApplication, ResolvedApplicationSet

__all__ = ["find_readings"]

_Made: TypeAlias = ResolvedApplication | ResolvedApplicationSet


def find_readings(estate: Estate, id_: str | None, repository: str) -> Iterator[Clone]:
    """A repository as an Application reads it, as what brings that does, and as it stands."""
    known = _by_id(estate)
    seen: set[str] = set()
    while id_ in known and id_ not in seen:
        seen.add(id_)
        entry = known[id_]
        sources = entry.sources if isinstance(entry, ResolvedApplication) else ()
        clones = (source.clone for source in sources)
        yield from (clone for clone in clones if clone is not None and clone.name == repository)
        id_ = entry.parent
    yield estate.clones_by_name[repository]


@lru_cache(maxsize=2)
def _by_id(estate: Estate) -> dict[str, _Made]:
    sets: dict[str, _Made] = {made.id: made for made in estate.application_sets}
    return sets | {entry.id: entry for entry in estate.applications}
