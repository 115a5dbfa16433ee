"""Values that say again what the layers beneath them say already."""

import json
from collections import Counter
from collections.abc import Iterator, KeysView
from functools import lru_cache
from itertools import dropwhile
from typing import NamedTuple

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.helm import LayerKind
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import NOTHING, Mapping, Node, Scalar, to_plain
from graphdoc.parse.scalars import as_kubectl
from graphdoc.resolve.helm.layering import coalesce, merge_values
from graphdoc.resolve.repositories.contents import read_text
from graphdoc.resolve.repositories.paths import matches_segments
from graphdoc.resolve.resolved import Estate, ResolvedSource

__all__ = [
    "Leaf", "Redundant", "find_redundant_values", "gives_parameters", "has_all_layers",
    "has_anchors", "is_routine", "leaves_of", "text_of_leaf",
]  # fmt: skip

# What releases write is there to be written, whatever it says today.
_WRITTEN = frozenset({"digest", "tag"})


@dataclass(frozen=True, slots=True)
class Redundant:
    """The redundant values of one file by their keys, in the order written."""

    file: SourceFile
    values: tuple[tuple[str, Span], ...]


class Leaf(NamedTuple):
    """What is replaced as a whole: maps are merged, lists are not."""

    route: tuple[str, ...]
    span: Span
    node: Node


@lru_cache(maxsize=2)  # what is repeated must not be redundant
def find_redundant_values(estate: Estate) -> tuple[Redundant, ...]:
    """Each file of whose values some say, wherever it is layered, what lies beneath already."""
    return tuple(_redundant_values(estate))


def _redundant_values(estate: Estate) -> Iterator[Redundant]:
    redundant: dict[SourceFile, dict[Span, str]] = {}
    needed: dict[SourceFile, set[Span]] = {}
    for source in estate.sources:
        for file, leaf, is_redundant in _judge(source):
            if is_redundant:
                redundant.setdefault(file, {})[leaf.span] = ".".join(leaf.route)
            else:
                needed.setdefault(file, set()).add(leaf.span)
    clones = estate.clones_by_name
    for file in sorted(redundant):
        spans = sorted(redundant[file].keys() - needed.get(file, set()))
        if spans and not has_anchors(clones, file) and not gives_parameters(estate, file):
            yield Redundant(file, tuple((redundant[file][span], span) for span in spans))


def _judge(source: ResolvedSource) -> Iterator[tuple[SourceFile, Leaf, bool]]:
    """Every leaf of every values file of a source; all are needed where a layer is not known.

    The chart's own values are needed, so that they stay so where they are layered once more.
    """
    is_whole = has_all_layers(source)
    given, defaults = NOTHING, NOTHING
    for layer in source.layers:
        if layer.file is not None:
            keys = layer.root.entries.keys()
            beneath = coalesce(_only(keys, given), _only(keys, defaults))
            for leaf in leaves_of(layer.root):
                yield layer.file, leaf, is_whole and _says(beneath, leaf)
        if layer.kind is LayerKind.CHART_DEFAULTS:
            defaults = merge_values(defaults, as_kubectl(layer.root))
        else:
            given = merge_values(given, as_kubectl(layer.root))


def _only(keys: KeysView[str], values: Mapping) -> Mapping:
    entries = {key: values.entries[key] for key in keys if key in values.entries}
    return values._replace(entries=entries, keys={key: values.keys[key] for key in entries})


def has_all_layers(source: ResolvedSource) -> bool:
    """Whether no file that is not at hand lies above one that is; the chart need not be at hand."""
    if source.broken or source.problems:
        return False
    entries = [entry.span for entry in source.source.helm_options.value_files]
    absent = {note.location for note in source.not_understood}
    if source.layers and source.layers[0].file in source.layered_files:
        entries = list(dropwhile(absent.__contains__, entries))
    return absent.isdisjoint(entries)


def leaves_of(root: Mapping, route: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Everything in a tree that is replaced as a whole."""
    for key, node in root.entries.items():
        if isinstance(node, Mapping):
            yield from leaves_of(node, (*route, key))
        else:
            yield Leaf((*route, key), root.keys[key], node)


def _says(beneath: Mapping, leaf: Leaf) -> bool:
    known = beneath.find(*leaf.route)
    return known is not None and not is_routine(leaf) and _text(known) == _text(leaf.node)


def is_routine(leaf: Leaf) -> bool:
    """Whether a value is there to be written by releases, or only takes another one away."""
    is_null = isinstance(leaf.node, Scalar) and leaf.node.value is None
    return is_null or leaf.route[-1] in _WRITTEN


def text_of_leaf(leaf: Leaf) -> str:
    """A value with its types: 1, 1.0, true and "1" are four."""
    return _text(leaf.node)


def _text(node: Node) -> str:
    return json.dumps(to_plain(node), sort_keys=True)


def has_anchors(clones: dict[str, Clone], file: SourceFile) -> bool:
    """Whether a part of a file may stand in several places of it."""
    words = Counter(word[0] for word in read_text(clones[file.repository], file.path).split())
    return bool(words["&"] and words["*"])


def gives_parameters(estate: Estate, file: SourceFile) -> bool:
    """Whether an ApplicationSet takes its parameters of a file: what it says, it says to both."""
    return any(
        clone == file.repository and matches_segments(file.path, pattern)
        for clone, pattern in _read_by_generators(estate)
    )


@lru_cache(maxsize=2)
def _read_by_generators(estate: Estate) -> tuple[tuple[str, str], ...]:
    """The files of which ApplicationSets take parameters: a repository and a pattern."""
    found: list[tuple[str, str]] = []
    for generator in (node for made in estate.application_sets for node in made.resource.mappings):
        match = estate.repositories.find(generator.text("repoURL"))
        items = generator.items_at("files") if match is not None else ()
        paths = [item.text("path") for item in items if isinstance(item, Mapping)]
        found += [(match.clone.name, path) for path in paths if match is not None]
    return tuple(found)
