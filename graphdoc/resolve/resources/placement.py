"""Where each resource of an Application ends up: on which cluster, in which namespace.

``scopes.json`` holds the kinds that are Kubernetes' own or well known, by group.
"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping
from enum import StrEnum
from functools import lru_cache

from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped, way_up
from graphdoc.model.resource import HELM_HOOK, HOOK, Resource
from graphdoc.model.shipped import shipped_table
from graphdoc.resolve.resolved import Estate, ResolvedApplication, ResolvedSource

__all__ = [
    "Place", "Scope", "Scopes", "find_destinations", "find_homes", "find_hubs", "find_places",
    "find_served", "find_targets", "is_own_cluster",
]  # fmt: skip

_OWN = frozenset({"https://kubernetes.default.svc", "in-cluster"})
_HOOKS = (HOOK, HELM_HOOK)
# What Helm applies before everything else is no hook for Argo CD.
_NO_HOOK = "crd-install"


class Scope(StrEnum):
    """Whether a kind lives in namespaces."""

    CLUSTER = "cluster"
    NAMESPACED = "namespaced"
    UNKNOWN = "unknown"


class Scopes:
    """The scope of every kind that is Kubernetes' own, well known or defined in the estate."""

    def __init__(self, estate: Estate) -> None:
        self._known = {
            (group, kind): Scope(scope)
            for scope, table in shipped_table(__package__, "scopes.json").items()
            for group, kinds in table.items()
            for kind in kinds.split()
        }
        for entry in estate.applications:
            for resource in entry.resources:
                if resource.kind == "CustomResourceDefinition":
                    self._define(resource)

    def of(self, resource: Resource) -> Scope:
        """The scope of a resource's kind."""
        return self._known.get((resource.group, resource.kind), Scope.UNKNOWN)

    def _define(self, resource: Resource) -> None:
        spec = resource.manifest.at("spec")
        if spec.text("scope") in {"Cluster", "Namespaced"}:
            key = (spec.text("group"), spec.text("names", "kind"))
            self._known.setdefault(key, Scope(spec.text("scope").lower()))


@dataclass(frozen=True, slots=True)
class Place:
    """One resource that an Application owns; ``destination`` names the cluster it is applied to."""

    owner: ResolvedApplication
    source: ResolvedSource
    resource: Resource
    destination: str
    namespace: str
    scope: Scope


@lru_cache(maxsize=2)  # several rules ask
def find_places(estate: Estate) -> tuple[Place, ...]:
    """Every resource that a sync applies and keeps: neither hooks nor what gets a made-up name."""
    return tuple(_places(estate))


def _places(estate: Estate) -> Iterator[Place]:
    scopes, destinations = Scopes(estate), find_destinations(estate)
    for entry in estate.applications:
        inside = entry.application.destination.namespace
        for source, resource in _applied(entry):
            scope = scopes.of(resource)
            namespace = "" if scope is Scope.CLUSTER else resource.namespace or inside
            yield Place(entry, source, resource, destinations[entry.id], namespace, scope)


def _applied(entry: ResolvedApplication) -> Iterator[tuple[ResolvedSource, Resource]]:
    for source in entry.sources:
        for resource in source.resources:
            if resource.name and not _is_hook(resource):
                yield source, resource


@lru_cache(maxsize=2)
def find_destinations(estate: Estate) -> dict[str, str]:
    """The cluster that each Application deploys to, told apart from all others, by its id.

    Argo CD's own cluster is the one that its parent deploys to; a cluster that is registered is one
    whether it is named or addressed. Of several that share an address, a form to fill in, none is
    told apart.
    """
    parents, named = _ways_up(estate)
    return {
        entry.id: _resolve(entry.id, parents, named) or f"cluster {entry.cluster}"
        for entry in estate.applications
    }


def find_homes(estate: Estate) -> Iterator[tuple[ResolvedApplication, str]]:
    """Each Application, and the cluster that its parent places it on: whose Argo CD runs it."""
    parents, named = _ways_up(estate)
    for entry in estate.applications:
        yield entry, _resolve(entry.parent, parents, named) or f"cluster {entry.cluster}"


@lru_cache(maxsize=2)
def find_targets(estate: Estate) -> dict[str, str]:
    """The name of the cluster that each Application deploys to, or else its address, by its id.

    Empty where it stays in that of its Argo CD. The address of an assumed cluster is made up.
    """
    parents, _ = _ways_up(estate)
    names = grouped((one.server, one.name) for one in estate.registered)
    named = {entry.id: _name(entry, names) for entry in estate.applications}
    return {entry.id: _resolve(entry.id, parents, named) for entry in estate.applications}


@lru_cache(maxsize=2)
def find_served(estate: Estate) -> dict[str, str]:
    """The cluster on which each Application is in force, by its id; empty where nobody knows.

    Where a root leads to several clusters, its own may be one of them under another name.
    """
    targets, hubs = find_targets(estate), find_hubs(estate)
    return {
        entry.id: targets[entry.id] if entry.cluster in hubs else entry.cluster
        for entry in estate.applications
    }


@lru_cache(maxsize=2)
def find_hubs(estate: Estate) -> frozenset[str]:
    """The clusters whose roots lead to several."""
    targets = find_targets(estate)
    led = grouped((entry.cluster, targets[entry.id]) for entry in estate.applications)
    return frozenset(name for name, found in led.items() if len({*found} - {""}) > 1)


def _ways_up(estate: Estate) -> tuple[dict[str, str | None], dict[str, str]]:
    """The parent of each id, and the cluster that its destination names."""
    servers = {one.name: one.server for one in estate.registered}
    shared = {server for server, n in Counter(servers.values()).items() if n > 1}
    named = {entry.id: _named(entry, servers, shared) for entry in estate.applications}
    return estate.parents, named


def is_own_cluster(server_or_name: str) -> bool:
    """Whether a destination is the cluster in which Argo CD itself runs."""
    return server_or_name in _OWN


def _resolve(id_: str | None, parents: dict[str, str | None], named: dict[str, str]) -> str:
    """The first named cluster on the way up; empty where all stay in Argo CD's own."""
    return next((named[at] for at in way_up(id_, parents.get) if named.get(at)), "")


def _named(entry: ResolvedApplication, servers: Mapping[str, str], shared: Container[str]) -> str:
    destination = entry.application.destination
    server = destination.server or servers.get(destination.name, "")
    place = server or destination.name
    if not place or is_own_cluster(place):
        return ""
    if server in shared:
        return f"{destination.name or entry.id} {server}"
    is_address = bool(server) and not entry.is_assumed
    return place if is_address else f"{entry.cluster} {place}"


def _name(entry: ResolvedApplication, names: Mapping[str, tuple[str, ...]]) -> str:
    destination = entry.application.destination
    known = names.get(destination.server, ())
    address = "" if entry.is_assumed else destination.server
    name = destination.name or (known[0] if len(known) == 1 else address)
    return "" if is_own_cluster(name) else name


def _is_hook(resource: Resource) -> bool:
    said = [value for key in _HOOKS if (value := resource.annotation(key)) is not None]
    words = {word.strip() for value in said for word in str(value.value).split(",")}
    return bool(words - {"", _NO_HOOK})
