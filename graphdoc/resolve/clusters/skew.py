"""Applications that run one thing in different versions on different clusters."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.node import texts_within
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.parse.semver import is_constraint
from graphdoc.resolve.applications.revisions import revision_span
from graphdoc.resolve.resolved import Estate, ResolvedApplication
from graphdoc.resolve.resources.placement import find_targets
from graphdoc.resolve.resources.workloads import images_of

__all__ = ["Skew", "Version", "find_skew"]

# With the cluster of each.
_Family: TypeAlias = tuple[tuple[str, ResolvedApplication], ...]
# What runs, in which version, and where one would change it.
_Reading: TypeAlias = Iterator[tuple[str, str, Span]]


class Version(NamedTuple):
    """One version of something on one cluster, and where one would change it."""

    cluster: str
    version: str
    span: Span


@dataclass(frozen=True, slots=True)
class Skew:
    """One thing that an Application runs in several versions, sorted by cluster.

    ``name`` is the Application's, without what tells its clusters apart, ``users`` its ids there.
    """

    name: str
    application: ResolvedApplication
    what: str
    versions: tuple[Version, ...]
    users: tuple[str, ...]


def find_skew(estate: Estate) -> Iterator[Skew]:
    """Every chart, and every image of a like chart, in several versions under one name."""
    families = _families(estate.applications, find_targets(estate))
    for name in sorted(families):
        charts = list(_skewed(name, families[name], _charts))
        yield from charts or _skewed(name, families[name], _images)


def _families(
    applications: Iterable[ResolvedApplication], targets: Mapping[str, str]
) -> dict[str, _Family]:
    """Those of one name; of the others those whose names differ by their clusters alone.

    One Argo CD has no two of one name, so where it serves several clusters their names say which.
    """
    named = grouped((entry.name, (entry.cluster, entry)) for entry in applications)
    shared = {name: family for name, family in named.items() if _is_spread(family)}
    others = [one for name, family in named.items() if name not in shared for one in family]
    places = [(targets[entry.id] or cluster, entry) for cluster, entry in others]
    alike = grouped((_stem(entry.name, place), (place, entry)) for place, entry in places)
    return {name: family for name, family in alike.items() if _is_spread(family)} | shared


def _is_spread(family: _Family) -> bool:
    return len({place for place, _ in family}) > 1


def _stem(name: str, place: str) -> str:
    """The name without the longest part of the cluster's name that it begins or ends with."""
    words = place.split("-")
    for length in range(len(words), 0, -1):
        for start in range(len(words) - length + 1):
            part = "-".join(words[start : start + length])
            rest = name.removesuffix(f"-{part}").removeprefix(f"{part}-")
            if rest != name:
                return rest
    return name


def _skewed(
    name: str, family: _Family, read: Callable[[ResolvedApplication], _Reading]
) -> Iterator[Skew]:
    found: dict[str, dict[str, set[Version]]] = {}
    for place, entry in family:
        for what, version, span in read(entry):
            found.setdefault(what, {}).setdefault(place, set()).add(Version(place, version, span))
    for what in sorted(found):
        by_cluster = found[what].values()
        lowest = [min(versions) for versions in by_cluster]
        # What one cluster runs in several versions is no lag of one behind another.
        single = all(len({version.version for version in versions}) == 1 for versions in by_cluster)
        if single and len({version.version for version in lowest}) > 1:
            users = tuple(entry.id for place, entry in family if place in found[what])
            yield Skew(name, family[0][1], what, tuple(sorted(lowest)), users)


def _charts(entry: ResolvedApplication) -> _Reading:
    for source in entry.sources:
        name, version = source.source.chart, source.source.target_revision
        if source.chart is not None:
            name, version = source.chart.name, source.chart.version
        if name and version and not is_constraint(version) and not is_unfilled(version):
            yield f"chart {name}", version, revision_span(source)


def _images(entry: ResolvedApplication) -> _Reading:
    for source in entry.sources:
        origins = grouped(texts_within(source.values))
        for image in (image for resource in source.resources for image in images_of(resource)):
            repository, tag = _split(str(image.value))
            if tag:
                # The one value that says the tag, where a chart passes it on.
                spans = origins.get(tag, ())
                span = spans[0] if len(spans) == 1 else image.span
                yield f"image {repository}", tag, span


def _split(reference: str) -> tuple[str, str]:
    """Repository and tag; the tag is empty where a digest or nothing stands in its place."""
    repository, colon, tag = reference.rpartition(":")
    known = bool(colon) and "/" not in tag and "@" not in reference
    return (repository, tag) if known else (reference, "")
