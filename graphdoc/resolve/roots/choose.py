"""Where each cluster's tree starts: what nothing analysed manages, and what brings Applications."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from posixpath import dirname
from typing import NamedTuple, Protocol

from graphdoc.model.argocd import Application, Source
from graphdoc.model.clone import Clone
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.resource import Resource
from graphdoc.resolve.helm import APPS_CHART
from graphdoc.resolve.kustomize import Build
from graphdoc.resolve.paths import normalise
from graphdoc.resolve.repositories import Repositories
from graphdoc.resolve.resolved import Root, RootKind
from graphdoc.resolve.roots.cluster_names import cluster_name
from graphdoc.resolve.roots.pattern import RootPattern
from graphdoc.resolve.roots.scripts import Applied, find_applied, find_documented
from graphdoc.resolve.roots.units import Unit, Units, brings_applications, written_at

__all__ = ["choose_roots"]

_VERY_MANY = 20


class Follower(Protocol):
    """Who walks a root and remembers what was reached."""

    rendered: set[tuple[str, str]]
    reached: set[tuple[SourceFile, int]]

    def applications_of(self, resource: Resource) -> tuple[Application, ...]:
        """The Application that a resource is, or those that an ApplicationSet makes."""

    def follow(self, unit: Unit, cluster: str) -> None:
        """Walk everything below a root."""


def choose_roots(
    units: Units, repositories: Repositories, patterns: tuple[RootPattern, ...], walk: Follower
) -> tuple[Root, ...]:
    """The roots, each followed as soon as chosen, so that later candidates are judged by it."""
    clones = repositories.clones
    applied = tuple(applied for clone in clones for applied in find_applied(clone))
    documented = tuple(applied for clone in clones for applied in find_documented(clone))
    choice = _Choice(units, repositories, walk, applied, documented)
    if patterns:
        choice.take_named(patterns)
        return tuple(choice.roots)
    choice.take_applied()
    choice.take_applications()
    choice.take_folders()
    if not choice.roots or choice.is_mostly_lone:
        choice.take_lone_applications()
    return tuple(sorted(choice.roots, key=lambda root: (root.cluster, root.span)))


class _Target(NamedTuple):
    """A folder that an Application renders."""

    clone: str
    path: str
    recurse: bool
    lacks_values: bool


@dataclass(frozen=True, slots=True)
class _Places:
    """What lies where: units that are folders, charts, builds, and folders above Applications."""

    folders: frozenset[tuple[str, str]]
    charts: frozenset[tuple[str, str]]
    builds: dict[tuple[str, str], Build]
    homes: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, units: Units) -> "_Places":
        folders = (*units.kustomizations, *units.charts)
        return cls(
            frozenset((unit.clone.name, unit.path) for unit in folders) | units.bringing,
            frozenset(
                (clone.name, dirname(path))
                for clone in {unit.clone.name: unit.clone for unit in units.applications}.values()
                for path in clone.files
                if path.rpartition("/")[2] == "Chart.yaml"
            ),
            {(build.clone, build.path): build for build in reversed(units.builds)},
            frozenset(
                (unit.clone.name, above)
                for unit in units.applications
                for above in _ancestors(unit.directory)
            ),
        )


@dataclass(slots=True)
class _Choice:
    units: Units
    repositories: Repositories
    walk: Follower
    applied: tuple[Applied, ...]
    documented: tuple[Applied, ...]
    roots: list[Root] = field(default_factory=list)
    _taken: set[int] = field(default_factory=set)
    _known_targets: dict[int, tuple[_Target, ...]] = field(default_factory=dict)
    _managers: dict[tuple[str, str], list[Unit]] | None = None
    _places: "_Places | None" = None

    @property
    def _all(self) -> tuple[Unit, ...]:
        return (*self.units.applications, *self.units.kustomizations, *self.units.charts)

    def take_named(self, patterns: tuple[RootPattern, ...]) -> None:
        """The roots that the configuration names, and no others."""
        for unit in self._all:
            matches = (pattern.match(unit.clone.name, unit.path) for pattern in patterns)
            cluster = next((found for found in matches if found is not None), None)
            if cluster is not None:
                self._take(unit, unit.variant or cluster)

    def take_applied(self) -> None:
        """The roots that a script of the repository applies."""
        for unit in self._all:
            applied = self._script(unit) is not None and brings_applications(unit.resources)
            if applied and not self._is_managed(unit):
                self._take(unit, unit.variant)
        for unit in self._applied_directories():
            self._take(unit, "")

    def _applied_directories(self) -> Iterator[Unit]:
        """Plain folders that a script applies, each with all the Applications in it."""
        members: dict[tuple[str, str], list[Unit]] = {}
        for unit in self.units.applications:
            members.setdefault((unit.clone.name, unit.directory), []).append(unit)
        for (clone, directory), units in members.items():
            script = next((a for a in self.applied if a.names(clone, directory)), None)
            if script is None or self._is_omitted(units[0]) or self._is_managed(units[0]):
                continue
            yield _folder_of(units)

    def _script(self, unit: Unit) -> Span | None:
        named = (a.span for a in self.applied if a.names(unit.clone.name, unit.path))
        return next(named, None)

    def take_applications(self) -> None:
        """Applications that render further ones, and that nothing renders."""
        pending = [unit for unit in self.units.applications if self._is_app_of_apps(unit)]
        for unit in sorted(pending, key=_depth):
            if not self._is_excluded(unit):
                self._take(self._with_siblings(unit), "")

    def _with_siblings(self, unit: Unit) -> Unit:
        """The folder, where several ApplicationSets lie in it: they belong to one Argo CD.

        So do those in folders below, for nothing says that whoever applies the folder stops there.
        """
        beside = [
            other
            for other in self.units.applications
            if (other.clone.name, other.directory) == (unit.clone.name, unit.directory)
            and not self._is_excluded(other)
            and (other.kind is RootKind.APPLICATION_SET or not self._is_app_of_apps(other))
        ]
        sets = [other for other in beside if other.kind is RootKind.APPLICATION_SET]
        if unit not in sets or len(sets) == 1:
            return unit
        below = (
            other
            for other in self.units.applications
            if other.kind is RootKind.APPLICATION_SET
            and other.clone.name == unit.clone.name
            and unit.directory
            and _is_below(other.directory, unit.directory)
            and not self._is_excluded(other)
        )
        return _folder_of([*beside, *below])

    def take_folders(self) -> None:
        """Kustomizations and charts that bring Applications, and that nothing renders."""
        for unit in sorted((*self.units.kustomizations, *self.units.charts), key=_depth):
            if not self._is_excluded(unit):
                self._take(unit, unit.variant)

    @property
    def is_mostly_lone(self) -> bool:
        """Whether folders alone are roots, and most Applications lie in none of them.

        Whoever applies the folders by hand then applies the others, too; very many are applied by
        something that is not in Git.
        """
        folders = {RootKind.KUSTOMIZATION, RootKind.CHART}
        lone = [unit for unit in self.units.applications if not self._is_excluded(unit)]
        by_folders = all(root.kind in folders for root in self.roots)
        return by_folders and len(self.walk.reached) < len(lone) < _VERY_MANY

    def take_lone_applications(self) -> None:
        """Where there is no root, or hardly any, each Application is its own."""
        is_spare = self._is_excluded if self.roots else self._is_reached
        for unit in sorted(self.units.applications, key=_depth):
            if not is_spare(unit):
                self._take(unit, "")

    def _is_excluded(self, unit: Unit) -> bool:
        return (
            id(unit) in self._taken
            or self._is_reached(unit)
            or self._is_managed(unit)
            or (self._lies_below_root(unit) and not self._is_documented(unit))
            or self._is_omitted(unit)
        )

    def _is_reached(self, unit: Unit) -> bool:
        if unit.kind in {RootKind.APPLICATION, RootKind.APPLICATION_SET}:
            return written_at(unit.resources[0]) in self.walk.reached
        if any((root.clone, root.path) == (unit.clone.name, unit.path) for root in self.roots):
            return False  # another variant of a chart that is a root itself
        return (unit.clone.name, unit.path) in self.walk.rendered

    def _is_managed(self, unit: Unit) -> bool:
        """Whether an Application anywhere but in the unit itself renders the unit."""
        managers = self._manager_index()
        places = [(unit.clone.name, unit.directory)]
        if not unit.variant:
            places.append((f"{unit.clone.name}!", unit.directory))
        if unit.kind in {RootKind.APPLICATION, RootKind.APPLICATION_SET}:
            places += ((f"{unit.clone.name}//", folder) for folder in _ancestors(unit.directory))
        return any(
            other is not unit and not _is_part_of(other, unit)
            for place in places
            for other in managers.get(place, ())
        )

    def _manager_index(self) -> dict[tuple[str, str], list[Unit]]:
        """Who renders which folder.

        What is rendered with all below has a key of its own, and so has a chart that is asked for
        with values files that do not exist: which of those it has are meant, nobody says.
        """
        if self._managers is None:
            self._managers = {}
            pairs = ((unit, target) for unit in self._all for target in self._targets(unit))
            for unit, target in pairs:
                key = f"{target.clone}!" if target.lacks_values else target.clone
                self._managers.setdefault((key, target.path), []).append(unit)
                if target.recurse:
                    below = (f"{target.clone}//", target.path)
                    self._managers.setdefault(below, []).append(unit)
        return self._managers

    def _lies_below_root(self, unit: Unit) -> bool:
        return any(
            root.clone == unit.clone.name and _is_below(unit.directory, _directory(root))
            for root in self.roots
        )

    def _is_documented(self, unit: Unit) -> bool:
        places = {unit.path, unit.directory}
        return any(a.names(unit.clone.name, place) for a in self.documented for place in places)

    def _is_omitted(self, unit: Unit) -> bool:
        """Whether the unit is an Application beside a kustomization that does not list it.

        One that renders just this kustomization is meant to start it.
        """
        if unit.kind not in {RootKind.APPLICATION, RootKind.APPLICATION_SET}:
            return False
        home = (unit.clone.name, unit.directory)
        starts = any((target.clone, target.path) == home for target in self._targets(unit))
        return home in self._place_index().builds and not starts

    def _is_app_of_apps(self, unit: Unit) -> bool:
        if unit.kind is RootKind.APPLICATION_SET:
            return True
        if any(self._brings(target.clone, target.path) for target in self._targets(unit)):
            return True
        applications = self.walk.applications_of(unit.resources[0])
        return any(s.chart == APPS_CHART for found in applications for s in found.sources)

    def _brings(self, clone: str, path: str) -> bool:
        place, index = (clone, path), self._place_index()
        if place in index.folders:
            return True
        build = index.builds.get(place)
        if build is not None:
            return brings_applications(build.resources)
        return place in index.homes and place not in index.charts

    def _place_index(self) -> "_Places":
        if self._places is None:
            self._places = _Places.of(self.units)
        return self._places

    def _targets(self, unit: Unit) -> tuple[_Target, ...]:
        """The folders that a unit's Applications and ApplicationSets render."""
        known = self._known_targets.get(id(unit))
        if known is None:
            known = tuple(t for resource in unit.resources for t in self._targets_of(resource))
            self._known_targets[id(unit)] = known
        return known

    def _targets_of(self, resource: Resource) -> Iterator[_Target]:
        applications = self.walk.applications_of(resource)
        for source in (s for application in applications for s in application.sources if s.path):
            path = normalise(source.path or "")
            written_in = source.node.origins[0].file.repository
            match = self.repositories.find_source(source.repo_url, written_in, path)
            if match is not None and path is not None:
                recurse = source.directory is not None and source.directory.recurse
                lacks = _lacks_values(source, match.clone, path)
                yield _Target(match.clone.name, path, recurse, lacks)

    def _take(self, unit: Unit, cluster: str) -> None:
        self._taken.add(id(unit))
        name = cluster or self._cluster_name(unit)
        self.roots.append(
            Root(
                cluster=name,
                kind=unit.kind,
                node=unit.id,
                span=unit.span,
                clone=unit.clone.name,
                path=unit.path,
                resources=unit.resources,
                build=unit.build,
                script=self._script(unit),
            )
        )
        self.walk.follow(unit, name)

    def _cluster_name(self, unit: Unit) -> str:
        if unit.kind is RootKind.APPLICATION:
            rendered = [
                normalise(source.path) or ""
                for application in self.walk.applications_of(unit.resources[0])
                for source in application.sources
                if source.path is not None
            ]
        elif unit.kind is RootKind.APPLICATION_SET:
            rendered = []
        else:
            rendered = [unit.path]
        return cluster_name(rendered, unit.name, unit.path, unit.clone.name)


def _folder_of(units: list[Unit]) -> Unit:
    """All the Applications of one folder as one root."""
    directory = units[0].directory
    return replace(
        units[0],
        kind=RootKind.DIRECTORY,
        path=directory,
        name=directory.rpartition("/")[2],
        resources=tuple(resource for unit in units for resource in unit.resources),
    )


def _lacks_values(source: Source, clone: Clone, path: str) -> bool:
    """Whether a chart of the clone is rendered with a values file that it does not have."""
    if source.helm is None or source.helm.ignore_missing_value_files:
        return False
    names = (str(entry.value) for entry in source.helm.value_files)
    own = (name for name in names if not name.startswith(("$", "/")) and "://" not in name)
    return any(not clone.is_file(normalise(f"{path}/{name}") or "") for name in own)


def _depth(unit: Unit) -> tuple[int, str, str, str]:
    return (
        unit.directory.count("/") + bool(unit.directory),
        unit.clone.name,
        unit.path,
        unit.variant,
    )


def _ancestors(directory: str) -> Iterator[str]:
    """A folder and all that it lies in, the repository's root last."""
    while directory:
        yield directory
        directory = dirname(directory)
    yield ""


def _is_below(path: str, directory: str) -> bool:
    """Whether a path lies strictly below a directory; everything does below the root."""
    if not directory:
        return path != ""
    return path.startswith(f"{directory}/")


def _directory(root: Root) -> str:
    by_file = root.kind in {RootKind.APPLICATION, RootKind.APPLICATION_SET}
    return dirname(root.path) if by_file else root.path


def _is_part_of(other: Unit, unit: Unit) -> bool:
    """Whether ``other`` stands in what ``unit`` is: what renders itself is no loop."""
    return other.clone.name == unit.clone.name and other.directory == unit.directory
