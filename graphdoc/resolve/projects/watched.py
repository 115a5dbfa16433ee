"""The namespaces in which an Argo CD looks for Applications, where Git shows what it is told."""

from collections.abc import Iterator
from typing import NamedTuple

from graphdoc.model.argocd import is_argocd
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping
from graphdoc.model.remembering import remembered
from graphdoc.model.resource import Resource
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.kustomize.resources.expressions import compile_expression
from graphdoc.resolve.kustomize.resources.trees import KustomizeError
from graphdoc.resolve.repositories.paths import matches_glob
from graphdoc.resolve.resolved import Estate, ResolvedApplication
from graphdoc.resolve.resources.placement import is_own_cluster
from graphdoc.resolve.resources.workloads import containers_of, pod_spec_of
from graphdoc.resolve.secrets.evidence import is_rendered
from graphdoc.resolve.secrets.flow import Placed, place_resources

__all__ = ["Unwatched", "Watched", "find_unwatched", "find_watched", "matches_namespace"]

_SETTINGS = "argocd-cmd-params-cm"
_KEY = "application.namespaces"
# What says the same where the workloads are; the variable is filled from the settings otherwise.
_ARGUMENT, _VARIABLE = "--application-namespaces", "ARGOCD_APPLICATION_NAMESPACES"


class Watched(NamedTuple):
    """Where an Argo CD runs, the patterns of other namespaces, and where they stand."""

    home: str
    patterns: tuple[str, ...]
    span: Span

    def has(self, namespace: str) -> bool:
        """Whether it looks into a namespace; what says none goes to its own by hand."""
        return (
            namespace in {self.home, ""}
            or is_unfilled(namespace)
            or matches_namespace(self.patterns, namespace)
        )


class Unwatched(NamedTuple):
    """An Application that no Argo CD sees, what brings it, its namespace, and who would see it."""

    owner: str
    resource: Resource
    namespace: str
    watched: Watched


def find_unwatched(estate: Estate) -> Iterator[Unwatched]:
    """Every Application of a cluster in a namespace that its one Argo CD does not look into."""
    by_id = estate.by_id
    for cluster in estate.clusters:
        watched = find_watched(estate, cluster)
        for place in place_resources(estate, cluster) if watched is not None else ():
            is_asked = is_argocd(place.resource, "Application") and _is_here(by_id, place)
            if watched and is_asked and not watched.has(place.namespace):
                yield Unwatched(place.owner, place.resource, place.namespace, watched)


@remembered
def find_watched(estate: Estate, cluster: str) -> Watched | None:
    """What the one Argo CD of a cluster is told; nothing where something else may tell it more.

    The start Applications are known to work: who runs them lives where they are.
    """
    placed, by_id = place_resources(estate, cluster), estate.by_id
    found = {_read(place) for place in placed if _is_settings(place) and _is_here(by_id, place)}
    watched = next(iter(found)) if len(found) == 1 else None
    if watched is None or any(_tells_more(place.resource) for place in placed):
        return None
    starts = (p for p in placed if p.source is None and is_argocd(p.resource, "Application"))
    return watched if all(watched.has(place.namespace) for place in starts) else None


def matches_namespace(patterns: tuple[str, ...], namespace: str) -> bool:
    """Whether one of Argo CD's patterns, globs and ``/regular expressions/``, admits it."""
    return any(_fits(pattern, namespace) for pattern in patterns)


def _fits(pattern: str, namespace: str) -> bool:
    if len(pattern) < len("//") or not (pattern.startswith("/") and pattern.endswith("/")):
        return matches_glob(namespace, pattern)
    try:
        return compile_expression(pattern[1:-1]).search(namespace) is not None
    except KustomizeError:
        return True  # it may be one in the language of Argo CD


def _is_settings(place: Placed) -> bool:
    return place.resource.kind == "ConfigMap" and place.resource.name == _SETTINGS


def _is_here(by_id: dict[str, ResolvedApplication], place: Placed) -> bool:
    """Whether it goes to the cluster on which the Argo CD runs that brings it."""
    if place.source is None:
        return True
    destination = by_id[place.owner].application.destination
    return is_own_cluster(destination.server or destination.name)


def _read(place: Placed) -> Watched | None:
    told = place.resource.manifest.scalar("data", _KEY)
    text = str(told.value) if told is not None else ""
    is_whole = place.source is None or is_rendered(place.source)
    if not is_whole or not place.namespace or is_unfilled(text):
        return None
    patterns = tuple(filter(None, map(str.strip, text.split(","))))
    return Watched(place.namespace, patterns, told.span if told else place.resource.span)


def _tells_more(resource: Resource) -> bool:
    """Whether it is another Argo CD's, or tells one in another way."""
    if is_argocd(resource, "ArgoCD"):
        return True
    pod = pod_spec_of(resource)
    return pod is not None and any(map(_is_told, containers_of(pod)))


def _is_told(container: Mapping) -> bool:
    words = (*container.scalars_at("args"), *container.scalars_at("command"))
    variables = container.mappings_at("env")
    return any(word.text.startswith(_ARGUMENT) for word in words) or any(
        one.text("name") == _VARIABLE and "value" in one.entries for one in variables
    )
