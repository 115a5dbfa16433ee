"""Selectors that match no Pod, where one Pod differs from what they ask by a slip of the pen.

Or by one label of whatever value, where the workload is called like the Service.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from graphdoc.model.grouping import grouped, in_order
from graphdoc.model.node import Atom, Scalar
from graphdoc.model.node import Mapping as MappingNode
from graphdoc.model.resource import Resource
from graphdoc.resolve.names.slips import Slips, find_slip
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.resources.placement import Place, find_places
from graphdoc.resolve.resources.workloads import pod_metadata_of, pod_spec_of

__all__ = ["IdleSelector", "find_idle_selectors"]

_SELECTORS = {
    "NetworkPolicy": ("spec", "podSelector", "matchLabels"),
    "PodDisruptionBudget": ("spec", "selector", "matchLabels"),
    "Service": ("spec", "selector"),
}
_WORKLOADS = frozenset({"DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"})


class IdleSelector(NamedTuple):
    """A label that no Pod has, who asks for it, and the workload whose Pods have one like it.

    ``meant`` is what asks, where its own Pods do not have the label.
    """

    owner: str
    resource: Resource
    label: str
    value: Scalar
    meant: Resource
    has: str


def find_idle_selectors(estate: Estate) -> list[IdleSelector]:
    """Every such label, each place once."""
    by_space = grouped(((p.destination, p.namespace), p) for p in find_places(estate))
    found = (idle for ps in by_space.values() for idle in (*_own(ps), *_of_others(ps)))
    return in_order(found, lambda idle: idle.value.span)


def _own(places: Iterable[Place]) -> Iterator[IdleSelector]:
    """Kubernetes refuses a workload that does not select its own Pods."""
    for place in (place for place in places if place.resource.kind in _WORKLOADS):
        wanted = _labels(place.resource.manifest, "spec", "selector", "matchLabels")
        labels = _pod_labels(place.resource)
        for key, value in wanted.items() if labels is not None else ():
            has = (labels or {}).get(key)
            if has is None or has.value != value.value:
                said = f"{key}={has.value}" if has is not None else ""
                yield IdleSelector(place.owner.id, place.resource, key, value, place.resource, said)


def _of_others(places: Sequence[Place]) -> Iterator[IdleSelector]:
    selecting = [place for place in places if place.resource.kind in _SELECTORS]
    if not selecting:
        return
    # Several Applications may bring a workload of one name.
    labelled = ((place.resource, _pod_labels(place.resource)) for place in places)
    pods = dict(enumerate((resource, labels) for resource, labels in labelled if labels))
    having = grouped(
        ((name, label.value), key)
        for key, (_, labels) in pods.items()
        for name, label in labels.items()
    )
    near = _Near(pods)
    named = grouped((resource.name, key) for key, (resource, _) in pods.items())
    for place in selecting:
        wanted = _labels(place.resource.manifest, *_SELECTORS[place.resource.kind])
        if wanted and not _fitting(having, wanted):
            own = named.get(place.resource.name, ()) if place.resource.kind == "Service" else ()
            for key in dict.fromkeys((*near.pods(wanted), *own)):
                yield from _slips(place, wanted, *pods[key])


def _fitting(
    having: Mapping[tuple[str, Atom], Iterable[int]], wanted: Mapping[str, Scalar]
) -> frozenset[int]:
    """The Pods that have every label."""
    found = (frozenset(having.get((key, v.value), ())) for key, v in wanted.items())
    return frozenset.intersection(*sorted(found, key=len))


class _Near:
    """Pods by labels that are spelled like others."""

    def __init__(self, pods: Mapping[int, tuple[Resource, Mapping[str, Scalar]]]) -> None:
        self._having = grouped(
            ((name, str(label.value)), key)
            for key, (_, labels) in pods.items()
            for name, label in labels.items()
        )
        values = grouped(self._having)
        self._slips = {name: Slips(known) for name, known in values.items()}

    def pods(self, wanted: Mapping[str, Scalar]) -> list[int]:
        """Those with one of the labels in another spelling, in their order."""
        said = ((name, str(label.value)) for name, label in wanted.items() if name in self._slips)
        found = ((name, has) for name, value in said for has in self._slips[name].find_all(value))
        keys = {key for label in found for key in self._having[label]}
        return sorted(keys)


def _slips(
    place: Place,
    wanted: Mapping[str, Scalar],
    resource: Resource,
    labels: Mapping[str, Scalar],
) -> Iterator[IdleSelector]:
    """The one label that a workload has otherwise, if all others are the same."""
    others = [(k, v) for k, v in wanted.items() if k not in labels or labels[k].value != v.value]
    if len(others) != 1 or others[0][0] not in labels:
        return
    key, value = others[0]
    has = str(labels[key].value)
    is_own = (place.resource.kind, place.resource.name) == ("Service", resource.name)
    if is_own or find_slip(str(value.value), (has,), frozenset()):
        yield IdleSelector(place.owner.id, place.resource, key, value, resource, f"{key}={has}")


def _pod_labels(resource: Resource) -> dict[str, Scalar] | None:
    """The labels of the Pods that a workload makes; ``None`` where it makes none."""
    makes_pods = pod_spec_of(resource) is not None
    return _labels(pod_metadata_of(resource), "labels") if makes_pods else None


def _labels(root: MappingNode, *route: str) -> dict[str, Scalar]:
    entries = root.at(*route).entries
    return {key: value for key, value in entries.items() if isinstance(value, Scalar)}
