"""Builds directories as ``kustomize build`` does, many of them in one go."""

import posixpath
from collections.abc import Iterable
from dataclasses import field, replace

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.kustomize import Kustomization, KustomizeOptions
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, nodes_within
from graphdoc.model.resource import Resource, ResourceId
from graphdoc.resolve.kustomize.accumulator import Accumulated, Accumulator, FindClone, Way
from graphdoc.resolve.kustomize.charts import Inflator
from graphdoc.resolve.kustomize.fields.defaults import NameReference
from graphdoc.resolve.kustomize.files.loader import Sources, checked
from graphdoc.resolve.kustomize.files.record import Record
from graphdoc.resolve.kustomize.files.result import AppliedPatch, Build
from graphdoc.resolve.kustomize.files.roots import Root, kustomization_start, root_at, shown_at
from graphdoc.resolve.kustomize.options import adjustment
from graphdoc.resolve.kustomize.resources.ids import Item
from graphdoc.resolve.kustomize.resources.items import Items
from graphdoc.resolve.kustomize.resources.order import sort_items, sort_options
from graphdoc.resolve.kustomize.resources.trees import (
    KustomizeError,
    put_route,
    string,
    text_of,
    without,
)
from graphdoc.resolve.kustomize.target import build_target
from graphdoc.resolve.kustomize.texts.reading import refuse_odd_key
from graphdoc.resolve.kustomize.transformers.hashes import add_hashes
from graphdoc.resolve.kustomize.transformers.origins import without_unwanted
from graphdoc.resolve.kustomize.transformers.references import Referrers, fix_references
from graphdoc.resolve.kustomize.transformers.variables import resolve_variables
from graphdoc.resolve.repositories.files import Files

__all__ = ["Kustomizer"]

_LOCAL = "config.kubernetes.io/local-config"
_MANAGED_BY = "app.kubernetes.io/managed-by"
_VERSION = "kustomize-v5.8.1"


def _find_no_clone(_url: str, _revision: str) -> Clone | None:
    return None


@dataclass
class Kustomizer:
    """Builds kustomizations; files, bases and whole builds are made once and shared.

    With an ``inflator`` it renders ``helmCharts``, as Kustomize does with ``--enable-helm``.
    """

    files: Files
    find_clone: FindClone = _find_no_clone
    restricted: bool = True
    inflator: Inflator | None = None
    _accumulator: Accumulator = field(init=False)
    _builds: dict[tuple[str, str, str], Build] = field(default_factory=dict, init=False)
    _referrers: dict[int, Referrers] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        sources = Sources(self.files, self.restricted)
        self._accumulator = Accumulator(sources, self.find_clone, build_target, self.inflator)

    def build(self, clone: Clone, directory: str, options: KustomizeOptions | None = None) -> Build:
        """What Kustomize would make of a directory; never raises, problems are in the result."""
        path = posixpath.normpath(directory.strip("/") or ".")
        path = "" if path == "." else path
        root = root_at(clone, path)
        key = (*root.key, options.key if options else "")
        if key not in self._builds:
            self._builds[key] = self._build(root, options)
        build = self._builds[key]
        return build if root.directory == path else _shown_at(build, root, path)

    def _build(self, root: Root, options: KustomizeOptions | None) -> Build:
        adjust = adjustment(options, root) if options else None
        accumulated = self._accumulator.accumulate(root, Way(adjust=adjust))
        own = accumulated.record
        record = Record(includes=list(own.includes), components=dict(own.components))
        record.absorb(accumulated.record)
        items = Items(accumulated.items)
        items.settle = self._accumulator.sources.settle
        ordered: list[Item] = []
        try:
            _finish(items, accumulated, self._referrers_of(accumulated.config.name_references))
            ordered = sort_items(items, sort_options(accumulated.kustomization))
            ordered = _with_metadata(ordered, accumulated.kustomization)
        except KustomizeError as error:
            record.fail(error, kustomization_start(root))
        except RecursionError:
            record.skip(kustomization_start(root), "nested too deeply to be followed")
        kustomization = accumulated.kustomization
        namespace = kustomization.root.text("namespace") if kustomization is not None else ""
        return replace(_to_build(root, ordered or list(items), record), namespace=namespace)

    def _referrers_of(self, references: tuple[NameReference, ...]) -> Referrers:
        """One index for every build with these references, which it keeps alive."""
        if id(references) not in self._referrers:
            self._referrers[id(references)] = Referrers(references)
        return self._referrers[id(references)]


def _shown_at(build: Build, root: Root, path: str) -> Build:
    """The build of a directory as that of a link to it."""
    files = frozenset((*build.files, *shown_at(build.files, root, path)))
    kustomizations = sorted({*build.kustomizations, *shown_at(build.kustomizations, root, path)})
    return replace(build, path=path, files=files, kustomizations=tuple(kustomizations))


def _finish(items: Items, accumulated: Accumulated, referrers: Referrers) -> None:
    add_hashes(items)
    fix_references(items, referrers)
    resolve_variables(items, accumulated.variables, accumulated.config.var_references)
    items.refuse_taken()
    for index, item in items.indexed():
        annotations = checked(item.manifest).find("metadata", "annotations")
        _refuse_odd_annotations(annotations)
        local = annotations.find(_LOCAL) if isinstance(annotations, Mapping) else None
        if local is not None and text_of(local) != "false":
            items.replace(index, None)
            continue
        settled = items.settle(item.manifest)
        if settled is not item.manifest:
            items.replace(index, item.with_manifest(settled))


def _refuse_odd_annotations(annotations: Node | None) -> None:
    """Kustomize writes all annotations anew, so that quotes in a file do not help their keys."""
    if isinstance(annotations, Sequence):
        raise KustomizeError("annotations are a list", annotations.span)
    if isinstance(annotations, Mapping):
        for key in annotations.entries:
            refuse_odd_key(key, annotations.keys[key])


def _with_metadata(items: list[Item], kustomization: Kustomization | None) -> list[Item]:
    items = without_unwanted(items, kustomization)
    for option in kustomization.scalars("buildMetadata") if kustomization else ():
        if option.value != "managedByLabel":
            continue
        route, value = ("metadata", "labels", _MANAGED_BY), string(_VERSION, option.span)
        items = [i.with_manifest(put_route(i.manifest, route, value)) for i in items]
    return items


def _to_build(root: Root, items: list[Item], record: Record) -> Build:
    return Build(
        path=root.directory,
        clone=root.clone.name,
        resources=tuple(Resource(_with_text_annotations(item.manifest)) for item in items),
        includes=tuple(record.includes),
        components=tuple(record.components),
        files=frozenset(record.files),
        kustomizations=tuple(sorted(record.kustomizations)),
        patches=_with_last_names(record.patches, items),
        problems=tuple(record.problems),
        not_understood=tuple(sorted(record.not_understood)),
        inflations=tuple(record.inflations),
        charts=tuple(record.charts),
        pending=tuple(record.pending),
    )


def _with_text_annotations(manifest: Mapping) -> Mapping:
    """Kustomize writes every annotation as a string, and none where there are none."""
    annotations = manifest.find("metadata", "annotations")
    if annotations is None:
        return manifest
    if not isinstance(annotations, Mapping) or not annotations.entries:
        return without(manifest, "metadata", "annotations")
    if all(map(_is_text, annotations.entries.values())):
        return manifest
    entries: dict[str, Node] = {
        key: string(text_of(value), value.span, value.earlier)
        for key, value in annotations.entries.items()
    }
    return put_route(manifest, ("metadata", "annotations"), annotations.with_entries(entries))


def _is_text(node: Node) -> bool:
    return isinstance(node, Scalar) and isinstance(node.value, str) and node.value == node.text


def _with_last_names(
    patches: Iterable[AppliedPatch], items: list[Item]
) -> tuple[AppliedPatch, ...]:
    """The patches by what their resources are called in the end: prefixes may come after them."""
    known = tuple(patches)
    last = [(Resource(item.manifest).id, item) for item in items if item.previous] if known else []
    former = grouped(
        ((id_.group, p.kind, p.name), (id_, item)) for id_, item in last for p in item.previous
    )
    return tuple(_renamed(patch, former) for patch in known) if former else known


def _renamed(
    patch: AppliedPatch, former: dict[tuple[str, str, str], tuple[tuple[ResourceId, Item], ...]]
) -> AppliedPatch:
    found: dict[ResourceId, None] = {}
    for target in patch.targets:
        named = former.get((target.group, target.kind, target.name), ())
        if len({id_ for id_, _ in named}) > 1:  # the same base under several prefixes, or others
            named = tuple(one for one in named if _is_written_in(one[1], patch)) or named
        found |= dict.fromkeys(id_ for id_, _ in named) or {target: None}
    return replace(patch, targets=tuple(found))


def _is_written_in(item: Item, patch: AppliedPatch) -> bool:
    file = patch.file or patch.kustomization
    return any(
        origin.file == file for node in nodes_within(item.manifest) for origin in node.origins
    )
