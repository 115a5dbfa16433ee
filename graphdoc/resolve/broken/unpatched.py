"""Applications that may lack what a failing patch says: what is wrong with them may follow."""

from functools import lru_cache
from itertools import chain

from graphdoc.model.grouping import grouped
from graphdoc.resolve.kustomize import BuildProblem
from graphdoc.resolve.resolved import Estate, ResolvedApplication

__all__ = ["find_patched", "find_unpatched"]


def find_patched(estate: Estate) -> tuple[ResolvedApplication, ...]:
    """All the others."""
    unpatched = find_unpatched(estate)
    return tuple(entry for entry in estate.applications if entry.id not in unpatched)


@lru_cache(maxsize=2)  # every broken name asks
def find_unpatched(estate: Estate) -> frozenset[str]:
    """Their ids."""
    failed = _failed(estate)
    if not failed:
        return frozenset()
    sets = {
        made.id
        for made in estate.application_sets
        if any(problem.may_change(made.resource) for problem in failed.get(made.parent or "", ()))
    }
    parents = ((entry, failed.get(entry.parent or "", ())) for entry in estate.applications)
    return frozenset(
        entry.id
        for entry, problems in parents
        if entry.parent in sets
        or any(problem.may_change(entry.application.resource) for problem in problems)
    )


def _failed(estate: Estate) -> dict[str, tuple[BuildProblem, ...]]:
    """The problems of all that is built, by the id of what they stop."""
    roots = ((root.node, root.build) for root in estate.roots)
    sources = ((entry.id, source.build) for entry, source in estate.application_sources)
    return grouped(
        (id_, problem)
        for id_, build in chain(roots, sources)
        for problem in (build.problems if build is not None else ())
    )
