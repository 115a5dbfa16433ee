"""What cannot work before something else on its cluster is there, as far as waves order both."""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.node import Scalar
from graphdoc.model.resource import NamespacedName, Resource
from graphdoc.model.shipped import shipped_table
from graphdoc.resolve.order.certificates import issuers_asked, name_of_issuer
from graphdoc.resolve.order.steps import (
    Phase,
    Placed,
    Step,
    find_placed,
    find_shared,
    parting,
    steps_to,
)
from graphdoc.resolve.order.watching_policies import find_watches
from graphdoc.resolve.resolved import Estate, ResolvedSource
from graphdoc.resolve.resources.placement import Scope, Scopes, find_destinations
from graphdoc.resolve.resources.workloads import pod_spec_of
from graphdoc.resolve.secrets import (
    ConsumerKind,
    ProducerKind,
    find_clone_policies,
    find_consumers,
    find_producers,
)
from graphdoc.resolve.secrets.flow import trace_secrets
from graphdoc.resolve.secrets.pods import needed_config_maps

__all__ = ["Need", "find_needs"]

_HOLDING_UP = frozenset({
    ConsumerKind.CUSTOM_RESOURCE, ConsumerKind.ENV, ConsumerKind.ENV_FROM, ConsumerKind.ISSUER,
    ConsumerKind.VOLUME,
})  # fmt: skip
# Argo CD waits until these run, and they do not without what their Pods need.
_WAITED_FOR = frozenset({"DaemonSet", "Deployment", "Job", "Pod", "StatefulSet"})
# The same, where Argo CD's own health checks know them.
_WAITED_FOR_OF_OPERATORS = frozenset({
    ("cert-manager.io", "Issuer"), ("k8s.keycloak.org", "Keycloak"), ("k8s.mariadb.com", "MariaDB"),
    ("postgresql.cnpg.io", "Cluster"),
})  # fmt: skip
_LATE = frozenset(
    {
        ProducerKind.CERTIFICATE, ProducerKind.EXTERNAL_SECRET, ProducerKind.SEALED_SECRET,
        ProducerKind.SECRET,
    }
)  # fmt: skip
_NAMESPACED = frozenset(
    {
        "ConfigMap", "CronJob", "DaemonSet", "Deployment", "Ingress", "Job", "Pod", "Role",
        "RoleBinding", "SealedSecret", "Secret", "Service", "ServiceAccount", "StatefulSet",
    }
)  # fmt: skip
_KYVERNO = "kyverno.io"
_LIFECYCLE = "operators.coreos.com"
# Namespaces that every cluster has.
_GIVEN = frozenset({"", "default", "kube-node-lease", "kube-public", "kube-system"})


@dataclass(frozen=True, slots=True)
class Need:
    """Something that cannot work before something else is there.

    ``before`` and ``after`` are the steps in which their ways part: ``after`` applies what is
    needed.
    """

    cluster: str
    what: str
    before: Step
    after: Step
    span: Span

    @property
    def is_inverted(self) -> bool:
        """Whether what is needed comes later."""
        return self.before.when < self.after.when


@lru_cache(maxsize=2)  # two rules ask
def find_needs(estate: Estate) -> tuple[Need, ...]:
    """Every need whose both ends are known and ordered, cluster by cluster.

    A Secret or ConfigMap that a Pod cannot start without, the definition or operator of a custom
    resource, a Namespace that only a manifest makes, and a policy that changes what it sees being
    created.
    """
    return tuple(_needs(estate))


def _needs(estate: Estate) -> Iterator[Need]:
    scopes = Scopes(estate)
    for cluster in estate.clusters:
        placed = tuple(find_placed(estate, cluster))
        wanted = (
            *_secrets(placed),
            *_config_maps(placed),
            *_copies(estate, cluster, placed),
            *_issuers(placed),
            *_kinds(placed),
            *_operators(estate, cluster, placed),
            *_namespaces(estate, cluster, placed, scopes),
            *_watched(placed),
        )
        for want in wanted:
            need = _need(cluster, want)
            if need is not None:
                yield need


class _Want(NamedTuple):
    """What a resource needs, and everything that brings it."""

    by: Placed
    what: str
    span: Span
    bringers: tuple[Placed, ...]


def _need(cluster: str, want: _Want) -> Need | None:
    """The need for what comes first of all that brings it; ``None`` where one has no order."""
    needs: list[Need] = []
    for bringer in want.bringers:
        if bringer.destination != want.by.destination:
            continue
        steps = parting(want.by.steps, bringer.steps)
        if steps is None:
            return None
        needs.append(Need(cluster, want.what, *steps, want.span))
    return min(needs, key=lambda need: need.after.when, default=None)


def _secrets(placed: tuple[Placed, ...]) -> Iterator[_Want]:
    made = grouped(
        (NamespacedName(maker.namespace, maker.name), (place, maker.how in _LATE))
        for place in placed
        for maker in find_producers(place.resource, place.namespace)
    )
    copied = _copied_names(placed)
    bringers = {
        key: tuple(place for place, _ in found)
        for key, found in made.items()
        if key.name not in copied and all(is_late for _, is_late in found)
    }
    return _uses(placed, bringers)


def _uses(
    placed: tuple[Placed, ...], bringers: dict[NamespacedName, tuple[Placed, ...]]
) -> Iterator[_Want]:
    """The Secrets without which Pods do not start, where it is known what makes them."""
    for place in (p for p in placed if _is_waited_for(p.resource)):
        for use in find_consumers(place.resource, place.namespace):
            key = NamespacedName(use.namespace, use.name)
            is_needed = not use.optional and use.how in _HOLDING_UP and key in bringers
            if is_needed and _holds_up(place, bringers[key]):
                yield _Want(place, f"Secret/{use.namespace}/{use.name}", use.span, bringers[key])


def _config_maps(placed: tuple[Placed, ...]) -> Iterator[_Want]:
    """The ConfigMaps without which Pods do not start."""
    made = grouped(
        (NamespacedName(place.namespace, place.resource.name), place)
        for place in placed
        if place.resource.kind == "ConfigMap"
    )
    for place in (p for p in placed if _is_waited_for(p.resource)):
        pod = pod_spec_of(place.resource)
        for name in needed_config_maps(pod) if pod is not None else ():
            key = NamespacedName(place.namespace, str(name.value))
            if key in made and _holds_up(place, made[key]):
                yield _Want(place, f"ConfigMap/{key}", name.span, made[key])


def _issuers(placed: tuple[Placed, ...]) -> Iterator[_Want]:
    """The issuers without which Certificates are never issued."""
    known = grouped((name_of_issuer(p.resource, p.namespace), p) for p in placed)
    for place in placed:
        for name, span in issuers_asked(place.resource, place.namespace):
            if name in known:
                yield _Want(place, name.said, span, known[name])


def _holds_up(place: Placed, bringers: tuple[Placed, ...]) -> bool:
    """Whether others wait for it: hooks that come last count for no Application's health."""
    *above, last = place.steps
    is_last = last.phase is Phase.POST_SYNC
    return not is_last or all(b.steps[: len(above)] == tuple(above) for b in bringers)


def _copies(estate: Estate, cluster: str, placed: tuple[Placed, ...]) -> Iterator[_Want]:
    """Secrets that only policies copy into their namespace; each policy may be the one."""
    by_id = {place.resource.id: place for place in placed if place.resource.group == _KYVERNO}
    flow = trace_secrets(estate, cluster)
    bringers = {
        key: tuple(by_id[one.producer.resource] for one in made)
        for key, made in flow.producers.items()
        if all(one.producer.resource in by_id for one in made)
    }
    return _uses(placed, bringers)


def _copied_names(placed: tuple[Placed, ...]) -> frozenset[str]:
    """The names of Secrets that some policy copies: nobody knows which copy comes first."""
    policies = [c for p in placed for c in find_clone_policies(p.resource, p.namespace)]
    made = [m for p in placed for m in find_producers(p.resource, p.namespace)] if policies else []
    copies = {policy.name_of_copy(m) for policy in policies for m in made if policy.selects(m)}
    return frozenset(copies | {policy.clone_name for policy in policies})


def _is_waited_for(resource: Resource) -> bool:
    if resource.kind not in _WAITED_FOR:
        return (resource.group, resource.kind) in _WAITED_FOR_OF_OPERATORS
    replicas = resource.manifest.scalar("spec", "replicas")
    return replicas is None or replicas.value != 0


# Argo CD is there before it applies anything, its own definitions among it.
_OF_ARGOCD = frozenset(
    ("argoproj.io", kind) for kind in ("Application", "ApplicationSet", "AppProject")
)


def _kinds(placed: tuple[Placed, ...]) -> Iterator[_Want]:
    definitions = grouped(
        ((_defines(place.resource), place.resource.manifest.text("spec", "names", "kind")), place)
        for place in placed
        if place.resource.kind == "CustomResourceDefinition"
    )
    for place in placed:
        key = (place.resource.group, place.resource.kind)
        if key in definitions and key not in _OF_ARGOCD:
            what = f"CustomResourceDefinition of {place.resource.kind}"
            yield _Want(place, what, place.resource.span, definitions[key])


def _operators(estate: Estate, cluster: str, placed: tuple[Placed, ...]) -> Iterator[_Want]:
    """Custom resources whose definitions only a chart or package known by name can bring."""
    defined = {_defines(place.resource) for place in placed}
    charts, packages = _installed(estate, cluster), _subscribed(placed)
    bringers = {
        group: (*charts.get(group, ()), *packages.get(group, ()))
        for group in sorted({*charts, *packages})
        if not any(_is_within(known, group) for known in defined)
    }
    for place in placed if bringers else ():
        kind = f"{place.resource.kind}.{place.resource.group}"
        group = next((g for g in bringers if _is_within(kind, g)), None)
        if group is not None:
            what = f"the operator of {group}"
            yield _Want(place, what, place.resource.span, bringers[group])


def _defines(definition: Resource) -> str:
    return definition.manifest.text("spec", "group")


def _is_within(group: str, other: str) -> bool:
    return f".{group}".endswith(f".{other}")


def _installed(estate: Estate, cluster: str) -> dict[str, tuple[Placed, ...]]:
    """The Applications that install the operator of a group, each with the way to it."""
    applications = {entry.id: entry for entry in estate.applications_on(cluster)}
    destinations, shared = find_destinations(estate), find_shared(estate)
    found: list[tuple[str, Placed]] = []
    for entry in applications.values():
        steps = steps_to(entry, applications, shared) or ()
        place = Placed(entry.application.resource, "", destinations[entry.id], steps)
        charts = {chart for source in entry.sources for chart in _charts(source)}
        groups = sorted({group for chart in charts for group in _groups_of_chart(chart)})
        found += ((group, place) for group in groups)
    return grouped(found)


def _charts(source: ResolvedSource) -> Iterator[str]:
    """The chart of a source, and what its kustomization renders or its chart requires."""
    yield source.source.chart or ""
    yield from (request.name for request in source.built.charts)
    if source.chart is not None and source.chart.metadata is not None:
        yield from (required.name for required in source.chart.metadata.dependencies)


def _subscribed(placed: tuple[Placed, ...]) -> dict[str, tuple[Placed, ...]]:
    """The Subscriptions that install the operator of a group."""
    return grouped(
        (group, place)
        for place in placed
        if place.resource.kind == "Subscription" and place.resource.group == _LIFECYCLE
        for group in _groups_of_package(place.resource.manifest.text("spec", "name"))
    )


def _watched(placed: tuple[Placed, ...]) -> Iterator[_Want]:
    """Workloads whose Pods a policy must see being created to change them."""
    policies = [(p, watches) for p in placed if (watches := tuple(find_watches(p.resource)))]
    for policy, watches in policies:
        for place in placed:
            if any(watch.sees(place.resource) for watch in watches):
                what = str(policy.resource.id)
                yield _Want(place, what, place.resource.span, (policy,))


def _namespaces(
    estate: Estate, cluster: str, placed: tuple[Placed, ...], scopes: Scopes
) -> Iterator[_Want]:
    made = grouped(
        (place.resource.name, place)
        for place in placed
        if place.resource.kind == "Namespace" and not place.resource.group
    )
    given = _GIVEN | frozenset(_created_by_argocd(estate, cluster))
    for place in placed:
        resource = place.resource
        inside = bool(resource.namespace) or resource.kind in _NAMESPACED
        inside = inside and scopes.of(resource) is not Scope.CLUSTER
        if inside and place.namespace in made and place.namespace not in given:
            what = f"Namespace/{place.namespace}"
            yield _Want(place, what, resource.span, made[place.namespace])


def _created_by_argocd(estate: Estate, cluster: str) -> Iterator[str]:
    """Namespaces that Argo CD lives in or creates before a sync."""
    for entry in estate.applications_on(cluster):
        yield entry.application.namespace
        options = entry.manifest.items_at("spec", "syncPolicy", "syncOptions")
        if any(isinstance(o, Scalar) and o.value == "CreateNamespace=true" for o in options):
            yield entry.application.destination.namespace


def _groups_of_chart(name: str) -> Sequence[str]:
    """The groups whose custom resources need what a chart installs; none for other charts."""
    return _table()["charts"].get(name.rpartition("/")[2], ())


def _groups_of_package(name: str) -> Sequence[str]:
    """The groups whose custom resources need what a Subscription installs; none for others."""
    return _table()["packages"].get(name, ())


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    table: dict[str, dict[str, list[str]]] = shipped_table(__package__, "known_operators.json")
    return table
