"""Manifests that were meant for Argo CD, with a kind, version or group that it does not know."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from graphdoc.model.argocd import GROUP
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.resource import Resource
from graphdoc.resolve.resolved import Estate

__all__ = ["Misnamed", "find_misnamed"]

_KINDS = ("AppProject", "Application", "ApplicationSet")
_API_VERSION = f"{GROUP}/v1alpha1"
_ALIKE = 0.85


class Misnamed(NamedTuple):
    """A resource, what it says that the cluster does not know, where, and what was meant."""

    owner: str
    resource: Resource
    what: str
    meant: str
    span: Span


def find_misnamed(estate: Estate) -> Iterator[Misnamed]:
    """Every such resource once, at the word that is wrong."""
    judged = (_judge(owner, resource) for _, owner, resource in estate.applied)
    found = grouped((one.span, one) for one in judged if one is not None)
    yield from (found[span][0] for span in sorted(found))


def _judge(owner: str, resource: Resource) -> Misnamed | None:
    is_kind = resource.kind in _KINDS
    if resource.api_version == _API_VERSION:
        return None if is_kind else _misspelt(owner, resource, "kind", _KINDS)
    return _misspelt(owner, resource, "apiVersion", (_API_VERSION,)) if is_kind else None


def _misspelt(owner: str, resource: Resource, key: str, known: tuple[str, ...]) -> Misnamed | None:
    scalar = resource.manifest.scalar(key)
    said = str(scalar.value) if scalar is not None else ""
    meant = get_close_matches(said, known, 1, _ALIKE)
    if scalar is None or not meant:
        return None
    return Misnamed(owner, resource, f"{key} {said}", meant[0], scalar.span)
