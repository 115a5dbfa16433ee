"""Why Kustomize would refuse to build what somebody builds, each reason once."""

from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from itertools import takewhile
from operator import is_not
from posixpath import dirname

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.identity import kustomization_id
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import Location, SourceFile
from graphdoc.resolve.kustomize import (
    ENCRYPTED,
    OUTSIDE,
    TAKEN,
    Build,
    BuildProblem,
    BuildProblemKind,
    Hidden,
)
from graphdoc.resolve.outside.kept_local import is_kept_local
from graphdoc.resolve.outside.other_tools import find_flux_clones
from graphdoc.resolve.repositories.fixtures import is_pattern
from graphdoc.resolve.resolved import Estate, ResolvedSource

__all__ = [
    "Refusal", "builds_of", "clones_of", "file_of", "find_refusals", "find_tops",
    "kustomization_name", "kustomization_subject", "meant_builds", "rendered_builds",
]  # fmt: skip


# Reasons that depend on the other resources of a build, by how Kustomize words them.
_ABSENT = ("no resource matches", "nothing selected by")
# What is not at hand and would only bring resources, or change those.
_BRINGING = (
    "a generator of kind ", "a remote resource ", "chart ", "helmCharts ", ENCRYPTED, *_ABSENT,
)  # fmt: skip
_ABOUT_OTHERS = (
    *_ABSENT, TAKEN, "add operation", "remove operation", "replace operation",
    "multiple matches",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason, and the kustomizations that it stops, those that others include first.

    ``consumers`` are the Applications that render one of them, where they name its path.
    """

    problem: BuildProblem
    builds: tuple[Build, ...]
    consumers: tuple[Location, ...] = ()

    @property
    def name(self) -> str:
        """The repository and folder of the kustomization that fails by itself."""
        build = self.builds[0]
        return f"{build.clone}/{build.path}" if build.path else build.clone

    @property
    def related(self) -> tuple[Location, ...]:
        """The other places that the reason names, and whoever fails with it."""
        named = (place for place in self.problem.related if place.span != self.problem.span)
        return (*named, *self.consumers)


def find_refusals(estate: Estate, kind: BuildProblemKind) -> list[Refusal]:
    """Every reason of one kind, in reading order, however many overlays share its cause."""
    found = grouped(
        ((problem.span, problem.message), (problem, build))
        for build in meant_builds(estate)
        for problem in _stopping(estate, build, kind)
    )
    uses = _uses(estate) if found else {}
    return [_refusal(found[key], uses) for key in sorted(found)]


def _refusal(
    found: tuple[tuple[BuildProblem, Build], ...], uses: dict[int, set[Location]]
) -> Refusal:
    builds = tuple(sorted((build for _, build in found), key=_depth))
    places = {place for build in builds for place in uses.get(id(build), ())}
    return Refusal(found[-1][0], builds, tuple(sorted(places)))


def _stopping(estate: Estate, build: Build, kind: BuildProblemKind) -> Iterator[BuildProblem]:
    if kind is BuildProblemKind.INVALID and _is_loop(build):
        return  # what else is wrong may come of the loop
    for problem in (problem for problem in build.problems if problem.kind is kind):
        if not _is_certain(build, problem) or is_kept_local(estate, problem):
            continue
        if not (problem.message.endswith(OUTSIDE) and _is_of_flux(estate, build)):
            yield problem


def _is_of_flux(estate: Estate, build: Build) -> bool:
    """Whether Flux builds what lies in the clone, and no Application and no root this."""
    is_flux = build.clone in find_flux_clones(estate)
    return is_flux and all(build is not other for other in rendered_builds(estate))


def _uses(estate: Estate) -> dict[int, set[Location]]:
    """Where Applications name the path of a build, by the build's identity."""
    uses: dict[int, set[Location]] = {}
    for entry, source in estate.application_sources:
        path = source.source.node.scalar("path")
        if source.build is not None and path is not None:
            note = f"Application {entry.name} renders it"
            uses.setdefault(id(source.build), set()).add(Location(path.span, note))
    return uses


def _is_loop(build: Build) -> bool:
    return any(problem.kind is BuildProblemKind.CYCLE for problem in build.problems)


def _is_certain(build: Build, problem: BuildProblem) -> bool:
    """Whether nothing that is not at hand could have brought what a patch or a name lacks.

    A base or a chart brings resources and changes none that are there.
    """
    if not problem.message.startswith(_ABOUT_OTHERS):
        return True
    earlier = takewhile(partial(is_not, problem), build.problems)
    if any(_may_bring(other) for other in earlier):
        return False
    are_few = not problem.message.startswith(_ABSENT)
    gaps = (gap.reason for gap in build.not_understood)
    return all(are_few and reason.startswith(_BRINGING) for reason in gaps)


def _may_bring(problem: BuildProblem) -> bool:
    is_open = problem.hides is Hidden.FIELDS and not problem.aims
    is_absent = problem.kind is BuildProblemKind.MISSING_ENTRY
    return is_absent or is_open or problem.hides is Hidden.RESOURCES


def _depth(build: Build) -> tuple[int, str, str]:
    """What includes little stands below what includes it."""
    return (len(build.kustomizations), build.clone, build.path)


def builds_of(estate: Estate) -> tuple[Build, ...]:
    """Every kustomization on its own, and as Applications and roots build it."""
    return (*estate.builds, *rendered_builds(estate))


@lru_cache(maxsize=2)
def meant_builds(estate: Estate) -> tuple[Build, ...]:
    """Those that somebody renders or may render: folders to copy from only where one is used."""
    used = {file for build in rendered_builds(estate) for file in build.kustomizations}
    known = ((build, file_of(build)) for build in builds_of(estate))
    return tuple(build for build, own in known if own in used or not is_pattern(own.path))


@lru_cache(maxsize=2)  # several rules ask
def find_tops(estate: Estate) -> tuple[Build, ...]:
    """The builds that nothing includes, and those that Applications render.

    A Component is no build of its own: what it includes, its includers do.
    """
    included = {
        folder
        for build in estate.builds
        for file in build.kustomizations
        if (folder := (file.repository, dirname(file.path))) != (build.clone, build.path)
    }
    rendered = tuple(rendered_builds(estate))
    free = (build for build in estate.builds if (build.clone, build.path) not in included)
    return (*free, *rendered)


def clones_of(estate: Estate, build: Build) -> Mapping[str, Clone]:
    """The clones as a build reads them: an Application may follow another revision."""
    source = _sources_by_build(estate).get(id(build))
    return estate.clones_by_name if source is None else estate.clones_as_read_by(source)


@lru_cache(maxsize=2)  # every build asks
def _sources_by_build(estate: Estate) -> dict[int, ResolvedSource]:
    return {id(source.build): source for source in estate.sources if source.build is not None}


def file_of(build: Build) -> SourceFile:
    """The kustomization file that a build starts from."""
    base = f"{build.path}/" if build.path else ""
    for name in KUSTOMIZATION_NAMES:
        file = SourceFile(build.clone, base + name)
        if file in build.kustomizations:
            return file
    return SourceFile(build.clone, build.path)


def kustomization_subject(file: SourceFile) -> str:
    """The node id of the kustomization whose folder a file stands in."""
    return kustomization_id(file.repository, dirname(file.path))


def kustomization_name(file: SourceFile) -> str:
    """The repository and folder that a file stands in, as messages name a kustomization."""
    folder = dirname(file.path)
    return f"{file.repository}/{folder}" if folder else file.repository


def rendered_builds(estate: Estate) -> Iterator[Build]:
    """What Applications and roots build."""
    yield from (source.build for source in estate.sources if source.build is not None)
    yield from (root.build for root in estate.roots if root.build is not None)
