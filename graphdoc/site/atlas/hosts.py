"""What guards a host, as far as Git shows it: who issues its certificate, and who asks for a login.

Of authentication only what is written down is told: an annotation of the route, or of the pods that
the route's Service selects. That there is none does not say that nobody asks.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Scalar, walk
from graphdoc.model.resource import Resource
from graphdoc.resolve.resolved import ResolvedApplication
from graphdoc.resolve.resources.workloads import HostFact, hosts_of, pod_spec_of

__all__ = ["Answer", "Guard", "answers_of", "backends"]

_ISSUERS = ("cert-manager.io/cluster-issuer", "cert-manager.io/issuer")
_AUTH = re.compile(r"/auth(-(type|url|signin|secret))?$")
_BACKEND = re.compile(
    r"/(services?(/\d+)?|backendRefs/\d+|backend)/(name|serviceName)$|^/spec/to/name$"
)
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
    for resource in application.resources:
        for fact in hosts_of(resource):
            yield Answer(
                application,
                fact.host,
                fact.tls_secret or "",
                _issuer(application, resource, fact),
                _auth(application, resource),
            )


def _issuer(application: ResolvedApplication, route: Resource, fact: HostFact) -> Guard | None:
    named = [route.annotation(key) for key in _ISSUERS]
    resolver = route.manifest.scalar("spec", "tls", "certResolver")
    own = (_issued(c, fact) for c in application.resources if c.namespace == route.namespace)
    return next((_guard(said) for said in (*own, *named, resolver) if said is not None), None)


def _issued(certificate: Resource, fact: HostFact) -> Scalar | None:
    """Who issues a certificate, where it is the one of the host."""
    if (certificate.group, certificate.kind) != ("cert-manager.io", "Certificate"):
        return None
    spec = certificate.manifest.mapping("spec")
    is_meant = spec is not None and bool(fact.tls_secret)
    is_own = is_meant and certificate.manifest.text("spec", "secretName") == fact.tls_secret
    return certificate.manifest.scalar("spec", "issuerRef", "name") if is_own else None


def _guard(said: Scalar) -> Guard:
    return Guard(str(said.value), said.span)


def _auth(application: ResolvedApplication, route: Resource) -> Guard | None:
    pods = (_template(pod) for pod in _behind(application, route))
    annotated = (route.manifest.mapping("metadata", "annotations"), *pods)
    found = (guard for notes in annotated if notes is not None for guard in _asked(notes))
    return next(found, None)


def _asked(notes: Mapping) -> Iterator[Guard]:
    for key, value in notes.entries.items():
        said = str(value.value).lower() if isinstance(value, Scalar) else ""
        if _AUTH.search(key) and said not in _OFF:
            yield Guard(key, notes.keys.get(key, notes.span))


def _behind(application: ResolvedApplication, route: Resource) -> Iterator[Resource]:
    return backends(route, [r for r in application.resources if r.namespace == route.namespace])


def backends(route: Resource, near: Sequence[Resource]) -> Iterator[Resource]:
    """The workloads that the Services behind a route select, of what is in its namespace."""
    names = {
        node.value
        for pointer, node in walk(route.manifest)
        if isinstance(node, Scalar) and _BACKEND.search(pointer)
    }
    chosen = (r for r in near if (r.group, r.kind) == ("", "Service") and r.name in names)
    selectors = [found for r in chosen if (found := r.manifest.mapping("spec", "selector"))]
    for workload in near:
        labels = workload.manifest.mapping("spec", "template", "metadata", "labels")
        if labels is None or pod_spec_of(workload) is None:
            continue
        if any(_holds(selector, labels) for selector in selectors):
            yield workload


def _template(workload: Resource) -> Mapping | None:
    return workload.manifest.mapping("spec", "template", "metadata", "annotations")


def _holds(selector: Mapping, labels: Mapping) -> bool:
    wanted = {key: node.value for key, node in selector.entries.items() if isinstance(node, Scalar)}
    held = {key: node.value for key, node in labels.entries.items() if isinstance(node, Scalar)}
    return bool(wanted) and wanted.items() <= held.items()
