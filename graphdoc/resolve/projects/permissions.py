"""What an AppProject allows, decided as Argo CD decides it.

Argo CD fills in the name of a cluster that is given by its server, and the other way round. Where
that is not known, an entry that speaks of the other one may match, and nothing is said.

Argo CD makes the project ``default`` itself, open to everything. What Git says of it is laid over
that: a list that is not written stays as Argo CD made it.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from posixpath import dirname
from typing import NamedTuple

from graphdoc.model.argocd import is_argocd
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.node import NOTHING, Mapping
from graphdoc.model.redact import without_user
from graphdoc.model.resource import Resource, kept_by_resource
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.applicationset import is_made_up, is_stand_in
from graphdoc.resolve.evidence.by_hand import is_applied
from graphdoc.resolve.projects.credentials import ANY, added_repositories, added_servers
from graphdoc.resolve.projects.defined import find_written_projects
from graphdoc.resolve.projects.watched import find_watched, matches_namespace
from graphdoc.resolve.repositories.argocd_options import has_global_projects
from graphdoc.resolve.repositories.paths import matches_glob, matches_segments
from graphdoc.resolve.resolved import Estate, RegisteredCluster, ResolvedApplication, Root
from graphdoc.resolve.resources.placement import Place, Scope, find_places, is_own_cluster

__all__ = ["Refused", "find_refused"]

_SCP = re.compile(r"^([^@/]+@[^/:]+):(?!//)")
# Something fills it in before Argo CD reads it.
_DEFAULT = "default"
# What a pattern of several clusters has.
_WILD = re.compile(r"[*?!\[{]")
_PLAIN = re.compile(r"[\w.-]+")
_OWN = ("https://kubernetes.default.svc", "in-cluster")


class Refused(NamedTuple):
    """Something of an Application that its project does not allow, and where it is written."""

    entry: ResolvedApplication
    project: Resource
    what: str
    span: Span


class _Target(NamedTuple):
    """A cluster by server and name, each ``None`` where it is not known, and a namespace."""

    server: str | None
    name: str | None
    namespace: str


def find_refused(estate: Estate) -> Iterator[Refused]:
    """Every repository, destination and kind that the Application's own project does not allow."""
    projects = _Projects(estate)
    known = _Known(estate)
    for entry in estate.applications:
        project = projects.of(entry)
        if project is not None:
            added = added_repositories(estate, project.name)
            refused = chain(
                _repositories(entry, project, added),
                _source_namespace(estate, entry, project),
                _destination(entry, project, known),
            )
            yield from (Refused(entry, project, *found) for found in refused)
    for place in find_places(estate):
        project = projects.of(place.owner)
        if project is not None:
            refused = chain(_kind(place, project), _namespace(place, project, known))
            yield from (Refused(place.owner, project, *found) for found in refused)


class _Known:
    """The clusters whose name and server are known, by both, and those that projects have."""

    def __init__(self, estate: Estate) -> None:
        clusters = (*estate.registered, *_paired(estate))
        self._estate = estate
        self._by_name = grouped((one.name, one) for one in clusters)
        self._by_server = grouped((one.server, one) for one in clusters)

    def of(self, server: str | None, name: str | None) -> tuple[RegisteredCluster, ...]:
        """Those of a server or a name."""
        return (*self._by_name.get(name or "", ()), *self._by_server.get(server or "", ()))

    def is_refused(self, project: Resource, target: _Target) -> bool:
        """Whether an entry denies the target, or nothing can admit it."""
        added = added_servers(self._estate, project.name)
        is_added = ANY in added or target.server in added or (added and target.server is None)
        return _is_denied(project, target) or not (is_added or _can_be_admitted(project, target))


class _Projects:
    """The projects of each cluster by name; those that somebody applies by hand are of all.

    One that may have what global projects allow is left out: Argo CD chooses by labels.
    """

    def __init__(self, estate: Estate) -> None:
        inherit = has_global_projects(estate.clones)
        self._known = grouped(
            ((cluster, project.name), project)
            for cluster, project in _applied_projects(estate)
            if not (inherit and _has_labels(project))
        )
        self._beside = grouped(_brought_beside(estate))
        rendered = {name for _, name in self._known}
        self._by_hand = grouped(
            (project.name, project)
            for project in find_written_projects(estate)
            if project.name not in rendered
            and not (inherit and _has_labels(project))
            and is_applied(estate.clones, project.manifest.span.file)
        )

    def of(self, entry: ResolvedApplication) -> Resource | None:
        """The project of an Application: of several, that of its own Argo CD."""
        application = entry.application
        by_hand = self._by_hand.get(application.project, ())
        key = (entry.cluster, application.project)
        named = self._known.get(key) or self._beside.get(key, by_hand)
        own = tuple(one for one in named if one.namespace == application.namespace)
        chosen = named if len(named) == 1 else own
        return chosen[0] if len(chosen) == 1 else None


def _applied_projects(estate: Estate) -> Iterator[tuple[str, Resource]]:
    for cluster, _, resource in estate.applied:
        if is_argocd(resource, "AppProject"):
            yield cluster, resource


def _brought_beside(estate: Estate) -> Iterator[tuple[tuple[str, str], Resource]]:
    """Projects that a start Application brings to the Argo CD of those in its folder.

    One with nothing but itself on its cluster is no cluster of its own, only started apart.
    """
    inherit = has_global_projects(estate.clones)
    folders = grouped((_folder_of(root), root.cluster) for root in estate.roots)
    parents = {entry.cluster for entry in estate.applications if entry.parent is not None}
    for cluster, project in _applied_projects(estate):
        if cluster not in parents and not (inherit and _has_labels(project)):
            beside = {other for there in folders.values() if cluster in there for other in there}
            yield from (((other, project.name), project) for other in sorted(beside - {cluster}))


def _folder_of(root: Root) -> tuple[str, str]:
    return root.span.file.repository, dirname(root.span.file.path)


def _has_labels(project: Resource) -> bool:
    return project.manifest.find("metadata", "labels") is not None


def _repositories(
    entry: ResolvedApplication, project: Resource, added: tuple[str, ...]
) -> Iterator[tuple[str, Span]]:
    if _is_left_open(project, "sourceRepos"):
        return
    patterns = (*project.manifest.texts_at("spec", "sourceRepos"), *added)
    for source in entry.application.sources:
        url = source.repo_url
        if url and not is_unfilled(url) and not _permits(patterns, url):
            repository = f"repository {without_user(url)}"
            yield repository, source.node.span_at("repoURL")


def _source_namespace(
    estate: Estate, entry: ResolvedApplication, project: Resource
) -> Iterator[tuple[str, Span]]:
    """A namespace of the Application that Argo CD watches, and the project does not let in."""
    scalar = entry.manifest.scalar("metadata", "namespace")
    watched = find_watched(estate, entry.cluster) if scalar is not None else None
    if scalar is None or watched is None or scalar.text == watched.home:
        return
    allowed = project.manifest.texts_at("spec", "sourceNamespaces")
    is_let_in = matches_namespace(allowed, scalar.text)
    if project.namespace == watched.home and watched.has(scalar.text) and not is_let_in:
        yield f"Applications in namespace {scalar.text}", scalar.span


def _permits(patterns: Iterable[str], url: str) -> bool:
    """A negated pattern permits what it does not match, and denies what it does at once."""
    permitted = False
    for pattern in patterns:
        if pattern.startswith("!"):
            if _fits(pattern[1:], url):
                return False
            permitted = True
        else:
            permitted = permitted or _fits(pattern, url)
    return permitted


def _fits(pattern: str, url: str) -> bool:
    return pattern == "*" or matches_segments(_normal(url), _normal(pattern))


def _normal(url: str) -> str:
    """A repository's address as Argo CD compares it: schemes and users still tell."""
    text = url.strip().lower().removeprefix("ssh://").rstrip("/").removesuffix(".git")
    return _SCP.sub(r"\1/", text)


def _paired(estate: Estate) -> Iterator[RegisteredCluster]:
    """The name and the server of each cluster that entries of projects give both of, all alike."""
    applied = (project for _, project in _applied_projects(estate))
    items = (
        (item.text("name"), item.text("server"))
        for project in (*find_written_projects(estate), *applied)
        for item in project.manifest.mappings_at("spec", "destinations")
    )
    servers = grouped(item for item in items if all(item) and not _WILD.search("".join(item)))
    for name, named in sorted(servers.items()):
        if len({*named}) == 1:
            yield RegisteredCluster(name, named[0])


def _destination(
    entry: ResolvedApplication, project: Resource, known: "_Known"
) -> Iterator[tuple[str, Span]]:
    target = _target_of(entry, known)
    if target is None or _is_left_open(project, "destinations"):
        return
    if known.is_refused(project, target):
        node = entry.manifest.find("spec", "destination")
        span = node.span if node is not None else entry.application.resource.span
        cluster = target.server or target.name
        where = f"destination {cluster}, " if cluster else ""
        yield f"{where}namespace {target.namespace or 'unset'}", span


def _namespace(place: Place, project: Resource, known: "_Known") -> Iterator[tuple[str, Span]]:
    """A namespace of its own to which a resource goes, while that of its Application is allowed."""
    scalar = place.resource.manifest.scalar("metadata", "namespace")
    target = _target_of(place.owner, known) if scalar is not None else None
    is_own = target is None or place.namespace == target.namespace or is_unfilled(place.namespace)
    if scalar is None or target is None or is_own or place.scope is not Scope.NAMESPACED:
        return
    if _is_left_open(project, "destinations") or known.is_refused(project, target):
        return
    if known.is_refused(project, target._replace(namespace=place.namespace)):
        yield f"namespace {place.namespace}", scalar.span


def _target_of(entry: ResolvedApplication, known: "_Known") -> _Target | None:
    """Where an Application goes; nothing where that is yet to be filled in.

    A Secret that is not in Git may name Argo CD's own cluster. Of a cluster that stands for those
    which nothing registers, neither name nor server is known.
    """
    destination = entry.application.destination
    if any(map(is_unfilled, (destination.server, destination.name, destination.namespace))):
        return None
    if is_made_up(destination.server) or is_stand_in(destination.name):
        return _Target(None, None, destination.namespace)
    server, name = destination.server or None, destination.name or None
    for one in known.of(server, name):
        name, server = name or one.name, server or one.server
    if is_own_cluster(server or name or _OWN[0]):
        server = _OWN[0]
        name = name or (None if destination.server else _OWN[1])
    return _Target(server, name, destination.namespace)


def _is_denied(project: Resource, target: _Target) -> bool:
    return any(_is_denied_by(item, target) for item in _items_for(project, target))


def _can_be_admitted(project: Resource, target: _Target) -> bool:
    items = _items_for(project, target)
    return _any(_admitted_by(item, target) for item in items) is not False


def _items_for(project: Resource, target: _Target) -> tuple[Mapping, ...]:
    by_namespace = _destinations(project)
    return (*by_namespace.get(target.namespace, ()), *by_namespace.get("", ()))


@kept_by_resource
def _destinations(project: Resource) -> dict[str, tuple[Mapping, ...]]:
    """Those that admit one namespace, and deny none, by that; under no name the others."""
    items = project.manifest.mappings_at("spec", "destinations")
    return grouped((item.text("namespace") if _is_plain(item) else "", item) for item in items)


def _is_plain(item: Mapping) -> bool:
    is_negated = any(item.text(key).startswith("!") for key in ("server", "name"))
    return _PLAIN.fullmatch(item.text("namespace")) is not None and not is_negated


def _admitted_by(item: Mapping, target: _Target) -> bool | None:
    namespace, *cluster = _parts(item, target)
    return _any(cluster) if namespace else False


def _is_denied_by(item: Mapping, target: _Target) -> bool:
    """A negated pattern admits what it does not match; what it does match it denies altogether."""
    patterns = (item.text("namespace"), item.text("server"), item.text("name"))
    parts = zip(patterns, _parts(item, target), strict=True)
    is_matched = any(pattern.startswith("!") and fits is False for pattern, fits in parts)
    return is_matched and _admitted_by(item, target) is False


def _parts(item: Mapping, target: _Target) -> tuple[bool | None, bool | None, bool | None]:
    namespace = item.text("namespace")
    return (
        namespace == target.namespace or _matches(namespace, target.namespace),
        _matches(item.text("server"), target.server),
        _matches(item.text("name"), target.name),
    )


def _any(answers: Iterable[bool | None]) -> bool | None:
    known = set(answers)
    if True in known:
        return True
    return None if None in known else False


def _matches(pattern: str, value: str | None) -> bool | None:
    if not pattern:
        return False
    if pattern == "*":
        return True
    if value is None:
        return None
    is_negated = pattern.startswith("!")
    return matches_glob(value, pattern.removeprefix("!")) is not is_negated


def _kind(place: Place, project: Resource) -> Iterator[tuple[str, Span]]:
    """The kind of a resource, where its scope is known."""
    spec, resource = project.manifest.at("spec"), place.resource
    if spec is NOTHING or place.scope is Scope.UNKNOWN:
        return
    prefix = "cluster" if place.scope is Scope.CLUSTER else "namespace"
    whitelist = f"{prefix}ResourceWhitelist"
    denied = spec.mappings_at(f"{prefix}ResourceBlacklist")
    unlisted = spec.find(whitelist) is None and (
        place.scope is Scope.NAMESPACED or _is_left_open(project, whitelist)
    )
    listed = unlisted or _lists(spec.mappings_at(whitelist), resource)
    if not listed or _lists(denied, resource):
        yield f"kind {resource.kind}", resource.span


def _is_left_open(project: Resource, key: str) -> bool:
    """Whether Argo CD's own project, open to everything, keeps a list that Git does not write."""
    return project.name == _DEFAULT and project.manifest.find("spec", key) is None


def _lists(items: tuple[Mapping, ...], resource: Resource) -> bool:
    return any(
        matches_glob(resource.group, item.text("group"))
        and matches_glob(resource.kind, item.text("kind"))
        and matches_glob(resource.name, item.text("name") or "*")
        for item in items
    )
