"""The transformers of names, namespaces, labels and annotations."""

from collections.abc import Callable

from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, is_null
from graphdoc.resolve.kustomize.fields.fieldspec import FieldSpec, merge_specs, set_fields, spec
from graphdoc.resolve.kustomize.resources.ids import Gvk, Id, Item, is_cluster_scoped
from graphdoc.resolve.kustomize.resources.items import Items
from graphdoc.resolve.kustomize.resources.sharing import share, spread
from graphdoc.resolve.kustomize.resources.trees import (
    KustomizeError,
    override,
    put,
    rewritten,
    string,
    text_of,
)
from graphdoc.resolve.kustomize.texts.reading import refuse_odd_pair

__all__ = [
    "add_pairs", "add_prefix", "add_suffix", "label_specs", "put_in_namespace",
    "set_namespace",
]  # fmt: skip

_NAMESPACE = ("metadata", "namespace")
_NAME = ("metadata", "name")
_ROLE_BINDINGS = frozenset({"RoleBinding", "ClusterRoleBinding"})
_UNNAMED = (
    Gvk("", "", "CustomResourceDefinition"),
    Gvk("apiregistration.k8s.io", "", "APIService"),
    Gvk("", "", "Namespace"),
)


def set_namespace(
    items: Items, namespace: Scalar, specs: tuple[FieldSpec, ...], *, subjects: str = "defaultOnly",
    unset_only: bool = False,
) -> None:  # fmt: skip
    """Put every resource that can be in a namespace into this one."""
    setter = _scalar_setter(lambda _: str(namespace.value), namespace.span, unset_only=unset_only)
    blank = string("", namespace.span)
    for index, item in items.indexed():
        if item.is_from_helm:
            continue
        remembered = item.remember()
        manifest = _in_namespace(remembered, setter, blank, subjects)
        for field in _namespace_specs(item, specs):
            manifest = set_fields(manifest, field, setter, blank)
        items.replace(index, remembered.with_manifest(manifest))
    _refuse_conflicts(items, namespace.span)


def _refuse_conflicts(items: Items, span: Span) -> None:
    seen: set[Id] = set()
    for present in (item.id for item in items):
        if present in seen:
            raise KustomizeError(f"namespace transformation produces ID conflict: {present}", span)
        seen.add(present)


def put_in_namespace(item: Item, namespace: Scalar) -> Item:
    """One resource in a namespace, without remembering where it was."""
    setter = _scalar_setter(lambda _: namespace.text, namespace.span)
    blank = string("", namespace.span)
    return item.with_manifest(_in_namespace(item, setter, blank, "defaultOnly"))


def _in_namespace(item: Item, setter: Callable[[Node], Node], blank: Node, mode: str) -> Mapping:
    manifest, gvk = item.manifest, item.gvk
    if not is_cluster_scoped(gvk):
        manifest = set_fields(manifest, FieldSpec(_NAMESPACE, create=True), setter, blank)
    if gvk.kind in _ROLE_BINDINGS:
        manifest = _set_subjects(manifest, setter, blank, mode)
    return manifest


def _namespace_specs(item: Item, specs: tuple[FieldSpec, ...]) -> list[FieldSpec]:
    """Kustomize sets metadata itself, and renames nothing but the core Namespace."""
    gvk = item.gvk
    is_binding = gvk.kind in _ROLE_BINDINGS
    is_core = text_of(item.manifest.entries.get("apiVersion")) == "v1"
    return [
        field
        for field in specs
        if field.path != _NAMESPACE
        and gvk.is_selected_by(field.gvk)
        and (is_core or field.path != _NAME)
        and not (
            is_binding
            and field.gvk.kind in _ROLE_BINDINGS
            and field.path == ("subjects", "namespace")
        )
    ]


def _set_subjects(
    manifest: Mapping, setter: Callable[[Node], Node], blank: Node, mode: str
) -> Mapping:
    subjects = manifest.entries.get("subjects")
    if mode == "none" or not isinstance(subjects, Sequence):
        return manifest
    items = tuple(_set_subject(subject, setter, blank, mode) for subject in subjects.items)
    return put(manifest, "subjects", subjects.with_items(items), subjects.span)


def _set_subject(subject: Node, setter: Callable[[Node], Node], blank: Node, mode: str) -> Node:
    if not isinstance(subject, Mapping):
        return subject
    key, wanted = (
        ("kind", "ServiceAccount") if mode == "allServiceAccounts" else ("name", "default")
    )
    if text_of(subject.entries.get(key)) != wanted:
        return subject
    old = subject.entries.get("namespace", blank)
    return put(subject, "namespace", setter(old), blank.span)


def add_prefix(items: Items, prefix: Scalar, specs: tuple[FieldSpec, ...]) -> None:
    """Put a prefix before names."""
    text = str(prefix.value)
    setter = _scalar_setter(lambda node: text + text_of(node), prefix.span)
    blank = string("", prefix.span)
    _rename(items, specs, (setter, blank), lambda i: i._replace(prefixes=(*i.prefixes, text)))


def add_suffix(items: Items, suffix: Scalar, specs: tuple[FieldSpec, ...]) -> None:
    """Put a suffix behind names."""
    text = str(suffix.value)
    setter = _scalar_setter(lambda node: text_of(node) + text, suffix.span)
    blank = string("", suffix.span)
    _rename(items, specs, (setter, blank), lambda i: i._replace(suffixes=(*i.suffixes, text)))


def _rename(
    items: Items,
    specs: tuple[FieldSpec, ...],
    set_and_blank: tuple[Callable[[Node], Node], Node],
    note: Callable[[Item], Item],
) -> None:
    setter, blank = set_and_blank
    for index, item in items.indexed():
        original = item.original_gvk
        if any(original.is_selected_by(unnamed) for unnamed in _UNNAMED):
            continue
        renamed = item
        for field in specs:
            if not original.is_selected_by(field.gvk):
                continue
            if field.path == _NAME:
                renamed = note(renamed).remember()
            if renamed.gvk.is_selected_by(field.gvk):
                made = blank if renamed.manifest.find(*field.path) is None else None
                manifest = set_fields(renamed.manifest, field, setter, made)
                renamed = renamed.with_manifest(manifest)
        items.replace(index, renamed)


def label_specs(
    fields: tuple[FieldSpec, ...], extra: tuple[FieldSpec, ...]
) -> tuple[FieldSpec, ...]:
    """The fields that a ``labels`` entry names, with those of the configuration."""
    return merge_specs(merge_specs(fields, extra), (spec("metadata/labels", create=True),))


def add_pairs(items: Items, pairs: Mapping, specs: tuple[FieldSpec, ...]) -> None:
    """Set labels or annotations wherever the field specs say."""
    if not pairs.entries:
        return
    blank = Mapping({}, {}, pairs.span)
    by_type: dict[Gvk, list[FieldSpec]] = {}
    for index, item in items.indexed():
        setter = _PairsSetter(pairs)
        manifest, gvk = item.manifest, item.gvk
        if gvk not in by_type:
            by_type[gvk] = [field for field in specs if gvk.is_selected_by(field.gvk)]
        for field in by_type[gvk]:
            manifest = set_fields(manifest, field, setter.set, blank)
        items.replace(index, share(spread(item, manifest), setter.made))


class _PairsSetter:
    """Sets labels or annotations in every place of one resource; ``made`` are those it added."""

    def __init__(self, pairs: Mapping) -> None:
        self._keys = pairs.keys
        self._values = {
            key: string(text_of(pairs.entries[key]), pairs.entries[key].span)
            for key in sorted(pairs.entries)
        }
        self.made: list[Scalar] = []

    def set(self, node: Node) -> Node:
        if is_null(node):
            return node
        if not isinstance(node, Mapping):
            raise KustomizeError("wrong node kind: expected a mapping", node.span)
        for key, new in self._values.items():
            old = node.entries.get(key)
            if old is None:
                refuse_odd_pair(key, self._keys[key])
                self.made.append(new)
            node = put(node, key, override(new, old), self._keys[key])
        return node


def _scalar_setter(
    value: Callable[[Node], str], span: Span, *, unset_only: bool = False
) -> Callable[[Node], Node]:
    def set_scalar(node: Node) -> Node:
        if not isinstance(node, Scalar):
            raise KustomizeError("wrong node kind: expected a scalar", node.span)
        if unset_only and node.text:
            return node
        return override(rewritten(node, value(node), span), node)

    return set_scalar
