"""Keys that Pods ask of Secrets and ConfigMaps whose every key is in Git, and not this one."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from graphdoc.model.finding import Problem
from graphdoc.model.grouping import grouped, in_order, listed
from graphdoc.model.location import Location, Span, locations
from graphdoc.model.node import Mapping, Scalar, scalars_within
from graphdoc.model.resource import NamespacedName, Resource, kept_by_resource
from graphdoc.model.secret import ConsumerKind, ProducerKind
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.broken.references import say_who
from graphdoc.resolve.names.alike import closest, the_nearest
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.resources.workloads import containers_of, pod_spec_of
from graphdoc.resolve.secrets import find_producers
from graphdoc.resolve.secrets.evidence import Evidence
from graphdoc.resolve.secrets.flow import (
    Placed,
    evidence_on,
    is_guest,
    place_resources,
    trace_secrets,
)
from graphdoc.resolve.secrets.pods import references_in_pod
from graphdoc.resolve.secrets.reading import secret_metadata

__all__ = ["LackingKey", "find_lacking_keys"]

_WHOLE = frozenset({ProducerKind.EXTERNAL_SECRET, ProducerKind.SEALED_SECRET, ProducerKind.SECRET})
# Whatever copies, injects or generates is told to by an annotation or a label.
_FILLED = re.compile(r"replicat|reflect|generat|inject|patch|managed$|service-account\.name")
_ALIKE = 0.8


class LackingKey(NamedTuple):
    """A key that is asked for and not there; ``span`` is where it would be changed."""

    kind: str
    cluster: str
    thing: NamespacedName
    key: str
    owner: str
    span: Span
    there: tuple[str, ...]
    nearest: str
    made_at: tuple[Span, ...]

    def problem(self, subject: str) -> Problem:
        """What is wrong; the key that is likely meant, or those that there are, are the hint."""
        user = say_who((self.owner,), "uses")
        return Problem(
            f"{self.kind} {self.thing} has no key {self.key}, which {user}",
            Location(self.span, "asked for here"),
            locations(self.made_at, "made here"),
            subject,
            hint=the_nearest(self.nearest) or f"it has {listed(self.there)}",
            identity=f"{self.thing} {self.key} {self.span.file}",
        )


class _Use(NamedTuple):
    name: Scalar
    key: Scalar


class _Whole(NamedTuple):
    """Everything that a Secret or ConfigMap has, and where it is made."""

    keys: frozenset[str]
    made_at: tuple[Span, ...]


def find_lacking_keys(estate: Estate, kind: str) -> list[LackingKey]:
    """Every such key of Secrets or ConfigMaps, each place once.

    One that is spelled like none there may be put in by something that speaks of the thing.
    """
    found = chain.from_iterable(_on_cluster(estate, name, kind) for name in estate.clusters)
    return in_order(found, lambda lacking: (lacking.span, lacking.key))


def _on_cluster(estate: Estate, cluster: str, kind: str) -> Iterator[LackingKey]:
    placed = place_resources(estate, cluster)
    whole = dict(_whole(estate, cluster, placed, kind))
    guests = {entry.id for entry in estate.applications_on(cluster) if is_guest(entry)}
    for place in placed if whole else ():
        pod = pod_spec_of(place.resource)
        for use in _uses(pod, kind) if pod is not None and place.owner not in guests else ():
            thing = NamespacedName(place.namespace, str(use.name.value))
            made, key = whole.get(thing), str(use.key.value)
            if made is None or key in made.keys or is_unfilled(key):
                continue
            nearest = closest(key, made.keys, _ALIKE)
            if nearest or not _may_get_more(_evidence(estate, cluster, kind), thing):
                span, there = _origin(place, use.key), tuple(sorted(made.keys))
                yield LackingKey(
                    kind, cluster, thing, key, place.owner, span, there, nearest, made.made_at
                )


def _evidence(estate: Estate, cluster: str, kind: str) -> Evidence:
    evidence = evidence_on(estate, cluster)
    return evidence.about_config_maps() if kind == "ConfigMap" else evidence


def _may_get_more(evidence: Evidence, thing: NamespacedName) -> bool:
    return (
        evidence.is_mentioned(*thing)
        or evidence.is_written(thing.name)
        or evidence.is_made_by_script(thing.name)
    )


def _origin(place: Placed, key: Scalar) -> Span:
    """The one value that says the key, where a chart's template only passes it on."""
    values = place.source.values if place.source is not None else None
    said = [scalar.span for scalar in scalars_within(values) if scalar.value == key.value]
    return said[0] if len(said) == 1 else key.span


def _whole(
    estate: Estate, cluster: str, placed: tuple[Placed, ...], kind: str
) -> Iterator[tuple[NamespacedName, _Whole]]:
    """What all that makes it says all keys of."""
    filled = frozenset(name for place in placed for name in _filled(place, kind))
    known = _config_maps(placed) if kind == "ConfigMap" else _secrets(estate, cluster)
    for name, made in known:
        if name not in filled and all(keys for keys, _ in made):
            keys = frozenset(key for keys, _ in made for key in keys)
            yield name, _Whole(keys, tuple(sorted({span for _, span in made})))


_Made = tuple[NamespacedName, list[tuple[tuple[str, ...], Span]]]


def _secrets(estate: Estate, cluster: str) -> Iterator[_Made]:
    for name, made in trace_secrets(estate, cluster).producers.items():
        if all(one.producer.how in _WHOLE for one in made):
            yield name, [(one.producer.keys, one.producer.span) for one in made]


def _config_maps(placed: Iterable[Placed]) -> Iterable[_Made]:
    made = grouped(
        (NamespacedName(place.namespace, place.resource.name), _of_config_map(place.resource))
        for place in placed
        if place.resource.kind == "ConfigMap" and not place.resource.group
    )
    return ((name, list(found)) for name, found in made.items())


def _of_config_map(resource: Resource) -> tuple[tuple[str, ...], Span]:
    parts = (resource.manifest.at(part) for part in ("data", "binaryData"))
    keys = tuple(key for part in parts for key in part.entries)
    return keys, resource.span


def _filled(place: Placed, kind: str) -> Iterator[NamespacedName]:
    """What something is told to write into."""
    resource = place.resource
    if not _is_marked(resource):
        return
    if kind == "ConfigMap" and resource.kind == kind:
        yield NamespacedName(place.namespace, resource.name)
    elif kind == "Secret":
        for made in find_producers(resource, place.namespace):
            yield NamespacedName(made.namespace, made.name)


@kept_by_resource
def _is_marked(resource: Resource) -> bool:
    """Whether a label or an annotation asks for it."""
    own = resource.manifest.at("metadata")
    marks = [
        key
        for metadata in (own, secret_metadata(resource))
        for part in ("annotations", "labels")
        if part in metadata.entries
        for key, _ in metadata.pairs_at(part)
    ]
    return any(map(_FILLED.search, marks))


def _uses(pod: Mapping, kind: str) -> Iterator[_Use]:
    """The keys without which a Pod does not start, or finds no file."""
    files = grouped(_files(pod))
    for found in references_in_pod(pod, kind):
        items = [item.scalar("key") for item in found.at.mappings_at("items")]
        is_variable = found.how is ConsumerKind.ENV
        keys = [found.at.scalar("key")] if is_variable else items or files.get(found.volume, ())
        if not found.is_optional:
            yield from (_Use(found.name, key) for key in keys if key is not None and key.value)


def _files(pod: Mapping) -> Iterator[tuple[str | None, Scalar]]:
    """The single files that containers mount, each with the name of its volume."""
    for container in containers_of(pod):
        for mount in container.mappings_at("volumeMounts"):
            file = mount.scalar("subPath")
            if file is not None and "/" not in str(file.value):
                yield mount.text("name"), file
