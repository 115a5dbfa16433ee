"""Which Applications on which clusters a change to files reaches, and by which way."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from posixpath import basename, dirname
from typing import TypeAlias

from graphdoc.graph.impact.manifest_files import ManifestFiles
from graphdoc.graph.impact.source_files import SourceFiles
from graphdoc.graph.reach import ways
from graphdoc.graph.repo_graph import EdgeKind, RepoGraph
from graphdoc.model.coverage import Coverage
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import SourceFile
from graphdoc.resolve.resolved import Estate

__all__ = ["Effect", "Impact", "Reached", "find_impact", "find_skipped", "merge_reached"]

# What a change to the target changes in the source, and the other way round.
_UPWARDS = (EdgeKind.INCLUDES, EdgeKind.RENDERS, EdgeKind.LAYERS, EdgeKind.REQUIRES)
_DOWNWARDS = (EdgeKind.MANAGES, EdgeKind.PATCHES)
# The nodes from a start to a node, both included, by that node.
_Trail: TypeAlias = Mapping[str, tuple[str, ...]]
_Ways: TypeAlias = dict[str, list[str]]


class Effect(StrEnum):
    """What may change: the Application itself, what it renders, or a Secret that this reads."""

    MANIFEST = "manifest"
    RESOURCES = "resources"
    SECRET = "secret"


@dataclass(frozen=True, slots=True)
class Reached:
    """One Application that a change reaches; ``via`` leads to it from the file."""

    id: str
    name: str
    cluster: str
    effects: tuple[Effect, ...]
    via: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change of some paths and nodes reaches, and what of it was not understood.

    ``key`` is the only value that changes in them, where one is meant.
    """

    paths: tuple[SourceFile, ...]
    nodes: tuple[str, ...]
    key: str | None
    applications: tuple[Reached, ...]
    not_understood: tuple[NotUnderstood, ...]
    coverage: Coverage


def find_impact(
    estate: Estate, graph: RepoGraph, files: Iterable[SourceFile]
) -> tuple[Reached, ...]:
    """The Applications that changes of these files may reach, sorted by id."""
    search = _Search(estate, graph)
    found = (reached for file in sorted(set(files)) for reached in search.reach(file))
    return merge_reached(found)


def merge_reached(found: Iterable[Reached]) -> tuple[Reached, ...]:
    """Each Application once, with all effects on it and the first way to it."""
    merged: dict[str, Reached] = {}
    for reached in found:
        known = merged.setdefault(reached.id, reached)
        effects = tuple(e for e in Effect if e in {*known.effects, *reached.effects})
        merged[reached.id] = Reached(known.id, known.name, known.cluster, effects, known.via)
    return tuple(merged[id_] for id_ in sorted(merged))


def find_skipped(estate: Estate, ids: Iterable[str]) -> tuple[NotUnderstood, ...]:
    """What of these Applications was not understood."""
    wanted = frozenset(ids)
    entries = (entry for entry in estate.applications if entry.id in wanted)
    notes = {note for entry in entries for s in entry.sources for note in s.not_understood}
    makers = (made for made in estate.application_sets if wanted & frozenset(made.applications))
    notes |= {note for made in makers for note in made.not_understood}
    return tuple(sorted(notes))


class _Search:
    def __init__(self, estate: Estate, graph: RepoGraph) -> None:
        self._estate = estate
        self._sources = SourceFiles(estate)
        self._manifests = ManifestFiles(estate, self._sources)
        self._trails = _Trails(
            graph, ((file, made.id) for made in estate.application_sets for file in made.files)
        )

    def reach(self, file: SourceFile) -> Iterable[Reached]:
        """Every Application that a change to one file reaches."""
        entries = self._estate.by_id
        renders = {e.id for e in self._estate.applications if self._sources.is_read_by(e, file)}
        changed = self._manifests.changed_by(file) & entries.keys()
        if not renders | changed:
            return
        starts = self._trails.starts(file, self._manifests.written_in(file))
        by_resources = self._trails.to_resources(starts)
        by_manifests = self._trails.to_manifests(starts)
        for id_ in sorted(renders | changed):
            effects = ((Effect.MANIFEST, id_ in changed), (Effect.RESOURCES, id_ in renders))
            ways = (by_resources, by_manifests) if id_ in renders else (by_manifests,)
            yield Reached(
                id_,
                entries[id_].name,
                entries[id_].cluster,
                tuple(effect for effect, holds in effects if holds),
                _way(ways, file, id_),
            )


def _way(ways: tuple[_Trail, ...], file: SourceFile, id_: str) -> tuple[str, ...]:
    """The nodes from the file to what it reaches, without that itself."""
    found = next((way[id_] for way in ways if id_ in way), ())
    return found[:-1] or (f"file:{file}",)


class _Trails:
    """The ways of one graph; ``generators`` are files with the ApplicationSets that read them."""

    def __init__(self, graph: RepoGraph, generators: Iterable[tuple[SourceFile, str]] = ()) -> None:
        self._graph = graph
        self._to_resources: _Ways = {}
        self._to_manifests: _Ways = {}
        for edge in graph.edges():
            if edge.kind in _UPWARDS:
                self._to_resources.setdefault(edge.target, []).append(edge.source)
                self._to_manifests.setdefault(edge.target, []).append(edge.source)
            elif edge.kind in _DOWNWARDS:
                self._to_manifests.setdefault(edge.source, []).append(edge.target)
        for file, made in generators:
            self._to_manifests.setdefault(f"file:{file}", []).append(made)

    def to_resources(self, starts: Iterable[str]) -> _Trail:
        """The shortest way to each Application that renders something else."""
        return _search(self._to_resources, starts)

    def to_manifests(self, starts: Iterable[str]) -> _Trail:
        """The shortest way to each Application that is something else itself."""
        return _search(self._to_manifests, starts)

    def starts(self, file: SourceFile, written: tuple[str, ...]) -> tuple[str, ...]:
        """The nodes that stand for a file; ``written`` are the Applications that stand in it."""
        own = [id_ for id_ in (f"values:{file}", f"file:{file}") if self._is_known(id_)]
        folder = dirname(file.path)
        if basename(file.path) in KUSTOMIZATION_NAMES:
            own.append(_id("kustomization", file.repository, folder))
        chart = self._nearest("chart", file.repository, folder)
        own += [chart] if chart is not None else []
        if not own and written:
            own.append(f"file:{file}")
            self._to_manifests[own[0]] = list(written)
        near = self._nearest("kustomization", file.repository, folder)
        return tuple(own) or ((near,) if near is not None else ())

    def _is_known(self, id_: str) -> bool:
        return self._graph.node(id_) is not None or id_ in self._to_manifests

    def _nearest(self, kind: str, repository: str, folder: str) -> str | None:
        while True:
            id_ = _id(kind, repository, folder)
            if self._graph.node(id_) is not None:
                return id_
            if not folder:
                return None
            folder = dirname(folder)


def _id(kind: str, repository: str, folder: str) -> str:
    return f"{kind}:{repository}/{folder}" if folder else f"{kind}:{repository}"


def _search(steps: _Ways, starts: Iterable[str]) -> _Trail:
    found = ways(dict.fromkeys(starts, ()), lambda id_: steps.get(id_, ()))
    return {id_: (*way, id_) for id_, way in found.items()}
