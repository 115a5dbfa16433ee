"""Applications that run one thing in different versions on different clusters."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.node import texts_within
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.parse.semver import is_constraint
from graphdoc.resolve.applications.revisions import revision_span
from graphdoc.resolve.resolved import Estate, ResolvedApplication, ResolvedSource
from graphdoc.resolve.resources.workloads import images_of

__all__ = ["Skew", "Version", "find_skew"]


class Version(NamedTuple):
    """One version of something on one cluster, and where one would change it."""

    cluster: str
    version: str
    span: Span


@dataclass(frozen=True, slots=True)
class Skew:
    """One thing that an Application runs in several versions, sorted by cluster."""

    application: ResolvedApplication
    what: str
    versions: tuple[Version, ...]


def find_skew(estate: Estate) -> Iterator[Skew]:
    """Every chart, and every image of a like chart, in several versions under one name."""
    families = grouped((entry.name, entry) for entry in estate.applications)
    for name in sorted(families):
        family = families[name]
        if len({entry.cluster for entry in family}) == 1:
            continue
        charts = list(_skewed(family, _charts))
        yield from charts or _skewed(family, _images)


_Reading = Iterator[tuple[str, Version]]


def _skewed(
    family: tuple[ResolvedApplication, ...], read: Callable[[ResolvedApplication], _Reading]
) -> Iterator[Skew]:
    found: dict[str, dict[str, set[Version]]] = {}
    for entry in family:
        for what, version in read(entry):
            found.setdefault(what, {}).setdefault(entry.cluster, set()).add(version)
    for what in sorted(found):
        by_cluster = found[what].values()
        lowest = [min(versions) for versions in by_cluster]
        # What one cluster runs in several versions is no lag of one behind another.
        single = all(len({version.version for version in versions}) == 1 for versions in by_cluster)
        if single and len({version.version for version in lowest}) > 1:
            yield Skew(family[0], what, tuple(sorted(lowest)))


def _charts(entry: ResolvedApplication) -> _Reading:
    for source in entry.sources:
        name, version = source.source.chart, source.source.target_revision
        if source.chart is not None:
            name, version = source.chart.name, source.chart.version
        if name and version and not is_constraint(version) and not is_unfilled(version):
            yield f"chart {name}", Version(entry.cluster, version, revision_span(source))


def _images(entry: ResolvedApplication) -> _Reading:
    for source in entry.sources:
        origins = _texts_of_values(source)
        for image in (image for resource in source.resources for image in images_of(resource)):
            repository, tag = _split(str(image.value))
            if tag:
                # The one value that says the tag, where a chart passes it on.
                spans = origins.get(tag, ())
                span = spans[0] if len(spans) == 1 else image.span
                yield f"image {repository}", Version(entry.cluster, tag, span)


def _split(reference: str) -> tuple[str, str]:
    """Repository and tag; the tag is empty where a digest or nothing stands in its place."""
    repository, colon, tag = reference.rpartition(":")
    known = bool(colon) and "/" not in tag and "@" not in reference
    return (repository, tag) if known else (reference, "")


def _texts_of_values(source: ResolvedSource) -> dict[str, tuple[Span, ...]]:
    """Where the values of a chart say each of their texts."""
    return grouped(texts_within(source.values))
