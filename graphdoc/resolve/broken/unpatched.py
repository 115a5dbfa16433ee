"""Applications that may lack what a failing patch says: what is wrong with them may follow."""

from functools import lru_cache
from itertools import chain

from graphdoc.model.grouping import grouped
from graphdoc.model.resource import Resource
from graphdoc.resolve.kustomize import BuildProblem, Hidden
from graphdoc.resolve.resolved import Estate

__all__ = ["find_unpatched"]

# One that is not there may patch what others bring.
_COMPONENT = "component "


@lru_cache(maxsize=2)  # every broken name asks
def find_unpatched(estate: Estate) -> frozenset[str]:
    """Their ids."""
    failed = _failed(estate)
    if not failed:
        return frozenset()
    sets = {
        made.id for made in estate.application_sets if _is_meant(made.resource, failed, made.parent)
    }
    return frozenset(
        entry.id
        for entry in estate.applications
        if entry.parent in sets or _is_meant(entry.application.resource, failed, entry.parent)
    )


def _failed(estate: Estate) -> dict[str, tuple[BuildProblem, ...]]:
    """The patches that fail, by the id of what they stop."""
    roots = ((root.node, root.build) for root in estate.roots)
    sources = ((entry.id, source.build) for entry, source in estate.application_sources)
    return grouped(
        (id_, problem)
        for id_, build in chain(roots, sources)
        for problem in (build.problems if build is not None else ())
        if problem.hides is Hidden.FIELDS or problem.message.startswith(_COMPONENT)
    )


def _is_meant(
    resource: Resource, failed: dict[str, tuple[BuildProblem, ...]], parent: str | None
) -> bool:
    """Whether one of them is for the resource, whose name may have got a prefix since."""
    return any(
        not problem.aims
        or any(aim.kind == resource.kind and aim.name in resource.name for aim in problem.aims)
        for problem in failed.get(parent or "", ())
    )
