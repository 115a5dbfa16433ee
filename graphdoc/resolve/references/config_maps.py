"""ConfigMaps that Pods cannot start without, and that nothing makes."""

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Scalar, strings
from graphdoc.model.resource import NamespacedName, lasting_name
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.references.dangling import find_dangling
from graphdoc.resolve.resolved import Estate, ResolvedApplication
from graphdoc.resolve.resources.workloads import pod_spec_of
from graphdoc.resolve.secrets.evidence import Evidence, is_unsure, unlisted_namespaces
from graphdoc.resolve.secrets.flow import (
    Origins,
    Placed,
    evidence_on,
    is_guest,
    place_resources,
)
from graphdoc.resolve.secrets.pods import needed_config_maps

__all__ = ["ConfigMapUse", "MissingConfigMap", "find_missing_config_maps"]

# Kubernetes, OpenShift and Istio put these into every namespace.
_BUILT_IN = frozenset({
    "config-service-cabundle", "config-trusted-cabundle", "istio-ca-root-cert", "kube-root-ca.crt",
    "openshift-service-ca.crt",
})  # fmt: skip
# Reflector and Replicator copy what is annotated for them, policies perhaps anything.
_ANY = "*"
_COPYING = ("reflector.v1.k8s.emberstack.com/", "replicator.v1.mittwald.de/")


class ConfigMapUse(NamedTuple):
    """One place where a Pod names a ConfigMap; ``owner`` is the id of what brings the workload."""

    owner: str
    span: Span
    origin: Span


@dataclass(frozen=True, slots=True)
class MissingConfigMap:
    """A ConfigMap that is used on a cluster and that nothing makes there."""

    cluster: str
    key: NamespacedName
    uses: tuple[ConfigMapUse, ...]
    nearest: NamespacedName | None = None


def find_missing_config_maps(estate: Estate) -> Iterator[MissingConfigMap]:
    """Every one, where all that goes into its namespace is known; slips of spelling are no matter.

    A slip is told at its place by what looks for them.
    """
    missing = [found for cluster in estate.clusters for found in _missing_on(estate, cluster)]
    slips = (
        {name.span for found in find_dangling(estate) for name in found.names} if missing else ()
    )
    yield from (one for one in missing if all(use.span not in slips for use in one.uses))


def _missing_on(estate: Estate, cluster: str) -> Iterator[MissingConfigMap]:
    placed = place_resources(estate, cluster)
    made = frozenset(_made(placed))
    uses = grouped(found for place in placed for found in _uses_in(place))
    owners = {key: {place.owner for place, _ in found} for key, found in uses.items()}
    wanted = tuple(_wanted(estate.applications_on(cluster), owners, made))
    if not wanted:
        return
    evidence = evidence_on(estate, cluster).about_config_maps()
    copied = frozenset(_copied(placed))
    near, origins = _nearest(made), Origins()
    for key in wanted:
        if not _is_explained(evidence, key, copied):
            found = tuple(_use(place, name, origins) for place, name in uses[key])
            yield MissingConfigMap(cluster, key, found, near.get(key.name))


def _wanted(
    entries: tuple[ResolvedApplication, ...],
    owners: dict[NamespacedName, set[str]],
    made: frozenset[NamespacedName],
) -> Iterator[NamespacedName]:
    """What nothing makes, where all is known that could."""
    unsure = {entry.id for entry in entries if is_guest(entry) or is_unsure(entry)}
    opaque = unlisted_namespaces(entries)
    for key in sorted(owners):
        is_hidden = not opaque.isdisjoint({key.namespace, ""}) or owners[key] <= unsure
        if not (is_hidden or _is_made(key, made) or is_unfilled(key.namespace)):
            yield key


def _made(placed: tuple[Placed, ...]) -> Iterator[NamespacedName]:
    for place in placed:
        if place.resource.kind == "ConfigMap":
            yield NamespacedName(place.namespace, place.resource.name)


def _is_made(key: NamespacedName, made: frozenset[NamespacedName]) -> bool:
    """Where a root does not say its namespace, it may be any."""
    known = key in made or NamespacedName("", key.name) in made
    return known or (not key.namespace and any(key.name == other.name for other in made))


def _nearest(made: frozenset[NamespacedName]) -> dict[str, NamespacedName]:
    """By a name the first that has it, or else whose name Kustomize has made from it."""
    ordered = sorted(made, reverse=True)
    near = {lasting_name(other.name): other for other in ordered}
    return near | {other.name: other for other in ordered}


def _is_explained(evidence: Evidence, key: NamespacedName, copied: frozenset[str]) -> bool:
    """Whether it may be there although nothing analysed makes it."""
    return (
        key.name in _BUILT_IN
        or evidence.is_mentioned(*key)
        or evidence.is_written(key.name)
        or evidence.is_made_by_script(key.name)
        or not copied.isdisjoint({key.name, _ANY})
    )


def _uses_in(place: Placed) -> Iterator[tuple[NamespacedName, tuple[Placed, Scalar]]]:
    pod = pod_spec_of(place.resource)
    for name in needed_config_maps(pod) if pod is not None else ():
        yield NamespacedName(place.namespace, str(name.value)), (place, name)


def _use(place: Placed, name: Scalar, origins: Origins) -> ConfigMapUse:
    origin = origins.of(place.source, str(name.value), name.span)
    return ConfigMapUse(place.owner, name.span, origin)


def _copied(placed: tuple[Placed, ...]) -> Iterator[str]:
    """The names of ConfigMaps that are copied to other namespaces, or that policies make."""
    for resource in (place.resource for place in placed):
        if resource.kind == "ConfigMap":
            keys = resource.manifest.at("metadata", "annotations").entries
            yield from [resource.name] if any(key.startswith(_COPYING) for key in keys) else []
        elif "." in resource.group and not resource.group.endswith(".k8s.io"):
            yield from chain.from_iterable(map(_made_by, resource.mappings))


def _made_by(rule: Mapping) -> Iterator[str]:
    """What a rule of a policy makes, or copies because it is labelled for it."""
    kinds = (str(kind.value) for kind in strings(rule.items_at("cloneList", "kinds")))
    if any(kind.rpartition("/")[2] == "ConfigMap" for kind in kinds):
        yield _ANY
    if rule.text("kind") == "ConfigMap":
        made = rule.text("name")
        yield _ANY if "{{" in made else made
