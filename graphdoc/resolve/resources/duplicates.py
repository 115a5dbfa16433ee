"""Resources that several Applications own."""

from collections.abc import Iterable, Iterator
from operator import attrgetter

from graphdoc.model.argocd import is_argocd
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped, once
from graphdoc.model.location import Span
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.kustomize import BuildProblemKind, Hidden
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.resources.placement import Place, Scope, find_places

__all__ = ["Shared", "find_shared"]

_Key = tuple[str, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Shared:
    """All resources that the same Applications own, by their ids; each with a place an owner."""

    owners: tuple[str, ...]
    names: tuple[str, ...]
    resources: tuple[str, ...]
    spans: tuple[Span, ...]
    places: tuple[Place, ...]


def find_shared(estate: Estate) -> Iterator[Shared]:
    """What several Applications own, once for each set of Applications and clusters alike."""
    shared = (places for places in _places_by_resource(estate) if len(places) > 1)
    groups = grouped((tuple(place.owner.id for place in places), places) for places in shared)
    return once((_shared(owners, groups[owners]) for owners in sorted(groups)), attrgetter("spans"))


def _shared(owners: tuple[str, ...], groups: Iterable[tuple[Place, ...]]) -> Shared:
    ordered = sorted(groups, key=lambda places: str(places[0].resource.id))
    places = tuple(place for group in ordered for place in group)
    return Shared(
        owners,
        _names(owners, places),
        tuple(_said(group[0]) for group in ordered),
        tuple(sorted({place.resource.written for place in places})),
        places,
    )


def _names(owners: tuple[str, ...], places: tuple[Place, ...]) -> tuple[str, ...]:
    """What tells the owners apart: their names, or else their ids."""
    names = tuple(sorted({place.owner.name for place in places}))
    return names if len(names) == len(owners) else tuple(o.partition(":")[2] for o in owners)


def _places_by_resource(estate: Estate) -> Iterator[tuple[Place, ...]]:
    """The owners of each resource, one place each, sorted."""
    found: dict[_Key, dict[str, Place]] = {}
    for place in find_places(estate):
        is_known = place.namespace and not is_unfilled(place.namespace)
        if (place.scope is Scope.CLUSTER or is_known) and not (
            _is_itself(place) or _is_renamed(place)
        ):
            found.setdefault(_key(place), {}).setdefault(place.owner.id, place)
    for by_owner in found.values():
        places = tuple(by_owner[owner] for owner in sorted(by_owner))
        if not _is_told(places):
            yield places


def _is_itself(place: Place) -> bool:
    """An Application may bring itself, beside whatever made it."""
    return is_argocd(place.resource, "Application") and place.resource.name == place.owner.name


def _is_renamed(place: Place) -> bool:
    """Whether what Kustomize refuses may have been to give it another name or namespace."""
    build = place.source.build
    return build is not None and any(
        problem.kind is BuildProblemKind.INVALID and problem.hides is Hidden.RESOURCES
        for problem in build.problems
    )


def _is_told(places: tuple[Place, ...]) -> bool:
    """Another rule tells of an Application that is written twice; two trees are to choose from."""
    is_twice = len({place.resource.written for place in places}) > 1
    are_trees = len({place.owner.cluster for place in places}) > 1
    return (is_twice or are_trees) and is_argocd(places[0].resource, "Application")


def _key(place: Place) -> _Key:
    resource = place.resource
    return (place.destination, resource.group, resource.kind, place.namespace, resource.name)


def _said(place: Place) -> str:
    return str(place.resource.id._replace(namespace=place.namespace))
