"""Which roots stand for one cluster, and which for several that go by one name.

An Argo CD has one Application of a name. Applications that nothing brings belong to one Argo CD
unless two of them share a name; roots that bring the same Applications belong to several.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from graphdoc.model.argocd import Application
from graphdoc.model.grouping import grouped
from graphdoc.model.node import scalars_within
from graphdoc.model.resource import Resource
from graphdoc.resolve.repositories.paths import folders_above
from graphdoc.resolve.resolved import RootKind
from graphdoc.resolve.roots.cluster_names import (
    cluster_marks,
    has_stage,
    is_generic,
    lies_in_cluster,
    tells_cluster,
)
from graphdoc.resolve.roots.units import Unit, brings_applications

__all__ = [
    "LoneSets", "by_application", "folder_of", "is_told", "qualified_name", "share_names",
    "shared_names", "untold",
]  # fmt: skip

_FEW = 2

# The repository and the variant of a unit; the kind, namespace and name of what it brings.
_Name: TypeAlias = tuple[str, ...]


def untold(units: Sequence[Unit], rendered: Callable[[Unit], list[str]]) -> Iterator[Unit]:
    """Lone Applications of which no path or name tells a cluster.

    What several tell, each a word of its own in a place of its own, are no clusters; nor is the
    word of a stage in one name alone, such as ``test-load``.
    """
    marks = {id(unit): cluster_marks(rendered(unit), unit.name) for unit in units}
    told = {id(unit) for unit in units if tells_cluster(rendered(unit), unit.name)}
    counts = Counter(mark for pair in marks.values() for mark in enumerate(pair))
    for unit in units:
        pair = marks[id(unit)]
        is_only = len(told) < _FEW and "/" in pair[1]
        is_own = all(mark and counts[n, mark] < _FEW for n, mark in enumerate(pair))
        if id(unit) not in told or (is_own and not is_only):
            yield unit


def shared_names(units: Iterable[Unit]) -> dict[int, str]:
    """The cluster of each lone Application of which a repository has several, by ``id``.

    It is the repository, or the folder within it that keeps Applications of one name apart.
    """
    by_clone = grouped((unit.clone.name, unit) for unit in units)
    return {
        id(unit): "-".join(words) or clone
        for clone, lone in by_clone.items()
        if len(lone) > 1
        for words, group in _split(lone, 0, ())
        for unit in group
    }


def _split(
    units: tuple[Unit, ...], depth: int, words: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], tuple[Unit, ...]]]:
    folders = grouped(("".join(_segments(unit)[depth : depth + 1]), unit) for unit in units)
    counts = Counter(name for group in folders.values() for name in {*_all_names(group)})
    twice = {name for name, count in counts.items() if count > 1}
    if set(folders) == {""} or _is_copied(folders, twice):
        yield words, units
        return
    parts = []
    for folder, group in folders.items():
        said = folder and len(folders) > 1 and not is_generic(folder)
        parts.append(tuple(_split(group, depth + 1, (*words, folder) if said else words)))
    together = [] if twice else [part for part in parts if len(part) == 1]
    if together:
        yield words, tuple(unit for ((_, group),) in together for unit in group)
    yield from (one for part in parts if part not in together for one in part)


def _is_copied(folders: Mapping[str, tuple[Unit, ...]], twice: set[tuple[str, str, str]]) -> bool:
    """Whether one folder repeats an Application of another by mistake.

    Several copies, or copies in folders named after stages, are another Argo CD.
    """
    alike = [name for name, group in folders.items() if not twice.isdisjoint(_all_names(group))]
    is_single = any(len(folders[name]) < _FEW for name in alike)
    return len(folders) > 1 and is_single and not all(map(has_stage, alike))


def _all_names(units: Iterable[Unit]) -> Iterator[tuple[str, str, str]]:
    return (name for unit in units for name in _names(unit))


class LoneSets:
    """ApplicationSets that nothing brings: those of one repository belong to one Argo CD.

    But for those of which another has the name, or makes an Application of one name with theirs,
    and those that a word of a stage or the folder of a cluster tells apart.
    """

    def __init__(
        self, units: Iterable[Unit], made_by: Callable[[Resource], Iterable[Application]]
    ) -> None:
        self._made_by = made_by
        self._twice: dict[str, set[tuple[str, str, str]]] = {}
        self._several: set[str] = set()
        for clone, sets in grouped((unit.clone.name, unit) for unit in units).items():
            tops = _tops({unit.directory for unit in sets if not is_told(unit)})
            if len(tops) > 1:
                self._several.add(clone)
                counts = Counter(name for unit in sets for name in {*self._brings(unit)})
                self._twice[clone] = {name for name, count in counts.items() if count > 1}

    def cluster(self, unit: Unit) -> str:
        """The repository, for a root that brings such sets from one of several places."""
        clone, is_of_sets = unit.clone.name, unit.kind is not RootKind.APPLICATION
        if clone not in self._several or is_told(unit) or not is_of_sets:
            return ""
        return clone if self._twice[clone].isdisjoint(self._brings(unit)) else ""

    def _brings(self, unit: Unit) -> Iterator[tuple[str, str, str]]:
        """What an Argo CD has once: kind, namespace and name of all that a unit brings."""
        for one in unit.resources:
            made = (application.resource for application in self._made_by(one))
            yield from ((each.kind, each.namespace, each.name) for each in (one, *made))


def folder_of(units: Sequence[Unit]) -> Unit:
    """All the Applications of one folder as one root."""
    directory = units[0].directory
    return replace(
        units[0],
        kind=RootKind.DIRECTORY,
        path=directory,
        name=directory.rpartition("/")[2],
        resources=tuple(resource for unit in units for resource in unit.resources),
    )


def share_names(sets: Sequence[Unit]) -> bool:
    """Whether two have one name: an Argo CD has one set of a name, so each file is another's."""
    return len({(one.resources[0].namespace, one.name) for one in sets}) < len(sets)


def is_told(unit: Unit) -> bool:
    """Whether the folder or the name of an ApplicationSet tells its cluster."""
    return lies_in_cluster(unit.directory) or has_stage(unit.name)


def _tops(folders: set[str]) -> set[str]:
    """The folders that lie in none of the others; the head of a repository counts by itself."""
    return {one for one in folders if folders.isdisjoint({*folders_above(one)} - {one, ""})}


def by_application(units: Iterable[Unit]) -> Mapping[_Name, Sequence[Unit]]:
    """The units that bring each Application, in each repository and variant."""
    return grouped((_key(unit, name), unit) for unit in units for name in _names(unit))


def qualified_name(
    unit: Unit, known: Mapping[_Name, Sequence[Unit]], name_of: Callable[[Unit], str], name: str
) -> str:
    """A root's cluster name, longer where others of that name bring an Application of its own.

    Roots beside each other are told apart by a word of their file names that the root itself says,
    such as ``dev`` in ``root-dev.yaml`` with ``values-dev.yaml``.
    """
    rivals = {id(other): other for own in _names(unit) for other in known.get(_key(unit, own), ())}
    same = [other for other in rivals.values() if other is not unit and name_of(other) == name]
    apart = [other for other in same if other.directory != unit.directory]
    if apart:
        return _by_folder(unit, apart) or name
    word = _by_file(unit, same) if same else ""
    return word if word and all(_says(resource, word) for resource in _texts(unit)) else name


def _by_folder(unit: Unit, others: Iterable[Unit]) -> str:
    """The folders from where the paths part."""
    places = [_segments(unit), *map(_segments, others)]
    levels = enumerate(zip(*places, strict=False))
    shared = next((n for n, level in levels if len(set(level)) > 1), min(map(len, places)))
    return "-".join(word for word in places[0][shared:] if not is_generic(word))


def _by_file(unit: Unit, others: Iterable[Unit]) -> str:
    """What only this file's name says, in whole words."""
    words = _words(unit)
    known = {word for other in others for word in _words(other)}
    return "-".join(word for word in words if word not in known)


def _words(unit: Unit) -> list[str]:
    stem = unit.path.rpartition("/")[2].rpartition(".")[0]
    return stem.replace("_", "-").replace(".", "-").split("-")


def _texts(unit: Unit) -> Iterator[frozenset[str]]:
    for resource in unit.resources:
        yield frozenset(scalar.text for scalar in scalars_within(resource.manifest))


def _says(texts: frozenset[str], word: str) -> bool:
    return any(word in text for text in texts)


def _segments(unit: Unit) -> list[str]:
    return unit.directory.split("/") if unit.directory else []


def _key(unit: Unit, name: tuple[str, str, str]) -> _Name:
    return (unit.clone.name, unit.variant, *name)


def _names(unit: Unit) -> Iterator[tuple[str, str, str]]:
    return (
        (resource.kind, resource.namespace, resource.name)
        for resource in unit.resources
        if brings_applications((resource,))
    )
