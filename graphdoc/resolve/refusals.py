"""Why Kustomize would refuse to build what somebody builds, each reason once."""

from collections.abc import Iterator
from posixpath import dirname

from graphdoc.model.location import Location, SourceFile
from graphdoc.resolve.kustomize import Build, BuildProblem, BuildProblemKind
from graphdoc.resolve.resolved import Estate

__all__ = [
    "builds_of", "find_refusals", "find_tops", "kustomization_name", "kustomization_subject",
    "places_of",
]  # fmt: skip


def find_refusals(estate: Estate, kind: BuildProblemKind) -> list[BuildProblem]:
    """Every reason of one kind, in reading order, however many overlays share its cause."""
    found = {
        (p.span, p.message): p for b in builds_of(estate) for p in b.problems if p.kind is kind
    }
    return [found[key] for key in sorted(found)]


def builds_of(estate: Estate) -> tuple[Build, ...]:
    """Every kustomization on its own, and as Applications and roots build it."""
    return (*estate.builds, *_rendered(estate))


def find_tops(estate: Estate) -> tuple[Build, ...]:
    """The builds that nothing includes, and those that Applications render."""
    included = {
        (include.clone, include.target)
        for build in estate.builds
        for include in build.includes
        if include.is_directory
    }
    rendered = tuple(_rendered(estate))
    free = (build for build in estate.builds if (build.clone, build.path) not in included)
    return (*free, *rendered)


def places_of(problem: BuildProblem) -> tuple[Location, ...]:
    """The other places that a reason names."""
    return tuple(place for place in problem.related if place.span != problem.span)


def kustomization_subject(file: SourceFile) -> str:
    """The node id of the kustomization whose folder a file stands in."""
    return f"kustomization:{kustomization_name(file)}"


def kustomization_name(file: SourceFile) -> str:
    """The repository and folder that a file stands in, as messages name a kustomization."""
    folder = dirname(file.path)
    return f"{file.repository}/{folder}" if folder else file.repository


def _rendered(estate: Estate) -> Iterator[Build]:
    for application in estate.applications:
        yield from (source.build for source in application.sources if source.build is not None)
    yield from (root.build for root in estate.roots if root.build is not None)
