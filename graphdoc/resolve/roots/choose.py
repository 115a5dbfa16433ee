"""Where each cluster's tree starts: what nothing analysed manages, and what brings Applications."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field

from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.resolve.applications.sameness import deployment_facts
from graphdoc.resolve.evidence.scripts import AppliedPaths, documented_paths, scripted_paths
from graphdoc.resolve.helm import APPS_CHART
from graphdoc.resolve.repositories.addresses import Repositories
from graphdoc.resolve.repositories.fixtures import is_of_tests, is_pattern, is_put_away, is_template
from graphdoc.resolve.repositories.paths import folders_above, normalise
from graphdoc.resolve.resolved import Root, RootKind
from graphdoc.resolve.roots.apart import (
    LoneSets,
    by_application,
    folder_of,
    is_told,
    qualified_name,
    share_names,
    shared_names,
    untold,
)  # fmt: skip
from graphdoc.resolve.roots.cluster_names import cluster_name, stage_above, tells_cluster
from graphdoc.resolve.roots.pattern import RootPattern
from graphdoc.resolve.roots.targets import Follower, Targets
from graphdoc.resolve.roots.units import Unit, Units, brings_applications, written_at

__all__ = ["choose_roots"]

_VERY_MANY = 20


def choose_roots(
    units: Units, repositories: Repositories, patterns: tuple[RootPattern, ...], walk: Follower
) -> tuple[Root, ...]:
    """The roots, each followed as soon as chosen, so that later candidates are judged by it."""
    clones = repositories.clones
    targets = Targets(units, repositories, walk)
    choice = _Choice(units, targets, walk, scripted_paths(clones), documented_paths(clones))
    if patterns:
        choice.take_named(patterns)
        return tuple(choice.roots)
    choice.take_applied()
    choice.take_applications()
    choice.take_folders()
    choice.take_rings()
    choice.take_companions()
    if not choice.roots or choice.is_mostly_lone:
        choice.take_lone_applications()
    return tuple(sorted(choice.roots, key=lambda root: (root.cluster, root.span)))


@dataclass(slots=True)
class _Choice:
    units: Units
    targets: Targets
    walk: Follower
    applied: AppliedPaths
    documented: AppliedPaths
    roots: list[Root] = field(default_factory=list)
    _taken: set[int] = field(default_factory=set)
    _paths: set[tuple[str, str]] = field(default_factory=set)
    _folders: set[tuple[str, str]] = field(default_factory=set)
    _by_folder: dict[tuple[str, str, RootKind], Sequence[Unit]] = field(default_factory=dict)
    _bringing: dict[tuple[str, ...], Sequence[Unit]] = field(default_factory=dict)
    _stages: dict[tuple[str, str], Sequence[str]] = field(default_factory=dict)

    def take_named(self, patterns: tuple[RootPattern, ...]) -> None:
        """The roots that the configuration names, and no others."""
        for unit in self.units.all:
            matches = (pattern.match(unit.clone.name, unit.path) for pattern in patterns)
            cluster = next((found for found in matches if found is not None), None)
            if cluster is not None:
                self._take(unit, unit.variant or cluster)

    def take_applied(self) -> None:
        """The roots that a script applies; what starts nothing else is with those that do."""
        applied = [unit for unit in self.units.all if self._is_applied(unit)]
        lone = {id(unit): unit for unit in applied if not self._starts(unit)}
        starts = [unit for unit in applied if id(unit) not in lone]
        for unit in starts:
            self._take(unit, unit.variant)
        homes = grouped((root.clone, root.cluster) for root in self.roots)
        for unit in self._applied_directories():
            self._take(unit, "")
        open_ones = [u for u in lone.values() if u.kind is RootKind.APPLICATION or not is_told(u)]
        free = list(untold(open_ones, self._rendered))
        shared = dict.fromkeys(map(id, free), "") | shared_names(free)
        names = {unit.name for unit in starts}
        for unit in (unit for key, unit in lone.items() if key not in self._taken):
            home, *others = {*homes.get(unit.clone.name, ())} or {""}
            is_there = id(unit) in shared and not others and unit.name not in names
            self._take(unit, (is_there and home) or shared.get(id(unit), ""))

    def _is_applied(self, unit: Unit) -> bool:
        is_script = self._script(unit) is not None and brings_applications(unit.resources)
        return is_script and not self.targets.is_managed(unit)

    def _starts(self, unit: Unit) -> bool:
        if unit.kind is RootKind.APPLICATION:
            return self._is_app_of_apps(unit)
        return unit.kind is not RootKind.APPLICATION_SET

    def _applied_directories(self) -> Iterator[Unit]:
        """Plain folders that a script applies, each with all the Applications in it."""
        pending = (unit for unit in self.units.applications if id(unit) not in self._taken)
        members = grouped(((unit.clone.name, unit.directory), unit) for unit in pending)
        for (clone, directory), units in members.items():
            unit = units[0]
            is_taken = self.targets.is_omitted(unit) or self.targets.is_managed(unit)
            if not is_taken and self.applied.find(clone, directory):
                self._taken.update(map(id, units))
                yield folder_of(units)

    def _script(self, unit: Unit) -> Span | None:
        return self.applied.find(unit.clone.name, unit.path)

    def take_applications(self) -> None:
        """Applications that render further ones, and that nothing renders.

        What an ApplicationSet may read as data has its turn when the sets have had theirs.
        """
        pending = [unit for unit in self.units.applications if self._is_app_of_apps(unit)]
        data = {file for unit in pending for file in self.walk.files_read_by(unit.resources[0])}
        lone = (u for u in pending if u.kind is RootKind.APPLICATION_SET)
        sets = LoneSets((u for u in lone if not self._is_excluded(u)), self.walk.applications_of)
        for unit in sorted(pending, key=lambda unit: (unit.span.file in data, *_depth(unit))):
            if not self._is_excluded(unit) and not self._is_unwired(unit):
                self._take(start := self._with_siblings(unit), sets.cluster(start))

    def _is_unwired(self, unit: Unit) -> bool:
        """Whether most of what a set or folder would bring is there by another hand already."""
        if unit.kind is RootKind.APPLICATION or self._is_documented(unit):
            return False
        made = [
            deployment_facts(application)
            for resource in unit.resources
            for application in self.walk.applications_of(resource)
        ]
        there = sum(facts in self.walk.deployed for facts in made)
        return there * 2 > len(made)

    def _with_siblings(self, unit: Unit) -> Unit:
        """The folder, where several ApplicationSets lie in it: they belong to one Argo CD.

        So do those in folders below, for nothing says that whoever applies the folder stops there.
        A set beside the one Application that starts others tells the same of both.
        """
        if not self._in_folder(unit, RootKind.APPLICATION_SET):
            return unit
        beside = tuple(self._beside(unit))
        sets = [other for other in beside if other.kind is RootKind.APPLICATION_SET]
        starts = [u for u in beside if u not in sets and self._is_app_of_apps(u)]
        if not sets or share_names(sets):
            return unit
        below = self._sets_below(unit) if len(sets) > 1 else ()
        if len(starts) == 1:
            return folder_of([*self._untaken(beside, []), *below])
        is_with_others = len(sets) > 1 or (not starts and self._completes(unit, beside))
        if unit not in sets or not is_with_others:
            return unit
        return folder_of([*self._untaken(beside, starts), *below])

    def _untaken(self, units: Iterable[Unit], apart: Sequence[Unit]) -> list[Unit]:
        return [unit for unit in units if id(unit) not in self._taken and unit not in apart]

    def _completes(self, unit: Unit, beside: Sequence[Unit]) -> bool:
        """Whether Applications beside an ApplicationSet bring what it does not: no other choice."""
        made = {application.name for application in self.walk.applications_of(unit.resources[0])}
        others = [other for other in beside if other.kind is RootKind.APPLICATION]
        return bool(made and others) and not any(_is_form(u) or u.name in made for u in others)

    def _beside(self, unit: Unit) -> Iterator[Unit]:
        """What is, or may be, a root of the same folder, the unit itself among it."""
        return (
            other
            for kind in (RootKind.APPLICATION, RootKind.APPLICATION_SET)
            for other in self._in_folder(unit, kind)
            if id(other) in self._taken or not self._is_excluded(other)
        )

    def _in_folder(self, unit: Unit, kind: RootKind) -> Sequence[Unit]:
        if not self._by_folder:
            units = self.units.applications
            self._by_folder.update(grouped(((u.clone.name, u.directory, u.kind), u) for u in units))
        return self._by_folder.get((unit.clone.name, unit.directory, kind), ())

    def _sets_below(self, unit: Unit) -> Iterator[Unit]:
        return (
            other
            for other in self.units.applications
            if other.kind is RootKind.APPLICATION_SET
            and other.clone.name == unit.clone.name
            and unit.directory in {*folders_above(other.directory)} - {""}
            and not self._is_excluded(other)
        )

    def take_folders(self) -> None:
        """Kustomizations and charts that bring Applications, and that nothing renders.

        Those in a folder from which scripts copy come last: they start what has no other start.
        """
        units = (*self.units.kustomizations, *self.units.charts)
        copied = {id(unit): is_pattern(f"{unit.path}/") for unit in units}
        for unit in sorted(units, key=lambda unit: (copied[id(unit)], _depth(unit))):
            is_needed = not copied[id(unit)] or not self.roots or self._is_documented(unit)
            is_spare = self._is_excluded(unit) or self._is_spare_copy(unit) or self._is_left(unit)
            if is_needed and not is_spare:
                self._take(unit, unit.variant)

    def _is_spare_copy(self, unit: Unit) -> bool:
        """Whether a kustomization that names no cluster brings what roots have brought already."""
        is_kustomization = unit.kind is RootKind.KUSTOMIZATION
        return is_kustomization and not self._tells(unit) and self._is_unwired(unit)

    def _is_left(self, unit: Unit) -> bool:
        """Whether it lies with what clusters choose from, names none, and none has chosen it."""
        names_one = self._tells(unit) or self._is_documented(unit)
        return not names_one and self.targets.is_left_out(unit)

    def take_rings(self) -> None:
        """One of those that render one another, as Argo CD and its ApplicationSets: the first.

        Something applied it once, and a document may tell what.
        """
        for unit in sorted(
            self.units.all, key=lambda unit: (not self._is_documented(unit), _depth(unit))
        ):
            is_open = id(unit) not in self._taken and not self._is_reached(unit)
            if is_open and not _is_form(unit) and self.targets.is_in_ring(unit):
                self._take(unit, unit.variant)

    def take_companions(self) -> None:
        """What stands in one file with a root: whoever applies the one applies the other."""
        by_file = {RootKind.APPLICATION, RootKind.APPLICATION_SET}
        clusters = {root.span.file: root.cluster for root in self.roots if root.kind in by_file}
        for unit in self.units.applications:
            cluster = clusters.get(unit.span.file)
            if cluster is not None and not self._is_excluded(unit) and not self._is_unwired(unit):
                self._take(unit, cluster)

    @property
    def is_mostly_lone(self) -> bool:
        """Whether no Application starts another manifest, and most manifests have no root.

        Whoever applies the folders or ApplicationSets by hand then applies the others, too; very
        many are applied by something that is not in Git.
        """
        folders = {RootKind.KUSTOMIZATION, RootKind.CHART}
        lone = [unit for unit in self.units.applications if not self._is_spare(unit)]
        own = {written_at(resource)[0] for root in self.roots for resource in root.resources}
        starts_none = {file for file, _ in self.walk.reached} <= own
        is_by_hand = starts_none or all(root.kind in folders for root in self.roots)
        return is_by_hand and len(self.walk.deployed) < len(lone) < _VERY_MANY

    def take_lone_applications(self) -> None:
        """Where there is no root, or hardly any, each Application but those of tests is its own."""
        is_spare = self._is_spare if self.roots else self._is_reached
        ordered = sorted(self.units.applications, key=_depth)
        lone = [
            unit
            for unit in ordered
            if not _is_form(unit) and not is_of_tests(unit.path) and not is_spare(unit)
        ]
        shared = shared_names(untold(lone, self._rendered))
        for unit in lone:
            if not is_spare(unit):
                self._take(unit, shared.get(id(unit), ""))

    def _tells(self, unit: Unit) -> bool:
        return tells_cluster(self._rendered(unit), unit.name)

    def _is_spare(self, unit: Unit) -> bool:
        return self._is_excluded(unit) or self.targets.is_passed_over(unit)

    def _is_excluded(self, unit: Unit) -> bool:
        return (
            id(unit) in self._taken
            or _is_form(unit)
            or self._is_reached(unit)
            or self.targets.is_managed(unit)
            or (self._has_other_start(unit) and not self._is_documented(unit))
        )

    def _is_reached(self, unit: Unit) -> bool:
        if unit.kind in {RootKind.APPLICATION, RootKind.APPLICATION_SET}:
            one = unit.resources[0]
            return written_at(one) in self.walk.reached or self.walk.is_data(one)
        if (unit.clone.name, unit.path) in self._paths:
            return False  # another variant of a chart that is a root itself
        return (unit.clone.name, unit.path) in self.walk.rendered

    def _has_other_start(self, unit: Unit) -> bool:
        """Whether a root above it or a kustomization beside it would bring it, were it in use.

        So would an ApplicationSet that gives a chart values which are not known.
        """
        is_open = unit.kind is RootKind.CHART and not unit.variant
        return (
            is_put_away(unit.path)
            or self.targets.is_omitted(unit)
            or (is_open and (unit.clone.name, unit.path) in self.walk.awaited)
            or any(
                (unit.clone.name, above) in self._folders for above in folders_above(unit.directory)
            )
        )

    def _is_documented(self, unit: Unit) -> bool:
        places = {unit.path, unit.directory}
        return any(self.documented.find(unit.clone.name, place) for place in places)

    def _is_app_of_apps(self, unit: Unit) -> bool:
        if unit.kind is RootKind.APPLICATION_SET:
            return True
        if self.targets.bring_applications(unit):
            return True
        applications = self.walk.applications_of(unit.resources[0])
        return any(s.chart == APPS_CHART for found in applications for s in found.sources)

    def _take(self, unit: Unit, cluster: str) -> None:
        self._taken.add(id(unit))
        self._paths.add((unit.clone.name, unit.path))
        if unit.directory or unit.kind is not RootKind.APPLICATION_SET:  # all lies below the head
            self._folders.add((unit.clone.name, unit.directory))
        name = cluster or self._name_of_file(unit) or self._own_name(unit)
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

    def _name_of_file(self, unit: Unit) -> str:
        """The cluster of what the same values brought before: they install one Argo CD."""
        same = (root.cluster for root in self.roots if root.span.file == unit.span.file)
        return next(same, "") if unit.in_values else ""

    def _own_name(self, unit: Unit) -> str:
        if not self._bringing:
            self._bringing.update(by_application(self.units.all))
            self._stages.update(grouped(self._starts_of_stages()))
        name = self._cluster_name(unit)
        apart = qualified_name(unit, self._bringing, self._name_of_start, name)
        return apart if apart != name else self._with_stage(unit, name)

    def _with_stage(self, unit: Unit, name: str) -> str:
        """``dev-shop`` for the root of ``dev/shop`` where there is one of ``prod/shop``."""
        own = stage_above(self._rendered(unit), name)
        stages = self._stages.get((unit.clone.name, name), ())
        return f"{own}-{name}" if own and any(stage != own for stage in stages) else name

    def _starts_of_stages(self) -> Iterator[tuple[tuple[str, str], str]]:
        """The stage above each start's own folder, by its clone and its cluster's name."""
        for unit in self.units.all:
            name = self._cluster_name(unit)
            stage = stage_above(self._rendered(unit), name)
            if stage and not self.targets.is_managed(unit):
                yield (unit.clone.name, name), stage

    def _name_of_start(self, unit: Unit) -> str:
        """The cluster that a unit would stand for; none where something manages it."""
        return "" if self.targets.is_managed(unit) else self._cluster_name(unit)

    def _cluster_name(self, unit: Unit) -> str:
        return cluster_name(self._rendered(unit), unit.name, unit.path, unit.clone.name)

    def _rendered(self, unit: Unit) -> list[str]:
        """The paths that tell what a root is for."""
        if unit.kind is RootKind.APPLICATION_SET:
            return []
        if unit.kind is not RootKind.APPLICATION:
            return [unit.path]
        return [
            normalise(source.path) or ""
            for application in self.walk.applications_of(unit.resources[0])
            for source in application.sources
            if source.path is not None
        ]


def _is_form(unit: Unit) -> bool:
    """Whether it is an Application that a template engine has yet to name, or to write."""
    return (unit.kind is RootKind.APPLICATION and "{{" in unit.name) or is_template(unit.path)


def _depth(unit: Unit) -> tuple[int, str, str, str]:
    depth = unit.directory.count("/") + bool(unit.directory)
    return depth, unit.clone.name, unit.path, unit.variant
