"""The transformers of a kustomization, in Kustomize's own order."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple, TypeVar

from graphdoc.model.kustomize import Kustomization, PatchEntry
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Scalar
from graphdoc.parse.kustomization import patch_entries
from graphdoc.resolve.kustomize.fields.configuration import field_spec
from graphdoc.resolve.kustomize.fields.defaults import TransformerConfig
from graphdoc.resolve.kustomize.fields.fieldspec import merge_specs
from graphdoc.resolve.kustomize.files.record import Record
from graphdoc.resolve.kustomize.patches.patches import (
    Patch,
    PatchReader,
    apply_patch,
    find_targets,
)
from graphdoc.resolve.kustomize.patches.quiet import hidden_without
from graphdoc.resolve.kustomize.resources.items import Items
from graphdoc.resolve.kustomize.resources.trees import Hidden, KustomizeError
from graphdoc.resolve.kustomize.transformers.metadata import (
    add_pairs,
    add_prefix,
    add_suffix,
    label_specs,
    set_namespace,
)
from graphdoc.resolve.kustomize.transformers.replacements import replace_values
from graphdoc.resolve.kustomize.transformers.workloads import set_images, set_replicas

__all__ = ["Step", "attempt", "patch_step", "refuse_empty_patches", "replacement_steps", "steps"]

_Entry = TypeVar("_Entry", PatchEntry, Scalar)


class Step(NamedTuple):
    """One change to the resources, and where the kustomization asks for it.

    ``ends``: the kinds of Kustomize's transformers that are done with it, one for each.
    ``hides``: what is not known where it fails.
    """

    apply: Callable[[], object]
    span: Span
    ends: tuple[str, ...] = ()
    hides: Hidden = Hidden.RESOURCES


def attempt(
    apply: Callable[[], object], span: Span, record: Record, hides: Hidden = Hidden.RESOURCES
) -> None:
    """Do a step; where Kustomize would stop is noted, and the rest goes on."""
    try:
        apply()
    except KustomizeError as error:
        record.fail(error, span, hides)
    except RecursionError:
        record.skip(span, "nested too deeply to be followed")


def patch_step(
    read: Callable[[_Entry], Patch], entry: _Entry, items: Items, file: SourceFile, record: Record
) -> None:
    """Read a patch, apply it and note what it met."""
    try:
        patch = read(entry)
    except KustomizeError as error:
        error.hides = Hidden.FIELDS
        if isinstance(entry, PatchEntry):
            error.aims = find_targets(Patch(entry, None), items)
        raise
    try:
        record.patches[apply_patch(patch, items, file)] = None
    except KustomizeError as error:
        error.hides, error.aims = hidden_without(patch), find_targets(patch, items)
        raise


def steps(
    kustomization: Kustomization, items: Items, config: TransformerConfig, reader: PatchReader
) -> Iterator[Step]:
    """Every change that the kustomization's fields make, in order."""
    reach = items, kustomization.file, reader.record
    yield from _patch_steps(kustomization, items, reader)
    yield from _metadata_steps(kustomization, items, config)
    for entry in patch_entries(kustomization, "patchesJson6902"):
        apply = partial(patch_step, reader.read_json, entry, *reach)
        yield Step(apply, entry.span, ("PatchJson6902Transformer",))
    for replica in kustomization.mappings("replicas"):
        apply = partial(set_replicas, items, replica, config.replicas)
        yield Step(apply, replica.span, ("ReplicaCountTransformer",))
    images = kustomization.mappings("images")
    if images:
        ends = ("ImageTagTransformer",) * len(images)
        yield Step(partial(set_images, items, images, config.images), images[0].span, ends)
    replacements = kustomization.mappings("replacements")
    for replacement in replacements:
        yield from replacement_steps(replacement, items, reader)
    if replacements:
        yield _end("ReplacementTransformer", replacements[0].span)


def _patch_steps(kustomization: Kustomization, items: Items, reader: PatchReader) -> Iterator[Step]:
    reach = items, kustomization.file, reader.record
    merges = kustomization.scalars("patchesStrategicMerge")
    if merges:
        check = partial(refuse_empty_patches, merges, reader)
        yield Step(check, merges[0].span, hides=Hidden.FIELDS)
    for scalar in merges:
        yield Step(partial(patch_step, reader.read_merge, scalar, *reach), scalar.span)
    if merges:
        yield _end("PatchStrategicMergeTransformer", merges[0].span)
    for entry in patch_entries(kustomization, "patches"):
        apply = partial(patch_step, reader.read, entry, *reach)
        yield Step(apply, entry.span, ("PatchTransformer",))


def _end(kind: str, span: Span) -> Step:
    return Step(lambda: None, span, (kind,))


def refuse_empty_patches(scalars: tuple[Scalar, ...], reader: PatchReader) -> None:
    """Strategic merge patches may be empty one by one, but not all of them together."""
    if not any(reader.read_merge(scalar).manifests for scalar in scalars):
        raise KustomizeError("patch appears to be empty", scalars[0].span)


def _metadata_steps(
    kustomization: Kustomization, items: Items, config: TransformerConfig
) -> Iterator[Step]:
    root = kustomization.root
    for field, change, specs, kind in (
        ("namespace", set_namespace, config.namespace, "NamespaceTransformer"),
        ("namePrefix", add_prefix, config.name_prefix, "PrefixTransformer"),
        ("nameSuffix", add_suffix, config.name_suffix, "SuffixTransformer"),
    ):
        scalar = root.scalar(field)
        if scalar is not None and scalar.value:
            yield Step(partial(change, items, scalar, specs), scalar.span, (kind,))
    yield from _label_steps(kustomization, items, config)
    pairs = root.mapping("commonAnnotations")
    if pairs is not None and pairs.entries:
        apply = partial(add_pairs, items, pairs, config.common_annotations)
        yield Step(apply, pairs.span, ("AnnotationsTransformer",))


def _label_steps(
    kustomization: Kustomization, items: Items, config: TransformerConfig
) -> Iterator[Step]:
    """Kustomize always ends with a transformer for ``commonLabels``, if they are empty too."""
    labels, common = kustomization.mappings("labels"), kustomization.root.mapping("commonLabels")
    for label in labels:
        apply = partial(_add_label, items, label, config)
        yield Step(apply, label.span, ("LabelTransformer",))
    if common is not None and common.entries:
        apply = partial(add_pairs, items, common, config.common_labels)
        yield Step(apply, common.span, ("LabelTransformer",))
    elif labels:
        yield _end("LabelTransformer", labels[0].span)


def _add_label(items: Items, label: Mapping, config: TransformerConfig) -> None:
    pairs = label.mapping("pairs")
    if pairs is None:
        return
    fields = tuple(field_spec(f) for f in label.mappings_at("fields"))
    fields = merge_specs(fields, config.labels)
    if label.is_true("includeSelectors"):
        specs = merge_specs(fields, config.common_labels)
    else:
        is_deep = label.is_true("includeTemplates")
        specs = label_specs(fields, config.template_labels if is_deep else ())
    add_pairs(items, pairs, specs)


def replacement_steps(entry: Mapping, items: Items, reader: PatchReader) -> Iterator[Step]:
    """What one entry of ``replacements`` copies; it may lead to a file of several."""
    path = entry.scalar("path")
    if path is None or not path.value:
        yield Step(partial(replace_values, items, entry), entry.span)
        return
    yield Step(partial(_replace_from_file, items, entry, path, reader), path.span)


def _replace_from_file(items: Items, entry: Mapping, path: Scalar, reader: PatchReader) -> None:
    if "source" in entry.entries or entry.items_at("targets"):
        raise KustomizeError("cannot specify both path and inline replacement", path.span)
    for replacement in reader.read_mappings(path, "replacement"):
        replace_values(items, replacement)
