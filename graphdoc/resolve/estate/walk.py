"""The walk from every root down through Applications and ApplicationSets, to any depth."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from itertools import chain
from typing import NamedTuple, TypeAlias

from graphdoc.model.argocd import Application, is_argocd
from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.grouping import grouped, way_up
from graphdoc.model.limits import Limits
from graphdoc.model.location import SourceFile
from graphdoc.model.resource import Resource
from graphdoc.parse.argocd import parse_application, parse_template
from graphdoc.resolve.applications.sameness import deployment_facts
from graphdoc.resolve.applicationset import Generated, SetExpander
from graphdoc.resolve.outside.values import leave_open, leave_unfilled
from graphdoc.resolve.repositories.paths import normalise
from graphdoc.resolve.resolved import (
    Estate,
    Manages,
    Orphan,
    ReferenceFault,
    RegisteredCluster,
    ResolvedApplication,
    ResolvedApplicationSet,
    ResolvedSource,
    Root,
    RootKind,
)
from graphdoc.resolve.resources.placement import is_own_cluster
from graphdoc.resolve.roots.units import Unit, Units, written_at
from graphdoc.resolve.source.render import SourceResolver

__all__ = ["Walk"]

_DEFAULT_NAMESPACE = "argocd"
# How often an Application's line may stand above itself, as a generic chart's does; and of how many
# Applications it may stand above itself at least a few times.
_MOST_RETURNS, _FEW_RETURNS, _MOST_OF_RETURNS = 10, 3, 1_000
_RETURNING = "an Application that brings itself again and again, under ever new names"


class _Key(NamedTuple):
    """What makes an Application unique: its cluster's Argo CD, namespace and name."""

    cluster: str
    namespace: str
    name: str


# What brings an Application: a root that is applied by hand, by its id, or what Argo CD renders.
_Owner: TypeAlias = str | _Key | None


class _Parent(NamedTuple):
    """What renders a resource: its place in the tree, and the namespace it gives.

    ``assumed`` names the Applications that it makes for clusters it only assumes; ``is_open`` is a
    chart that is applied by hand, with whatever values; ``places`` holds where it and what is above
    it are written.
    """

    cluster: str
    node: "str | _Key"
    namespace: str
    assumed: frozenset[str] = frozenset()
    is_open: bool = False
    places: tuple[tuple[SourceFile, int], ...] = ()

    def refuses(self, place: tuple[SourceFile, int], limits: Limits) -> str | None:
        """Why an Application written at a place is not followed this far down."""
        if self.places.count(place) >= _MOST_RETURNS:
            return _RETURNING
        if len(self.places) >= limits.depth:
            return f"Applications nest deeper than {limits.depth} levels"
        return None


@dataclass(slots=True)
class Walk:
    """The state of one walk; ``follow`` is told each root in turn."""

    resolver: SourceResolver
    expander: SetExpander
    entries: list[tuple[_Key, ResolvedApplication, _Owner]] = field(default_factory=list)
    sets: list[tuple[_Key, ResolvedApplicationSet, _Owner]] = field(default_factory=list)
    manages: list[tuple["str | _Key", _Key, Resource]] = field(default_factory=list)
    rendered: set[tuple[str, str]] = field(default_factory=set)
    awaited: set[tuple[str, str]] = field(default_factory=set)
    reached: set[tuple[SourceFile, int]] = field(default_factory=set)
    deployed: set[tuple[object, ...]] = field(default_factory=set)
    data: dict[SourceFile, list[frozenset[str]]] = field(default_factory=dict)
    notes: dict[NotUnderstood, None] = field(default_factory=dict)
    _returns: int = 0
    _first: dict[_Key, tuple[SourceFile, int]] = field(default_factory=dict)
    _managers: dict[tuple[_Key, tuple[SourceFile, int]], _Key] = field(default_factory=dict)
    _sets: dict[int, tuple[Resource, Generated]] = field(default_factory=dict)

    def follow(self, unit: Unit, cluster: str) -> None:
        """Walk everything below one root."""
        if unit.kind in {RootKind.APPLICATION, RootKind.APPLICATION_SET}:
            self._visit(unit.resources, _Parent(cluster, "", _DEFAULT_NAMESPACE), is_root=True)
            return
        self.rendered.add((unit.clone.name, unit.path))
        is_open = unit.kind is RootKind.CHART and not unit.variant
        parent = _Parent(cluster, unit.id, _DEFAULT_NAMESPACE, is_open=is_open)
        self._visit(unit.resources, parent)

    def _visit(
        self, resources: Iterable[Resource], parent: _Parent, *, is_root: bool = False
    ) -> None:
        for resource in resources:
            if is_argocd(resource, "Application") and resource.name:
                self._visit_application(resource, parent, is_root=is_root)
            elif is_argocd(resource, "ApplicationSet") and resource.name:
                self._visit_set(resource, parent)

    def _visit_application(self, resource: Resource, parent: _Parent, *, is_root: bool) -> None:
        key = _Key(parent.cluster, resource.namespace or parent.namespace, resource.name)
        place = written_at(resource)
        self.reached.add(place)
        if not self._may_follow(resource, place, parent):
            return
        if parent.node:
            self.manages.append((parent.node, key, resource))
        self._note_manager(key, place, parent)
        known = self._first.get(key)
        if known == place:
            return
        application = parse_application(resource)
        found = self.resolver.resolve_all(application)
        is_assumed = resource.name in parent.assumed
        sources = tuple(self._settled(source, parent, is_assumed=is_assumed) for source in found)
        entry = ResolvedApplication(
            "", parent.cluster, application, None, sources,
            is_root=is_root and known is None, is_assumed=is_assumed,
        )  # fmt: skip
        self.entries.append((key, entry, parent.node or None))
        self.deployed.add(deployment_facts(application))
        if known is not None and parent.node != key:  # what renders its own successor hands over
            return
        self._first[key] = place
        namespace = _namespace_of(application)
        for given, source in zip(found, sources, strict=True):
            self._note_rendered(given)
            places = (*parent.places, place)
            below = _Parent(parent.cluster, key, namespace, places=places)
            self._visit(source.resources, below)

    def _may_follow(
        self, resource: Resource, place: tuple[SourceFile, int], parent: _Parent
    ) -> bool:
        limits = self.resolver.files.limits
        reason = parent.refuses(place, limits)
        self._returns += parent.places.count(place) >= _FEW_RETURNS
        if self._returns > _MOST_OF_RETURNS and parent.places.count(place) >= _FEW_RETURNS:
            reason = _RETURNING
        if len(self.entries) >= limits.applications:
            reason = f"more than {limits.applications} Applications"
        if reason is not None:
            self.notes[NotUnderstood(resource.written, reason)] = None
        return reason is None

    def _settled(
        self, source: ResolvedSource, parent: _Parent, *, is_assumed: bool
    ) -> ResolvedSource:
        if parent.is_open:
            return leave_open(source, self.resolver.text)
        return leave_unfilled(source) if is_assumed else source

    def _visit_set(self, resource: Resource, parent: _Parent) -> None:
        key = _Key(parent.cluster, resource.namespace or parent.namespace, f"set/{resource.name}")
        place = written_at(resource)
        self.reached.add(place)
        self._note_manager(key, place, parent)
        if key in self._first:
            return
        self._first[key] = place
        generated = self._generated(resource)
        names = tuple(application.name for application in generated.applications)
        for file in generated.files:
            self.data.setdefault(file, []).append(frozenset(names))
        entry = ResolvedApplicationSet(
            "", parent.cluster, resource, None, (), generated.not_understood,
            generated.files, generated.steps,
            generated.problems, tuple(zip(names, generated.items, strict=True)),
            assumes_clusters=generated.assumes_clusters,
        )  # fmt: skip
        self.sets.append((key, entry, parent.node or None))
        namespace = resource.namespace or parent.namespace
        below = _Parent(parent.cluster, key, namespace, generated.assumed, places=parent.places)
        self._visit(generated.applications, below)
        if generated.not_understood:
            self._note_awaited(parse_template(resource))

    def is_data(self, resource: Resource) -> bool:
        """Whether an ApplicationSet reads an Application's file, and makes that Application."""
        return any(resource.name in names for names in self.data.get(resource.span.file, ()))

    def _note_manager(self, key: _Key, place: tuple[SourceFile, int], parent: _Parent) -> None:
        if isinstance(parent.node, _Key) and parent.node != key:
            self._managers.setdefault((key, place), parent.node)

    def _hand_over(self) -> None:
        """Give what a root brings to the Application below it that renders all of it again.

        Such a root is applied by hand once; from then on that Application keeps the others.
        """
        everything = (*self.entries, *self.sets)
        above = {key: owner for key, _, owner in everything if isinstance(owner, _Key)}

        def keeper(key: _Key, resource: Resource, owner: "_Owner") -> "_Owner":
            found = self._managers.get((key, written_at(resource)))
            if not isinstance(owner, str) or found is None or key in way_up(found, above.get):
                return owner
            above[key] = found
            return found

        self.entries = [
            (key, entry, keeper(key, entry.application.resource, owner))
            for key, entry, owner in self.entries
        ]
        self.sets = [
            (key, made, keeper(key, made.resource, owner)) for key, made, owner in self.sets
        ]

    def applications_of(self, resource: Resource) -> tuple[Application, ...]:
        """The Application that a resource is, or those that an ApplicationSet makes."""
        if is_argocd(resource, "Application"):
            return (parse_application(resource),)
        if not is_argocd(resource, "ApplicationSet"):
            return ()
        return tuple(map(parse_application, self._generated(resource).applications))

    def files_read_by(self, resource: Resource) -> frozenset[SourceFile]:
        """What the generators of an ApplicationSet read parameters from."""
        is_set = is_argocd(resource, "ApplicationSet")
        return self._generated(resource).files if is_set else frozenset()

    def _generated(self, resource: Resource) -> Generated:
        known = self._sets.get(id(resource))
        if known is None:
            known = self._sets[id(resource)] = (resource, self.expander.expand(resource))
        return known[1]

    def _note_rendered(self, source: ResolvedSource) -> None:
        """A chart that lacks the values files asked for may still start a tree with others."""
        missing = ReferenceFault.MISSING_VALUES_FILE
        if any(broken.fault is missing and not broken.ignored for broken in source.broken):
            return
        if source.clone is not None and source.source.path is not None:
            path = source.source.path.strip("/").removeprefix("./")
            self.rendered.add((source.clone.name, "" if path == "." else path))

    def _note_awaited(self, template: Application) -> None:
        """The folders of Applications whose parameters only a service or a cluster knows."""
        for source in template.sources:
            match = self.resolver.repositories.find(source.repo_url)
            path = normalise(source.path) if source.path is not None else None
            if match is not None and path is not None:
                self.awaited.add((match.clone.name, path))

    def finish(self, clones: tuple[Clone, ...], roots: tuple[Root, ...], units: Units) -> Estate:
        """Give every Application its id and gather the rest."""
        self._hand_over()
        ids = _ids(key for key, _, _ in (*self.entries, *self.sets))
        applications = tuple(
            replace(entry, id=ids[key], parent=_id_of(parent, ids))
            for key, entry, parent in self.entries
        )
        manages = {
            Manages(_id_of(owner, ids) or "", ids[key], resource.written)
            for owner, key, resource in self.manages
        }
        children = grouped(sorted({(one.parent, one.child) for one in manages}))
        sets = tuple(
            replace(
                entry,
                id=ids[key],
                parent=_id_of(parent, ids),
                applications=children.get(ids[key], ()),
            )
            for key, entry, parent in self.sets
        )
        places = _ids_by_place(applications, sets)
        return Estate(
            clones=clones,
            roots=tuple(_with_node(root, places) for root in roots),
            applications=self._in_order(applications, ids),
            application_sets=tuple(sorted(sets, key=lambda entry: entry.id)),
            builds=units.builds,
            orphans=tuple(self._orphans(units)),
            manages=tuple(sorted(manages)),
            not_understood=(*(n for entry in sets for n in entry.not_understood), *self.notes),
            files=self.resolver.files,
            registered=self._registered(),
        )

    def _in_order(
        self, applications: Iterable[ResolvedApplication], ids: Mapping[_Key, str]
    ) -> tuple[ResolvedApplication, ...]:
        """By id; of several under one id those come first that deploy what was followed."""
        several = Counter(key for key, _, _ in self.entries)
        followed = {
            ids[key]: deployment_facts(entry.application)
            for key, entry, _ in self.entries
            if several[key] > 1 and self._first[key] == written_at(entry.application.resource)
        }

        def order(entry: ResolvedApplication) -> tuple[object, ...]:
            expected = followed.get(entry.id)
            is_other = expected is not None and expected != deployment_facts(entry.application)
            return entry.id, is_other, *written_at(entry.application.resource)

        return tuple(sorted(applications, key=order))

    def _registered(self) -> tuple[RegisteredCluster, ...]:
        """The known clusters, looked up only where an Application goes to another one."""
        places = (entry.application.destination for _, entry, _ in self.entries)
        named = (place.server or place.name for place in places)
        if not any(name and not is_own_cluster(name) for name in named):
            return ()
        known = self.expander.registered
        return tuple(RegisteredCluster(one.name, one.server) for one in known if one.server)

    def _orphans(self, units: Units) -> Iterable[Orphan]:
        seen = set(self.reached)
        candidates = [
            resource
            for unit in (*units.applications, *units.kustomizations)
            for resource in unit.resources
            if is_argocd(resource, "Application", "ApplicationSet") and resource.name
        ]
        for resource in sorted(candidates, key=lambda r: r.written):
            place = written_at(resource)
            if place not in seen and not self.is_data(resource):
                seen.add(place)
                yield Orphan(resource.kind, resource.name, resource.written)


def _ids_by_place(
    applications: Sequence[ResolvedApplication], sets: Sequence[ResolvedApplicationSet]
) -> dict[tuple[str, object], str]:
    """The ids by the cluster and the place of the manifest; of an Application before a set's."""
    made = (((s.cluster, written_at(s.resource)), s.id) for s in reversed(sets))
    own = (((e.cluster, written_at(e.application.resource)), e.id) for e in reversed(applications))
    return dict(chain(made, own))


def _with_node(root: Root, ids: Mapping[tuple[str, object], str]) -> Root:
    """A root that is an Application gets its id only now that all names are known."""
    if root.kind not in {RootKind.APPLICATION, RootKind.APPLICATION_SET}:
        return root
    node = ids.get((root.cluster, written_at(root.resources[0])))
    return root if node is None else replace(root, node=node)


def _id_of(owner: _Owner, ids: dict[_Key, str]) -> str | None:
    return ids[owner] if isinstance(owner, _Key) else owner


def _ids(keys: Iterable[_Key]) -> dict[_Key, str]:
    """Node ids; the namespace stands in them only where two Applications share a name."""
    known = dict.fromkeys(keys)
    named = Counter((key.cluster, key.name) for key in known)
    return {key: _id(key, with_namespace=named[key.cluster, key.name] > 1) for key in known}


def _namespace_of(application: Application) -> str:
    """Where what names no namespace goes; what nothing has filled in tells none."""
    namespace = application.destination.namespace
    return _DEFAULT_NAMESPACE if not namespace or "{{" in namespace else namespace


def _id(key: _Key, *, with_namespace: bool) -> str:
    kind, name = "application", key.name
    if name.startswith("set/"):
        kind, name = "applicationset", name.removeprefix("set/")
    return f"{kind}:{key.cluster}/{f'{key.namespace}:' if with_namespace else ''}{name}"
