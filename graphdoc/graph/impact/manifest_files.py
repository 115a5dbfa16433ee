"""Which files the manifest of an Application comes from: what writes, patches or generates it."""

from collections.abc import Iterator
from functools import cached_property
from posixpath import basename, dirname
from typing import NamedTuple, TypeAlias

from graphdoc.graph.impact.source_files import SourceFiles, is_below
from graphdoc.graph.reach import reach
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping, Scalar, to_plain, walk
from graphdoc.model.resource import Resource
from graphdoc.resolve.applicationset.globs import matches_directory, matches_pathspec
from graphdoc.resolve.kustomize import Build
from graphdoc.resolve.resolved import (
    Estate,
    ResolvedApplication,
    ResolvedApplicationSet,
    Root,
    RootKind,
    Tool,
)
from graphdoc.resolve.roots.units import written_at

__all__ = ["ManifestFiles"]

_KINDS = frozenset({"Application", "ApplicationSet"})

_Folder: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class _Unit:
    """One Application or ApplicationSet as something renders it."""

    id: str
    cluster: str
    resource: Resource
    files: frozenset[SourceFile]


class _Inclusion(NamedTuple):
    """How a kustomization names a file or a folder."""

    kind: str
    folder: _Folder


class ManifestFiles:
    """Answers for one estate."""

    def __init__(self, estate: Estate, sources: SourceFiles) -> None:
        self._estate = estate
        self._sources = sources
        self._applications = grouped((entry.id, entry) for entry in estate.applications)
        self._above: dict[SourceFile, frozenset[_Folder]] = {}
        self._patches: dict[int, dict[SourceFile, set[str]]] = {}

    def changed_by(self, file: SourceFile) -> frozenset[str]:
        """The Applications and ApplicationSets whose manifests a file may change.

        A changed Application may render others than before, so all below it are among them.
        """
        changed = (unit.id for unit in self._units if self._is_changed(unit, file))
        return reach(changed, lambda id_: self._children.get(id_, ()))

    def written_in(self, file: SourceFile) -> tuple[str, ...]:
        """The Applications and ApplicationSets whose manifests stand in a file."""
        units = (u for u in self._units if written_at(u.resource)[0] == file)
        return tuple(sorted({unit.id for unit in units}))

    @cached_property
    def _units(self) -> tuple[_Unit, ...]:
        applications, sets = self._estate.applications, self._estate.application_sets
        facts = [(e.id, e.cluster, e.application.resource) for e in applications]
        facts += [(made.id, made.cluster, made.resource) for made in sets]
        return tuple(_Unit(*fact, _files_of(fact[2])) for fact in facts)

    @cached_property
    def _parents(self) -> dict[str, tuple[str, ...]]:
        pairs = {(child, parent) for parent, child, _ in self._estate.manages}
        pairs |= {(made.id, made.parent) for made in self._estate.application_sets if made.parent}
        return grouped(sorted(pairs))

    @cached_property
    def _children(self) -> dict[str, tuple[str, ...]]:
        above = self._parents.items()
        return grouped((parent, child) for child, parents in above for parent in parents)

    @cached_property
    def _roots(self) -> dict[tuple[str, str], tuple[Root, ...]]:
        """By node and cluster: a chart that is a root has one for each values file beside it."""
        return grouped(((root.node, root.cluster), root) for root in self._estate.roots)

    @cached_property
    def _variants(self) -> frozenset[SourceFile]:
        """The values files that make a chart the root of one cluster."""
        return frozenset(r.span.file for r in self._estate.roots if r.kind is RootKind.CHART)

    def _is_changed(self, unit: _Unit, file: SourceFile) -> bool:
        parents = self._parents.get(unit.id, ())
        if not parents:
            return file in unit.files
        return any(self._is_changed_through(parent, unit, file) for parent in parents)

    def _is_changed_through(self, parent: str, unit: _Unit, file: SourceFile) -> bool:
        made = self._estate.sets_by_id.get(parent)
        if made is not None:
            return file in unit.files or self._is_generated_from(made, unit, file)
        entries = self._applications.get(parent)
        if entries is not None:
            return any(self._is_changed_by_parent(entry, unit, file) for entry in entries)
        if file in unit.files:
            return True
        roots = self._roots.get((parent, unit.cluster), ())
        return any(self._is_changed_by_root(root, unit, file) for root in roots)

    def _is_changed_by_parent(
        self, parent: ResolvedApplication, unit: _Unit, file: SourceFile
    ) -> bool:
        if file.repository in self._sources.frozen(parent):
            return False
        if file in unit.files:
            return True
        for source in parent.sources:
            if source.build is not None:
                if self._is_changed_by_build(source.build, unit, file):
                    return True
            elif source.tool is not Tool.DIRECTORY and self._sources.is_read(source, file):
                return True
        return False

    def _is_changed_by_root(self, root: Root, unit: _Unit, file: SourceFile) -> bool:
        if root.build is not None:
            return self._is_changed_by_build(root.build, unit, file)
        if root.kind is not RootKind.CHART or root.clone != file.repository:
            return False
        clone = self._estate.clones_by_name[root.clone]
        folders = self._sources.chart_folders(clone, root.path)
        is_foreign = file in self._variants and file != root.span.file
        return not is_foreign and any(is_below(file.path, folder) for folder in folders)

    def _is_changed_by_build(self, build: Build, unit: _Unit, file: SourceFile) -> bool:
        """Whether a file of a build that is no manifest itself has a say in a manifest."""
        if file not in build.files:
            return self._sources.is_missed(build, file)
        patched = self._patched(build).get(file)
        if patched is not None:
            known = {resource.name for resource in build.resources if resource.kind in _KINDS}
            return unit.resource.name in patched or (bool(patched) and not patched & known)
        owners = self._owners(file)
        if owners is None:
            return True
        above = self._folders_above(written_at(unit.resource)[0])
        return any(o in above or o not in self._built for o in owners) or (
            bool(owners) and not above
        )

    def _patched(self, build: Build) -> dict[SourceFile, set[str]]:
        """By its file, the Applications and ApplicationSets that a patch meets."""
        key = id(build)  # the estate keeps its builds
        if key not in self._patches:
            found = self._patches[key] = {}
            for patch in build.patches:
                if patch.file is not None and patch.targets:
                    names = found.setdefault(patch.file, set())
                    names.update(t.name for t in patch.targets if t.kind in _KINDS)
        return self._patches[key]

    def _owners(self, file: SourceFile) -> frozenset[_Folder] | None:
        """The kustomizations that read a file for more than its manifests; ``None``: unknown."""
        if basename(file.path) in KUSTOMIZATION_NAMES:
            return frozenset({(file.repository, dirname(file.path))})
        inclusions = self._inclusions.get((file.repository, file.path))
        if inclusions is None:
            return None
        return frozenset(i.folder for i in inclusions if i.kind != "resource")

    @cached_property
    def _built(self) -> frozenset[_Folder]:
        return frozenset((build.clone, build.path) for build in self._builds)

    @property
    def _builds(self) -> Iterator[Build]:
        yield from self._estate.builds
        yield from (source.build for source in self._estate.sources if source.build is not None)

    @cached_property
    def _inclusions(self) -> dict[_Folder, tuple[_Inclusion, ...]]:
        found = {
            ((include.clone, include.target), _Inclusion(include.kind, (part.clone, part.path)))
            for build in self._builds
            for part in build.parts
            for include in part.includes
        }
        return grouped(found)

    def _folders_above(self, file: SourceFile) -> frozenset[_Folder]:
        """Every kustomization that leads to a manifest."""
        if file not in self._above:
            start = (file.repository, file.path)
            self._above[file] = reach([start], self._folders_including) - {start}
        return self._above[file]

    def _folders_including(self, place: _Folder) -> Iterator[_Folder]:
        return (how.folder for how in self._inclusions.get(place, ()))

    def _is_generated_from(
        self, made: ResolvedApplicationSet, unit: _Unit, file: SourceFile
    ) -> bool:
        """Whether the parameters of an Application come from a file that its generator reads.

        Where no Application shows a value of the file, it may be about any of them.
        """
        if file in made.files:
            siblings = [u for u in self._units if u.id in made.applications]
            named = {name for name, span in made.items if span.file == file}
            named |= {u.resource.name for u in siblings if file in u.files}
            return unit.resource.name in named or not named
        clone = self._estate.clone(file.repository)
        if clone is None or clone.is_file(file.path):
            return False
        return any(_would_generate(entry, file.path) for entry in _git_generators(made.resource))


def _files_of(resource: Resource) -> frozenset[SourceFile]:
    """Every file that any part of a manifest comes from."""
    found: set[SourceFile] = set()
    for _, node in walk(resource.manifest):
        found.update(span.file for span in node.origins)
        if isinstance(node, Mapping):
            found.update(span.file for span in node.keys.values())
    return frozenset(found)


def _git_generators(resource: Resource) -> Iterator[tuple[str, str]]:
    """The paths of Git generators, at any depth, each with whether it is of files or folders."""
    for pointer, node in walk(resource.manifest):
        parts = pointer.split("/")
        is_text = isinstance(node, Scalar) and isinstance(node.value, str)
        is_path = "git" in parts and parts[-1] == "path" and parts[-3] in {"directories", "files"}
        if is_text and is_path:
            yield parts[-3], str(to_plain(node))


def _would_generate(entry: tuple[str, str], path: str) -> bool:
    kind, pattern = entry
    if "{{" in pattern:
        return True
    if kind == "files":
        return matches_pathspec(path, pattern)
    folders = path.split("/")[:-1]
    return any(
        matches_directory("/".join(folders[: depth + 1]), pattern) for depth in range(len(folders))
    )
