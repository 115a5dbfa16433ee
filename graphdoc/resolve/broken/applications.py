"""What Argo CD or the cluster refuses in an Application as it is written, whatever it renders.

The custom resource definition of Argo CD says which fields are there and of which type; Argo CD
itself takes one name for a cluster only.
"""

import re
from collections.abc import Iterator
from operator import attrgetter
from typing import NamedTuple

from graphdoc.model.argocd import GROUP, is_argocd
from graphdoc.model.grouping import grouped, in_order
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.model.resource import SYNC_WAVE, Resource
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.applicationset.clusters import registered_repositories
from graphdoc.resolve.names.alike import closest
from graphdoc.resolve.names.resources import cannot_be_name
from graphdoc.resolve.repositories.addresses import Repositories, url_identity
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.resources.fields import find_slips, type_of

__all__ = ["Misnamed", "RefusedSpec", "find_misnamed", "find_refused_specs"]

_QUOTED = re.compile(r"'[^']*'")
_NO_ADDRESS = re.compile(r"[\w.-]+@[\w.-]+/[^:]*")
# Git takes what follows the colon for a port; of a password it may be part.
_NO_PORT = re.compile(r"https?://[^/@:\[]+:[^/@\d][^/@]*/.*")
_OF_A_SOURCE = re.compile(r"\$[\w-]+/")
_REQUIRED = frozenset({"destination", "project"})
_SOURCES = ("source", "sources", "sourceHydrator")
_OF_SOURCES = (
    ("repoURL path chart targetRevision ref helm.values helm.releaseName", "text"),
    ("helm.valueFiles.* helm.parameters.*.value helm.parameters.*.name", "text"),
    ("helm.fileParameters.*.path kustomize.images.*", "text"),
    ("helm.valueFiles helm.parameters helm.fileParameters kustomize.images", "a list"),
    ("kustomize.patches kustomize.components", "a list"),
    ("helm helm.valuesObject kustomize directory plugin", "a mapping"),
    ("directory.recurse helm.ignoreMissingValueFiles helm.skipCrds", "true or false"),
)
_OF_SPECS = (
    ("project destination.server destination.name destination.namespace", "text"),
    ("syncPolicy.syncOptions.* info.*.value", "text"),
    ("sources syncPolicy.syncOptions ignoreDifferences info", "a list"),
    ("source destination syncPolicy syncPolicy.automated syncPolicy.retry", "a mapping"),
    ("syncPolicy.automated.prune syncPolicy.automated.selfHeal", "true or false"),
    ("syncPolicy.automated.allowEmpty syncPolicy.automated.enabled", "true or false"),
)
_TYPES = {
    f"spec.{prefix}{route}".replace(".*", "[]"): wanted
    for prefix, table in (("", _OF_SPECS), ("source.", _OF_SOURCES), ("sources.*.", _OF_SOURCES))
    for routes, wanted in table
    for route in routes.split()
}
_ABOVE = frozenset(route[:end] for route in _TYPES for end, x in enumerate(route) if x in ".[")
_KINDS = ("AppProject", "Application", "ApplicationSet")
_API_VERSION = f"{GROUP}/v1alpha1"
_ALIKE = 0.85


class _Known(NamedTuple):
    """What is asked for, which addresses Argo CD has, and which repositories are at hand."""

    required: frozenset[str]
    registered: frozenset[str]
    repositories: Repositories


class RefusedSpec(NamedTuple):
    """One reason, where it is written, the names of the Applications, and what brings them."""

    reason: str
    span: Span
    names: tuple[str, ...]
    owner: str


def find_refused_specs(estate: Estate) -> Iterator[RefusedSpec]:
    """Every reason once; whoever installs a chart of Applications by hand may mend its values."""
    written = tuple(_written(estate))
    # Where no Application says its project, something fills it in.
    has_projects = any(resource.manifest.find("spec", "project") for _, resource in written)
    required = _REQUIRED if has_projects else _REQUIRED - {"project"}
    secrets = (resource for _, _, resource in estate.applied)
    registered = frozenset(map(url_identity, registered_repositories(secrets)))
    known = _Known(required, registered, estate.repositories)
    found = grouped(
        ((span, _QUOTED.sub("", reason)), (reason, owner, resource))
        for owner, resource in written
        for reason, span in _refusals(resource, known)
    )
    for (span, _), group in sorted(found.items()):
        names = tuple({_said_name(resource): None for _, _, resource in group})
        reason, owner, _ = group[0]
        yield RefusedSpec(reason, span, names, owner)


def _written(estate: Estate) -> Iterator[tuple[str, Resource]]:
    """What manifests and ApplicationSets make, and by what; of assumed clusters only names vary."""
    open_ended = {root.cluster for root in estate.roots if root.is_open}
    for cluster, owner, resource in estate.applied:
        if cluster not in open_ended and is_argocd(resource, "Application"):
            yield owner, resource
    sets = {made.id for made in estate.application_sets}
    for entry in estate.applications:
        if entry.parent in sets and not entry.is_assumed and entry.cluster not in open_ended:
            yield str(entry.parent), entry.application.resource


def _said_name(resource: Resource) -> str:
    name = resource.manifest.scalar("metadata", "name")
    return resource.name or (name.text if name is not None else "")


def _refusals(resource: Resource, known: _Known) -> Iterator[tuple[str, Span]]:
    """What is wrong with it; a field that is misspelt is not lacking, too."""
    yield from _of_name(resource)
    spec = resource.manifest.mapping("spec")
    if spec is None:
        yield "it has no spec", resource.span
        return
    for key in sorted(known.required):
        if spec.find(key) is None and not closest(key, spec.entries, _ALIKE):
            yield f"spec has no {key}", _key_span(resource)
    if not any(closest(key, spec.entries, _ALIKE) for key in _SOURCES):
        yield "spec has no source", _key_span(resource)
    yield from _of_destination(spec)
    for source in (spec.mapping("source"), *spec.mappings_at("sources")):
        yield from _of_source(source, known) if source is not None else ()
    yield from _mistyped("spec", spec)
    yield from _slips(resource)


def _slips(resource: Resource) -> Iterator[tuple[str, Span]]:
    """Fields that Argo CD does not know there, and where it does; what of its metadata is no text.

    Waves have a rule of their own.
    """
    wave = resource.annotation(SYNC_WAVE)
    for slip in find_slips(resource.manifest):
        is_pair = slip.reason.startswith(("metadata.labels.", "metadata.annotations."))
        if slip.is_unknown or (is_pair and (wave is None or slip.span != wave.span)):
            yield f"{slip.reason} ({slip.hint})" if slip.hint else slip.reason, slip.span


def _mistyped(route: str, node: Node) -> Iterator[tuple[str, Span]]:
    """The values there and below that are of another type than the definition says."""
    wanted = _TYPES.get(route)
    said = _type_of(node) if wanted is not None else ""
    if said not in {wanted, ""}:
        yield f"{route} is {said}, not {wanted}", node.span
    if route in _ABOVE and isinstance(node, Mapping):
        for key, value in node.entries.items():
            yield from _mistyped(f"{route}.{key}", value)
    elif route in _ABOVE and isinstance(node, Sequence):
        for item in node.items:
            yield from _mistyped(f"{route}[]", item)


def _key_span(resource: Resource) -> Span:
    return resource.manifest.keys.get("spec", resource.span)


def _of_name(resource: Resource) -> Iterator[tuple[str, Span]]:
    name = resource.manifest.scalar("metadata", "name")
    if name is None or name.value is None or is_unfilled(str(name.value)):
        return
    if not isinstance(name.value, str):
        yield f"its name {name.text} is {_type_of(name)}, not text", name.span
    elif cannot_be_name(name.value):
        yield f"'{name.value}' cannot be a name in Kubernetes", name.span


def _of_destination(spec: Mapping) -> Iterator[tuple[str, Span]]:
    texts = [(spec.text("destination", key), key) for key in ("server", "name")]
    if all(text and not is_unfilled(text) for text, _ in texts):
        yield "its destination has both a server and a name", spec.span_at("destination", "name")

    namespace = spec.scalar("destination", "namespace")
    if namespace is None or not isinstance(namespace.value, str):
        return  # what is no text is told as such
    if cannot_be_name(namespace.value):
        yield f"no namespace can have the name '{namespace.value}'", namespace.span


def _of_source(source: Mapping, known: _Known) -> Iterator[tuple[str, Span]]:
    """Addresses that lead nowhere, whatever lies there.

    Where a Secret of Argo CD has the same address spelt well, Argo CD takes that spelling.
    """
    address, chart = source.text("repoURL"), source.text("chart")
    if _NO_ADDRESS.fullmatch(address) and _mended(address) not in known.registered:
        yield "repoURL has no colon behind its host, and no scheme", source.span_at("repoURL")
    if _NO_PORT.fullmatch(address) and not is_unfilled(address):
        yield "repoURL has a colon behind its host, and no port", source.span_at("repoURL")
    if "/" in chart and address.startswith("http") and not is_unfilled(chart):
        yield "chart has a slash, and repoURL is no registry", source.span_at("chart")
    path, match = source.text("path"), known.repositories.find(address)
    if path.startswith(("/", "../")) and (match is None or not match.certain):
        what = "is absolute" if path.startswith("/") else "leaves its repository"
        yield f"path {what}", source.span_at("path")


def _mended(address: str) -> str:
    return url_identity(address.replace("/", ":", 1))


def _type_of(node: Node) -> str:
    """What a value is; empty where it is nothing, or a form that is yet to be filled in."""
    value = node.value if isinstance(node, Scalar) else node
    is_form = isinstance(value, str) and is_unfilled(value) and not _OF_A_SOURCE.match(value)
    return "" if value is None or is_form else type_of(node)


class Misnamed(NamedTuple):
    """A resource, what it says that the cluster does not know, where, and what was meant."""

    owner: str
    resource: Resource
    what: str
    meant: str
    span: Span


def find_misnamed(estate: Estate) -> list[Misnamed]:
    """Every such resource once, at the word that is wrong."""
    judged = (_judge(owner, resource) for _, owner, resource in estate.applied)
    return in_order(filter(None, judged), attrgetter("span"))


def _judge(owner: str, resource: Resource) -> Misnamed | None:
    is_kind = resource.kind in _KINDS
    if resource.api_version == _API_VERSION:
        return None if is_kind else _misspelt(owner, resource, "kind", _KINDS)
    return _misspelt(owner, resource, "apiVersion", (_API_VERSION,)) if is_kind else None


def _misspelt(owner: str, resource: Resource, key: str, known: tuple[str, ...]) -> Misnamed | None:
    scalar = resource.manifest.scalar(key)
    said = str(scalar.value) if scalar is not None else ""
    meant = closest(said, known, _ALIKE)
    if scalar is None or not meant:
        return None
    return Misnamed(owner, resource, f"{key} {said}", meant, scalar.span)
