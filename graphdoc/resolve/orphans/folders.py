"""Overlays and charts that nothing renders."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from posixpath import basename, dirname, join

from graphdoc.model.argocd import is_argocd
from graphdoc.model.clone import Clone
from graphdoc.model.file_kinds import has_commands, is_program
from graphdoc.model.grouping import grouped
from graphdoc.model.helm import ChartMetadata
from graphdoc.model.location import SourceFile
from graphdoc.resolve.broken.kustomizations import find_tops
from graphdoc.resolve.broken.unpatched import find_unpatched
from graphdoc.resolve.evidence.by_hand import is_applied_by_hand
from graphdoc.resolve.evidence.scripts import scripted_paths
from graphdoc.resolve.evidence.templates import find_open_clones, find_unrendered
from graphdoc.resolve.evidence.told_to_charts import told_to_charts
from graphdoc.resolve.kustomize import Build, BuildProblemKind
from graphdoc.resolve.orphans.applications import folders_of, folders_of_orphans
from graphdoc.resolve.orphans.meant import find_meant_sets
from graphdoc.resolve.repositories.contents import every_file, skim_text
from graphdoc.resolve.repositories.fixtures import is_pattern
from graphdoc.resolve.repositories.paths import (
    chart_folders,
    matches_segments,
    normalise,
    outer_charts,
    required_folder,
)
from graphdoc.resolve.resolved import Estate, RootKind, Tool
from graphdoc.resolve.roots.units import find_inflated

__all__ = [
    "find_catalogs", "find_publishers", "find_unused_charts", "find_unused_overlays", "is_overlay",
]  # fmt: skip

_PUBLISHING = re.compile(r"\bhelm (?:cm-push|package|push|repo index)\b|\bchart-releaser\b")

_CATALOG = 20
_SEVERAL = 2
# Roots that are a file; what they render counts as their own source.
_FILES = frozenset({RootKind.APPLICATION, RootKind.APPLICATION_SET})


def find_unused_overlays(estate: Estate) -> Iterator[Build]:
    """Kustomizations over others that no Application, root, script or document uses.

    And those that stand alone beside several which Applications render.
    Only in clones of which something is rendered: a catalog is for others to use.
    """
    left_alone = {*find_catalogs(estate), *find_open_clones(estate)}
    yield from (build for build in _unused_overlays(estate) if build.clone not in left_alone)


def find_catalogs(estate: Estate) -> dict[str, tuple[Build, ...]]:
    """The unused overlays of each clone of which most overlays are there for others to use."""
    unused = grouped((build.clone, build) for build in _unused_overlays(estate))
    used = Counter(clone for clone, _ in set(_rendered(estate)))
    return {
        clone: tuple(builds)
        for clone, builds in unused.items()
        if len(builds) >= _CATALOG and len(builds) > used[clone]
    }


@lru_cache(maxsize=2)
def _unused_overlays(estate: Estate) -> tuple[Build, ...]:
    used = _used(estate)
    homes = {clone for clone, _ in _rendered(estate)} | {root.clone for root in estate.roots}
    shelves = Counter((clone, dirname(path)) for clone, path in set(_rendered(estate)))
    looped = frozenset((*_looped(estate), *_perhaps_patched(estate)))
    return tuple(
        build
        for build in find_tops(estate)
        if build.clone in homes
        and (is_overlay(build) or shelves[build.clone, dirname(build.path)] >= _SEVERAL)
        and build.kustomizations
        and (build.clone, build.path) not in looped
        and not is_pattern(f"{build.path}/")
        and not used.has(build.clone, build.path)
    )


def _looped(estate: Estate) -> Iterator[tuple[str, str]]:
    """The members of loops: the build that closes one does not know what it led back to."""
    for build in estate.builds:
        if any(problem.kind is BuildProblemKind.CYCLE for problem in build.problems):
            yield from ((include.clone, include.target) for include in build.includes)


def _perhaps_patched(estate: Estate) -> Iterator[tuple[str, str]]:
    """The folders beside which others render what a failing patch may be to say."""
    unpatched = {estate.by_id[id_].name for id_ in find_unpatched(estate)}
    siblings = (source for entry, source in estate.application_sources if entry.name in unpatched)
    shelves = {(s.build.clone, dirname(s.build.path)) for s in siblings if s.build is not None}
    for build in estate.builds if shelves else ():
        if (build.clone, dirname(build.path)) in shelves:
            yield build.clone, build.path


def is_overlay(build: Build) -> bool:
    """Whether a kustomization is one over another."""
    return any(include.is_directory for include in build.includes)


def find_unused_charts(estate: Estate) -> Iterator[SourceFile]:
    """Charts, in clones whose charts Applications render, that nothing renders or requires.

    None of them is one that an Application asks a registry for by its name.
    """
    published = {basename(source.source.chart) for source in estate.sources if source.source.chart}
    used = _used(estate)
    homes = {source.clone.name for source in estate.sources if source.clone and source.chart}
    for clone in (clone for clone in estate.clones if clone.name in homes):
        for chart in _offered(estate, clone, published):
            if not used.has(clone.name, chart) and not is_pattern(f"{chart}/"):
                yield SourceFile(clone.name, join(chart, "Chart.yaml"))


@lru_cache(maxsize=2)
def find_publishers(clones: tuple[Clone, ...]) -> frozenset[str]:
    """The repositories that package their charts, for whoever asks a registry for them."""
    return frozenset(
        clone.name
        for clone in clones
        if any(
            has_commands(path) and _PUBLISHING.search(skim_text(clone, path))
            for path in clone.files
        )
    )


def _offered(estate: Estate, clone: Clone, published: set[str]) -> list[str]:
    """The charts of a clone that no other of it requires and that none asks a registry for."""
    known = {chart: estate.files.chart(clone, chart) for chart in chart_folders(clone.files)}
    required = {path for chart, facts in known.items() for path in _required(chart, facts)}
    asked = {chart for chart, facts in known.items() if facts and facts.name in published}
    return sorted({*outer_charts(clone.files)} - required - asked)


@lru_cache(maxsize=2)
def _used(estate: Estate) -> "_Used":
    return _Used(estate)


class _Used:
    """Which folders somebody uses, as far as the repositories tell."""

    def __init__(self, estate: Estate) -> None:
        self._clones = estate.clones
        self._rendered = {*_rendered(estate), *find_inflated(estate.builds)}
        self._by_plugins = tuple(_by_plugins(estate))
        self._patterns = tuple(_patterns(estate))
        self._meant = find_meant_sets(estate)
        self._unrendered = find_unrendered(estate)
        self._applied = scripted_paths(estate.clones)
        self._told = tuple(told_to_charts(estate))

    def has(self, clone: str, path: str) -> bool:
        """Whether anything renders the folder, may render it, or names it."""
        if (clone, path) in self._rendered or not path:
            return True
        if any(c == clone and f"{path}/".startswith(f"{p}/") for c, p in self._by_plugins):
            return True
        if any(c == clone and matches_segments(path, pattern) for c, pattern in self._patterns):
            return True
        if any(meant.renders(clone, path) for meant in self._meant):
            return True
        if self._applied.find(clone, path):
            return True
        by_hand = is_applied_by_hand(self._clones, SourceFile(clone, f"{path}/kustomization.yaml"))
        told = any(path in text for text in (*self._told, *_scripts(self._clones)))
        return by_hand or told or self._unrendered.names(path)


def _rendered(estate: Estate) -> Iterator[tuple[str, str]]:
    for source in estate.sources:
        if source.build is not None:
            yield source.build.clone, source.build.path
        if source.chart_folder:
            yield source.chart_folder
    for root in estate.roots:
        if root.kind not in _FILES:
            yield root.clone, root.path


def _by_plugins(estate: Estate) -> Iterator[tuple[str, str]]:
    """The folders that plugins render, who may take whatever lies below."""
    for source in estate.sources:
        path = normalise(source.source.path or "")
        if source.tool is Tool.PLUGIN and source.clone is not None and path:
            yield source.clone.name, path


def _patterns(estate: Estate) -> Iterator[tuple[str, str]]:
    """The folders that unexpanded templates and Applications without a root mean."""
    yield from ((clone, pattern) for _, clone, pattern in folders_of_orphans(estate))
    repositories = estate.repositories
    for made in estate.application_sets:
        if made.not_understood:
            yield from folders_of(made.resource, repositories)
    for build in estate.builds:
        for resource in build.resources:
            if is_argocd(resource, "Application", "ApplicationSet"):
                yield from folders_of(resource, repositories)


def _required(chart: str, metadata: ChartMetadata | None) -> Iterator[str]:
    """The local charts that a chart requires."""
    for dependency in metadata.dependencies if metadata is not None else ():
        place = required_folder(chart, dependency.repository)
        if place is not None:
            yield place


@lru_cache(maxsize=2)
def _scripts(clones: tuple[Clone, ...]) -> tuple[str, ...]:
    return tuple(skim_text(clone, path) for clone, path in every_file(clones) if is_program(path))
