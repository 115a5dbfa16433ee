"""What guards a host, as far as Git shows it: who issues its certificate, and who asks for a login.

Of authentication only what is written down is told: an annotation of the route, or of the pods that
the route's Service selects. That there is none does not say that nobody asks.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Scalar
from graphdoc.model.resource import Resource
from graphdoc.resolve.resolved import ResolvedApplication
from graphdoc.resolve.resources.workloads import HostFact, hosts_of, pod_metadata_of
from graphdoc.site.atlas.behind import Near

__all__ = ["Answer", "Guard", "answers_of"]

_ISSUERS = ("cert-manager.io/cluster-issuer", "cert-manager.io/issuer")
_AUTH = re.compile(r"/auth(-(type|url|signin|secret))?$")
_OFF = frozenset({"", "false", "none", "off"})


class Guard(NamedTuple):
    """One thing that guards a host: what it is called, and the line that says so."""

    name: str
    place: Span


class Answer(NamedTuple):
    """One Application that answers under a host, and what guards it there."""

    application: ResolvedApplication
    host: str
    secret: str
    issuer: Guard | None
    auth: Guard | None


def answers_of(application: ResolvedApplication) -> Iterator[Answer]:
    """Every host of every route of an Application."""
    around = _Around(application.resources)
    for resource in application.resources:
        for fact in hosts_of(resource):
            issuer, auth = around.issuer(resource, fact), around.auth(resource)
            yield Answer(application, fact.host, fact.tls_secret or "", issuer, auth)


class _Around:
    """What an Application renders beside its routes, by namespace."""

    def __init__(self, resources: tuple[Resource, ...]) -> None:
        self._by_namespace = grouped((r.namespace, r) for r in resources)
        self._near: dict[str, Near] = {}
        self._issued = grouped(
            ((r.namespace, r.manifest.text("spec", "secretName")), said)
            for r in resources
            if (r.group, r.kind) == ("cert-manager.io", "Certificate")
            and (said := r.manifest.scalar("spec", "issuerRef", "name"))
        )

    def issuer(self, route: Resource, fact: HostFact) -> Guard | None:
        """Who issues the certificate of a host."""
        secret = fact.tls_secret
        own = self._issued.get((route.namespace, secret), ()) if secret else ()
        named = [route.annotation(key) for key in _ISSUERS]
        resolver = route.manifest.scalar("spec", "tls", "certResolver")
        return next((_guard(said) for said in (*own, *named, resolver) if said is not None), None)

    def auth(self, route: Resource) -> Guard | None:
        """Who asks for a login, at the route or at the pods behind it."""
        metadata = (route.manifest.mapping("metadata"), *map(pod_metadata_of, self._behind(route)))
        annotated = (said.mapping("annotations") for said in metadata if said is not None)
        found = (guard for notes in annotated if notes is not None for guard in _asked(notes))
        return next(found, None)

    def _behind(self, route: Resource) -> Iterator[Resource]:
        space = route.namespace
        if space not in self._near:
            self._near[space] = Near(self._by_namespace.get(space, ()))
        return self._near[space].behind(route)


def _guard(said: Scalar) -> Guard:
    return Guard(str(said.value), said.span)


def _asked(notes: Mapping) -> Iterator[Guard]:
    for key, value in notes.entries.items():
        said = str(value.value).lower() if isinstance(value, Scalar) else ""
        if _AUTH.search(key) and said not in _OFF:
            yield Guard(key, notes.keys.get(key, notes.span))
