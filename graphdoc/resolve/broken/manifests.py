"""Resources of Kubernetes' own kinds that the cluster refuses as they are rendered.

Of an ApplicationSet nothing that Argo CD would refuse in it, too.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import NamedTuple

from graphdoc.model.argocd import SYNC_OPTIONS, is_argocd
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.node import Scalar
from graphdoc.model.resource import SYNC_WAVE, Resource
from graphdoc.resolve.resolved import Estate, ResolvedApplication, Tool
from graphdoc.resolve.resources.checks import find_refusals
from graphdoc.resolve.resources.fields import Slip, find_slips
from graphdoc.resolve.resources.node_ports import find_taken_ports

__all__ = ["RefusedManifest", "find_refused_manifests"]

_UNCHECKED = "Validate=false"
_BEGIN = 3  # the parts of a span that say where it begins


class RefusedManifest(NamedTuple):
    """One reason, all places in a file that have it, and what brings the first."""

    owner: str
    resource: Resource
    slip: Slip
    spans: tuple[Span, ...]


def find_refused_manifests(
    estate: Estate, projects: Iterable[Resource]
) -> Iterator[RefusedManifest]:
    """Every reason of a file once, whichever Applications render it; projects count unapplied."""
    judged = {
        id(resource.manifest): (owner, resource)
        for owner, resource in (*_applied(estate), *(("", project) for project in projects))
        if not _is_open(resource)
    }
    problems = [problem for made in estate.application_sets for problem in made.problems]
    told = {problem.primary.span[:_BEGIN] for problem in problems}
    found = grouped(
        ((slip.span.file, slip.reason), (slip, owner, resource))
        for owner, resource, slip in chain(_own_slips(judged.values()), _taken_ports(estate))
        if slip.span[:_BEGIN] not in told
    )
    for group in found.values():
        slip, owner, resource = min(group, key=lambda one: one[0].span)
        spans = tuple(sorted({one.span for one, _, _ in group}))
        yield RefusedManifest(owner, resource, slip, spans)


def _own_slips(judged: Iterable[tuple[str, Resource]]) -> Iterator[tuple[str, Resource, Slip]]:
    for owner, resource in judged:
        yield from ((owner, resource, slip) for slip in _slips(resource))


def _taken_ports(estate: Estate) -> Iterator[tuple[str, Resource, Slip]]:
    for place, slip in find_taken_ports(estate):
        yield place.owner.id, place.resource, slip


def _slips(resource: Resource) -> Iterator[Slip]:
    """All but what is wrong with the sync wave, which has a rule of its own."""
    wave = resource.annotation(SYNC_WAVE)
    told = wave.span if wave is not None else None
    slips = chain(find_slips(resource.manifest), find_refusals(resource))
    return (slip for slip in slips if slip.span != told)


def _applied(estate: Estate) -> Iterator[tuple[str, Resource]]:
    unchecked = {entry.id for entry in estate.applications if _is_unchecked(entry)}
    for _, owner, resource in estate.applied:
        if owner not in unchecked and not is_argocd(resource, "Application"):
            yield owner, resource
    for entry in estate.bare:  # what a chart alone would be told is not known
        built = (source for source in entry.sources if source.tool is not Tool.HELM)
        yield from ((entry.id, resource) for source in built for resource in source.resources)


def _is_unchecked(entry: ResolvedApplication) -> bool:
    """Whether Argo CD checks nothing, or a chart gets values that only its cluster knows."""
    if entry.is_assumed and any(source.tool is Tool.HELM for source in entry.sources):
        return True
    options = entry.manifest.items_at("spec", "syncPolicy", "syncOptions")
    return any(isinstance(one, Scalar) and one.value == _UNCHECKED for one in options)


def _is_open(resource: Resource) -> bool:
    """Whether Argo CD does not let it be checked, or SOPS has yet to decrypt it."""
    said = resource.annotation(SYNC_OPTIONS)
    options = str(said.value).split(",") if said is not None else ()
    return "sops" in resource.manifest.entries or _UNCHECKED in map(str.strip, options)
