"""How a change travels through the graph: from a file, node by node, to an Application."""

from collections.abc import Iterable, Mapping
from posixpath import basename, dirname
from typing import TypeAlias

from graphdoc.graph.reach import ways
from graphdoc.graph.repo_graph import EdgeKind, RepoGraph
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import SourceFile

__all__ = ["Trail", "Trails"]

# What a change to the target changes in the source, and the other way round.
_UPWARDS = (EdgeKind.INCLUDES, EdgeKind.RENDERS, EdgeKind.LAYERS, EdgeKind.REQUIRES)
_DOWNWARDS = (EdgeKind.MANAGES, EdgeKind.PATCHES)

# The nodes from a start to a node, both included, by that node.
Trail: TypeAlias = Mapping[str, tuple[str, ...]]
_Ways: TypeAlias = dict[str, list[str]]


class Trails:
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

    def to_resources(self, starts: Iterable[str]) -> Trail:
        """The shortest way to each Application that renders something else."""
        return _search(self._to_resources, starts)

    def to_manifests(self, starts: Iterable[str]) -> Trail:
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


def _search(steps: _Ways, starts: Iterable[str]) -> Trail:
    found = ways(dict.fromkeys(starts, ()), lambda id_: steps.get(id_, ()))
    return {id_: (*way, id_) for id_, way in found.items()}
