"""SealedSecrets that lost the name or namespace that they were sealed for."""

from collections.abc import Iterator

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import Span
from graphdoc.model.node import Scalar
from graphdoc.model.resource import Resource
from graphdoc.model.secret import SealedScope
from graphdoc.resolve.kustomize import BuildProblemKind
from graphdoc.resolve.names.spelling import text_at
from graphdoc.resolve.resolved import Estate, ResolvedApplication, ResolvedSource
from graphdoc.resolve.secrets import find_producers

__all__ = ["Copied", "Rescoped", "find_copied", "find_rescoped"]

# What a controller's key of 4096 bits makes of the shortest text; shorter is a form to fill in.
_SHORTEST = 600


@dataclass(frozen=True, slots=True)
class Rescoped:
    """One SealedSecret; ``sealed`` is what it was sealed for, ``now`` what it became."""

    owner: str
    field: str
    sealed: str
    now: str
    resource: Resource
    span: Span
    written: Span


def find_rescoped(estate: Estate) -> Iterator[Rescoped]:
    """Every SealedSecret applied under another name or namespace than its scope allows."""
    for entry in estate.applications:
        for source in (source for source in entry.sources if not _is_in_loop(source)):
            sealed = [r for r in source.resources if r.kind == "SealedSecret"]
            clones = estate.clones_as_read_by(source) if sealed else {}
            for resource in sealed:
                yield from _changes(entry, resource, clones)


def _is_in_loop(source: ResolvedSource) -> bool:
    """Whether Kustomize builds nothing, as the kustomizations include each other."""
    return any(problem.kind is BuildProblemKind.CYCLE for problem in source.built.problems)


@dataclass(frozen=True, slots=True)
class Copied:
    """SealedSecrets of one ciphertext that are bound to different things, by place."""

    owner: str
    resources: tuple[Resource, ...]


def find_copied(estate: Estate) -> Iterator[Copied]:
    """Ciphertext in several SealedSecrets, of which one at most can be decrypted."""
    found: dict[str, dict[tuple[str, ...], tuple[str, Resource]]] = {}
    for entry in estate.applications:
        for resource in (r for r in entry.resources if r.kind == "SealedSecret"):
            bound = _bound_to(entry, resource)
            for text in _ciphertext(resource) if bound else ():
                found.setdefault(text, {}).setdefault(bound, (entry.id, resource))
    copies: dict[tuple[Span, ...], Copied] = {}
    for holders in found.values():
        by_place = {resource.written: (owner, resource) for owner, resource in holders.values()}
        places = tuple(sorted(by_place))
        if len(places) > 1:
            group = [by_place[place] for place in places]
            copies.setdefault(places, Copied(group[0][0], tuple(one for _, one in group)))
    yield from (copies[places] for places in sorted(copies))


def _bound_to(entry: ResolvedApplication, resource: Resource) -> tuple[str, ...]:
    applied = _applied(entry, resource)
    return tuple(applied[field] for field in _binding_fields(resource))


def _applied(entry: ResolvedApplication, resource: Resource) -> dict[str, str]:
    namespace = resource.namespace or entry.application.destination.namespace
    return {"name": resource.name, "namespace": namespace}


def _ciphertext(resource: Resource) -> Iterator[str]:
    for _, text in resource.manifest.pairs_at("spec", "encryptedData"):
        if len(text) >= _SHORTEST:
            yield text


def _changes(
    entry: ResolvedApplication, resource: Resource, clones: dict[str, Clone]
) -> Iterator[Rescoped]:
    applied = _applied(entry, resource)
    for field in _binding_fields(resource):
        found = _sealed_for(resource, field, clones)
        if found is not None and found[0] != applied[field]:
            sealed, written = found
            span = resource.manifest.span_at("metadata", field)
            yield Rescoped(entry.id, field, sealed, applied[field], resource, span, written)


def _binding_fields(resource: Resource) -> tuple[str, ...]:
    """What the ciphertext is bound to, by the scope that the annotations claim."""
    scopes = {producer.scope for producer in find_producers(resource)}
    if SealedScope.STRICT in scopes:
        return ("name", "namespace")
    return ("namespace",) if SealedScope.NAMESPACE_WIDE in scopes else ()


def _sealed_for(
    resource: Resource, field: str, clones: dict[str, Clone]
) -> tuple[str, Span] | None:
    """The value before the first change, else what kubeseal wrote into the template."""
    scalar = resource.manifest.scalar("metadata", field)
    if scalar is not None and scalar.earlier:
        first = scalar.earlier[0]
        text = text_at(clones.get(first.file.repository), first)
        return (text, first) if text else None
    template = resource.manifest.scalar("spec", "template", "metadata", field)
    if isinstance(template, Scalar) and isinstance(template.value, str) and template.value:
        return template.value, template.span
    return None
