"""Which Applications the change of a file may reach, and by which way."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from posixpath import basename, dirname

from graphdoc.graph.repo_graph import EdgeKind, RepoGraph
from graphdoc.model.location import SourceFile
from graphdoc.model.node import walk
from graphdoc.model.resource import Resource
from graphdoc.resolve.kustomize import Build
from graphdoc.resolve.resolved import Estate, ResolvedApplication, ResolvedSource, Tool

__all__ = ["ApplicationImpact", "Effect", "find_impact"]

_KUSTOMIZATIONS = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
# A change of the target reaches the source; for the others it is the source that acts.
_AGAINST = frozenset({EdgeKind.INCLUDES, EdgeKind.RENDERS, EdgeKind.LAYERS, EdgeKind.REQUIRES})
_ALONG = frozenset({EdgeKind.MANAGES, EdgeKind.PATCHES, EdgeKind.WRITES})


class Effect(StrEnum):
    """What may change: the Application itself, or what it renders."""

    MANIFEST = "manifest"
    RESOURCES = "resources"


@dataclass(frozen=True, slots=True)
class ApplicationImpact:
    """One Application that is reached; ``via`` leads from the file to it."""

    id: str
    name: str
    cluster: str
    effects: tuple[Effect, ...]
    via: tuple[str, ...]


def find_impact(
    estate: Estate, graph: RepoGraph, files: frozenset[SourceFile]
) -> tuple[ApplicationImpact, ...]:
    """Every Application that the change of any of these files may reach, sorted."""
    reach = _Reach(estate, graph, files)
    impacts = {entry.id: reach.impact(entry) for entry in estate.applications}
    found = (impact for impact in impacts.values() if impact is not None)
    return tuple(sorted(found, key=lambda impact: impact.id))


class _Reach:
    def __init__(self, estate: Estate, graph: RepoGraph, files: frozenset[SourceFile]) -> None:
        self._files = files
        self._applications = {entry.id: entry for entry in estate.applications}
        self._sets = {made.id: made.resource for made in estate.application_sets}
        self._builds = {_build_id(build): build for build in estate.builds}
        self._ways = _find_ways(graph, _start_nodes(graph, files))

    def impact(self, entry: ResolvedApplication) -> ApplicationImpact | None:
        effects = tuple(self._effects(entry))
        if not effects:
            return None
        via = tuple(_trace(self._ways, entry.id))
        return ApplicationImpact(entry.id, entry.application.name, entry.cluster, effects, via)

    def _effects(self, entry: ResolvedApplication) -> Iterator[Effect]:
        if self._writes(entry.application.resource) or self._steers(entry.parent):
            yield Effect.MANIFEST
        if any(self._feeds(source) for source in entry.sources):
            yield Effect.RESOURCES

    def _writes(self, resource: Resource) -> bool:
        """Whether any part of a manifest was written in one of the files."""
        nodes = (node for _, node in walk(resource.manifest))
        return any(span.file in self._files for node in nodes for span in node.origins)

    def _steers(self, parent: str | None) -> bool:
        """Whether what renders the Application could render it otherwise."""
        if parent is None:
            return False
        if parent in self._builds:
            return self._is_kustomized(self._builds[parent])
        if parent in self._sets:
            return self._writes(self._sets[parent])
        owner = self._applications.get(parent)
        return owner is not None and any(self._templates(source) for source in owner.sources)

    def _templates(self, source: ResolvedSource) -> bool:
        if source.build is not None:
            return self._is_kustomized(source.build)
        return source.tool is Tool.HELM and self._feeds(source)

    def _is_kustomized(self, build: Build) -> bool:
        return not self._files.isdisjoint(build.kustomizations)

    def _feeds(self, source: ResolvedSource) -> bool:
        """Whether a source reads one of the files, or would if it were there."""
        read = source.files | (source.build.files if source.build else frozenset())
        wanted = {broken.wanted for broken in source.broken}
        return any(file in read or str(file) in wanted for file in self._files)


def _build_id(build: Build) -> str:
    return f"kustomization:{build.clone}/{build.path}".rstrip("/")


def _start_nodes(graph: RepoGraph, files: Iterable[SourceFile]) -> Iterator[str]:
    """The nodes that stand for a file: itself, its kustomization, or the chart around it."""
    for file in sorted(files):
        names = [f"values:{file}", f"file:{file}"]
        if basename(file.path) in _KUSTOMIZATIONS:
            names.append(f"kustomization:{file.repository}/{dirname(file.path)}".rstrip("/"))
        folder = dirname(file.path)
        while folder:
            names.append(f"chart:{file.repository}/{folder}")
            folder = dirname(folder)
        yield from (name for name in names if graph.node(name) is not None)


def _find_ways(graph: RepoGraph, starts: Iterable[str]) -> Mapping[str, str | None]:
    """For each node that is reached, the node before it on a shortest way; ``None`` at a start."""
    before: dict[str, str | None] = dict.fromkeys(starts)
    pending = deque(before)
    while pending:
        here = pending.popleft()
        for there in _reached_from(graph, here):
            if there not in before:
                before[there] = here
                pending.append(there)
    return before


def _reached_from(graph: RepoGraph, id_: str) -> Iterator[str]:
    yield from (edge.source for edge in graph.edges_to(id_) if edge.kind in _AGAINST)
    yield from (edge.target for edge in graph.edges_from(id_) if edge.kind in _ALONG)


def _trace(before: Mapping[str, str | None], id_: str) -> list[str]:
    way: list[str] = []
    here = before.get(id_)
    while here is not None:
        way.append(here)
        here = before[here]
    return way[::-1]
