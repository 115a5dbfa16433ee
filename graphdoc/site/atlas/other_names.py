"""What clusters are called elsewhere: in the team's configuration, and in folders of values."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.resolve.clusters.called import find_called
from graphdoc.site.atlas.atlas import Atlas

__all__ = ["OtherName", "aliases_of", "other_names"]


class OtherName(NamedTuple):
    """A cluster, or an overlay without a root, by another name; where it is seen, if in Git."""

    cluster: str
    name: str
    span: Span | None


def other_names(atlas: Atlas) -> tuple[OtherName, ...]:
    """Every one once, sorted by cluster."""
    seen = {(one.overlay, one.folder): one.span for one in find_called(atlas.site.estate)}
    told = dict.fromkeys(_told(atlas))
    found = (OtherName(*pair, seen.get(pair)) for pair in {**told, **seen})
    return tuple(sorted(found, key=lambda one: one[:2]))


def aliases_of(atlas: Atlas) -> Mapping[str, tuple[str, ...]]:
    """The other names of each cluster that has some."""
    return grouped((one.cluster, one.name) for one in other_names(atlas))


def _told(atlas: Atlas) -> Iterator[tuple[str, str]]:
    for cluster, names in atlas.site.settings.aliases.items():
        yield from ((cluster, name) for name in names)
