"""Which Applications a single key of a values file reaches: where no later layer replaces it."""

import re
from collections.abc import Iterable, Iterator

from graphdoc.graph.impact.files import Effect, Reached, merge_reached
from graphdoc.model.helm import ValueLayer
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping, Node
from graphdoc.resolve.resolved import Estate, ResolvedApplication, ResolvedSource

__all__ = ["find_key_impact", "known_keys", "split_key"]

_DOT = re.compile(r"(?<!\\)\.")


def find_key_impact(estate: Estate, files: Iterable[SourceFile], key: str) -> tuple[Reached, ...]:
    """The Applications in which the files' value under a key, or one put there, is in force."""
    route = split_key(key)
    found = (
        _reached(entry, source, file)
        for file in files
        for entry in estate.applications
        for source in entry.sources
        if _is_in_force(source, file, route)
    )
    return merge_reached(found)


def split_key(key: str) -> tuple[str, ...]:
    """The keys from the top to a value, as Helm's ``--set`` reads them."""
    return tuple(part.replace("\\.", ".") for part in _DOT.split(key))


def known_keys(estate: Estate, files: Iterable[SourceFile]) -> frozenset[str]:
    """Every key that the files set, or a layer beside them, as Helm's ``--set`` spells it."""
    wanted = frozenset(files)
    sources = (s for s in estate.sources if any(layer.file in wanted for layer in s.layers))
    roots = {id(layer.root): layer.root for source in sources for layer in source.layers}
    return frozenset(key for root in roots.values() for key in _keys(root, ""))


def _keys(node: Mapping, prefix: str) -> Iterator[str]:
    for key, value in node.entries.items():
        name = prefix + key.replace(".", "\\.")
        yield name
        if isinstance(value, Mapping):
            yield from _keys(value, f"{name}.")


def _is_in_force(source: ResolvedSource, file: SourceFile, route: tuple[str, ...]) -> bool:
    places = [index for index, layer in enumerate(source.layers) if layer.file == file]
    above = source.layers[places[-1] + 1 :] if places else ()
    return bool(places) and not any(_replaces(layer, route) for layer in above)


def _replaces(layer: ValueLayer, route: tuple[str, ...]) -> bool:
    """Whether a layer sets the key, or something above it, to what is no map: maps merge."""
    node: Node | None = layer.root
    for part in route:
        node = node.entries.get(part) if isinstance(node, Mapping) else node
        if node is None:
            return False
    return not isinstance(node, Mapping)


def _reached(entry: ResolvedApplication, source: ResolvedSource, file: SourceFile) -> Reached:
    layered = any(known.file == file for known in source.value_files)
    start = f"values:{file}" if layered or source.chart is None else source.chart.id
    return Reached(entry.id, entry.name, entry.cluster, (Effect.RESOURCES,), (start,))
