"""Which files the sources of an Application read: a change to one may change what it renders.

A file counts whether or not it is there any more, because its going is a change as well.
"""

from posixpath import basename, dirname

from graphdoc.model.argocd import DirectoryOptions
from graphdoc.model.clone import Clone
from graphdoc.model.file_kinds import MANIFESTS
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import SourceFile
from graphdoc.model.node import texts_within
from graphdoc.resolve.helm.bundle import ChartError, read_chart
from graphdoc.resolve.kustomize import Build
from graphdoc.resolve.repositories.contents import read_bytes
from graphdoc.resolve.repositories.paths import join_path, normalise, required_folder
from graphdoc.resolve.resolved import (
    Estate,
    ReferenceFault,
    ResolvedApplication,
    ResolvedSource,
    Tool,
)

__all__ = ["SourceFiles", "is_below"]

_OVERRIDE = ".argocd-source"
_CHART_FOLDERS = ("templates/", "charts/", "crds/")
_CHART_FILES = frozenset(
    {"Chart.yaml", "Chart.lock", "requirements.yaml", "requirements.lock", "values.yaml",
     "values.schema.json", ".helmignore"}
)  # fmt: skip
# A template with this in it may read any file of its chart.
_READS_FILES = b".Files"


def is_below(path: str, directory: str) -> bool:
    """Whether a path lies in a directory, at any depth."""
    return not directory or path.startswith(f"{directory}/")


class SourceFiles:
    """Answers for one estate; charts and kustomizations are looked through once."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._clones = estate.clones_by_name
        self._checkouts = frozenset(id(clone) for clone in estate.clones)
        self._folders: dict[tuple[str, str], tuple[str, ...]] = {}
        self._reading_charts: dict[tuple[str, str], bool] = {}
        self._named: dict[SourceFile, frozenset[str]] = {}
        self._frozen: dict[int, frozenset[str]] = {}
        self._read: dict[int, bool] = {}
        self._file = SourceFile("", "")

    def is_read_by(self, entry: ResolvedApplication, file: SourceFile) -> bool:
        """Whether a change to a file may change what an Application renders."""
        if file.repository in self.frozen(entry):
            return False
        return any(self.is_read(source, file) for source in entry.sources)

    def frozen(self, entry: ResolvedApplication) -> frozenset[str]:
        """The repositories that an Application reads at other revisions only."""
        key = id(entry)  # the estate keeps its entries
        if key not in self._frozen:
            clones = [source.clone for source in entry.sources if source.clone is not None]
            live = {clone.name for clone in clones if id(clone) in self._checkouts}
            self._frozen[key] = frozenset(clone.name for clone in clones) - live
        return self._frozen[key]

    def is_read(self, source: ResolvedSource, file: SourceFile) -> bool:
        """Whether a source reads a file, or would if it were there."""
        if file != self._file:  # asked of one file after the other
            self._file = file
            self._read.clear()
        key = id(source)
        if key not in self._read:
            self._read[key] = _is_layered(source, file) or self._is_rendered(source, file)
        return self._read[key]

    def _is_rendered(self, source: ResolvedSource, file: SourceFile) -> bool:
        match source.tool:
            case Tool.HELM:
                return self._is_read_by_chart(source, file)
            case Tool.KUSTOMIZE:
                return file in source.files or self.is_missed(source.build, file)
            case Tool.DIRECTORY:
                return file in source.files or _is_manifest_of(source, file)
            case Tool.PLUGIN | Tool.UNKNOWN:
                return _is_in_path(source, file)
            case Tool.REFERENCE:
                return False

    def is_missed(self, build: Build | None, file: SourceFile) -> bool:
        """Whether a file that is not there belongs to a build: an entry still names it."""
        clone = self._clones.get(file.repository)
        if build is None or clone is None or clone.is_file(file.path):
            return False
        own = [own for own in build.kustomizations if own.repository == file.repository]
        named = {path for own_file in own for path in self._paths_in(own_file, clone)}
        if basename(file.path) in KUSTOMIZATION_NAMES and dirname(file.path) in named:
            return True
        return any(
            file.path == path or (is_below(file.path, path) and not clone.is_directory(path))
            for path in named
        )

    def _paths_in(self, kustomization: SourceFile, clone: Clone) -> frozenset[str]:
        """What the words of a kustomization would mean as paths."""
        if kustomization not in self._named:
            roots = self._estate.files.parse(clone, kustomization.path).roots
            folder = dirname(kustomization.path)
            paths = (join_path(folder, text) for root in roots for text, _ in texts_within(root))
            self._named[kustomization] = frozenset(path for path in paths if path)
        return self._named[kustomization]

    def _is_read_by_chart(self, source: ResolvedSource, file: SourceFile) -> bool:
        chart, clone = source.chart, source.clone
        if clone is None or chart is None or chart.path is None or clone.name != file.repository:
            return file in source.files
        folders = self.chart_folders(clone, chart.path)
        inside = next((folder for folder in folders if is_below(file.path, folder)), None)
        if inside is None:
            return file in source.files
        if _is_stuck(source) and _is_template(file.path, inside):
            return False
        named = bool(source.source.helm_options.file_parameters)
        is_override = basename(file.path).startswith(_OVERRIDE)
        return (
            (file in source.files and (named or is_override))
            or _is_of_chart(file.path, inside)
            or self._reads_files(clone, chart.path)
        )

    def chart_folders(self, clone: Clone, path: str) -> tuple[str, ...]:
        """The folder of a local chart, and those of the local charts that it requires."""
        key = (clone.name, path)
        if key not in self._folders:
            found: list[str] = []
            self._follow_charts(clone, path, found)
            self._folders[key] = tuple(sorted(found, key=len, reverse=True))
        return self._folders[key]

    def _follow_charts(self, clone: Clone, path: str, found: list[str]) -> None:
        if path in found:
            return
        found.append(path)
        try:
            dependencies = read_chart(self._estate.files, clone, path).dependencies
        except ChartError:
            return
        for dependency in dependencies:
            target = required_folder(path, dependency.repository)
            if target is not None:
                self._follow_charts(clone, target, found)

    def _reads_files(self, clone: Clone, path: str) -> bool:
        key = (clone.name, path)
        if key not in self._reading_charts:
            folders = self.chart_folders(clone, path)
            self._reading_charts[key] = any(
                _mentions_files(clone, name)
                for name in clone.files
                if any(is_below(name, folder) for folder in folders)
            )
        return self._reading_charts[key]


def _is_layered(source: ResolvedSource, file: SourceFile) -> bool:
    """Whether a source layers a values file, or names it although it is not there."""
    missing = ReferenceFault.MISSING_VALUES_FILE
    named = any(b.fault is missing and b.wanted == str(file) for b in source.broken)
    return named or any(layered.file == file for layered in source.value_files)


def _is_stuck(source: ResolvedSource) -> bool:
    """Whether nothing is rendered, whatever the templates say: a values file is not there."""
    return not source.resources and any(not broken.ignored for broken in source.broken)


def _is_of_chart(path: str, folder: str) -> bool:
    name = path.removeprefix(f"{folder}/") if folder else path
    return name in _CHART_FILES or name.startswith(_CHART_FOLDERS)


def _is_template(path: str, folder: str) -> bool:
    name = path.removeprefix(f"{folder}/") if folder else path
    return name.startswith("templates/")


def _mentions_files(clone: Clone, path: str) -> bool:
    if "templates/" not in path:
        return path.endswith(".tgz")  # a packed chart keeps its templates to itself
    return _READS_FILES in read_bytes(clone, path)


def _is_in_path(source: ResolvedSource, file: SourceFile) -> bool:
    path = normalise(source.source.path or "")
    if source.clone is None or source.clone.name != file.repository or path is None:
        return False
    return source.source.path is not None and is_below(file.path, path)


def _is_manifest_of(source: ResolvedSource, file: SourceFile) -> bool:
    """Whether a plain directory would take a file, or its Jsonnet may import it."""
    if not _is_in_path(source, file):
        return False
    if any(own.path.endswith(".jsonnet") for own in source.files):
        return True
    clone = source.clone
    if clone is None or clone.is_file(file.path):
        return False  # those that are taken are known
    options = source.source.directory or DirectoryOptions()
    name = file.path[len(normalise(source.source.path or "") or "") :].lstrip("/")
    in_reach = options.recurse or "/" not in name
    return in_reach and (options.any_extension or name.endswith((*MANIFESTS, ".jsonnet")))
