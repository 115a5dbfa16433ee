"""The revisions at which the files behind an Application are read."""

from collections.abc import Iterator

from graphdoc.model.clone import Clone
from graphdoc.model.grouping import way_up
from graphdoc.resolve.resolved import Estate

__all__ = ["find_readings"]


def find_readings(estate: Estate, id_: str | None, repository: str) -> Iterator[Clone]:
    """A repository as an Application reads it, as what brings that does, and as it stands."""
    for at in way_up(id_, estate.parents.get):
        entry = estate.by_id.get(at)
        clones = (source.clone for source in entry.sources) if entry is not None else ()
        yield from (clone for clone in clones if clone is not None and clone.name == repository)
    yield estate.clones_by_name[repository]
