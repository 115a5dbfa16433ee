"""The files of a change, and the Applications that it reaches."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from graphdoc.clone import DiskClone
from graphdoc.config.values import Config
from graphdoc.graph.impact import ApplicationImpact, find_impact
from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.location import SourceFile, file_start
from graphdoc.pipeline.analysis import analyse
from graphdoc.pipeline.revisions import RevisionError, clones_at
from graphdoc.report.impact import Impact

__all__ = ["changed_files", "impact_of", "impact_since", "locate_files"]


def locate_files(clones: Sequence[DiskClone], paths: Iterable[Path]) -> frozenset[SourceFile]:
    """The files that PATHs mean; a directory means every file below it.

    Raises:
        RevisionError: a PATH lies in none of the repositories.
    """
    return frozenset(file for path in paths for file in _locate(clones, path))


def changed_files(clones: Sequence[DiskClone], revision: str) -> frozenset[SourceFile]:
    """What differs between a revision and the working trees of all clones that have it.

    Raises:
        RevisionError: no clone has the revision.
    """
    found: set[SourceFile] = set()
    known = [clone for clone in clones if _has(clone, revision)]
    if not known:
        raise RevisionError(f"no revision '{revision}' in any repository")
    for clone in known:
        (before,) = clones_at([clone], clone, revision)
        found.update(_differing(before, clone))
    return frozenset(found)


def impact_of(config: Config, clones: tuple[Clone, ...], files: frozenset[SourceFile]) -> Impact:
    """What a change of these files reaches in the estate as it stands."""
    analysis = analyse(config, clones=clones)
    known = {SourceFile(clone.name, path) for clone in clones for path in clone.files}
    reached = find_impact(analysis.estate, analysis.graph, files)
    unknown = tuple(
        NotUnderstood(file_start(file), "the file is not there, so what used it is not known")
        for file in sorted(files - known)
    )
    return Impact(tuple(sorted(files)), reached, unknown, analysis.coverage)


def impact_since(
    config: Config, clones: tuple[DiskClone, ...], files: frozenset[SourceFile], revision: str
) -> Impact:
    """What these files reach, in the estate as it stands or as it was at the revision."""
    now = impact_of(config, clones, files)
    before: tuple[Clone, ...] = tuple(
        clones_at([clone], clone, revision)[0] if _has(clone, revision) else clone
        for clone in clones
    )
    then = impact_of(config, before, files)
    merged = {entry.id: entry for entry in then.applications}
    for entry in now.applications:
        merged[entry.id] = _merge(merged.get(entry.id), entry)
    applications = tuple(merged[id_] for id_ in sorted(merged))
    return Impact(now.files, applications, (), now.coverage)


def _merge(then: ApplicationImpact | None, now: ApplicationImpact) -> ApplicationImpact:
    if then is None:
        return now
    effects = tuple(sorted({*then.effects, *now.effects}))
    return ApplicationImpact(now.id, now.name, now.cluster, effects, now.via or then.via)


def _has(clone: DiskClone, revision: str) -> bool:
    try:
        clones_at([clone], clone, revision)
    except RevisionError:
        return False
    return True


def _differing(before: Clone, after: Clone) -> Iterator[SourceFile]:
    """Compared by content: Git's own comparison could run programs that a clone names."""
    for path in sorted({*before.files, *after.files}):
        if _content(before, path) != _content(after, path):
            yield SourceFile(after.name, path)


def _content(clone: Clone, path: str) -> bytes | None:
    try:
        return clone.read(path)
    except UnreadableError:
        return None


def _locate(clones: Sequence[DiskClone], path: Path) -> Iterator[SourceFile]:
    place = Path(os.path.abspath(path))  # noqa: PTH100 -- links inside a clone are paths of it
    for clone in sorted(clones, key=lambda clone: -len(clone.root.parts)):
        root = Path(os.path.abspath(clone.root))  # noqa: PTH100
        if not place.is_relative_to(root):
            continue
        inside = place.relative_to(root).as_posix()
        prefix = "" if inside == "." else f"{inside}/"
        below = [name for name in clone.files if name.startswith(prefix)]
        names = below if clone.is_directory(prefix.rstrip("/")) else [inside]
        yield from (SourceFile(clone.name, name) for name in names)
        return
    raise RevisionError(f"{path.as_posix()} lies in no analysed repository")
