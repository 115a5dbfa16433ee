"""What was probably meant to use a thing that nothing uses."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from posixpath import basename, dirname, join, splitext
from typing import NamedTuple

from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Location, SourceFile, Span, file_start
from graphdoc.model.remembering import remembered
from graphdoc.resolve.broken.kustomizations import file_of, find_refusals, rendered_builds
from graphdoc.resolve.broken.references import find_broken
from graphdoc.resolve.kustomize import Build, BuildProblemKind, is_kustomization
from graphdoc.resolve.names.alike import ALIKE, Neighbours
from graphdoc.resolve.names.near_paths import likeness, nearest_file, nearest_folder
from graphdoc.resolve.repositories.paths import join_path
from graphdoc.resolve.resolved import Estate, ReferenceFault

__all__ = [
    "Consumer", "Wanted", "find_beside", "find_dangling_names", "find_leading",
    "find_likely_folder", "find_misnamed",
]  # fmt: skip


_NONE = Neighbours(())


@dataclass(frozen=True, slots=True)
class Consumer:
    """What may have been meant to use a thing: a fact about it, and where it stands.

    ``path`` is what it names, within ``repository``.
    """

    repository: str
    path: str
    fact: str
    span: Span

    @property
    def related(self) -> tuple[Location, ...]:
        """Where one would look, for a finding."""
        return (Location(self.span, "perhaps meant here"),)


class _User(NamedTuple):
    """Who uses a folder: the kustomization of a build, or an Application that renders it."""

    path: str
    span: Span
    build: Build
    repository: str
    application: str = ""

    def to_consumer(self) -> Consumer:
        """The same as a fact."""
        place = f"{self.repository}/{self.path}"
        if self.application:
            fact = f"Application {self.application} renders {place} beside it"
        else:
            fact = f"{file_of(self.build)} includes {place} beside it"
        return Consumer(self.repository, self.path, fact, self.span)


class Wanted:
    """Paths that somebody names and that are not there."""

    def __init__(self, names: Iterable[Consumer]) -> None:
        by_place = grouped(((name.repository, name.path), name) for name in names)
        self._first = {place: found[0] for place, found in by_place.items()}
        self._order = {place: number for number, place in enumerate(by_place)}
        places = sorted(by_place)
        paths = grouped(places)
        named = grouped(((place[0], basename(place[1])), place[1]) for place in places)
        self._paths = {repository: Neighbours(found) for repository, found in paths.items()}
        self._named = {place: Neighbours(found) for place, found in named.items()}

    def most_alike(self, repository: str, path: str) -> Consumer | None:
        """The one that is most like a path; ``None`` where none is like it."""
        near = {
            *self._paths.get(repository, _NONE).of(path),
            *self._named.get((repository, basename(path)), _NONE).of(path),
        }
        scored = [(_alike(path, one), -self._order[repository, one], one) for one in near]
        score, _, wanted = max(scored, default=(0.0, 0, ""))
        return self._first[repository, wanted] if score >= ALIKE else None


@remembered  # every orphan asks
def find_dangling_names(estate: Estate, fault: ReferenceFault) -> Wanted:
    """What Applications name and is not there."""
    return Wanted(_dangling_names(estate, fault))


def _dangling_names(estate: Estate, fault: ReferenceFault) -> Iterator[Consumer]:
    for thing in find_broken(
        estate,
        lambda use: use.reference.fault is fault,
        lambda use: (use.reference.repository, use.reference.wanted),
    ):
        repository = thing.reference.repository
        path = thing.reference.wanted.strip("/").removeprefix(f"{repository}/")
        fact = f"{thing.said('names')} {repository}/{path}"
        yield Consumer(repository, path, fact, thing.primary)


def _dangling_entries(estate: Estate) -> Iterator[Consumer]:
    for refusal in find_refusals(estate, BuildProblemKind.MISSING_ENTRY):
        span, named = refusal.problem.span, refusal.problem.named
        path = join_path(dirname(span.file.path), named) if named else None
        if path:
            yield Consumer(span.file.repository, path, f"{span.file} names '{named}'", span)


@lru_cache(maxsize=2)
def find_misnamed(estate: Estate) -> frozenset[tuple[str, str]]:
    """What is nearest to a name that leads nowhere, and so told there: repositories and paths."""
    return frozenset(_misnamed(estate))


def _misnamed(estate: Estate) -> Iterator[tuple[str, str]]:
    """What is nearest to each; what a kustomization names beside it is not meant elsewhere."""
    for one in (*_dangling_names(estate, ReferenceFault.MISSING_PATH), *_dangling_entries(estate)):
        find = nearest_file if splitext(one.path)[1] else nearest_folder
        clone, folder = estate.clone(one.repository), dirname(one.path)
        near = find(clone, one.path) if clone is not None else ""
        if near and (folder != dirname(one.span.file.path) or dirname(near) == folder):
            yield one.repository, near


def find_beside(estate: Estate, file: SourceFile) -> Consumer | None:
    """The kustomization in a file's folder, or else the nearest above it."""
    clone = estate.clones_by_name[file.repository]
    own = folder = dirname(file.path)
    while (name := is_kustomization(clone, folder)) is None:
        if not folder:
            return None
        folder = dirname(folder)
    kustomization = SourceFile(file.repository, join(folder, name))
    fact = f"the kustomization {'beside' if folder == own else 'above'} it is {kustomization}"
    return Consumer(file.repository, folder, fact, file_start(kustomization))


def find_leading(estate: Estate, file: SourceFile) -> Consumer | None:
    """What was likeliest to lead to a manifest that no root leads to."""
    repository, folder = file.repository, dirname(file.path)
    return _idle_neighbour(estate, file) or find_likely_folder(estate, repository, folder)


def find_likely_folder(estate: Estate, repository: str, folder: str) -> Consumer | None:
    """Who uses the folder most like this one of those that lie beside it."""
    parent = dirname(folder)
    users = _users(estate).get((repository, parent), ()) if parent else ()
    beside = (user for user in users if user.path != folder)
    # What stands in one of them has another as its base, and leads to none.
    leading = (user for user in beside if not dirname(user.span.file.path).startswith(f"{parent}/"))
    best = min(leading, key=lambda user: (-likeness(user.path, folder), user.span), default=None)
    return best.to_consumer() if best else None


def _idle_neighbour(estate: Estate, file: SourceFile) -> Consumer | None:
    """The kustomization beside a file, where somebody builds it."""
    beside = (file.repository, dirname(file.path))
    is_built = any((build.clone, build.path) == beside for build in rendered_builds(estate))
    return find_beside(estate, file) if is_built else None


@lru_cache(maxsize=2)
def _users(estate: Estate) -> dict[tuple[str, str], tuple[_User, ...]]:
    """Who uses each folder, by the repository and the folder that it lies in."""
    return grouped(
        ((user.repository, dirname(user.path)), user)
        for user in (*_including(estate), *_rendering(estate))
    )


def _including(estate: Estate) -> Iterator[_User]:
    for build in estate.builds:
        for include in (entry for entry in build.includes if entry.is_directory):
            yield _User(include.target, include.span, build, include.clone)


def _rendering(estate: Estate) -> Iterator[_User]:
    for entry, source in estate.application_sources:
        build, path = source.build, source.source.node.scalar("path")
        if build is not None and path is not None:
            yield _User(build.path, path.span, build, build.clone, entry.name)


def _alike(path: str, named: str) -> float:
    """How alike two paths are; that both are YAML says nothing."""
    (ours, ending), (theirs, other) = splitext(path), splitext(named)
    if ending != other:
        return likeness(path, named)
    pairs = [(a, b) for a, b in zip(ours.split("/"), theirs.split("/"), strict=False) if a != b]
    is_parallel = ours.count("/") == theirs.count("/") and len(pairs) > 1
    # Long folders that are the same but for one word are not meant where the next differs, too.
    apart = min((likeness(a, b) for a, b in pairs), default=1.0) if is_parallel else 1.0
    return min(likeness(ours, theirs), apart)
