"""How much of an estate was read, built and resolved."""

from collections.abc import Iterable, Iterator
from itertools import chain
from posixpath import join

from graphdoc.model.clone import Clone
from graphdoc.model.coverage import Coverage
from graphdoc.model.file_kinds import YAML
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.grouping import counted, grouped
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import SourceFile, Span, file_start
from graphdoc.parse.events import find_gap
from graphdoc.resolve.broken.kustomizations import file_of
from graphdoc.resolve.broken.patches import find_unfilled_patches
from graphdoc.resolve.documents.reviews import find_undecided_reviews
from graphdoc.resolve.orphans.applications import applied_elsewhere, find_applied_outside
from graphdoc.resolve.orphans.folders import find_catalogs, find_publishers, find_unused_charts
from graphdoc.resolve.outside.kept_local import find_kept_local
from graphdoc.resolve.outside.other_tools import find_other_tools
from graphdoc.resolve.repositories.paths import chart_folders, files_named, outer_charts
from graphdoc.resolve.resolved import Estate, ResolvedSource, RootKind, Tool
from graphdoc.resolve.roots.units import find_inflated

__all__ = ["first_place", "measure_coverage"]


def measure_coverage(estate: Estate, reported: frozenset[SourceFile]) -> Coverage:
    """Count what was seen and understood; ``reported`` files have a finding that says why not."""
    seen = parsed = 0
    unreadable: list[NotUnderstood] = []
    for clone in estate.clones:
        for path in _documents_of(clone):
            file = estate.files.glance(clone, path)
            documents = max(len(file.documents), 1)
            seen += documents
            parsed += documents if file.problem is None else 0
            if file.problem is not None and file.file not in reported:
                reason = f"unreadable and not used: {file.problem.message}"
                note = NotUnderstood(file.problem.primary.span, reason)
                unreadable.append(file.elsewhere or note)
    kustomizations = frozenset(_kustomizations_of(estate.clones))
    built = {file for b in estate.builds if not b.problems for file in b.kustomizations}
    charts = {(clone.name, chart) for clone in estate.clones for chart in outer_charts(clone.files)}
    ids = {entry.id for entry in estate.applications}
    unresolved = {entry.id for entry in estate.applications if not entry.is_resolved}
    return Coverage(
        documents=seen,
        parsed=parsed,
        kustomizations=len(kustomizations),
        rendered=len(kustomizations & built),
        applications=len(ids),
        resolved=len(ids - unresolved),
        not_understood=tuple(sorted({*_skipped(estate), *unreadable})),
        charts=len(charts),
        charts_rendered=len(charts & _rendered_charts(estate)),
    )


def first_place(estate: Estate) -> Span:
    """Where to tell what is true of the whole estate: its first YAML file."""
    files = (SourceFile(one.name, path) for one in estate.clones for path in _documents_of(one))
    return file_start(next(files, SourceFile(estate.clones[0].name, "")))


def _documents_of(clone: Clone) -> Iterator[str]:
    """The YAML files of a clone, without the templates of charts, which only Helm can read."""
    charts = chart_folders(clone.files)
    prefixes = tuple(join(chart, "templates/") for chart in sorted(charts))
    for path in clone.files:
        if path.endswith(YAML) and not path.startswith(prefixes):
            yield path


def _kustomizations_of(clones: Iterable[Clone]) -> Iterator[SourceFile]:
    for clone in clones:
        for path in files_named(clone.files, *KUSTOMIZATION_NAMES):
            yield SourceFile(clone.name, path)


def _rendered_charts(estate: Estate) -> set[tuple[str, str]]:
    """The charts that an Application, a root or a kustomization renders."""
    found = {(root.clone, root.path) for root in estate.roots if root.kind is RootKind.CHART}
    for source in chain.from_iterable(entry.sources for entry in estate.rendered):
        is_known = source.resources or not source.not_understood
        if source.chart_folder and is_known and not source.problems:
            found.add(source.chart_folder)
    return found | find_inflated(build for build in estate.builds if not build.problems)


def _unread_folders(estate: Estate) -> Iterator[NotUnderstood]:
    for clone in estate.clones:
        for folder in clone.unread:
            yield NotUnderstood(
                file_start(SourceFile(clone.name, folder)), "a folder that cannot be read"
            )


def _skipped(estate: Estate) -> Iterator[NotUnderstood]:
    yield from estate.not_understood
    gap = find_gap()
    if gap is not None:
        yield NotUnderstood(first_place(estate), gap)
    for application in estate.rendered:
        for source in application.sources:
            yield from source.not_understood
            yield from _refused(source)
    for made in estate.application_sets:
        yield from made.not_understood
    for build in estate.builds:
        yield from build.not_understood
    yield from _unread_folders(estate)
    yield from find_undecided_reviews(estate)
    yield from find_kept_local(estate)
    yield from find_unfilled_patches(estate)
    yield from find_other_tools(estate)
    yield from _applied_outside(estate)
    yield from _published(estate)
    for name, builds in find_catalogs(estate).items():
        reason = f"{len(builds)} overlays of '{name}' that nothing here uses: a catalog for others"
        yield NotUnderstood(min(file_start(file_of(build)) for build in builds), reason)


def _published(estate: Estate) -> Iterator[NotUnderstood]:
    """Charts that nothing here uses, of repositories that package theirs for others."""
    publishers = find_publishers(estate.clones)
    unused = find_unused_charts(estate) if publishers else ()
    theirs = (chart for chart in unused if chart.repository in publishers)
    for name, charts in grouped((chart.repository, chart) for chart in theirs).items():
        number = counted(len(charts), "chart")
        reason = f"{number} of '{name}' that nothing here uses: published to others"
        yield NotUnderstood(file_start(min(charts)), reason)


def _applied_outside(estate: Estate) -> Iterator[NotUnderstood]:
    """Applications that no root leads to, and that are no findings."""
    elsewhere = applied_elsewhere(estate)
    for name, orphans in elsewhere.items():
        number = counted(len(orphans), "Application")
        them = "it" if len(orphans) == 1 else "them"
        reason = f"{number} of '{name}' that no root leads to: something else applies {them}"
        yield NotUnderstood(min(orphan.span for orphan in orphans), reason)
    for orphan, reason in find_applied_outside(estate):
        if orphan.span.file.repository not in elsewhere:
            what = f"no root leads to {orphan.kind} {orphan.name}, but {reason}"
            yield NotUnderstood(orphan.span, what)


def _refused(source: ResolvedSource) -> Iterator[NotUnderstood]:
    """What Helm or Argo CD would refuse; the rules tell of kustomizations and folders."""
    if source.tool in {Tool.KUSTOMIZE, Tool.DIRECTORY}:
        return
    for problem in source.problems:
        yield NotUnderstood(problem.primary.span, f"not rendered: {problem.message}")
