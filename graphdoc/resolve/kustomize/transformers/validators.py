"""Validators: transformers that may look at the resources, and change nothing but one label.

Kustomize compares the very nodes, with their places: a value that is set to what it was counts as
a change, and so do labels that are written anew around the one that is allowed. That one it takes
away before it compares, so that no resource may have had it.
"""

from graphdoc.model.node import Mapping
from graphdoc.resolve.kustomize.resources.trees import (
    KustomizeError,
    NotUnderstoodError,
    same,
    without,
)
from graphdoc.resolve.kustomize.transformers.plugins import Context, transformer_steps

__all__ = ["validate"]

_LABELS = ("metadata", "labels")
_VALIDATED_BY = "validated-by"
_LEAVING = frozenset({"LabelTransformer", "AnnotationsTransformer", "ImageTagTransformer"})


def validate(manifest: Mapping, context: Context) -> None:
    """Run a validator; the label by which it says that it ran may stay.

    Raises:
        KustomizeError: it changes something else.
        NotUnderstoodError: it writes what was there, or may have.
    """
    before = [item.manifest for item in context.items]
    for step in transformer_steps(manifest, context):
        step.apply()
    after = [item.manifest for item in context.items]
    if len(before) != len(after):
        raise KustomizeError("a validator may not remove resources", manifest.span)
    for old, new in zip(before, after, strict=True):
        _refuse_change(manifest, old, new)


def _refuse_change(validator: Mapping, old: Mapping, new: Mapping) -> None:
    if _is_labelled(old, new):
        return
    if old.find(*_LABELS, _VALIDATED_BY) is not None or not same(old, new):
        raise KustomizeError("a validator may not change resources", validator.span)
    if old is not new or validator.text("kind") not in _LEAVING:
        raise NotUnderstoodError("a validator that may write what is there", validator.span)


def _is_labelled(old: Mapping, new: Mapping) -> bool:
    """Whether the only label is the one that a validator may set."""
    labels = new.mapping(*_LABELS)
    if labels is None or old.find(*_LABELS) is not None or set(labels.entries) != {_VALIDATED_BY}:
        return False
    return same(old, without(new, *_LABELS))
