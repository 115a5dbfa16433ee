"""In which order Argo CD applies what a cluster needs, and what needs what.

A resource is reached by steps: the root's children in their waves, their children in theirs, and
at last the resource in its phase and wave within its Application. Two resources are ordered by the
first step in which they part, if one Application orders both.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from graphdoc.model.location import Span
from graphdoc.model.node import Scalar
from graphdoc.model.resource import SYNC_WAVE, Resource
from graphdoc.resolve.order.known_operators import groups_of_chart
from graphdoc.resolve.order.watching_policies import find_watches
from graphdoc.resolve.placement import find_destinations
from graphdoc.resolve.resolved import Estate, ResolvedApplication
from graphdoc.resolve.secrets import (
    ConsumerKind,
    ProducerKind,
    find_clone_policies,
    find_consumers,
    find_producers,
)
from graphdoc.resolve.secrets.flow import SecretKey, trace_secrets

__all__ = ["Need", "Phase", "Step", "find_needs", "parting"]

_HOOK = "argocd.argoproj.io/hook"
_HELM_HOOK = "helm.sh/hook"
_PHASES = {
    "PreSync": "PRE_SYNC", "Sync": "SYNC", "PostSync": "POST_SYNC", "pre-install": "PRE_SYNC",
    "pre-upgrade": "PRE_SYNC", "post-install": "POST_SYNC", "post-upgrade": "POST_SYNC",
}  # fmt: skip
_POD_USES = frozenset({ConsumerKind.ENV, ConsumerKind.ENV_FROM, ConsumerKind.VOLUME})
# Argo CD waits until these run, and they do not without what their Pods need.
_WAITED_FOR = frozenset({"DaemonSet", "Deployment", "Job", "Pod", "StatefulSet"})
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
# Namespaces that every cluster has.
_GIVEN = frozenset({"", "default", "kube-node-lease", "kube-public", "kube-system"})


class Phase(IntEnum):
    """The phases of a sync, in their order."""

    PRE_SYNC = 0
    SYNC = 1
    POST_SYNC = 2


class Step(NamedTuple):
    """One choice of order: ``owner`` applies ``item`` in this phase and wave."""

    owner: str
    item: str
    phase: Phase
    wave: int
    span: Span

    @property
    def when(self) -> tuple[Phase, int]:
        """What Argo CD sorts by."""
        return (self.phase, self.wave)


@dataclass(frozen=True, slots=True)
class Placed:
    """A resource and the steps that lead to it."""

    resource: Resource
    namespace: str
    destination: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Need:
    """Something that cannot work before something else is there.

    ``before`` and ``after`` are the steps in which their ways part: ``after`` applies what is
    needed.
    """

    cluster: str
    what: str
    brings: str
    before: Step
    after: Step
    span: Span
    brought_at: Span

    @property
    def is_inverted(self) -> bool:
        """Whether what is needed comes later."""
        return self.before.when < self.after.when


def parting(one: tuple[Step, ...], other: tuple[Step, ...]) -> tuple[Step, Step] | None:
    """The first steps in which two ways part; ``None`` where nothing orders them.

    Only an Application orders: what is applied by hand knows no waves, and an ApplicationSet makes
    its Applications all at once.
    """
    for ours, theirs in zip(one, other, strict=False):
        if ours.item != theirs.item:
            return (ours, theirs) if ours.owner.startswith("application:") else None
    return None


@lru_cache(maxsize=2)  # two rules ask
def find_needs(estate: Estate) -> tuple[Need, ...]:
    """Every need whose both ends are known and ordered, cluster by cluster.

    A Secret that a Pod cannot start without, the definition or operator of a custom resource, a
    Namespace that only a manifest makes, and a policy that changes what it sees being created.
    """
    return tuple(_needs(estate))


def _needs(estate: Estate) -> Iterator[Need]:
    for cluster in estate.clusters:
        placed = tuple(_placed(estate, cluster))
        wanted = (
            *_secrets(placed),
            *_copies(estate, cluster, placed),
            *_kinds(placed),
            *_operators(estate, cluster, placed),
            *_namespaces(estate, cluster, placed),
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
        brings, place = str(bringer.resource.id), bringer.resource.span
        needs.append(Need(cluster, want.what, brings, *steps, want.span, place))
    return min(needs, key=lambda need: need.after.when, default=None)


def _secrets(placed: tuple[Placed, ...]) -> Iterator[_Want]:
    bringers: dict[tuple[str, str], list[Placed]] = {}
    certain: dict[tuple[str, str], bool] = {}
    for place in placed:
        for made in find_producers(place.resource, place.namespace):
            key = (made.namespace, made.name)
            bringers.setdefault(key, []).append(place)
            certain[key] = certain.get(key, True) and made.how in _LATE
    copied = _copied_names(placed)
    for place in (p for p in placed if _is_waited_for(p.resource)):
        for use in find_consumers(place.resource, place.namespace):
            key = (use.namespace, use.name)
            if use.optional or use.how not in _POD_USES or use.name in copied:
                continue
            if certain.get(key, False):
                what = f"Secret/{use.namespace}/{use.name}"
                yield _Want(place, what, use.span, tuple(bringers[key]))


def _copies(estate: Estate, cluster: str, placed: tuple[Placed, ...]) -> Iterator[_Want]:
    """Secrets that only policies copy into their namespace; each policy may be the one."""
    by_id = {place.resource.id: place for place in placed if place.resource.group == _KYVERNO}
    hints = estate.secrets
    flow = trace_secrets(estate, cluster, hints.made_elsewhere, hints.consumer_keys)
    copied = {
        key: tuple(by_id[one.producer.resource] for one in made)
        for key, made in flow.producers.items()
        if all(one.producer.resource in by_id for one in made)
    }
    for place in (p for p in placed if _is_waited_for(p.resource)):
        for use in find_consumers(place.resource, place.namespace):
            key = SecretKey(use.namespace, use.name)
            if not use.optional and use.how in _POD_USES and key in copied:
                yield _Want(place, f"Secret/{use.namespace}/{use.name}", use.span, copied[key])


def _copied_names(placed: tuple[Placed, ...]) -> frozenset[str]:
    """The names of Secrets that some policy copies: nobody knows which copy comes first."""
    policies = [c for p in placed for c in find_clone_policies(p.resource, p.namespace)]
    made = [m for p in placed for m in find_producers(p.resource, p.namespace)] if policies else []
    copies = {policy.name_of_copy(m) for policy in policies for m in made if policy.selects(m)}
    return frozenset(copies | {policy.clone_name for policy in policies})


def _is_waited_for(resource: Resource) -> bool:
    replicas = resource.manifest.scalar("spec", "replicas")
    runs = replicas is None or replicas.value != 0
    return resource.kind in _WAITED_FOR and runs


# Argo CD is there before it applies anything, its own definitions among it.
_OF_ARGOCD = frozenset(
    ("argoproj.io", kind) for kind in ("Application", "ApplicationSet", "AppProject")
)


def _kinds(placed: tuple[Placed, ...]) -> Iterator[_Want]:
    definitions: dict[tuple[str, str], list[Placed]] = {}
    for place in placed:
        if place.resource.kind == "CustomResourceDefinition":
            spec = place.resource.manifest
            key = (spec.text("spec", "group"), spec.text("spec", "names", "kind"))
            definitions.setdefault(key, []).append(place)
    for place in placed:
        key = (place.resource.group, place.resource.kind)
        if key in definitions and key not in _OF_ARGOCD:
            what = f"CustomResourceDefinition of {place.resource.kind}"
            yield _Want(place, what, place.resource.span, tuple(definitions[key]))


def _operators(estate: Estate, cluster: str, placed: tuple[Placed, ...]) -> Iterator[_Want]:
    """Custom resources whose definitions only a chart that is known by name can bring."""
    defined = {
        _defines(p.resource) for p in placed if p.resource.kind == "CustomResourceDefinition"
    }
    bringers = {
        group: found
        for group, found in _installed(estate, cluster).items()
        if not any(_is_within(known, group) for known in defined)
    }
    for place in placed:
        group = next((g for g in bringers if _is_within(place.resource.group, g)), None)
        if group is not None:
            what = f"the operator of {group}"
            yield _Want(place, what, place.resource.span, tuple(bringers[group]))


def _defines(definition: Resource) -> str:
    return definition.manifest.text("spec", "group")


def _is_within(group: str, other: str) -> bool:
    return f".{group}".endswith(f".{other}")


def _installed(estate: Estate, cluster: str) -> dict[str, list[Placed]]:
    """The Applications that install the operator of a group, each with the way to it."""
    applications = {entry.id: entry for entry in estate.applications if entry.cluster == cluster}
    destinations, shared = find_destinations(estate), _shared(estate)
    found: dict[str, list[Placed]] = {}
    for entry in applications.values():
        steps = _steps_to(entry, applications, shared)
        charts = {source.source.chart or "" for source in entry.sources}
        for group in (g for chart in sorted(charts) for g in groups_of_chart(chart)):
            resource = entry.application.resource
            place = Placed(resource, "", destinations[entry.id], steps or ())
            found.setdefault(group, []).append(place)
    return found


def _watched(placed: tuple[Placed, ...]) -> Iterator[_Want]:
    """Workloads whose Pods a policy must see being created to change them."""
    policies = [(place, tuple(find_watches(place.resource))) for place in placed]
    for policy, watches in ((place, watches) for place, watches in policies if watches):
        for place in placed:
            if any(watch.sees(place.resource) for watch in watches):
                what = str(policy.resource.id)
                yield _Want(place, what, place.resource.span, (policy,))


def _namespaces(estate: Estate, cluster: str, placed: tuple[Placed, ...]) -> Iterator[_Want]:
    made: dict[str, list[Placed]] = {}
    for place in placed:
        if place.resource.kind == "Namespace" and not place.resource.group:
            made.setdefault(place.resource.name, []).append(place)
    given = _GIVEN | frozenset(_created_by_argocd(estate, cluster))
    for place in placed:
        resource = place.resource
        inside = bool(resource.namespace) or resource.kind in _NAMESPACED
        if inside and place.namespace in made and place.namespace not in given:
            what = f"Namespace/{place.namespace}"
            yield _Want(place, what, resource.span, tuple(made[place.namespace]))


def _created_by_argocd(estate: Estate, cluster: str) -> Iterator[str]:
    """Namespaces that Argo CD lives in or creates before a sync."""
    for entry in estate.applications:
        if entry.cluster == cluster:
            yield entry.application.namespace
            options = entry.application.resource.manifest.items_at(
                "spec", "syncPolicy", "syncOptions"
            )
            if any(isinstance(o, Scalar) and o.value == "CreateNamespace=true" for o in options):
                yield entry.application.destination.namespace


def _placed(estate: Estate, cluster: str) -> Iterator[Placed]:
    applications = {entry.id: entry for entry in estate.applications if entry.cluster == cluster}
    destinations = find_destinations(estate)
    shared = _shared(estate)
    for entry in applications.values():
        above = _steps_to(entry, applications, shared)
        for resource in entry.resources if above is not None else ():
            step = _step(entry.id, resource)
            if above is not None and step is not None:
                namespace = resource.namespace or entry.application.destination.namespace
                yield Placed(resource, namespace, destinations[entry.id], (*above, step))
    for root in (root for root in estate.roots if root.cluster == cluster and root.node):
        steps = ((_step(root.node, resource), resource) for resource in root.resources)
        here = f"cluster {cluster}"
        yield from (Placed(r, r.namespace, here, (step,)) for step, r in steps if step)


def _shared(estate: Estate) -> frozenset[str]:
    """The Applications that several others manage, so that no one wave says when they come.

    What was applied by hand once, to begin with, orders nothing any more.
    """
    parents: dict[str, set[str]] = {}
    for parent, child, _ in estate.manages:
        if parent != child and not parent.startswith(("kustomization:", "file:")):
            parents.setdefault(child, set()).add(parent)
    return frozenset(child for child, several in parents.items() if len(several) > 1)


def _steps_to(
    entry: ResolvedApplication,
    applications: Mapping[str, ResolvedApplication],
    shared: frozenset[str],
) -> tuple[Step, ...] | None:
    """The steps from the root down to an Application; ``None`` where there is no one way."""
    steps: list[Step] = []
    at: ResolvedApplication | None = entry
    while at is not None:
        if at.id in shared or at.id in {step.item for step in steps}:
            return None
        resource = at.application.resource
        steps.append(
            Step(at.parent or "", at.id, Phase.SYNC, resource.sync_wave, _wave_span(resource))
        )
        at = applications.get(at.parent or "")
    return tuple(reversed(steps))


def _step(owner: str, resource: Resource) -> Step | None:
    """A resource's phase and wave within its owner; ``None`` where it is no part of a sync."""
    phase = _phase(resource)
    if phase is None:
        return None
    item = f"{resource.id.group}/{resource.id}"
    return Step(owner, item, phase, resource.sync_wave, _wave_span(resource))


def _phase(resource: Resource) -> Phase | None:
    hook = resource.annotation(_HOOK) or resource.annotation(_HELM_HOOK)
    if hook is None or not str(hook.value or "").strip():
        return Phase.SYNC
    words = [word.strip() for word in str(hook.value).split(",")]
    found = [Phase[_PHASES[word]] for word in words if word in _PHASES]
    return min(found) if found else None


def _wave_span(resource: Resource) -> Span:
    wave = resource.annotation(SYNC_WAVE)
    return wave.span if wave is not None else resource.span
