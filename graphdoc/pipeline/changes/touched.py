"""Which files a change is about: those that are named, or those that differ from a revision."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from graphdoc.clone import DiskClone
from graphdoc.clone.changes import ChangesError, changed_files
from graphdoc.config.load import shown_path
from graphdoc.graph.repo_graph import NodeKind
from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import SourceFile
from graphdoc.model.mistake import nearest
from graphdoc.pipeline.changes.revisions import RevisionError, clone_at, follow

__all__ = ["Touched", "UnknownPathError", "find_paths", "find_since", "find_targets"]

_ID = re.compile(rf"(?:{'|'.join(NodeKind)}):")
_PATH_KINDS = frozenset({"chart", "file", "kustomization", "values"})


class UnknownPathError(Exception):
    """A path in none of the clones."""


@dataclass(frozen=True, slots=True)
class Touched:
    """The paths as they were asked for, and all the files that they stand for.

    ``before`` are the clones in which the files that are gone still lie; ``absent`` are paths that
    no clone has, nor had; ``unknown`` are clones without the revision that was asked for, and
    ``after`` all clones as they would be once merged. ``nodes`` were asked for beside paths.
    """

    paths: tuple[SourceFile, ...]
    files: tuple[SourceFile, ...]
    before: tuple[Clone, ...] | None = None
    absent: tuple[SourceFile, ...] = ()
    unknown: tuple[str, ...] = ()
    after: tuple[Clone, ...] | None = None
    nodes: tuple[str, ...] = ()


def find_targets(clones: Sequence[DiskClone], words: Iterable[str]) -> Touched:
    """What paths and node ids stand for; an id of what stands in a clone is a path like others.

    Raises:
        UnknownPathError: a path lies in none of the clones.
    """
    paths: list[Path] = []
    nodes: list[str] = []
    for word in words:
        if not word:  # of a variable without a value, and not the working directory
            raise UnknownPathError("an empty PATH")
        place = _place_of_id(clones, word)
        if place is not None:
            paths.append(place)
        elif _ID.match(word) and not Path(word).exists():
            nodes.append(word)
        else:
            paths.append(Path(word))
    return replace(find_paths(clones, paths), nodes=tuple(sorted(set(nodes))))


def _place_of_id(clones: Sequence[DiskClone], word: str) -> Path | None:
    kind, _, rest = word.partition(":")
    repository, _, path = rest.partition("/")
    known = (clone for clone in clones if clone.name == repository)
    clone = next(known, None) if kind in _PATH_KINDS else None
    return clone.root / path if clone is not None else None


def find_paths(clones: Sequence[DiskClone], paths: Iterable[Path]) -> Touched:
    """Files and folders on the disk, as files of the clones, those that are gone included."""
    located = tuple(sorted({_locate(clones, path) for path in paths}))
    named = {place.repository for place in located}
    committed = _committed(clones, named)
    today, then = _expand(clones, located), _expand(committed, located)
    absent = tuple(p for p in located if not _expand(clones, [p]) | _expand(committed, [p]))
    files = tuple(sorted({*today, *then, *absent}))
    return Touched(located, files, committed if then - today else None, absent)


def find_since(clones: Sequence[DiskClone], revision: str) -> Touched:
    """What differs between a revision and the clones as they stand; some may not know it.

    Raises:
        RevisionError: no clone knows the revision, or Git cannot tell what changed since.
    """
    after: list[Clone] = []
    before: list[Clone] = []
    files: list[SourceFile] = []
    unknown: list[str] = []
    for clone in clones:
        try:
            followed = follow(clone, revision)
            pinned = clone_at(followed, revision)
        except RevisionError:
            unknown.append(clone.name)
            after.append(clone)
            before.append(clone)
            continue
        files += _changed(clone, pinned, revision)
        after.append(followed)
        before.append(pinned)
    if len(unknown) == len(clones):
        raise RevisionError(f"no revision '{revision}' in any repository")
    changed = tuple(sorted(files))
    return Touched(changed, changed, tuple(before), (), tuple(unknown), tuple(after))


def _changed(clone: DiskClone, pinned: Clone, revision: str) -> Iterable[SourceFile]:
    if clone.git is None or pinned.commit is None:
        return ()
    try:
        paths = changed_files(clone.git, pinned.commit)
    except ChangesError as error:
        message = f"Git cannot compare {clone.name} with '{revision}'"
        raise RevisionError(message) from error
    within = (file for path in paths for file in _in_submodule(clone, pinned, path))
    return (SourceFile(clone.name, path) for path in (*paths, *within))


def _in_submodule(clone: Clone, pinned: Clone, path: str) -> Iterator[str]:
    """The files of a submodule that differ, where it is what changed."""
    if clone.is_file(path) or pinned.is_file(path):
        return
    for file in {*clone.files, *pinned.files}:
        if file.startswith(f"{path}/") and _content(clone, file) != _content(pinned, file):
            yield file


def _content(clone: Clone, path: str) -> bytes | None:
    try:
        return clone.read(path)
    except UnreadableError:
        return None


def _committed(clones: Sequence[DiskClone], named: set[str]) -> tuple[Clone, ...]:
    """The clones, the named ones without what is not committed yet."""
    return tuple(
        clone_at(clone, clone.commit)
        if clone.name in named and clone.dirty and clone.commit is not None
        else clone
        for clone in clones
    )


def _expand(clones: Sequence[Clone], paths: Iterable[SourceFile]) -> set[SourceFile]:
    """The files that paths stand for: themselves, or all that lies below them."""
    by_name = {clone.name: clone for clone in clones}
    found: set[SourceFile] = set()
    for place in paths:
        clone = by_name[place.repository]
        if clone.is_file(place.path):
            found.add(place)
            continue
        prefix = f"{place.path}/" if place.path else ""
        below = (path for path in clone.files if path.startswith(prefix))
        found.update(SourceFile(clone.name, path) for path in below)
    return found


def _locate(clones: Sequence[DiskClone], path: Path) -> SourceFile:
    """The clone that a path lies in, the innermost one, and the path in it."""
    asked = Path(os.path.abspath(path))  # noqa: PTH100 -- links stay, as the clone lists them
    for place in (asked, Path(os.path.realpath(asked.parent), asked.name)):
        holders = [(clone, root) for clone in clones for root in _roots(clone)]
        inside = [(clone, root) for clone, root in holders if place.is_relative_to(root)]
        if inside:
            clone, root = max(inside, key=lambda found: len(found[1].parts))
            relative = place.relative_to(root).as_posix()
            return SourceFile(clone.name, "" if relative == "." else relative)
    raise UnknownPathError(f"{path.as_posix()} lies in no analysed repository{_hint(clones, path)}")


def _roots(clone: DiskClone) -> tuple[Path, ...]:
    return (Path(os.path.abspath(clone.root)), clone.root.resolve())  # noqa: PTH100 -- as above


def _hint(clones: Sequence[DiskClone], path: Path) -> str:
    """The same path in the clone whose name it starts with, or else the nearest clone."""
    first, *rest = path.parts or ("",)
    places = {clone.name: shown_path(clone.root) for clone in clones}
    if first in places:
        return f"; did you mean '{'/'.join([places[first], *rest])}'?"
    named = nearest(first, places)
    if named:
        right = next(place for name, place in places.items() if f"'{name}'" in named)
        return f"; did you mean '{'/'.join([right, *rest])}'?"
    return nearest(path.as_posix(), places.values())
