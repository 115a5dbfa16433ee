"""Patches: read from a file or from the kustomization, then applied to what they mean."""

import json
from posixpath import basename
from typing import NamedTuple

from graphdoc.model.kustomize import KUSTOMIZATION_NAMES, PatchEntry, Selector
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, is_null, texts_within
from graphdoc.model.resource import Resource, ResourceId
from graphdoc.parse.inline import parse_inline
from graphdoc.parse.scalars import as_kubectl
from graphdoc.parse.yaml import Document, YamlError
from graphdoc.resolve.kustomize.files.loader import Sources, manifests_in
from graphdoc.resolve.kustomize.files.record import LoadError, Record
from graphdoc.resolve.kustomize.files.result import AppliedPatch, BuildProblemKind
from graphdoc.resolve.kustomize.files.roots import Root
from graphdoc.resolve.kustomize.patches.jsonpatch import apply_operations
from graphdoc.resolve.kustomize.patches.merge import merge_manifest, without_quotes
from graphdoc.resolve.kustomize.resources.ids import Item
from graphdoc.resolve.kustomize.resources.items import TAKEN, Items
from graphdoc.resolve.kustomize.resources.mergekeys import FindShape
from graphdoc.resolve.kustomize.resources.sharing import spread
from graphdoc.resolve.kustomize.resources.trees import (
    AbsentTargetError,
    KustomizeError,
    NotUnderstoodError,
    put,
    put_route,
    restored,
    string,
    text_of,
    without,
)
from graphdoc.resolve.kustomize.texts.asjson import as_json
from graphdoc.resolve.kustomize.texts.reading import Reading, refuse_broken_block, refuse_odd_key
from graphdoc.resolve.kustomize.texts.writing import through_json

__all__ = ["Patch", "PatchReader", "apply_patch", "find_targets"]

_ANNOTATIONS = ("metadata", "annotations")
_WITH_ANNOTATIONS = frozenset({"/metadata", "/metadata/annotations"})
# Stands for the annotations in which Kustomize keeps former ids.
_SCRATCH = (*_ANNOTATIONS, "internal.config.kubernetes.io/previousNames")


class Patch(NamedTuple):
    """A patch that was read: either manifests to merge, or operations.

    ``is_deprecated``: it stands in ``patchesJson6902``.
    """

    entry: PatchEntry
    file: SourceFile | None
    manifests: tuple[Mapping, ...] = ()
    operations: Sequence | None = None
    is_old: bool = False

    @property
    def rewritten(self) -> tuple[str, ...]:
        """The metadata that Kustomize writes anew before it merges."""
        if self.is_old:
            return ("labels", "annotations")
        is_free = self.entry.allow_name_change or self.entry.allow_kind_change
        return ("annotations",) if is_free else ()

    is_deprecated: bool = False


class PatchReader:
    """Reads the patches of one kustomization."""

    def __init__(self, sources: Sources, root: Root, record: Record) -> None:
        self._sources = sources
        self._root = root
        self.record = record

    def read(self, entry: PatchEntry) -> Patch:
        """One entry of ``patches``, whichever kind it turns out to be.

        Kustomize trims its text: a block at its end loses its last line break.
        """
        text = entry.text
        if text is not None:
            entry = entry._replace(text=text._replace(value=str(text.value).rstrip()))
        return self._read(entry)

    def _read(self, entry: PatchEntry) -> Patch:
        if (entry.path is None) is (entry.text is None):
            raise KustomizeError("a patch needs exactly one of path and patch", entry.span)
        documents, file = self._documents(entry)
        operations = _operations(documents)
        if operations is not None:
            self._refuse_broken_json(entry)
            return Patch(entry, file, (), operations)
        try:
            return Patch(entry, file, manifests_in(documents))
        except KustomizeError as error:
            reason = f"unable to parse SM or JSON patch: {error.reason}"
            raise KustomizeError(reason, error.span) from error

    def read_json(self, entry: PatchEntry) -> Patch:
        """One entry of ``patchesJson6902``."""
        if entry.target is None or not entry.target.name:
            raise KustomizeError("must specify the target name", entry.span)
        patch = self._read(entry)
        if patch.operations is None or not patch.operations.items:
            raise KustomizeError("patch appears to be empty or is no JSON patch", entry.span)
        return patch._replace(is_deprecated=True)

    def read_merge(self, scalar: Scalar) -> Patch:
        """One entry of ``patchesStrategicMerge``: a path or the patch itself."""
        text = str(scalar.value)
        if ": " in text or text.lstrip().startswith("{"):
            entry = PatchEntry(scalar.span, text=scalar)
        else:
            entry = PatchEntry(scalar.span, path=scalar)
        documents, file = self._documents(entry)
        return Patch(entry, file, manifests_in(documents), is_old=True)

    def read_mappings(self, entry: Scalar, what: str) -> list[Mapping]:
        """The mappings in a file of the kustomization, which may be a list of them."""
        path = self._sources.find(self._root, entry, what)
        documents = self._sources.documents(self._root, path, entry.span, self.record)
        root = documents[0].root if documents else None
        if root is None:
            raise KustomizeError(f"{what} '{text_of(entry)}' is empty", entry.span)
        nodes = root.items if isinstance(root, Sequence) else (root,)
        mappings = [as_kubectl(node) for node in nodes if isinstance(node, Mapping)]
        if len(mappings) < len(nodes):
            raise KustomizeError(
                f"{what} '{text_of(entry)}' is no mapping or list of them", entry.span
            )
        return mappings

    def _refuse_broken_json(self, entry: PatchEntry) -> None:
        """What starts with a bracket Kustomize reads as JSON, not as YAML."""
        text = str(entry.text.value).strip() if entry.text else self._text(entry)
        if not text.startswith("["):
            return
        try:
            json.loads(text)
        except ValueError as error:
            raise KustomizeError("unable to parse SM or JSON patch: no JSON", entry.span) from error

    def _lines_of(self, scalar: Scalar) -> list[str]:
        return self._sources.lines(self._root, scalar.span.file.path)

    def _text(self, entry: PatchEntry) -> str:
        assert entry.path is not None
        path = self._sources.find(self._root, entry.path, "patch")
        return "\n".join(self._sources.lines(self._root, path))

    def _documents(self, entry: PatchEntry) -> tuple[tuple[Document, ...], SourceFile | None]:
        if entry.path is not None:
            path = self._sources.find(self._root, entry.path, "patch")
            documents = self._sources.documents(self._root, path, entry.path.span, self.record)
            file = SourceFile(self._root.clone.name, path)
            return tuple(map(_as_read, documents)), file
        assert entry.text is not None
        if _is_open(entry.text):
            raise NotUnderstoodError("a patch holds parameters that are not at hand", entry.span)
        try:
            documents = parse_inline(entry.text, self._lines_of(entry.text), _as_read)
        except YamlError as error:
            reason = f"patch is no YAML: {error.problem}"
            raise LoadError(BuildProblemKind.INVALID, reason, entry.text.span) from error
        return documents, None


def _is_open(text: Scalar) -> bool:
    """Whether an ApplicationSet wrote a patch without all the parameters that it has."""
    is_given = basename(text.span.file.path) not in KUSTOMIZATION_NAMES
    return is_given and "{{" in str(text.value)


def _as_read(document: Document) -> Document:
    """A JSON patch is read as kubectl reads YAML, so ``on`` is true in it, others as resources."""
    match document.root:
        case Sequence() as operations:
            return document._replace(root=as_json(operations))
        case Mapping() as manifest if not document.is_plain:
            return document._replace(root=Reading().read_mapping(manifest))
        case _:
            return document


def _operations(documents: tuple[Document, ...]) -> Sequence | None:
    roots = [document.root for document in documents if document.root is not None]
    return roots[0] if len(roots) == 1 and isinstance(roots[0], Sequence) else None


def apply_patch(patch: Patch, items: Items, kustomization: SourceFile) -> AppliedPatch:
    """Change what the patch means, in place."""
    if patch.operations is not None:
        targets = _apply_operations(patch, patch.operations, items)
    elif patch.entry.target is not None:
        targets = _merge_selected(patch, patch.entry.target, items)
    else:
        manifests = [_with_texts(manifest, *patch.rewritten) for manifest in patch.manifests]
        targets = [_merge_named(manifest, patch.entry, items) for manifest in manifests]
    ids = tuple(dict.fromkeys(targets))
    deletes = any(manifest.text("$patch") == "delete" for manifest in patch.manifests)
    place = (kustomization, patch.entry.span, patch.file)
    return AppliedPatch(*place, ids, patch.entry.target, deletes)


def find_targets(patch: Patch, items: Items) -> tuple[ResourceId, ...]:
    """What a patch means: its target, else what it names itself."""
    target = patch.entry.target
    if target is None:
        return tuple(Resource(manifest).id for manifest in patch.manifests)
    return tuple(Resource(item.manifest).id for _, item in items.select(target))


def _apply_operations(patch: Patch, operations: Sequence, items: Items) -> list[ResourceId]:
    if patch.entry.target is None:
        raise KustomizeError("must specify a target for JSON patch", patch.entry.span)
    targets = []
    for index, item in items.select(patch.entry.target):
        targets.append(Resource(item.manifest).id)
        manifest = through_json(items.settle(item.manifest))
        if item.previous or not patch.is_deprecated:
            _refuse_whole_annotations(operations)
            manifest = _with_scratch(manifest, patch.entry.span)
        changed = _without_scratch(apply_operations(manifest, operations, items.allowance))
        for text, _ in texts_within(changed):
            refuse_broken_block(text, patch.entry.span)
        known = item.remember()._replace(manifest=changed, is_restyled=True, shared=())
        items.replace(index, known)
    return targets


def _refuse_whole_annotations(operations: Sequence) -> None:
    """Kustomize's own annotations would be among what such an operation takes."""
    for operation in operations.items:
        if isinstance(operation, Mapping) and operation.text("from") in _WITH_ANNOTATIONS:
            raise NotUnderstoodError("annotations that are taken as a whole", operation.span)


def _with_scratch(manifest: Mapping, span: Span) -> Mapping:
    """Kustomize keeps former ids in annotations, so an operation finds a mapping to add to."""
    found = manifest.find(*_ANNOTATIONS)
    is_fit = isinstance(found, Mapping) or is_null(found)
    return put_route(manifest, _SCRATCH, string("", span)) if is_fit else manifest


def _without_scratch(manifest: Mapping) -> Mapping:
    manifest = without(manifest, *_SCRATCH)
    annotations = manifest.mapping(*_ANNOTATIONS)
    is_left = annotations is not None and not annotations.entries
    return without(manifest, *_ANNOTATIONS) if is_left else manifest


def _merge_selected(patch: Patch, selector: Selector, items: Items) -> list[ResourceId]:
    if not patch.manifests:
        return []
    if len(patch.manifests) > 1:
        reason = "several strategic merge patches in one entry cannot have a target"
        raise KustomizeError(reason, patch.entry.span)
    targets = []
    manifest = _with_texts(patch.manifests[0], "labels", "annotations")
    for index, item in items.select(selector):
        targets.append(Resource(item.manifest).id)
        items.replace(
            index, _merged(item, _as_type_of(manifest, item), patch.entry, items.find_shape)
        )
    for item in items if patch.entry.allow_name_change else ():
        if len(items.current(item.id)) > 1:
            reason = f"{TAKEN}: {item.id}"
            raise KustomizeError(reason, patch.entry.span)
    return targets


def _with_texts(patch: Mapping, *fields: str) -> Mapping:
    """Kustomize writes metadata of some patches anew: a null becomes a text, nothing is dropped."""
    for field in fields:
        pairs = patch.find("metadata", field)
        if pairs is None:
            continue
        if not isinstance(pairs, Mapping) or not pairs.entries:
            patch = without(patch, "metadata", field)
            continue
        for key, place in pairs.keys.items():
            refuse_odd_key(key, place)
        entries: dict[str, Node] = {
            key: string(text_of(value), value.span) for key, value in pairs.entries.items()
        }
        patch = put_route(patch, ("metadata", field), pairs.with_entries(entries))
    return patch


def _as_type_of(patch: Mapping, item: Item) -> Mapping:
    version = item.manifest.entries.get("apiVersion")
    return (
        put(patch, "apiVersion", version, version.span) if version else without(patch, "apiVersion")
    )


def _merge_named(manifest: Mapping, entry: PatchEntry, items: Items) -> ResourceId:
    wanted = Item(manifest).id
    found = items.any_id(wanted)
    if not found:
        reason = f"no resource matches strategic merge patch for {wanted}"
        raise AbsentTargetError(reason, manifest.span)
    if len(found) > 1:
        reason = f"several resources match strategic merge patch for {wanted}"
        raise KustomizeError(reason, manifest.span)
    index, item = found[0]
    items.replace(index, _merged(item, manifest, entry, items.find_shape))
    return Resource(item.manifest).id


def _merged(item: Item, patch: Mapping, entry: PatchEntry, find: FindShape) -> Item | None:
    if entry.allow_name_change or entry.allow_kind_change:
        item = item.remember()
    if item.is_restyled:
        item = item._replace(manifest=without_quotes(item.manifest), is_restyled=False)
    manifest = merge_manifest(item.manifest, patch, find)
    if manifest is None:
        return None
    if not entry.allow_kind_change:
        manifest = restored(manifest, item.manifest, "kind")
    if not entry.allow_name_change:
        manifest = restored(manifest, item.manifest, "metadata", "name")
    manifest = restored(manifest, item.manifest, "metadata", "namespace")
    return spread(_forgetful(item) if _takes_annotations(patch) else item, manifest)


def _takes_annotations(patch: Mapping) -> bool:
    """Whether a patch takes all annotations away, among them Kustomize's own."""
    places = (patch.find("metadata"), patch.find(*_ANNOTATIONS))
    return any(
        is_null(place)
        if isinstance(place, Scalar)
        else isinstance(place, Mapping) and place.text("$patch") in {"delete", "replace"}
        for place in places
    )


def _forgetful(item: Item) -> Item:
    """What Kustomize keeps in annotations is lost: former names, and that a hash is due."""
    return item._replace(previous=(), prefixes=(), suffixes=(), needs_hash=False)
