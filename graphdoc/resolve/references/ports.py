"""Ports and volumes that a resource names, and that what it names them of does not have.

Both ends are known here, so that no second witness is asked for: a Service and the Pods that it
selects, a route and the Service behind it, a monitor and the Services that it scrapes, a container
and its own Pod.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import chain, product
from operator import attrgetter
from typing import NamedTuple, TypeVar

from graphdoc.model.grouping import grouped, in_order
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Scalar, mappings_along, walk
from graphdoc.model.resource import Resource
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.resources.kyverno import is_policy, policy_rules
from graphdoc.resolve.resources.placement import Place, find_places
from graphdoc.resolve.resources.workloads import containers_of, pod_metadata_of, pod_spec_of
from graphdoc.resolve.secrets.evidence import unknown_namespaces

__all__ = ["Holder", "Lacking", "find_lacking_parts"]

# A proxy of Knative runs the probes, and gives the port its name.
_REWRITING = frozenset({"serving.knative.dev"})
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_PROBED = ("httpGet", "tcpSocket")
# Where a kind names a Service, and the route from there to its port.
_ROUTES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "Ingress": (
        ("spec.rules.*.http.paths.*.backend.service", ("port.number", "port.name")),
        ("spec.defaultBackend.service", ("port.number", "port.name")),
    ),
    **dict.fromkeys(
        ("GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute"),
        (("spec.rules.*.backendRefs.*", ("port",)),),
    ),
    **dict.fromkeys(
        ("HTTPProxy", "IngressRoute", "IngressRouteTCP", "IngressRouteUDP"),
        (("spec.routes.*.services.*", ("port",)),),
    ),
}
_MONITORS = {"ServiceMonitor": "endpoints", "PodMonitor": "podMetricsEndpoints"}

# The last port leads nowhere on purpose; the load balancers of AWS read an annotation instead.
_NOWHERE = frozenset({"65535", "use-annotation"})

_Space = tuple[str, str]
_Pod = tuple[Place, Mapping, dict[str, str]]
_Labelled = tuple[Place, dict[str, str]]
T = TypeVar("T")
_ByLabel = dict[tuple[_Space, tuple[str, str]], tuple[T, ...]]


class Holder(NamedTuple):
    """What should have a port or volume, where it is written, and what it has instead."""

    name: str
    there: tuple[str, ...]
    span: Span


class Lacking(NamedTuple):
    """A port or volume that is named, where, and what does not have it."""

    owner: str
    resource: Resource
    what: str
    names: tuple[Scalar, ...]
    holder: Holder


class _Named(NamedTuple):
    place: Place
    what: str
    name: Scalar
    holder: Holder


def find_lacking_parts(estate: Estate) -> Iterator[Lacking]:
    """Every such name, what several places ask of one thing alike as one."""
    world = _World(estate)
    found = [one for find in _FINDERS for one in find(world) if _is_wrong(one)]
    named = [one for one in found if str(one.name.value) not in world.injected]
    groups = grouped(((one.holder.span, one.what, str(one.name.value)), one) for one in named)
    for group in groups.values():
        place, what, _, holder = group[0]
        names = tuple(in_order((one.name for one in group), attrgetter("span")))
        yield Lacking(place.owner.id, place.resource, what, names, holder)


def _is_wrong(one: _Named) -> bool:
    """A form is yet to be filled in."""
    text = str(one.name.value)
    return text not in one.holder.there and text not in _NOWHERE and not is_unfilled(text)


class _World:
    """What is applied anywhere, by cluster and namespace."""

    def __init__(self, estate: Estate) -> None:
        self.places = find_places(estate)
        self._opaque = unknown_namespaces(estate.applications)

    @cached_property
    def services(self) -> dict[_Space, dict[str, Place]]:
        """The Services of each namespace by name."""
        found: dict[_Space, dict[str, Place]] = {}
        for place in self.places:
            if place.resource.kind == "Service" and not place.resource.group:
                found.setdefault(_space(place), {})[place.resource.name] = place
        return found

    @cached_property
    def pods(self) -> dict[_Space, tuple[_Pod, ...]]:
        """The Pods of each namespace: the workload, the Pod, its labels."""
        return grouped(
            (_space(place), (place, pod, dict(pod_metadata_of(place.resource).pairs_at("labels"))))
            for place in self.places
            if (pod := pod_spec_of(place.resource)) is not None
        )

    @cached_property
    def pods_by_label(self) -> _ByLabel[_Pod]:
        """The Pods of each namespace by each of their labels."""
        pods = ((space, pod) for space, pods in self.pods.items() for pod in pods)
        return grouped(((space, pair), pod) for space, pod in pods for pair in pod[2].items())

    @cached_property
    def services_by_label(self) -> _ByLabel[_Labelled]:
        """The Services of each namespace by each of their labels."""
        places = ((space, p) for space, named in self.services.items() for p in named.values())
        found = ((space, (p, _labels(p.resource, "metadata", "labels"))) for space, p in places)
        return grouped(((space, pair), one) for space, one in found for pair in one[1].items())

    @cached_property
    def injected(self) -> frozenset[str]:
        """Whatever policies write into resources, such as the name of a port of a sidecar."""
        policies = (place.resource for place in self.places if is_policy(place.resource))
        rules = chain.from_iterable(map(policy_rules, policies))
        changes = filter(None, (rule.node.mapping("mutate") for rule in rules))
        nodes = chain.from_iterable(map(walk, changes))
        return frozenset(str(node.value) for _, node in nodes if isinstance(node, Scalar))

    def is_opaque(self, space: _Space) -> bool:
        """Whether something that could not be rendered may go there."""
        return not self._opaque.isdisjoint({space[1], ""})


def _of_containers(world: _World) -> Iterator[_Named]:
    """Volumes that a container mounts, and named ports that are probed."""
    for place, pod, _ in (one for pods in world.pods.values() for one in pods):
        volumes = Holder("its Pod", tuple(_names_of_volumes(place.resource, pod)), pod.span)
        for container in containers_of(pod):
            mounts = (mount.scalar("name") for mount in container.mappings_at("volumeMounts"))
            yield from _named(place, "volume", mounts, volumes)
            if place.resource.group not in _REWRITING:
                name = f"container {container.text('name')}"
                ports = Holder(name, _port_names(container), container.span)
                yield from _named(place, "port", map(_word, _probed(container)), ports)


def _probed(container: Mapping) -> Iterator[Scalar | None]:
    for key, kind in product(_PROBES, _PROBED):
        yield container.scalar(key, kind, "port")


def _names_of_volumes(resource: Resource, pod: Mapping) -> Iterator[str]:
    for volume in pod.mappings_at("volumes"):
        yield volume.text("name")
    for claim in resource.manifest.mappings_at("spec", "volumeClaimTemplates"):
        yield claim.text("metadata", "name")


def _of_services(world: _World) -> Iterator[_Named]:
    """Named target ports that no Pod has which the Service selects."""
    for space, services in world.services.items():
        for place in services.values():
            selected = _selected(world, space, _labels(place.resource, "spec", "selector"))
            # Pods without containers are refused, and lack more than a port.
            if any(pod.mappings_at("containers") for _, pod in selected):
                names = tuple(name for _, pod in selected for name in _ports_of(pod))
                workload, pod = selected[0]
                ports = place.resource.manifest.mappings_at("spec", "ports")
                targets = (_word(port.scalar("targetPort")) for port in ports)
                holder = Holder(str(workload.resource.id), names, pod.span)
                yield from _named(place, "port", targets, holder)


def _selected(
    world: _World, space: _Space, selector: dict[str, str]
) -> list[tuple[Place, Mapping]]:
    wanted = selector.items()
    pods = _fewest(world.pods_by_label, space, selector)
    return [(place, pod) for place, pod, labels in pods if wanted <= labels.items()]


def _fewest(index: _ByLabel[T], space: _Space, labels: dict[str, str]) -> tuple[T, ...]:
    """Those with the label that fewest have: all that have every label are among them."""
    return min((index.get((space, pair), ()) for pair in labels.items()), key=len, default=())


def _of_routes(world: _World) -> Iterator[_Named]:
    """Ports that a route names of a Service; nginx takes the Pods' ports too."""
    for place, backend, named in chain.from_iterable(map(_backends, world.places)):
        service = _service_of(world, place, backend)
        ports = service.manifest.mappings_at("spec", "ports") if service is not None else ()
        if service is not None and ports:
            known = _known_ports(ports, with_targets=place.resource.kind in {"Ingress", "Route"})
            yield from _named(place, "port", named, Holder(str(service.id), known, service.span))


def _backends(place: Place) -> Iterator[tuple[Place, Mapping, list[Scalar | None]]]:
    """Where a Service is named, and its ports; of OpenShift's routes a number may be any Pod's."""
    resource = place.resource
    if (resource.group, resource.kind) == ("route.openshift.io", "Route"):
        port = resource.manifest.scalar("spec", "port", "targetPort")
        yield place, resource.manifest.at("spec", "to"), [_word(port)]
    for route, keys in _ROUTES.get(resource.kind, ()):
        for backend in mappings_along(resource.manifest, route.split(".")):
            yield place, backend, [backend.scalar(*key.split(".")) for key in keys]


def _service_of(world: _World, place: Place, backend: Mapping) -> Resource | None:
    if backend.text("kind") not in {"", "Service"} or backend.text("group"):
        return None
    space = (place.destination, backend.text("namespace") or place.namespace)
    service = world.services.get(space, {}).get(backend.text("name"))
    if service is None or service.resource.manifest.text("spec", "type") == "ExternalName":
        return None
    return service.resource


def _known_ports(ports: Iterable[Mapping], *, with_targets: bool) -> tuple[str, ...]:
    keys = ("name", "port", "targetPort") if with_targets else ("name", "port")
    found = (port.scalar(key) for key in keys for port in ports)
    return tuple(str(scalar.value) for scalar in found if scalar is not None)


def _of_monitors(world: _World) -> Iterator[_Named]:
    """Ports that Prometheus is to scrape, where all that it may find is known."""
    for place in world.places:
        listed = _MONITORS.get(place.resource.kind)
        if listed is None or world.is_opaque(_space(place)) or not _is_plain(place.resource):
            continue
        labels = _labels(place.resource, "spec", "selector", "matchLabels")
        found = _scraped(world, place, labels) if labels else []
        if found:
            names = tuple(name for _, ports in found for name in ports)
            other = found[0][0].resource
            endpoints = place.resource.manifest.mappings_at("spec", listed)
            asked = (endpoint.scalar("port") for endpoint in endpoints)
            yield from _named(place, "port", asked, Holder(str(other.id), names, other.span))


def _scraped(
    world: _World, place: Place, labels: dict[str, str]
) -> list[tuple[Place, tuple[str, ...]]]:
    if place.resource.kind == "PodMonitor":
        selected = _selected(world, _space(place), labels)
        return [(one, tuple(_ports_of(pod))) for one, pod in selected]
    services = _fewest(world.services_by_label, _space(place), labels)
    return [
        (one, _known_ports(one.resource.manifest.mappings_at("spec", "ports"), with_targets=False))
        for one, own in services
        if labels.items() <= own.items()
    ]


def _is_plain(monitor: Resource) -> bool:
    """Whether it looks in its own namespace alone, by labels alone."""
    selector = monitor.manifest.find("spec", "selector", "matchExpressions")
    names = monitor.manifest.items_at("spec", "namespaceSelector", "matchNames")
    is_own = all(isinstance(n, Scalar) and n.value == monitor.namespace for n in names)
    return (
        selector is None
        and is_own
        and not monitor.manifest.is_true("spec", "namespaceSelector", "any")
    )


_FINDERS: tuple[Callable[[_World], Iterator[_Named]], ...] = (
    _of_containers, _of_services, _of_routes, _of_monitors,
)  # fmt: skip


def _named(
    place: Place, what: str, names: Iterable[Scalar | None], holder: Holder
) -> Iterator[_Named]:
    for name in names:
        if name is not None and name.value is not None:
            yield _Named(place, what, name, holder)


def _word(port: Scalar | None) -> Scalar | None:
    """A port that is named; a number, even in quotes, needs to be declared nowhere."""
    is_word = port is not None and isinstance(port.value, str) and not port.value.isdigit()
    return port if is_word else None


def _port_names(container: Mapping) -> tuple[str, ...]:
    return tuple(port.text("name") for port in container.mappings_at("ports"))


def _ports_of(pod: Mapping) -> Iterator[str]:
    for container in containers_of(pod):
        yield from _port_names(container)


def _space(place: Place) -> _Space:
    return (place.destination, place.namespace)


def _labels(resource: Resource, *route: str) -> dict[str, str]:
    return dict(resource.manifest.pairs_at(*route))
