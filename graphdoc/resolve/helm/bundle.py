"""The files of one chart, with all it requires that the repository holds, ready for Helm.

Helm gets these files and nothing else. A dependency that only a chart repository has stays missing;
whether that matters is known once the values are.
"""

import hashlib
import json
import os
import posixpath
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import field
from functools import cached_property
from typing import NamedTuple, TypeAlias

from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood, Problem
from graphdoc.model.helm import ChartDependency, ChartMetadata
from graphdoc.model.limits import Limits
from graphdoc.model.location import Location, SourceFile, Span, file_start
from graphdoc.model.node import NOTHING, Mapping, Node, Sequence, is_null, to_plain
from graphdoc.model.windows import is_reserved
from graphdoc.parse.chart import parse_chart
from graphdoc.parse.scalars import as_kubectl
from graphdoc.resolve.helm.chart_cache import ArchiveError, ChartTree, read_archive
from graphdoc.resolve.helm.helmignore import HelmIgnore
from graphdoc.resolve.helm.schemas import SCHEMA_NAME, find_doubt
from graphdoc.resolve.repositories.files import Files

__all__ = [
    "UNREAD", "BundledChart", "ChartBundle", "ChartError", "FindChart", "Place", "bundle_chart",
    "no_mapping", "read_chart",
]  # fmt: skip

UNREAD = "Helm cannot read the chart"
_DEPTH_LIMIT = 20
_ON_WINDOWS = os.name == "nt"

# From repository, name and version (or range) of a chart to the clone and directory that hold it.
FindChart: TypeAlias = Callable[[str, str, str], tuple[Clone, str] | None]


class ChartError(Exception):
    """A chart cannot be handed to Helm, and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class Place(NamedTuple):
    """A directory of a clone."""

    clone: Clone
    path: str

    def below(self, name: str) -> "Place":
        """A directory within."""
        return Place(self.clone, _join(self.path, name))

    def file(self, name: str) -> SourceFile:
        """A file within."""
        return SourceFile(self.clone.name, _join(self.path, name))


@dataclass(frozen=True)
class BundledChart:
    """One chart of a bundle, and where it is written."""

    metadata: ChartMetadata
    place: Place
    defaults: Mapping
    children: tuple["BundledChart", ...]
    missing: tuple[ChartDependency, ...]

    def child(self, name: str) -> "BundledChart | None":
        """The subchart that renders under a name, which may be an alias."""
        return self._by_key.get(name)

    @cached_property
    def _by_key(self) -> "dict[str, BundledChart | None]":
        named = {chart.metadata.name: chart for chart in reversed(self.children)}
        return {**named, **{d.key: named.get(d.name) for d in self.metadata.dependencies}}


@dataclass(frozen=True, slots=True)
class ChartBundle:
    """A chart and its subcharts; ``files`` by path in the bundle, ``digest`` of all of them."""

    chart: BundledChart
    files: dict[str, bytes]
    digest: str
    not_understood: tuple[NotUnderstood, ...] = ()


def read_chart(files: Files, clone: Clone, path: str) -> ChartMetadata:
    """What ``Chart.yaml`` in a directory says."""
    place = Place(clone, path)
    root = _read_mapping(files, place, "Chart.yaml")
    if root is None:
        raise _error(file_start(place.file("Chart.yaml")), "no Chart.yaml")
    return parse_chart(root, _read_mapping(files, place, "requirements.yaml"))


def bundle_chart(
    files: Files, clone: Clone, path: str, find_chart: FindChart | None = None
) -> ChartBundle:
    """All the files that Helm needs to render the chart in a directory of a clone.

    A required chart of a Helm repository is what ``find_chart`` says, if it is at hand.

    Raises:
        ChartError: the chart is not there, too large, or requires a local chart that is absent.
    """
    return _Bundler(files, find_chart).bundle(Place(clone, path))


@dataclass(slots=True)
class _Bundler:
    files: Files
    find_chart: FindChart | None
    taken: dict[str, bytes] = field(default_factory=dict)
    size: int = 0
    unread: list[NotUnderstood] = field(default_factory=list)

    def bundle(self, place: Place) -> ChartBundle:
        chart = self._add(place, "", ())
        digest = hashlib.sha256()
        for name, data in sorted(self.taken.items()):
            digest.update(f"{len(name)} {name} {len(data)} ".encode() + data)
        return ChartBundle(chart, self.taken, digest.hexdigest(), tuple(self.unread))

    def _add(self, place: Place, directory: str, parents: tuple[Place, ...]) -> BundledChart:
        """Take a chart's files, then those of the charts that it requires."""
        metadata = read_chart(self.files, *place)
        if place in parents or len(parents) > _DEPTH_LIMIT:
            raise _error(metadata.span, "charts require each other in a loop")
        ignored = HelmIgnore(*place)
        for name in _files_below(place):
            if not _is_packed(name) and not ignored.hides(name):
                self._take(place, name, _join(directory, name))
        return self._describe(place, directory, (*parents, place))

    def _take(self, place: Place, name: str, target: str) -> None:
        if _ON_WINDOWS and is_reserved(name):
            reason = "a name that Windows keeps for itself; Helm is not given the file"
            self.unread.append(NotUnderstood(file_start(place.file(name)), reason))
            return
        try:
            data = place.clone.read(place.file(name).path)
        except UnreadableError as error:
            self.unread.append(NotUnderstood(file_start(error.file), error.reason))
            return
        self.size += len(data)
        limits = self.files.limits
        if self.size > limits.chart_size or len(self.taken) >= limits.chart_files:
            raise _error(file_start(place.file(name)), "the chart is too large")
        doubt = find_doubt(data) if posixpath.basename(name) == SCHEMA_NAME else None
        if doubt is not None:
            self.unread.append(NotUnderstood(file_start(place.file(name)), doubt))
        else:
            self.taken[target] = data

    def _describe(self, place: Place, directory: str, parents: tuple[Place, ...]) -> BundledChart:
        """A chart whose files are taken, with its subcharts."""
        metadata = read_chart(self.files, *place)
        children = [
            self._describe(sub, _join(directory, "charts", posixpath.basename(sub.path)), parents)
            for sub in _vendored(place)
        ]
        children += [
            self._add(sub, _join(directory, "charts", f"packed-{number}"), parents)
            for number, sub in enumerate(self._packed(place))
        ]
        there = {child.metadata.name for child in children}
        missing: list[ChartDependency] = []
        for dependency in metadata.dependencies:
            if dependency.name in there:
                continue
            if directory and dependency.is_local and _local(place, dependency) is None:
                continue  # Helm asks only whether all is there that the outermost chart requires
            required = self._required(place, dependency)
            if required is None:
                missing.append(dependency)
            else:
                target = _join(directory, "charts", dependency.name)
                children.append(self._add(required, target, parents))
                there.add(children[-1].metadata.name)
        if missing:
            self._forget(place, directory, missing)
        defaults = _read_mapping(self.files, place, "values.yaml") or NOTHING
        return BundledChart(metadata, place, defaults, tuple(children), tuple(missing))

    def _packed(self, place: Place) -> Iterator[Place]:
        """The packed charts under ``charts``; Helm gets them unpacked, as all is looked at here."""
        charts = place.below("charts")
        for name in charts.clone.children(charts.path):
            if not name.endswith(".tgz") or name.startswith(("_", ".")):
                continue
            file = charts.file(name)
            try:
                yield _open_packed(file, charts.clone.read(file.path), self.files.limits)
            except (ArchiveError, UnreadableError) as error:
                reason = error.reason if isinstance(error, UnreadableError) else str(error)
                self.unread.append(NotUnderstood(file_start(file), reason))

    def _required(self, place: Place, dependency: ChartDependency) -> Place | None:
        """Where a required chart lies; ``None`` for a remote one that is not at hand."""
        if not dependency.is_local:
            version = _locked(self.files, place).get(dependency.name, dependency.version)
            find = self.find_chart
            found = find(dependency.repository, dependency.name, version) if find else None
            return Place(*found) if found else None
        local = _local(place, dependency)
        if local is None:
            where = dependency.repository or f"charts/{dependency.name}"
            raise _error(dependency.span, f"chart {dependency.name} ({where}) does not exist")
        return local

    def _forget(self, place: Place, directory: str, missing: list[ChartDependency]) -> None:
        """Leave absent charts out of ``Chart.yaml``, or Helm would stop where none is enabled."""
        for name in ("Chart.yaml", "requirements.yaml"):
            root = _read_mapping(self.files, place, name)
            target = _join(directory, name)
            if root is None or "dependencies" not in root.entries or target not in self.taken:
                continue
            spans = {dependency.span for dependency in missing}
            items = tuple(i for i in root.items_at("dependencies") if i.span not in spans)
            kept: dict[str, Node] = {**root.entries, "dependencies": Sequence(items, root.span)}
            data = json.dumps(to_plain(root.with_entries(kept))).encode()
            self.taken[target] = data


def _local(place: Place, dependency: ChartDependency) -> Place | None:
    """Where a chart of the same repository lies, if it is there."""
    target = posixpath.normpath(_join(place.path, dependency.repository.removeprefix("file://")))
    target = "" if target == "." else target
    leaves = not dependency.repository or target.startswith(("..", "/"))
    is_there = not leaves and place.clone.is_file(_join(target, "Chart.yaml"))
    return Place(place.clone, target) if is_there else None


def _is_packed(name: str) -> bool:
    """Whether a chart's file is a packed subchart of it, or of one that it holds unpacked."""
    return name.endswith(".tgz") and posixpath.basename(posixpath.dirname(name)) == "charts"


def _open_packed(file: SourceFile, data: bytes, limits: Limits) -> Place:
    """A packed chart as a directory that is called like the archive."""
    contents = {f"{file.path}/{name}": text for name, text in read_archive(data, limits).items()}
    return Place(ChartTree(file.repository, contents), file.path)


def _locked(files: Files, place: Place) -> dict[str, str]:
    """The versions that ``Chart.lock`` holds."""
    root = _read_mapping(files, place, "Chart.lock")
    return {dep.name: dep.version for dep in parse_chart(root).dependencies} if root else {}


def _read_mapping(files: Files, place: Place, name: str) -> Mapping | None:
    """A file's first document, as Helm reads it; ``None`` where there is no such file."""
    path = place.file(name).path
    if not place.clone.is_file(path):
        return None
    parsed = files.parse(place.clone, path)
    if parsed.problem is not None:
        raise ChartError(parsed.problem)
    root = parsed.roots[0] if parsed.roots else NOTHING
    if is_null(root):
        return NOTHING
    if not isinstance(root, Mapping):
        raise _error(root.span, no_mapping(root, name))
    return as_kubectl(root)


def no_mapping(root: Node, what: str) -> str:
    """Why Helm refuses a file; a lone text may stand for what a filter of Git would put there."""
    fact = f"{what} is not a mapping"
    return f"{UNREAD}: {fact}" if isinstance(root, Sequence) else fact


def _files_below(place: Place) -> Iterator[str]:
    """The files of a directory, relative to it; names that would leave it are passed over."""
    prefix = posixpath.join(place.path, "")
    files = place.clone.files
    for path in files[bisect_left(files, prefix) :]:
        if not path.startswith(prefix):
            return
        name = path.removeprefix(prefix)
        if not ({"..", "", "."} & set(name.split("/")) or "\\" in name or ":" in name):
            yield name


def _vendored(place: Place) -> Iterator[Place]:
    """The directories of the subcharts under ``charts``; Helm skips those that start with _ or ."""
    charts = place.below("charts")
    for name in charts.clone.children(charts.path):
        chart = charts.below(name)
        if not name.startswith(("_", ".")) and chart.clone.is_file(chart.file("Chart.yaml").path):
            yield chart


def _join(*parts: str) -> str:
    return "/".join(part for part in parts if part)


def _error(span: Span, message: str) -> ChartError:
    return ChartError(Problem(message, Location(span), (), str(span.file)))
