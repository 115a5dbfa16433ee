"""Which folders the candidates for roots render, and who renders which."""

from collections.abc import Iterable, Iterator
from dataclasses import field
from functools import cached_property
from posixpath import dirname, join
from typing import NamedTuple, Protocol

from graphdoc.model.argocd import Application, Source
from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import SourceFile
from graphdoc.model.resource import Resource
from graphdoc.resolve.kustomize import Build
from graphdoc.resolve.repositories.addresses import Repositories
from graphdoc.resolve.repositories.paths import chart_folders, folders_above, normalise
from graphdoc.resolve.resolved import RootKind
from graphdoc.resolve.roots.units import Unit, Units, brings_applications

__all__ = ["Follower", "Targets"]

_SEVERAL = 2


class Follower(Protocol):
    """Who walks a root and remembers what was reached."""

    rendered: set[tuple[str, str]]
    awaited: set[tuple[str, str]]
    reached: set[tuple[SourceFile, int]]
    deployed: set[tuple[object, ...]]

    def applications_of(self, resource: Resource) -> tuple[Application, ...]:
        """The Application that a resource is, or those that an ApplicationSet makes."""

    def is_data(self, resource: Resource) -> bool:
        """Whether an ApplicationSet reads an Application's file, and makes that Application."""

    def files_read_by(self, resource: Resource) -> frozenset[SourceFile]:
        """What the generators of an ApplicationSet read parameters from."""

    def follow(self, unit: Unit, cluster: str) -> None:
        """Walk everything below a root."""


class _Target(NamedTuple):
    """A folder that an Application renders."""

    clone: str
    path: str
    recurse: bool
    lacks_values: bool

    @property
    def keys(self) -> Iterator[tuple[str, str]]:
        """Under what those who render it are found."""
        yield f"{self.clone}!" if self.lacks_values else self.clone, self.path
        if self.recurse:
            yield f"{self.clone}//", self.path


@dataclass(frozen=True, slots=True)
class _Places:
    """What lies where: units that are folders, charts, builds, what is above them or has them."""

    folders: frozenset[tuple[str, str]]
    charts: frozenset[tuple[str, str]]
    builds: dict[tuple[str, str], Build]
    homes: frozenset[tuple[str, str]]
    own: frozenset[tuple[str, str]]
    files: dict[tuple[str, str], frozenset[str]]

    @classmethod
    def of(cls, units: Units) -> "_Places":
        folders = (*units.kustomizations, *units.charts)
        charts = ((clone, join(chart, "Chart.yaml")) for clone, chart in units.bringing)
        manifests = ((unit.clone.name, unit.span.file.path) for unit in units.all)
        below = grouped(
            ((clone, above), file)
            for clone, file in (*manifests, *charts)
            for above in (dirname(file), *folders_above(dirname(file)))
        )
        return cls(
            frozenset((unit.clone.name, unit.path) for unit in folders) | units.bringing,
            frozenset(
                (clone.name, chart)
                for clone in {unit.clone.name: unit.clone for unit in units.applications}.values()
                for chart in chart_folders(clone.files)
            ),
            {(build.clone, build.path): build for build in reversed(units.builds)},
            frozenset(
                (unit.clone.name, above)
                for unit in units.applications
                for above in (unit.directory, *folders_above(unit.directory))
            ),
            frozenset((unit.clone.name, unit.directory) for unit in units.all),
            {place: frozenset(files) for place, files in below.items()},
        )


@dataclass
class Targets:
    """What each unit's Applications render, looked up once."""

    units: Units
    repositories: Repositories
    walk: Follower
    _known: dict[int, tuple[_Target, ...]] = field(default_factory=dict)
    _trees: dict[int, frozenset[str]] = field(default_factory=dict)

    def is_managed(self, unit: Unit) -> bool:
        """Whether an Application anywhere but in the unit itself renders the unit."""
        return any(True for _ in self._managers_of(unit))

    def is_passed_over(self, unit: Unit) -> bool:
        """Whether an Application renders a folder above the unit, but nothing below that."""
        return any((unit.clone.name, f) in self._managers for f in folders_above(unit.directory))

    def is_in_ring(self, unit: Unit) -> bool:
        """Whether the unit renders what renders it, through however many others."""
        seen: set[int] = set()
        pending = [unit]
        while pending:
            found = [m for m in self._managers_of(pending.pop()) if id(m) not in seen]
            seen.update(map(id, found))
            pending += found
        return id(unit) in seen

    def _managers_of(self, unit: Unit) -> Iterator[Unit]:
        places = [(unit.clone.name, unit.directory)]
        if not unit.variant:
            places.append((f"{unit.clone.name}!", unit.directory))
        if unit.kind in {RootKind.APPLICATION, RootKind.APPLICATION_SET}:
            above = (unit.directory, *folders_above(unit.directory))
            places += ((f"{unit.clone.name}//", folder) for folder in above)
        return (
            other
            for place in places
            for other in self._managers.get(place, ())
            # What renders itself is no loop.
            if (other.clone.name, other.directory) != (unit.clone.name, unit.directory)
        )

    @cached_property
    def _managers(self) -> dict[tuple[str, str], tuple[Unit, ...]]:
        """Who renders which folder.

        What is rendered with all below has a key of its own, and so has a chart that is asked for
        with values files that do not exist: which of those it has are meant, nobody says.
        """
        return grouped(
            (key, unit)
            for unit in self.units.all
            for target in self._of(unit)
            for key in target.keys
        )

    def is_omitted(self, unit: Unit) -> bool:
        """Whether the unit is an Application beside a kustomization that does not list it.

        One that renders just this kustomization is meant to start it.
        """
        if unit.kind not in {RootKind.APPLICATION, RootKind.APPLICATION_SET}:
            return False
        home = (unit.clone.name, unit.directory)
        starts = any((target.clone, target.path) == home for target in self._of(unit))
        return home in self._places.builds and not starts

    def is_left_out(self, unit: Unit) -> bool:
        """Whether kustomizations elsewhere take several beside this one, and none takes it.

        The one above them is enough, where it brings Applications from some of them. What renders
        the folder itself, or anything in it, starts it.
        """
        if unit.kind is not RootKind.KUSTOMIZATION or self._starts_beside(unit):
            return False
        shelf = (unit.clone.name, dirname(unit.path))
        above = self._places.builds.get(shelf)
        takes = above is not None and any(i.is_directory for i in above.includes)
        is_chosen_from = takes and above is not None and brings_applications(above.resources)
        return is_chosen_from or len(self._shelves.get(shelf, ())) >= _SEVERAL

    def _starts_beside(self, unit: Unit) -> bool:
        home = dirname(unit.path)
        around = {home, *folders_above(home)}
        targets = (target for target in self._of(unit) if target.clone == unit.clone.name)
        return any(t.path in around or home in folders_above(t.path) for t in targets)

    def bring_applications(self, unit: Unit) -> bool:
        """Whether a folder that the unit's Applications render has Applications in turn."""
        return any(self._brings(target.clone, target.path) for target in self._of(unit))

    def _brings(self, clone: str, path: str) -> bool:
        place, index = (clone, path), self._places
        if place in index.folders:
            return True
        build = index.builds.get(place)
        if build is not None:
            return brings_applications(build.resources)
        return place in index.homes and place not in index.charts

    @cached_property
    def _places(self) -> "_Places":
        return _Places.of(self.units)

    @cached_property
    def _shelves(self) -> dict[tuple[str, str], frozenset[str]]:
        return _shelves(self.units.builds)

    def _of(self, unit: Unit) -> tuple[_Target, ...]:
        """The folders that a unit's Applications and ApplicationSets render."""
        known = self._known.get(id(unit))
        if known is None:
            known = tuple(t for resource in unit.resources for t in self._targets_of(resource))
            self._known[id(unit)] = known
        return known

    def _targets_of(self, resource: Resource) -> Iterator[_Target]:
        applications = self.walk.applications_of(resource)
        for source in (s for application in applications for s in application.sources if s.path):
            path = normalise(source.path or "")
            written_in = source.node.origins[0].file.repository
            match = self.repositories.find_source(source.repo_url, written_in, path)
            if match is None or path is None:
                continue
            if self._gives_values_alone(source, match.clone, path):
                continue
            if self._is_kept(match.clone, source.target_revision, path):
                recurse = source.directory is not None and source.directory.recurse
                lacks = _lacks_values(source, match.clone, path)
                yield _Target(match.clone.name, path, recurse, lacks)

    def _gives_values_alone(self, source: Source, clone: Clone, path: str) -> bool:
        """Whether a source is there for others' values, though it names a folder, such as ``.``."""
        is_deep = source.directory is not None and source.directory.recurse
        return source.ref is not None and not is_deep and (clone.name, path) not in self._places.own

    def _is_kept(self, clone: Clone, revision: str, path: str) -> bool:
        """Whether a folder has any of its candidates at a revision, too, as far as one knows.

        A branch of rendered manifests has another tree: a folder's name alone says nothing of it.
        """
        tree = clone.at(revision) or clone
        if tree is clone:
            return True
        if id(tree) not in self._trees:
            self._trees[id(tree)] = frozenset(tree.files)
        below = self._places.files.get((clone.name, path), frozenset())
        return not below or not self._trees[id(tree)].isdisjoint(below)


def _shelves(builds: Iterable[Build]) -> dict[tuple[str, str], frozenset[str]]:
    """The folders of each folder that kustomizations take which do not lie in it."""
    taken = grouped(
        ((include.clone, dirname(include.target)), include.target)
        for build in builds
        for include in build.includes
        if not include.span.file.path.startswith(f"{dirname(include.target)}/")
    )
    return {shelf: frozenset(folders) for shelf, folders in taken.items()}


def _lacks_values(source: Source, clone: Clone, path: str) -> bool:
    """Whether a chart of the clone is rendered with a values file that it does not have."""
    if source.helm_options.ignore_missing_value_files:
        return False
    names = (str(entry.value) for entry in source.helm_options.value_files)
    own = (name for name in names if not name.startswith(("$", "/")) and "://" not in name)
    return any(not clone.is_file(normalise(f"{path}/{name}") or "") for name in own)
