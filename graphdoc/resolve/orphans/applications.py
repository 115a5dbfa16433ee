"""Applications that no root leads to, gathered by their cause."""

from collections import Counter
from collections.abc import Iterator
from posixpath import dirname

from graphdoc.model.grouping import grouped
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping
from graphdoc.model.resource import Resource
from graphdoc.parse.gotemplate import ACTION
from graphdoc.resolve.broken.kustomizations import file_of, find_tops, kustomization_subject
from graphdoc.resolve.evidence.comments import find_commented_entry
from graphdoc.resolve.evidence.templates import widen
from graphdoc.resolve.orphans.applied_outside import AppliedOutside
from graphdoc.resolve.orphans.consumers import find_misnamed
from graphdoc.resolve.orphans.meant import find_meant_sets
from graphdoc.resolve.repositories.addresses import Repositories
from graphdoc.resolve.repositories.paths import matches_segments, normalise
from graphdoc.resolve.resolved import Estate, Orphan

__all__ = [
    "applied_elsewhere", "find_applied_outside", "find_commented_applications",
    "find_orphaned_applications", "folders_of", "folders_of_orphans",
]  # fmt: skip

_MANY = 20


def find_orphaned_applications(estate: Estate) -> list[tuple[Orphan, ...]]:
    """Orphans that nothing explains, together where one unused kustomization brings them.

    What something outside may apply, what a kustomization comments out, and what another orphan
    would render, is explained.
    """
    bringing = _bringing(estate)
    rendered = tuple(folders_of_orphans(estate))
    groups: dict[object, list[Orphan]] = {}
    applied = applied_elsewhere(estate)
    outside = {orphan for orphan, _ in find_applied_outside(estate)}
    for orphan in estate.orphans:
        file = orphan.span.file
        if file.repository in applied or orphan in outside or _is_explained(estate, file):
            continue
        if _is_rendered(orphan, rendered) or _is_start(orphan, rendered):
            continue
        groups.setdefault(bringing.get(file) or orphan.span, []).append(orphan)
    return [tuple(group) for group in groups.values()]


def _is_explained(estate: Estate, file: SourceFile) -> bool:
    """Whether a comment names it, values for Helm hold it, or a misspelt name or set means it."""
    if find_commented_entry(estate.clones, file) is not None:
        return True
    root = estate.files.parse(estate.clones_by_name[file.repository], file.path).mapping
    if root is not None and "kind" not in root.entries:
        return True
    home = (file.repository, dirname(file.path))
    is_told = not find_misnamed(estate).isdisjoint({home, (file.repository, file.path)})
    return is_told or any(meant.renders(*home) for meant in find_meant_sets(estate))


def find_applied_outside(estate: Estate) -> Iterator[tuple[Orphan, str]]:
    """Orphans that something outside of the clones may apply, each with what says so."""
    outside = AppliedOutside(estate)
    for orphan in estate.orphans:
        reason = outside.reason(orphan, _resource(estate, orphan))
        if reason is not None:
            yield orphan, reason


def applied_elsewhere(estate: Estate) -> dict[str, tuple[Orphan, ...]]:
    """Repositories most of whose Applications no root leads to: something not in Git applies them.

    Returns:
        The orphans of each such repository by its name.
    """
    orphans = grouped((orphan.span.file.repository, orphan) for orphan in estate.orphans)
    written = (e.written.file for e in estate.applications)
    reached = Counter(file.repository for file in set(written))
    return {
        name: tuple(found)
        for name, found in orphans.items()
        if len(found) >= _MANY and len(found) > reached[name]
    }


def find_commented_applications(estate: Estate) -> Iterator[Orphan]:
    """Orphans that a kustomization names in a comment."""
    for orphan in estate.orphans:
        if find_commented_entry(estate.clones, orphan.span.file) is not None:
            yield orphan


def _bringing(estate: Estate) -> dict[SourceFile, str]:
    """Which kustomization of those that nothing includes brings a file first."""
    files: dict[SourceFile, str] = {}
    for build in find_tops(estate):
        if build.kustomizations:
            subject = kustomization_subject(file_of(build))
            files.update({file: subject for file in build.files if file not in files})
    return files


def folders_of_orphans(estate: Estate) -> Iterator[tuple[Orphan, str, str]]:
    """What each orphan would render: a repository and a pattern of folders in it."""
    repositories = estate.repositories
    for orphan in estate.orphans:
        resource = _resource(estate, orphan)
        for folder in folders_of(resource, repositories) if resource is not None else ():
            yield orphan, *folder


def folders_of(resource: Resource, repositories: Repositories) -> Iterator[tuple[str, str]]:
    """The folders that an Application or ApplicationSet names, whatever its templates stand for.

    Yields:
        The name of a clone and a pattern of paths in it.
    """
    for node in (n for n in resource.mappings if "repoURL" in n.entries):
        match = repositories.find(url := node.text("repoURL"))
        # An address that a cluster tells is mostly that of the repository where the set lies.
        told = resource.span.file.repository if "{{" in url else ""
        clone = match.clone.name if match is not None else told
        for path in (node.text("path"), *_generated_paths(node)):
            pattern = normalise(ACTION.sub("*", path))
            if clone and pattern and pattern.strip("*"):  # "{{path}}" names no folder
                yield clone, widen(pattern)


def _generated_paths(generator: Mapping) -> Iterator[str]:
    for entry in (*generator.mappings_at("directories"), *generator.mappings_at("files")):
        yield entry.text("path")


def _resource(estate: Estate, orphan: Orphan) -> Resource | None:
    file = orphan.span.file
    clone = estate.clones_by_name[file.repository]
    resources = estate.files.parse(clone, file.path).resources
    return next((r for r in resources if r.span.line == orphan.span.line), None)


def _is_start(orphan: Orphan, rendered: tuple[tuple[Orphan, str, str], ...]) -> bool:
    """Whether an Application renders the folder that it stands in: it is meant to start it."""
    home = (orphan.span.file.repository, dirname(orphan.span.file.path))
    return any(by is orphan and (repository, path) == home for by, repository, path in rendered)


def _is_rendered(orphan: Orphan, rendered: tuple[tuple[Orphan, str, str], ...]) -> bool:
    file = orphan.span.file
    return any(
        by is not orphan
        and repository == file.repository
        and matches_segments(dirname(file.path), pattern)
        for by, repository, pattern in rendered
    )
