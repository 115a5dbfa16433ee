"""What cert-manager's Certificates and issuers need of each other."""

from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped, once
from graphdoc.model.location import Span
from graphdoc.model.resource import NamespacedName, Resource
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.secrets import find_producers
from graphdoc.resolve.secrets.flow import Placed, place_resources
from graphdoc.resolve.secrets.reading import name_at

__all__ = [
    "CertificateLoop", "IssuerName", "find_certificate_loops", "issuers_asked", "name_of_issuer",
]  # fmt: skip

_GROUP = "cert-manager.io"
_FOR_ALL = "ClusterIssuer"
_KINDS = frozenset({"Issuer", _FOR_ALL})


class IssuerName(NamedTuple):
    """What Certificates know an issuer by; one of the whole cluster has no namespace."""

    kind: str
    namespace: str
    name: str

    @property
    def said(self) -> str:
        """The issuer, for a message."""
        return "/".join(filter(None, self))


@dataclass(frozen=True, slots=True)
class CertificateLoop:
    """Issuers that sign with what they issue: Secrets, and who waits for whom at which place.

    ``needs`` are words and places; the first is a Certificate that asks its issuer.
    """

    owner: str
    needs: tuple[tuple[str, Span], ...]


def name_of_issuer(resource: Resource, namespace: str) -> IssuerName | None:
    """What Certificates call the issuer; ``None`` for anything else."""
    if resource.group != _GROUP or resource.kind not in _KINDS:
        return None
    return IssuerName(resource.kind, "" if resource.kind == _FOR_ALL else namespace, resource.name)


def issuers_asked(resource: Resource, namespace: str) -> Iterator[tuple[IssuerName, Span]]:
    """The issuer that a Certificate asks, and where it says so."""
    if (resource.group, resource.kind) != (_GROUP, "Certificate"):
        return
    reference = resource.manifest.at("spec", "issuerRef")
    name = name_at(reference, "name")
    if name is not None and reference.text("group") in {"", _GROUP}:
        kind = reference.text("kind") or "Issuer"
        space = "" if kind == _FOR_ALL else namespace
        yield IssuerName(kind, space, str(name.value)), name.span


def find_certificate_loops(estate: Estate) -> Iterator[CertificateLoop]:
    """Every such loop, once: none of them is ever ready, in whatever order they are applied."""
    loops = chain.from_iterable(_loops(place_resources(estate, name)) for name in estate.clusters)
    return once(loops, lambda loop: loop.needs[0][1])


class _Asking(NamedTuple):
    """A Certificate that asks an issuer."""

    place: Placed
    issuer: IssuerName
    span: Span


def _loops(placed: tuple[Placed, ...]) -> Iterator[CertificateLoop]:
    asking = _only_makers(placed)
    issuers = {
        name: place
        for place in placed
        if (name := name_of_issuer(place.resource, place.namespace)) is not None
    }
    done: set[IssuerName] = set()
    for start in sorted(issuers):
        way: list[tuple[str, Span]] = []
        at: IssuerName | None = start
        seen: list[IssuerName] = []
        while at is not None and at in issuers and at not in seen and at not in done:
            seen.append(at)
            at = _follow(at, issuers[at], asking, way)
        done.update(seen)
        if at is not None and at in seen:
            needs = way[2 * seen.index(at) :]
            yield CertificateLoop(issuers[at].owner, (*needs[1:], needs[0]))


def _follow(
    issuer: IssuerName,
    place: Placed,
    asking: dict[NamespacedName, _Asking],
    way: list[tuple[str, Span]],
) -> IssuerName | None:
    """The issuer of the Certificate that an issuer signs with, the way there noted."""
    secret = name_at(place.resource.manifest, "spec", "ca", "secretName")
    if secret is None:
        return None
    space = place.namespace if issuer.namespace else ""
    one = asking.get(NamespacedName(space, str(secret.value)))
    if one is None:
        return None
    certificate = one.place.resource.id
    way.append((f"{issuer.said} needs Secret {secret.value} of {certificate}", secret.span))
    way.append((f"{certificate} needs {one.issuer.said}", one.span))
    return one.issuer


def _only_makers(placed: tuple[Placed, ...]) -> dict[NamespacedName, _Asking]:
    """The Certificates that alone make a Secret: in its namespace, and of its name anywhere.

    The Secrets of a ClusterIssuer lie beside cert-manager, wherever that runs.
    """
    makers = grouped(
        (key, place)
        for place in placed
        for made in find_producers(place.resource, place.namespace)
        for key in {NamespacedName(space, made.name) for space in (made.namespace, "")}
    )
    return {
        key: _Asking(places[0], *asked)
        for key, places in makers.items()
        if len(places) == 1
        for asked in issuers_asked(places[0].resource, places[0].namespace)
    }
