"""What the credentials of a project add to what it allows: a repository, or a cluster."""

from collections.abc import Iterator

from graphdoc.model.argocd import SECRET_TYPE
from graphdoc.model.grouping import grouped
from graphdoc.model.remembering import remembered
from graphdoc.resolve.applicationset.clusters import secret_for_argocd, value_in_secret
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.secrets import find_producers

__all__ = ["ANY", "added_repositories", "added_servers"]

# Where nobody can tell which one it is.
ANY = "*"
_ADDRESSES = {"repository": "url", "cluster": "server"}


def added_repositories(estate: Estate, project: str) -> tuple[str, ...]:
    """The addresses of the repositories that a project has of its own."""
    return _added(estate, "repository", project)


def added_servers(estate: Estate, project: str) -> tuple[str, ...]:
    """The servers of the clusters that a project has of its own."""
    return _added(estate, "cluster", project)


def _added(estate: Estate, kind: str, project: str) -> tuple[str, ...]:
    known = _scoped(estate)
    return (*known.get((kind, project), ()), *known.get((kind, ANY), ()))


@remembered
def _scoped(estate: Estate) -> dict[tuple[str, str], tuple[str, ...]]:
    return grouped(_read(estate))


def _read(estate: Estate) -> Iterator[tuple[tuple[str, str], str]]:
    for _, _, resource in estate.applied:
        for made in find_producers(resource):
            kind = dict(made.labels).get(SECRET_TYPE, "")
            secret = secret_for_argocd(resource.manifest, kind)
            if "project" in made.keys and kind in _ADDRESSES and secret is not None:
                project = value_in_secret(secret, "project") or ANY
                yield (kind, project), value_in_secret(secret, _ADDRESSES[kind]) or ANY
