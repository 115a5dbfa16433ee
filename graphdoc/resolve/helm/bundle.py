"""The files of one chart, with all it requires that the repository holds, ready for Helm.

Helm gets these files and nothing else. A dependency that only a chart repository has stays missing;
whether that matters is known once the values are.
"""

import hashlib
import json
import posixpath
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field

from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.finding import NotUnderstood, Problem
from graphdoc.model.helm import ChartDependency, ChartMetadata
from graphdoc.model.location import Location, SourceFile, Span, file_start
from graphdoc.model.node import Mapping, Node, Sequence, to_plain
from graphdoc.parse.chart import parse_chart
from graphdoc.parse.scalars import as_kubectl
from graphdoc.resolve.files import Files
from graphdoc.resolve.values import EMPTY_VALUES

__all__ = ["BundledChart", "ChartBundle", "ChartError", "bundle_chart", "read_chart"]

_FILE_LIMIT = 20_000
_BYTE_LIMIT = 100 * 1024 * 1024
_DEPTH_LIMIT = 20


class ChartError(Exception):
    """A chart cannot be handed to Helm, and why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class BundledChart:
    """One chart of a bundle: ``directory`` in the bundle, ``path`` in the clone."""

    metadata: ChartMetadata
    directory: str
    path: str
    defaults: Mapping
    children: tuple["BundledChart", ...]
    missing: tuple[ChartDependency, ...]

    def child(self, name: str) -> "BundledChart | None":
        """The subchart that renders under a name, which may be an alias."""
        names = {dep.key: dep.name for dep in self.metadata.dependencies}
        wanted = names.get(name, name)
        return next((chart for chart in self.children if chart.metadata.name == wanted), None)


@dataclass(frozen=True, slots=True)
class ChartBundle:
    """A chart and its subcharts; ``files`` by path in the bundle, ``digest`` of all of them."""

    chart: BundledChart
    files: dict[str, bytes]
    digest: str
    not_understood: tuple[NotUnderstood, ...] = ()


def read_chart(files: Files, clone: Clone, path: str) -> ChartMetadata:
    """What ``Chart.yaml`` in a directory says.

    Raises:
        ChartError: there is none, or it cannot be read.
    """
    root = _read_mapping(files, clone, _join(path, "Chart.yaml"))
    if root is None:
        span = file_start(SourceFile(clone.name, _join(path, "Chart.yaml")))
        raise ChartError(Problem("no Chart.yaml", Location(span), (), str(span.file)))
    return parse_chart(root, _read_mapping(files, clone, _join(path, "requirements.yaml")))


def bundle_chart(files: Files, clone: Clone, path: str) -> ChartBundle:
    """All the files that Helm needs to render the chart in a directory of a clone.

    Raises:
        ChartError: the chart is not there, too large, or requires a local chart that is absent.
    """
    return _Bundler(files, clone).bundle(path)


@dataclass(slots=True)
class _Bundler:
    files: Files
    clone: Clone
    taken: dict[str, bytes] = field(default_factory=dict)
    size: int = 0
    unread: list[NotUnderstood] = field(default_factory=list)

    def bundle(self, path: str) -> ChartBundle:
        chart = self._add(path, "", ())
        digest = hashlib.sha256()
        for name, data in sorted(self.taken.items()):
            digest.update(f"{len(name)} {name} {len(data)} ".encode() + data)
        return ChartBundle(chart, self.taken, digest.hexdigest(), tuple(self.unread))

    def _add(self, path: str, directory: str, parents: tuple[str, ...]) -> BundledChart:
        """Take a chart's files, then those of the local charts that it requires."""
        metadata = read_chart(self.files, self.clone, path)
        if path in parents or len(parents) > _DEPTH_LIMIT:
            raise _error(metadata.span, "charts require each other in a loop")
        for name in _files_below(self.clone, path):
            self._take(_join(path, name), _join(directory, name))
        return self._describe(path, directory, (*parents, path))

    def _take(self, path: str, name: str) -> None:
        try:
            data = self.clone.read(path)
        except UnreadableError as error:
            self.unread.append(NotUnderstood(file_start(error.file), error.reason))
            return
        self.size += len(data)
        if self.size > _BYTE_LIMIT or len(self.taken) >= _FILE_LIMIT:
            raise _error(file_start(SourceFile(self.clone.name, path)), "the chart is too large")
        self.taken[name] = data

    def _describe(self, path: str, directory: str, parents: tuple[str, ...]) -> BundledChart:
        """A chart whose files are taken, with its subcharts."""
        metadata = read_chart(self.files, self.clone, path)
        children = [
            self._describe(sub, _join(directory, "charts", posixpath.basename(sub)), parents)
            for sub in _vendored(self.clone, path)
        ]
        missing: list[ChartDependency] = []
        for dependency in metadata.dependencies:
            if self._is_vendored(path, dependency, children):
                continue
            if dependency.is_local:
                children.append(self._add_local(path, directory, parents, dependency))
            else:
                missing.append(dependency)
        if missing:
            self._forget(path, directory, missing)
        defaults = _read_mapping(self.files, self.clone, _join(path, "values.yaml")) or EMPTY_VALUES
        return BundledChart(metadata, directory, path, defaults, tuple(children), tuple(missing))

    def _is_vendored(
        self, path: str, dependency: ChartDependency, children: list[BundledChart]
    ) -> bool:
        if any(child.metadata.name == dependency.name for child in children):
            return True
        names = self.clone.children(_join(path, "charts"))
        return any(n.startswith(f"{dependency.name}-") and n.endswith(".tgz") for n in names)

    def _add_local(
        self, path: str, directory: str, parents: tuple[str, ...], dependency: ChartDependency
    ) -> BundledChart:
        target = posixpath.normpath(_join(path, dependency.repository.removeprefix("file://")))
        target = "" if target == "." else target
        found = dependency.repository and not target.startswith(("..", "/"))
        if not found or not self.clone.is_file(_join(target, "Chart.yaml")):
            where = dependency.repository or f"charts/{dependency.name}"
            raise _error(dependency.span, f"chart {dependency.name} ({where}) does not exist")
        return self._add(target, _join(directory, "charts", dependency.name), parents)

    def _forget(self, path: str, directory: str, missing: list[ChartDependency]) -> None:
        """Leave absent charts out of ``Chart.yaml``, or Helm would stop where none is enabled."""
        for name in ("Chart.yaml", "requirements.yaml"):
            root = _read_mapping(self.files, self.clone, _join(path, name))
            if root is None or "dependencies" not in root.entries:
                continue
            spans = {dependency.span for dependency in missing}
            items = tuple(i for i in root.items_at("dependencies") if i.span not in spans)
            kept: dict[str, Node] = {**root.entries, "dependencies": Sequence(items, root.span)}
            data = json.dumps(to_plain(root._replace(entries=kept))).encode()
            self.taken[_join(directory, name)] = data


def _read_mapping(files: Files, clone: Clone, path: str) -> Mapping | None:
    """A file's first document, as Helm reads it; ``None`` where there is no such file.

    Raises:
        ChartError: the file is broken.
    """
    if not clone.is_file(path):
        return None
    parsed = files.parse(clone, path)
    if parsed.problem is not None:
        raise ChartError(parsed.problem)
    root = parsed.roots[0] if parsed.roots else EMPTY_VALUES
    if not isinstance(root, Mapping):
        raise _error(file_start(parsed.file), "not a mapping")
    return as_kubectl(root)


def _files_below(clone: Clone, directory: str) -> Iterator[str]:
    """The files below a directory, relative to it; names that would leave it are passed over."""
    prefix = f"{directory}/" if directory else ""
    for path in clone.files[bisect_left(clone.files, prefix) :]:
        if not path.startswith(prefix):
            return
        name = path.removeprefix(prefix)
        if not ({"..", "", "."} & set(name.split("/")) or "\\" in name or ":" in name):
            yield name


def _vendored(clone: Clone, path: str) -> Iterator[str]:
    """The directories of the subcharts under ``charts``; Helm skips those that start with _ or ."""
    for name in clone.children(_join(path, "charts")):
        directory = _join(path, "charts", name)
        if not name.startswith(("_", ".")) and clone.is_file(_join(directory, "Chart.yaml")):
            yield directory


def _join(*parts: str) -> str:
    return "/".join(part for part in parts if part)


def _error(span: Span, message: str) -> ChartError:
    return ChartError(Problem(message, Location(span), (), str(span.file)))
