"""The fields that Kustomize's transformers change in the types it knows.

``defaults.json`` holds the facts of Kustomize 5.8.1 in the order in which it applies them: the path
of each field, ``group|version|kind`` (leading parts may lack), and whether it is made where it
lacks. That the group of IngressClass matches none is Kustomize's own slip.
"""

from itertools import starmap
from typing import NamedTuple, TypeAlias

from graphdoc.model.dataclass import dataclass
from graphdoc.model.shipped import shipped_table
from graphdoc.resolve.kustomize.fields.fieldspec import FieldSpec, gvk, merge_specs, spec
from graphdoc.resolve.kustomize.resources.ids import Gvk
from graphdoc.resolve.kustomize.resources.order import type_rank

__all__ = ["DEFAULTS", "NameReference", "TransformerConfig"]

_Row: TypeAlias = "tuple[str] | tuple[str, str] | tuple[str, str, bool]"


class NameReference(NamedTuple):
    """The fields that name resources of one type."""

    target: Gvk
    referrers: tuple[FieldSpec, ...]


@dataclass(frozen=True, slots=True)
class TransformerConfig:
    """Every field spec by transformer, as ``configurations`` may extend them."""

    name_prefix: tuple[FieldSpec, ...] = ()
    name_suffix: tuple[FieldSpec, ...] = ()
    namespace: tuple[FieldSpec, ...] = ()
    common_labels: tuple[FieldSpec, ...] = ()
    labels: tuple[FieldSpec, ...] = ()
    template_labels: tuple[FieldSpec, ...] = ()
    common_annotations: tuple[FieldSpec, ...] = ()
    images: tuple[FieldSpec, ...] = ()
    replicas: tuple[FieldSpec, ...] = ()
    var_references: tuple[FieldSpec, ...] = ()
    name_references: tuple[NameReference, ...] = ()

    def merge(self, other: "TransformerConfig") -> "TransformerConfig":
        """Both together."""
        if other is self or other == _EMPTY:
            return self
        return TransformerConfig(
            _merge(self.name_prefix, other.name_prefix),
            _merge(self.name_suffix, other.name_suffix),
            _merge(self.namespace, other.namespace),
            _merge(self.common_labels, other.common_labels),
            _merge(self.labels, other.labels),
            _merge(self.template_labels, other.template_labels),
            _merge(self.common_annotations, other.common_annotations),
            _merge(self.images, other.images),
            _merge(self.replicas, other.replicas),
            _merge(self.var_references, other.var_references),
            _merge_references(self.name_references, other.name_references),
        )


_EMPTY = TransformerConfig()


def _merge(known: tuple[FieldSpec, ...], more: tuple[FieldSpec, ...]) -> tuple[FieldSpec, ...]:
    """Both, sorted: what stands first may say already what a later one says."""
    return _sorted(merge_specs(known, _sorted(more)))


def _sorted(specs: tuple[FieldSpec, ...]) -> tuple[FieldSpec, ...]:
    return tuple(sorted(specs, key=lambda field: type_rank(field.gvk)))


def _merge_references(
    known: tuple[NameReference, ...], more: tuple[NameReference, ...]
) -> tuple[NameReference, ...]:
    merged = {reference.target: reference.referrers for reference in known}
    for target, referrers in sorted(more, key=lambda reference: type_rank(reference.target)):
        is_known = target in merged
        merged[target] = merge_specs(merged[target], referrers) if is_known else referrers
    ordered = sorted(merged.items(), key=lambda pair: type_rank(pair[0]))
    return tuple(NameReference(*pair) for pair in ordered)


def _written() -> TransformerConfig:
    table: dict[str, dict[str, list[_Row]]] = shipped_table(__package__, "defaults.json")
    fields = {name: _specs(rows) for name, rows in table["fields"].items()}
    names = (NameReference(gvk(t), _specs(rows)) for t, rows in table["names"].items())
    return TransformerConfig(**fields, name_references=tuple(names))


def _specs(rows: list[_Row]) -> tuple[FieldSpec, ...]:
    return tuple(starmap(spec, rows))


DEFAULTS = _written()
