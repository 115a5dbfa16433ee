"""What a single directory or Application comes to, many of them in one process."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from functools import cached_property
from pathlib import Path
from posixpath import join
from typing import TYPE_CHECKING

from graphdoc.clone import DiskClone
from graphdoc.config.load import free_name, shown_path
from graphdoc.config.values import Config
from graphdoc.model.argocd import DirectoryOptions
from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.helm import Release
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.limits import DEFAULT_LIMITS, Limits
from graphdoc.model.location import SourceFile, file_start
from graphdoc.model.mistake import nearest
from graphdoc.model.node import NOTHING
from graphdoc.model.resource import Resource
from graphdoc.parse.events import find_gap
from graphdoc.parse.scalars import as_kubectl
from graphdoc.pipeline.clones import open_charts, open_clones
from graphdoc.pipeline.folders import Folders
from graphdoc.resolve.helm import NO_ENGINE, ChartRenderer, HelmEngine, Place, find_engine
from graphdoc.resolve.helm.chart_cache import ChartCache
from graphdoc.resolve.kustomize import Inflator, Kustomizer, is_kustomization
from graphdoc.resolve.repositories.addresses import Repositories
from graphdoc.resolve.repositories.files import Files
from graphdoc.resolve.resolved import ResolvedSource
from graphdoc.resolve.source.directory import directory_files

if TYPE_CHECKING:
    from graphdoc.pipeline.analysis import Analysis

__all__ = ["Renderer", "Rendering"]


@dataclass(frozen=True, slots=True)
class Rendering:
    """What one PATH comes to; with an ``error``, the real program would produce nothing."""

    path: str
    resources: tuple[Resource, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
    error: str | None = None


@dataclass
class Renderer:
    """Renders one PATH after another; files, bases and charts are read once for all."""

    config: Config | None
    enable_helm: bool = False
    _folders: Folders = field(default_factory=Folders)
    _clones: dict[Path, DiskClone] = field(default_factory=dict)
    _directories: dict[Path | None, "_Directories"] = field(default_factory=dict)

    def render(self, path: str) -> Rendering:
        """A directory, or else an Application by its name or id."""
        place = Path(path)
        if place.name in KUSTOMIZATION_NAMES and place.is_file():
            place = place.parent
        if place.is_dir():
            clone, directory = self._locate(self._folders.resolve(place))
            done = self._directories_of(clone).render(path, clone, directory)
            return _with_gap(done, SourceFile(clone.name, directory))
        return self._render_application(path)

    def _render_application(self, path: str) -> Rendering:
        if self._analysis is None:
            return Rendering(path, error="no such directory")
        entries = self._analysis.estate.applications
        names = {path, f"application:{path}", path.removeprefix("application:")}
        found = {entry.id: entry for entry in reversed(entries) if names & {entry.id, entry.name}}
        if not found:
            known = {text for entry in entries for text in (entry.name, entry.id)}
            return Rendering(path, error=f"no such directory or Application{nearest(path, known)}")
        if len(found) > 1:
            ids = ", ".join(sorted(found))
            return Rendering(path, error=f"several Applications have this name: {ids}")
        (entry,) = found.values()
        notes = tuple(note for source in entry.sources for note in source.not_understood)
        error = next((text for source in entry.sources for text in _faults(source)), None)
        return _with_gap(Rendering(path, entry.resources, notes, error), entry.manifest.span.file)

    def _locate(self, place: Path) -> tuple[DiskClone, str]:
        """The clone that holds a directory, and the directory in it."""
        for root, clone in self._configured.items():
            if place.is_relative_to(root):
                return clone, _inside(root, place)
        root = self._folders.find_root(place)
        if root not in self._clones:
            root = next((known for known in self._clones if root.is_relative_to(known)), root)
        if root not in self._clones:
            size = _limits_of(self.config).file_size
            name = free_name(root, {clone.name for clone in self._configured.values()})
            self._clones[root] = DiskClone(name, shown_path(root), root, size_limit=size)
        return self._clones[root], _inside(root, place)

    def _directories_of(self, clone: DiskClone) -> "_Directories":
        """Apart for clones that no configuration names: two of them may have one name."""
        root = None if clone in self._configured.values() else clone.root
        if root not in self._directories:
            known = tuple(self._configured.values())
            self._directories[root] = _Directories(
                self.config, known, lambda: self._engine, self.enable_helm
            )
        return self._directories[root]

    @cached_property
    def _configured(self) -> Mapping[Path, DiskClone]:
        if self.config is None:
            return {}
        return {clone.root.resolve(): clone for clone in open_clones(self.config)}

    @cached_property
    def _engine(self) -> HelmEngine | None:
        return find_engine(_limits_of(self.config).helm_seconds)

    @cached_property
    def _analysis(self) -> "Analysis | None":
        if self.config is None:
            return None
        # Directories need no graph and no rules, which take longer to import than most to render.
        from graphdoc.pipeline.analysis import analyse  # noqa: PLC0415

        return analyse(self.config)


def _faults(source: ResolvedSource) -> Iterator[str]:
    """Why Argo CD makes nothing of a source."""
    for broken in source.broken:
        if not broken.ignored:
            yield f"{broken.scalar.span}: '{broken.wanted}' {broken.fate}"
    for problem in source.problems:
        yield f"{problem.primary.span}: {problem.message}"


@dataclass
class _Directories:
    """Renders directories of clones whose names differ: by these, what was read is found again."""

    config: Config | None
    known: tuple[DiskClone, ...]
    find_engine: Callable[[], HelmEngine | None]
    enable_helm: bool

    def render(self, path: str, clone: Clone, directory: str) -> Rendering:
        if is_kustomization(clone, directory) is not None:
            build = self._kustomizer.build(clone, directory)
            resources = () if build.problems else build.resources
            return Rendering(path, resources, build.not_understood, build.error)
        if clone.is_file(join(directory, "Chart.yaml")):
            return self._render_chart(path, clone, directory)
        return self._render_plain(path, clone, directory)

    def _render_chart(self, path: str, clone: Clone, directory: str) -> Rendering:
        engine = self.find_engine()
        if engine is None:
            return Rendering(path, error=f"no Helm engine: {NO_ENGINE}")
        name = directory.rpartition("/")[2] or clone.name
        release = Release(name=name, namespace="default")
        renderer = ChartRenderer(engine, self._files, self._charts.find_required)
        done = renderer.render(Place(clone, directory), release, NOTHING)
        error = f"{done.error.primary.span}: {done.error.message}" if done.error else None
        return Rendering(path, done.resources, done.not_understood, error)

    def _render_plain(self, path: str, clone: Clone, directory: str) -> Rendering:
        resources: list[Resource] = []
        for name in directory_files(clone, directory, DirectoryOptions()):
            parsed = self._files.parse(clone, name)
            if parsed.problem is not None:
                span = parsed.problem.primary.span
                return Rendering(path, error=f"{span}: {parsed.problem.message}")
            resources += (Resource(as_kubectl(r.manifest)) for r in parsed.resources)
        error = None if resources else "no kustomization, chart or manifest here"
        return Rendering(path, tuple(resources), error=error)

    @cached_property
    def _files(self) -> Files:
        return Files(_limits_of(self.config))

    @cached_property
    def _kustomizer(self) -> Kustomizer:
        repositories = Repositories(self.known)
        inflator = (
            Inflator(self.find_engine(), self._files, self._charts) if self.enable_helm else None
        )
        return Kustomizer(self._files, repositories.find_revision, inflator=inflator)

    @cached_property
    def _charts(self) -> ChartCache:
        if self.config is None:
            return ChartCache(None, self._files)
        return ChartCache(open_charts(self.config), self._files)


def _limits_of(config: Config | None) -> Limits:
    return config.limits if config is not None else DEFAULT_LIMITS


def _with_gap(done: Rendering, file: SourceFile) -> Rendering:
    """What is missing on this machine to read YAML as the real programs do."""
    gap = find_gap()
    if gap is None:
        return done
    note = NotUnderstood(file_start(file), gap)
    return replace(done, not_understood=(*done.not_understood, note))


def _inside(root: Path, place: Path) -> str:
    path = place.relative_to(root).as_posix()
    return "" if path == "." else path
