"""Values that every cluster's file says alike, so that the file beneath could say them once."""

from collections.abc import Iterable, Iterator, Set
from posixpath import basename, commonprefix, dirname

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.file_kinds import YAML
from graphdoc.model.grouping import grouped
from graphdoc.model.helm import ValueLayer
from graphdoc.model.location import SourceFile, Span
from graphdoc.resolve.resolved import Estate, ResolvedSource
from graphdoc.resolve.resources.placement import find_served
from graphdoc.resolve.values.redundant import (
    Leaf,
    find_redundant_values,
    gives_parameters,
    has_all_layers,
    has_anchors,
    is_routine,
    leaves_of,
    text_of_leaf,
)

__all__ = ["Repeated", "find_repeated_values"]


@dataclass(frozen=True, slots=True)
class Repeated:
    """The keys that all of some files say alike above one file, and where each says them."""

    base: SourceFile
    files: tuple[SourceFile, ...]
    values: tuple[tuple[str, tuple[Span, ...]], ...]


@dataclass(frozen=True, slots=True)
class _Stack:
    """One source's layers on a cluster: the shared file, and what that cluster alone layers."""

    base: SourceFile
    own: tuple[ValueLayer, ...]
    is_whole: bool


def find_repeated_values(estate: Estate) -> Iterator[Repeated]:
    """Each shared file over which the file of every cluster that layers it says the same."""
    users, stacks = _stacks(estate)
    clones = estate.clones_by_name
    redundant = {span for found in find_redundant_values(estate) for _, span in found.values}
    for base, group in sorted(stacks.items()):
        if len(group) == len(users[base]) and all(stack.is_whole for stack in group):
            said = _judge(estate, clones, group, users.keys())
            values = tuple(v for v in said if redundant.isdisjoint(v[1]))
            if values:
                yield Repeated(base, tuple(_own_files(group)), values)


def _stacks(
    estate: Estate,
) -> tuple[dict[SourceFile, tuple[str, ...]], dict[SourceFile, tuple[_Stack, ...]]]:
    """The clusters of each file that is layered, and the stacks over each that is shared."""
    clusters = find_served(estate)
    sources = [(clusters[entry.id], source) for entry, source in estate.application_sources]
    users = grouped((file, cluster) for cluster, source in sources for file in _layered(source))
    found = (_stack(source, users) for _, source in sources)
    return users, grouped((stack.base, stack) for stack in found if stack is not None)


def _layered(source: ResolvedSource) -> set[SourceFile]:
    return {layer.file for layer in source.layers if layer.file is not None}


def _stack(source: ResolvedSource, users: dict[SourceFile, tuple[str, ...]]) -> _Stack | None:
    """A source's layers, where a file that other clusters share lies right below its own."""
    named = [layer for layer in source.layers if layer.file is not None]
    own = [len({*users[layer.file]}) == 1 for layer in named if layer.file is not None]
    first = own.index(True) if True in own else 0
    beneath = named[first - 1].file if first else None
    if beneath is None or not all(own[first:]):
        return None
    return _Stack(beneath, tuple(named[first:]), has_all_layers(source))


def _judge(
    estate: Estate, clones: dict[str, Clone], group: tuple[_Stack, ...], used: Set[SourceFile]
) -> list[tuple[str, tuple[Span, ...]]]:
    """What all the stacks say alike above their base, by key, in the order written."""
    said = [_said(stack.own) for stack in group]
    files = _own_files(group)
    if any(has_anchors(clones, file) or gives_parameters(estate, file) for file in files):
        return []
    idle = _idle_siblings(clones, files) - used
    said += [_said_by(estate, clones, file) for file in sorted(idle)]
    first, *others = said
    same = [route for route, leaf in first.items() if _say_so(others, route, text_of_leaf(leaf))]
    spans = {route: tuple(sorted({leaves[route].span for leaves in said})) for route in same}
    return sorted(((".".join(r), spans[r]) for r in same), key=lambda value: value[1])


def _own_files(group: tuple[_Stack, ...]) -> list[SourceFile]:
    return sorted({layer.file for stack in group for layer in stack.own if layer.file})


_Said = dict[tuple[str, ...], Leaf]


def _said(layers: Iterable[ValueLayer]) -> _Said:
    """What the layers come to, but for what releases write and what is taken away."""
    leaves = (leaf for layer in layers for leaf in leaves_of(layer.root))
    found = {leaf.route: leaf for leaf in leaves}
    return {route: leaf for route, leaf in found.items() if not is_routine(leaf)}


def _say_so(others: Iterable[_Said], route: tuple[str, ...], text: str) -> bool:
    return all(route in said and text_of_leaf(said[route]) == text for said in others)


def _idle_siblings(clones: dict[str, Clone], files: list[SourceFile]) -> set[SourceFile]:
    """Files for further clusters: beside these with a like name, or in a folder beside."""
    names = {basename(file.path) for file in files}
    folders = {dirname(file.path) for file in files}
    above = {dirname(folder) for folder in folders}
    prefix = commonprefix(sorted(names))

    def is_sibling(path: str) -> bool:
        folder, name = dirname(path), basename(path)
        if len(folders) > 1:
            return dirname(folder) in above and name in names
        return folder in folders and name.endswith(YAML) and name.startswith(prefix or "\0")

    own = {file.repository: clones[file.repository] for file in files}.values()
    return {SourceFile(one.name, path) for one in own for path in filter(is_sibling, one.files)}


def _said_by(estate: Estate, clones: dict[str, Clone], file: SourceFile) -> _Said:
    root = estate.files.parse(clones[file.repository], file.path).mapping
    return {leaf.route: leaf for leaf in leaves_of(root)} if root is not None else {}
