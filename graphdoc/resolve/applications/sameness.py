"""What makes two manifests of Applications, or two files, one another's like."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from graphdoc.model.argocd import Application
from graphdoc.model.clone import Clone
from graphdoc.model.location import SourceFile
from graphdoc.resolve.repositories.addresses import url_identity
from graphdoc.resolve.repositories.paths import files_below

__all__ = ["application_facts", "are_alternatives", "deployment_facts"]
_MANY = 3


def application_facts(application: Application) -> tuple[object, ...]:
    """Name, sources at any revision, and cluster."""
    sources = tuple((url_identity(s.repo_url), s.path, s.chart) for s in application.sources)
    destination = application.destination
    cluster = (destination.server, destination.name)
    return (application.namespace, application.name, sources, cluster)


def deployment_facts(application: Application) -> tuple[object, ...]:
    """Its :func:`application_facts` and values files: what tells one stage's from another's."""
    entries = (entry for s in application.sources for entry in s.helm_options.value_files)
    files = tuple(str(entry.value) for entry in entries)
    return (*application_facts(application), files)


def are_alternatives(clones: Mapping[str, Clone], files: Iterable[SourceFile]) -> bool:
    """Whether files are one another's copies in folders that hold mostly the same paths."""
    ordered = sorted(files)
    return len(ordered) > 1 and all(
        one.repository == other.repository
        and one.repository in clones
        and _are_copies(clones[one.repository].files, one.path, other.path)
        for one, other in pairwise(ordered)
    )


def _are_copies(files: tuple[str, ...], one: str, other: str) -> bool:
    sides = one.split("/"), other.split("/")
    start = next(i for i, pair in enumerate(zip(*sides, strict=False)) if len({*pair}) > 1)
    folders = ("/".join(side[: start + 1]) for side in sides)
    held, held_too = ({f.removeprefix(d) for f in files_below(files, d)} for d in folders)
    shared = len(held & held_too)
    return shared >= _MANY and shared * 2 > len(held | held_too)
