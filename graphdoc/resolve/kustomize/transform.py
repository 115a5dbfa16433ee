"""The transformers of a kustomization, in Kustomize's own order."""

from collections.abc import Callable

from graphdoc.model.kustomize import Kustomization
from graphdoc.model.node import Mapping, Scalar
from graphdoc.parse.kustomization import is_true, patch_entries
from graphdoc.resolve.kustomize.defaults import TransformerConfig
from graphdoc.resolve.kustomize.fieldspec import FieldSpec, merge_specs, split_path
from graphdoc.resolve.kustomize.ids import Gvk
from graphdoc.resolve.kustomize.items import Items
from graphdoc.resolve.kustomize.metadata import (
    add_annotations,
    add_labels,
    add_prefix,
    add_suffix,
    label_specs,
    set_namespace,
)
from graphdoc.resolve.kustomize.patches import Patch, PatchReader, apply_patch
from graphdoc.resolve.kustomize.record import Record
from graphdoc.resolve.kustomize.trees import KustomizeError
from graphdoc.resolve.kustomize.workloads import set_images, set_replicas

__all__ = ["field_spec", "transform"]


def transform(
    kustomization: Kustomization,
    items: Items,
    config: TransformerConfig,
    reader: PatchReader,
    record: Record,
) -> None:  # fmt: skip
    """Apply every field of the kustomization that changes resources; what fails is noted."""
    _Transform(kustomization, items, config, reader, record).run()


class _Transform:
    def __init__(
        self,
        kustomization: Kustomization,
        items: Items,
        config: TransformerConfig,
        reader: PatchReader,
        record: Record,
    ) -> None:
        self._kustomization = kustomization
        self._root = kustomization.root
        self._items = items
        self._config = config
        self._reader = reader
        self._record = record

    def run(self) -> None:
        kustomization = self._kustomization
        for scalar in kustomization.scalars("patchesStrategicMerge"):
            self._patch(lambda scalar=scalar: self._reader.read_merge(scalar), scalar)
        for entry in patch_entries(kustomization, "patches"):
            self._patch(lambda entry=entry: self._reader.read(entry), entry)
        self._with_scalar(
            "namespace", lambda s: set_namespace(self._items, s, self._config.namespace)
        )
        self._with_scalar(
            "namePrefix", lambda s: add_prefix(self._items, s, self._config.name_prefix)
        )
        self._with_scalar(
            "nameSuffix", lambda s: add_suffix(self._items, s, self._config.name_suffix)
        )
        self._labels()
        self._with_mapping(
            "commonAnnotations",
            lambda m: add_annotations(self._items, m, self._config.common_annotations),
        )
        for entry in patch_entries(kustomization, "patchesJson6902"):
            self._patch(lambda entry=entry: self._reader.read_json(entry), entry)
        for replica in kustomization.mappings("replicas"):
            self._attempt(
                lambda r=replica: set_replicas(self._items, r, self._config.replicas), replica
            )
        images = kustomization.mappings("images")
        self._attempt(lambda: set_images(self._items, images, self._config.images), self._root)

    def _labels(self) -> None:
        for label in self._kustomization.mappings("labels"):
            self._attempt(lambda label=label: self._add_label(label), label)
        self._with_mapping(
            "commonLabels", lambda m: add_labels(self._items, m, self._config.common_labels)
        )

    def _add_label(self, label: Mapping) -> None:
        pairs = label.mapping("pairs")
        if pairs is None:
            return
        fields = tuple(field_spec(f) for f in label.items_at("fields") if isinstance(f, Mapping))
        fields = merge_specs(fields, self._config.labels)
        if is_true(label, "includeSelectors"):
            specs = merge_specs(fields, self._config.common_labels)
        else:
            is_deep = is_true(label, "includeTemplates")
            specs = label_specs(fields, self._config.template_labels if is_deep else ())
        add_labels(self._items, pairs, specs)

    def _patch(self, read: Callable[[], Patch], place: object) -> None:
        def apply() -> None:
            applied = apply_patch(read(), self._items, self._kustomization.file)
            self._record.patches[applied] = None

        self._attempt(apply, place)

    def _with_scalar(self, field: str, apply: Callable[[Scalar], None]) -> None:
        scalar = self._root.scalar(field)
        if scalar is not None and scalar.value:
            self._attempt(lambda: apply(scalar), scalar)

    def _with_mapping(self, field: str, apply: Callable[[Mapping], None]) -> None:
        mapping = self._root.mapping(field)
        if mapping is not None:
            self._attempt(lambda: apply(mapping), mapping)

    def _attempt(self, step: Callable[[], None], place: object) -> None:
        try:
            step()
        except KustomizeError as error:
            self._record.fail(error, getattr(place, "span", self._root.span))


def field_spec(node: Mapping) -> FieldSpec:
    """A field spec as a kustomization or a configuration writes it."""
    gvk = Gvk(*(node.text(part) for part in ("group", "version", "kind")))
    return FieldSpec(split_path(node.text("path")), gvk, is_true(node, "create"))
