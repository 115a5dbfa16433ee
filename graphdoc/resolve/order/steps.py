"""By which steps Argo CD reaches what it applies, and which of two things it applies first.

A resource is reached by steps: the root's children in their waves, their children in theirs, and
at last the resource in its phase and wave within its Application. Two resources are ordered by the
first step in which they part, if one Application orders both.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import Span
from graphdoc.model.resource import HELM_HOOK, HOOK, SYNC_WAVE, Resource
from graphdoc.resolve.resolved import Estate, ResolvedApplication
from graphdoc.resolve.resources.placement import find_destinations

__all__ = ["Phase", "Placed", "Step", "find_placed", "find_shared", "parting", "steps_to"]

_PHASES = {
    "PreSync": "PRE_SYNC", "Sync": "SYNC", "PostSync": "POST_SYNC", "pre-install": "PRE_SYNC",
    "pre-upgrade": "PRE_SYNC", "post-install": "POST_SYNC", "post-upgrade": "POST_SYNC",
}  # fmt: skip


class Phase(IntEnum):
    """The phases of a sync, in their order."""

    PRE_SYNC = 0
    SYNC = 1
    POST_SYNC = 2


class Step(NamedTuple):
    """One choice of order: ``owner`` applies ``item`` in this phase and wave.

    ``is_misread``: another wave is written, and is no number.
    """

    owner: str
    item: str
    phase: Phase
    wave: int
    span: Span
    is_misread: bool = False

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


def parting(one: tuple[Step, ...], other: tuple[Step, ...]) -> tuple[Step, Step] | None:
    """The first steps in which two ways part; ``None`` where nothing orders them as is meant.

    Only an Application orders: what is applied by hand knows no waves, and an ApplicationSet makes
    its Applications all at once.
    """
    for ours, theirs in zip(one, other, strict=False):
        if ours.item != theirs.item:
            is_meant = not (ours.is_misread or theirs.is_misread)
            is_ordered = ours.owner.startswith("application:") and is_meant
            return (ours, theirs) if is_ordered else None
    return None


def find_placed(estate: Estate, cluster: str) -> Iterator[Placed]:
    """Everything that Argo CD applies on a cluster, with the steps that lead to it."""
    applications = {entry.id: entry for entry in estate.applications_on(cluster)}
    destinations = find_destinations(estate)
    shared = find_shared(estate)
    for entry in applications.values():
        above = steps_to(entry, applications, shared)
        if above is None:
            continue
        for resource, step in _steps(entry.id, entry.resources):
            namespace = resource.namespace or entry.application.destination.namespace
            yield Placed(resource, namespace, destinations[entry.id], (*above, step))
    for root in (root for root in estate.roots_on(cluster) if root.node):
        for resource, step in _steps(root.node, root.resources):
            yield Placed(resource, resource.namespace, f"cluster {cluster}", (step,))


@lru_cache(maxsize=2)  # every cluster asks
def find_shared(estate: Estate) -> frozenset[str]:
    """The Applications that several others manage, so that no one wave says when they come.

    What was applied by hand once, to begin with, orders nothing any more.
    """
    pairs = {(parent, child) for parent, child, _ in estate.manages if parent != child}
    by_hand = ("kustomization:", "file:")
    several = Counter(child for parent, child in pairs if not parent.startswith(by_hand))
    return frozenset(child for child, count in several.items() if count > 1)


def steps_to(
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
        steps.append(_step(at.parent or "", at.id, Phase.SYNC, resource))
        at = applications.get(at.parent or "")
    return tuple(reversed(steps))


def _steps(owner: str, resources: Iterable[Resource]) -> Iterator[tuple[Resource, Step]]:
    """The phase and wave within their owner of those that are part of a sync."""
    for resource in resources:
        phase = _phase(resource)
        if phase is not None:
            item = f"{resource.id.group}/{resource.id}"
            yield resource, _step(owner, item, phase, resource)


def _phase(resource: Resource) -> Phase | None:
    hook = resource.annotation(HOOK) or resource.annotation(HELM_HOOK)
    if hook is None or not str(hook.value or "").strip():
        return Phase.SYNC
    words = [word.strip() for word in str(hook.value).split(",")]
    found = [Phase[_PHASES[word]] for word in words if word in _PHASES]
    return min(found) if found else None


def _step(owner: str, item: str, phase: Phase, resource: Resource) -> Step:
    wave = resource.annotation(SYNC_WAVE)
    span = wave.span if wave is not None else resource.span
    return Step(owner, item, phase, resource.sync_wave, span, resource.is_wave_misread)
