"""Resources that name another one which nothing makes, where one is there that was likely meant.

Operators and people make many a Service, ConfigMap or account that is nowhere in Git. So a name
that leads nowhere tells little by itself: it is a mistake beside one that is spelled like it, or
that is named like it and that nothing else names.
"""

from collections.abc import Iterator
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import NamedTuple

from graphdoc.model.grouping import grouped, in_order
from graphdoc.model.node import Mapping, Scalar, mappings_along
from graphdoc.model.resource import Resource
from graphdoc.resolve.evidence.defined import is_defined
from graphdoc.resolve.names.alike import most_alike
from graphdoc.resolve.names.slips import Slips
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.resources.fields import is_addition
from graphdoc.resolve.resources.placement import find_destinations
from graphdoc.resolve.resources.workloads import pod_spec_of
from graphdoc.resolve.secrets.evidence import is_unsure, unlisted_namespaces
from graphdoc.resolve.secrets.flow import evidence_on
from graphdoc.resolve.secrets.pods import needed_config_maps

__all__ = ["Dangling", "find_dangling"]

# How alike a name must be to one that nothing names; of claims only Pods name any.
_ALIKE = 0.8
_ALIKE_CLAIMS = 0.7
_CLUSTER_WIDE = frozenset({"ClusterIssuer", "ClusterSecretStore", "Namespace", "StorageClass"})
# Of these people write all: where there is one, it is meant.
_WRITTEN = frozenset({"ClusterIssuer", "ClusterSecretStore"})
# Nor does anything else make these; a ``Cluster…`` is another kind.
_OF_PEOPLE = frozenset({"Issuer", "Middleware", "SecretStore"})
_KINDS = _CLUSTER_WIDE | {
    "ConfigMap", "Deployment", "Gateway", "Issuer", "Middleware", "PersistentVolumeClaim", "Role",
    "SecretStore", "Service", "ServiceAccount", "StatefulSet",
}  # fmt: skip
# Where a kind names others, and of which kind where it does not say so.
_TRAEFIK = ("spec.routes.*.services.*.name", "Service")
_BACKEND = "spec.rules.*.http.paths.*.backend.service.name"
_PARENT = ("spec.parentRefs.*.name", "Gateway")
_CLASS = "spec.storageClassName"
_NAMES: dict[str, tuple[tuple[str, str], ...]] = {
    "Certificate": (("spec.issuerRef.name", "Issuer"),),
    "ClusterRoleBinding": (("subjects.*.name", ""),),
    "ExternalSecret": (("spec.secretStoreRef.name", "SecretStore"),),
    "GRPCRoute": (("spec.rules.*.backendRefs.*.name", "Service"), _PARENT),
    "HTTPProxy": (_TRAEFIK,),
    "HTTPRoute": (("spec.rules.*.backendRefs.*.name", "Service"), _PARENT),
    "HorizontalPodAutoscaler": (("spec.scaleTargetRef.name", ""),),
    "Ingress": ((_BACKEND, "Service"), ("spec.defaultBackend.service.name", "Service")),
    "IngressRoute": (
        _TRAEFIK,
        ("spec.routes.*.middlewares.*.name", "Middleware"),
    ),
    "PersistentVolumeClaim": ((_CLASS, "StorageClass"),),
    "ReplicationSource": (("spec.sourcePVC", "PersistentVolumeClaim"),),
    "Route": (("spec.to.name", "Service"),),
    "RoleBinding": (("roleRef.name", ""), ("subjects.*.name", "")),
    "ScaledObject": (("spec.scaleTargetRef.name", "Deployment"),),
    "StatefulSet": ((f"spec.volumeClaimTemplates.*.{_CLASS}", "StorageClass"),),
    "VerticalPodAutoscaler": (("spec.targetRef.name", ""),),
}
_ISSUER_KIND = "cert-manager.io/issuer-kind"
_ANNOTATED = {
    "cert-manager.io/cluster-issuer": "ClusterIssuer", "cert-manager.io/issuer": "Issuer",
}  # fmt: skip
_IN_PODS = (
    ("serviceAccountName", "ServiceAccount"),
    ("volumes.*.persistentVolumeClaim.claimName", "PersistentVolumeClaim"),
)


class _Key(NamedTuple):
    """What makes a resource unique on all clusters together."""

    cluster: str
    kind: str
    namespace: str
    name: str


class Dangling(NamedTuple):
    """A name that leads nowhere, where it is named, and the resource that was likely meant."""

    owner: str
    resource: Resource
    kind: str
    names: tuple[Scalar, ...]
    meant: Resource

    @property
    def name(self) -> str:
        """What is named."""
        return str(self.names[0].value)


class _Named(NamedTuple):
    owner: str
    resource: Resource
    key: _Key
    name: Scalar


@lru_cache(maxsize=2)  # two rules ask
def find_dangling(estate: Estate) -> tuple[Dangling, ...]:
    """Every such name, with all places that have it instead of the same resource."""
    return tuple(_find(estate))


def _find(estate: Estate) -> Iterator[Dangling]:
    world = _World(estate)
    sites = {root.node: root.cluster for root in estate.roots}
    sites |= {entry.id: entry.cluster for entry in estate.applications}
    found: dict[tuple[object, str], tuple[Resource, list[_Named]]] = {}
    for one in world.named:
        meant = world.find_meant(one.key)
        if meant is None or not world.is_sure(one, meant):
            continue
        is_made = one.key.kind in _WRITTEN and is_defined(estate, *one.key[1::2])
        if not (is_made or _is_argument(estate, sites[one.owner], one.key)):
            found.setdefault((meant.span, one.key.name), (meant, []))[1].append(one)
    for meant, group in found.values():
        names = tuple(in_order((one.name for one in group), attrgetter("span")))
        yield Dangling(group[0].owner, group[0].resource, group[0].key.kind, names, meant)


def _is_argument(estate: Estate, cluster: str, key: _Key) -> bool:
    """Whether a program on the cluster is told a ConfigMap's name, and so may make it."""
    if key.kind != "ConfigMap":
        return False
    return evidence_on(estate, cluster).about_config_maps().is_argument(key.name)


class _Spellings(NamedTuple):
    """The names of one kind and namespace, by how they are nearly written."""

    slips: Slips
    squeezed: dict[str, str]


class _World:
    """Everything that is applied anywhere, and what names it."""

    def __init__(self, estate: Estate) -> None:
        self.made: dict[_Key, Resource] = {}
        self._placed: dict[tuple[str, str], dict[_Key, Resource]] = {}
        self.named: list[_Named] = []
        self._opaque: set[tuple[str, str]] = set()
        self._unsure = {entry.id for entry in estate.applications if is_unsure(entry)}
        self._spelled: dict[tuple[str, str, str], _Spellings] = {}
        destinations = find_destinations(estate)
        for root in estate.roots:
            for resource in root.resources:
                self._take(root.node, f"cluster {root.cluster}", resource, resource.namespace)
        for entry in estate.applications:
            cluster, namespace = destinations[entry.id], entry.application.destination.namespace
            self._opaque |= {(cluster, unknown) for unknown in unlisted_namespaces((entry,))}
            for resource in entry.resources:
                self._take(entry.id, cluster, resource, resource.namespace or namespace)
            # What it goes to is there, whoever makes it.
            space = _Key(cluster, "Namespace", "", namespace)
            self._placed.setdefault(space[1::2], {})[space] = entry.application.resource

    def is_sure(self, one: _Named, meant: Resource) -> bool:
        """Whether nothing that could not be rendered may make it or name it otherwise.

        What is written beside it is meant, whatever else may go to the namespace.
        """
        key = one.key
        if meant.span.file == one.resource.span.file:
            return True
        spaces = set() if key.kind in _CLUSTER_WIDE else {key.namespace, ""}
        is_opaque = any((key.cluster, space) in self._opaque for space in spaces)
        return not is_opaque and one.owner not in self._unsure

    def find_meant(self, key: _Key) -> Resource | None:
        """The one of its kind and namespace that is spelled like it, or alike and idle.

        What is elsewhere may be made here, too, but for a few kinds.
        """
        placed = self._placed.get((key.kind, key.name), {})
        if key.kind in _OF_PEOPLE and key not in placed:
            twin = self._placed.get((f"Cluster{key.kind}", key.name), {})
            others = [one for at, one in (placed | twin).items() if at.cluster == key.cluster]
            if len(others) == 1:
                return others[0]
        if placed:
            return None
        there = self._there.get(key[:3], {})
        spellings = self._spellings(key[:3])
        slip = spellings.slips.find(key.name)
        if slip is not None or key.kind == "Namespace":
            return there.get(slip or "")
        same = spellings.squeezed.get(_squeezed(key.name))
        alike = _ALIKE_CLAIMS if key.kind == "PersistentVolumeClaim" else _ALIKE
        # A Service is often an operator's, called after what it belongs to.
        is_told = same is None and key.kind != "Service"
        near = most_alike(key.name, self._idle.get(key[:3], ()), alike) if is_told else ()
        only = there if key.kind in _WRITTEN and len(there) == 1 else ()
        return next((there[name] for name in (same, *near, *only) if name is not None), None)

    def _spellings(self, place: tuple[str, str, str]) -> _Spellings:
        if place not in self._spelled:
            names = self._there.get(place, {})
            squeezed = {_squeezed(name): name for name in reversed(names)}
            self._spelled[place] = _Spellings(Slips(names), squeezed)
        return self._spelled[place]

    @cached_property
    def _idle(self) -> dict[tuple[str, ...], frozenset[str]]:
        """What nothing names, of each kind and namespace."""
        used = {one.key for one in self.named}
        found = grouped((key[:3], key.name) for key in self.made.keys() - used)
        return {place: frozenset(names) for place, names in found.items()}

    @cached_property
    def _there(self) -> dict[tuple[str, ...], dict[str, Resource]]:
        there: dict[tuple[str, ...], dict[str, Resource]] = {}
        for key, resource in self.made.items():
            there.setdefault(key[:3], {})[key.name] = resource
        return there

    def _take(self, owner: str, cluster: str, resource: Resource, namespace: str) -> None:
        if resource.kind in _KINDS:
            space = "" if resource.kind in _CLUSTER_WIDE else namespace
            key = _Key(cluster, resource.kind, space, resource.name)
            self._placed.setdefault((resource.kind, resource.name), {})[key] = resource
        if resource.kind in _KINDS and not is_addition(resource.manifest):
            self.made[key] = resource
        own = resource.manifest.scalar("metadata", "namespace")
        within = [("Namespace", "", own)] if own is not None else []
        for kind, where, name in (*within, *_names_in(resource)):
            space = "" if kind in _CLUSTER_WIDE else where or namespace
            key = _Key(cluster, kind, space, str(name.value))
            self.named.append(_Named(owner, resource, key, name))


def _names_in(resource: Resource) -> Iterator[tuple[str, str, Scalar]]:
    """The kind, the namespace where it is said, and the name of all that a resource names."""
    pod = pod_spec_of(resource)
    routes = [(resource.manifest, *route) for route in _NAMES.get(resource.kind, ())]
    if pod is not None:
        routes += [(pod, *route) for route in _IN_PODS]
        yield from (("ConfigMap", "", name) for name in needed_config_maps(pod))
    for route in routes:
        yield from _at(*route)
    for key, kind in _ANNOTATED.items():
        name = resource.annotation(key)
        if name is not None and resource.annotation(_ISSUER_KIND) is None:
            yield kind, "", name


def _at(root: Mapping, route: str, usual: str) -> Iterator[tuple[str, str, Scalar]]:
    *way, key = route.split(".")
    for holder in mappings_along(root, way):
        name, kind = holder.scalar(key), holder.text("kind") or usual
        if name is not None and kind in _KINDS and not holder.is_true("optional"):
            yield kind, holder.text("namespace"), name


def _squeezed(name: str) -> str:
    return name.replace("-", "")
