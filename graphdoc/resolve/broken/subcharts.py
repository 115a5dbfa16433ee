"""Local charts that other charts require."""

import re
from collections.abc import Iterator
from posixpath import basename, dirname, join

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.helm import ChartDependency
from graphdoc.model.location import Span
from graphdoc.parse.semver import is_constraint, matches, parse_version
from graphdoc.resolve.names.alike import closest
from graphdoc.resolve.repositories.fixtures import is_fixture
from graphdoc.resolve.repositories.paths import (
    chart_folders,
    files_below,
    files_named,
    normalise,
    required_folder,
)
from graphdoc.resolve.repositories.submodules import find_empty_submodule
from graphdoc.resolve.resolved import Estate

__all__ = ["MissingDependency", "find_missing_dependencies"]


@dataclass(frozen=True, slots=True)
class MissingDependency:
    """A local chart that is required and not there, and the chart that is nearest to it."""

    chart: str
    name: str
    fault: str
    span: Span
    nearest: str


def find_missing_dependencies(estate: Estate) -> Iterator[MissingDependency]:
    """Every local dependency of a chart of the clones that is in neither of its places.

    Helm looks at what the chart itself requires that it renders, not at what lies in that.
    """
    rendered = {
        (source.clone.name, normalise(source.source.path))
        for source in estate.sources
        if source.clone is not None and source.source.path is not None
    }
    for clone in estate.clones:
        for path in files_named(clone.files, "Chart.yaml"):
            is_own = (clone.name, dirname(path)) in rendered or not _is_nested(clone, path)
            if is_own and not is_fixture(path):
                yield from _missing(estate, clone, path)
            if (clone.name, dirname(path)) in rendered:
                yield from _outside(estate, clone, path)


def _is_nested(clone: Clone, path: str) -> bool:
    shelf = dirname(dirname(path))
    return basename(shelf) == "charts" and clone.is_file(join(dirname(shelf), "Chart.yaml"))


def _missing(estate: Estate, clone: Clone, path: str) -> Iterator[MissingDependency]:
    chart = dirname(path)
    name = _name(clone, chart)
    metadata = estate.files.chart(clone, chart)
    for dependency in metadata.dependencies if metadata is not None else ():
        # Without a name it is a form, and Helm says so of a chart in use.
        if not dependency.is_local or not dependency.name:
            continue
        if not _is_there(clone, chart, dependency):
            fault = f"is not in {dependency.repository or 'charts/'}"
            near = _nearest(clone, chart, dependency)
            span = dependency.repository_span or dependency.span
            yield MissingDependency(name, dependency.name, fault, span, near)
        elif fault := _of_other_version(estate, clone, chart, dependency):
            yield MissingDependency(name, dependency.name, fault, dependency.span, "")


def _outside(estate: Estate, clone: Clone, path: str) -> Iterator[MissingDependency]:
    """What Argo CD cannot find: beside the repository of the chart it has no other."""
    chart = dirname(path)
    metadata = estate.files.chart(clone, chart)
    for dependency in metadata.dependencies if metadata is not None else ():
        is_away = required_folder(chart, dependency.repository) is None
        is_local = dependency.repository != "" and dependency.is_local
        if is_local and is_away and not _is_vendored(clone, chart, dependency):
            fault = f"lies outside of the repository ({dependency.repository})"
            span = dependency.repository_span or dependency.span
            yield MissingDependency(_name(clone, chart), dependency.name, fault, span, "")


def _of_other_version(estate: Estate, clone: Clone, chart: str, dependency: ChartDependency) -> str:
    """What Helm does not pack into ``charts/``; what lies there already it takes as it is."""
    place = required_folder(chart, dependency.repository)
    if place is None or _is_vendored(clone, chart, dependency):
        return ""
    metadata = estate.files.chart(clone, place)
    wanted, version = dependency.version, metadata.version if metadata is not None else ""
    if parse_version(version) is None or not (parse_version(wanted) or is_constraint(wanted)):
        return ""
    return "" if matches(version, wanted) else f"has version {version}, not {wanted}"


def _name(clone: Clone, chart: str) -> str:
    return f"{clone.name}/{chart}" if chart else clone.name


def _nearest(clone: Clone, chart: str, dependency: ChartDependency) -> str:
    """The folder of the chart that has the name, or else one like it."""
    charts = {*chart_folders(clone.files)} - {chart}
    by_name = {basename(folder): folder for folder in sorted(charts, reverse=True)}
    near = closest(dependency.name, by_name)
    return f"{clone.name}/{by_name[near]}" if near else ""


def _is_there(clone: Clone, chart: str, dependency: ChartDependency) -> bool:
    if _is_vendored(clone, chart, dependency):
        return True
    if not dependency.repository:
        return False
    place = required_folder(chart, dependency.repository)
    # A chart outside of the repository cannot be looked for, nor one that was not checked out.
    return (
        place is None
        or clone.is_file(join(place, "Chart.yaml"))
        or find_empty_submodule(clone, place) != ""
    )


def _is_vendored(clone: Clone, chart: str, dependency: ChartDependency) -> bool:
    vendored = join(chart, "charts", dependency.name)
    archive = re.compile(rf"{re.escape(vendored)}-\d.*\.tgz")
    beside = files_below(clone.files, join(chart, "charts"))
    return clone.is_directory(vendored) or any(map(archive.fullmatch, beside))
