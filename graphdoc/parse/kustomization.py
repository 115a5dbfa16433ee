"""Kustomization files against Kustomize's own types, so that what it refuses is refused here.

Kustomize reads the file as JSON into typed fields: an unknown field, or a number where a string is
expected, is an error. Field names match whatever their case, as Go's JSON decoder does.
"""

from difflib import get_close_matches
from typing import TypeAlias, Union

from graphdoc.model.kustomize import Kustomization, PatchEntry, Selector
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, is_null
from graphdoc.parse.scalars import as_kubectl

__all__ = [
    "KustomizationError", "parse_configuration", "parse_kustomization", "patch_entries",
    "patch_entry", "selector",
]  # fmt: skip

_Type: TypeAlias = Union[str, "list[_Type]", "dict[str, _Type]"]

_GVK: dict[str, _Type] = {"group": "string", "version": "string", "kind": "string"}
_ID: dict[str, _Type] = {**_GVK, "name": "string", "namespace": "string"}
_SELECTOR: _Type = {**_ID, "annotationSelector": "string", "labelSelector": "string"}
_FIELD_SPEC: _Type = {**_GVK, "path": "string", "create": "bool"}
_CONFIGURED = (
    "namePrefix", "nameSuffix", "namespace", "commonLabels", "labels", "templateLabels",
    "commonAnnotations", "images", "replicas", "varReference",
)  # fmt: skip
_CONFIGURATION: dict[str, _Type] = {
    **{field: [_FIELD_SPEC] for field in _CONFIGURED},
    "nameReference": [{**_GVK, "fieldSpecs": [_FIELD_SPEC]}],
}
_PATCH: _Type = {
    "path": "string",
    "patch": "string",
    "target": _SELECTOR,
    "options": {"allowNameChange": "bool", "allowKindChange": "bool"},
}
_IMAGE: _Type = dict.fromkeys(("name", "newName", "tagSuffix", "newTag", "digest"), "string")
_GENERATOR_OPTIONS: _Type = {
    "labels": "strings",
    "annotations": "strings",
    "disableNameSuffixHash": "bool",
    "immutable": "bool",
}
_GENERATOR: dict[str, _Type] = {
    "namespace": "string",
    "name": "string",
    "behavior": "string",
    "literals": ["string"],
    "files": ["string"],
    "envs": ["string"],
    "env": "string",
    "options": _GENERATOR_OPTIONS,
}
_FIELD_OPTIONS: _Type = {
    "delimiter": "string",
    "index": "integer",
    "encoding": "string",
    "create": "bool",
}
_REPLACEMENT: _Type = {
    "path": "string",
    "source": {**_ID, "fieldPath": "string", "options": _FIELD_OPTIONS},
    "sourceValue": "string",
    "targets": [
        {
            "select": _SELECTOR,
            "reject": [_SELECTOR],
            "fieldPaths": ["string"],
            "options": _FIELD_OPTIONS,
        }
    ],
}
_HELM_STRINGS = (
    "name", "version", "repo", "releaseName", "namespace", "valuesFile", "valuesMerge",
    "kubeVersion", "nameTemplate",
)  # fmt: skip
_HELM_CHART: _Type = {
    **dict.fromkeys(_HELM_STRINGS, "string"),
    **dict.fromkeys(("includeCRDs", "skipHooks", "skipTests", "debug", "devel"), "bool"),
    "additionalValuesFiles": ["string"],
    "apiVersions": ["string"],
    "valuesInline": "object",
}
_OLD_HELM_STRINGS = (
    "chartName", "chartVersion", "chartRepoUrl", "chartHome", "chartRepoName", "helmBin",
    "helmHome", "values", "valuesMerge", "releaseName", "releaseNamespace",
)  # fmt: skip
_OLD_HELM_CHART: _Type = {
    **dict.fromkeys(_OLD_HELM_STRINGS, "string"),
    "valuesLocal": "object",
    "extraArgs": ["string"],
}
_VAR: _Type = {
    "name": "string",
    "objref": {**_ID, "apiVersion": "string"},
    "fieldref": {"fieldPath": "string"},
}
_STRING_LISTS = (
    "patchesStrategicMerge", "resources", "components", "crds", "bases", "configurations",
    "generators", "transformers", "validators", "buildMetadata",
)  # fmt: skip
_KUSTOMIZATION: dict[str, _Type] = {
    **dict.fromkeys(("apiVersion", "kind", "namePrefix", "nameSuffix", "namespace"), "string"),
    "metadata": {
        "name": "string",
        "namespace": "string",
        "labels": "strings",
        "annotations": "strings",
    },
    "openapi": "strings",
    "commonLabels": "strings",
    "labels": [
        {
            "pairs": "strings",
            "includeSelectors": "bool",
            "includeTemplates": "bool",
            "fields": [_FIELD_SPEC],
        }
    ],
    "commonAnnotations": "strings",
    "patchesJson6902": [_PATCH],
    "patches": [_PATCH],
    "images": [_IMAGE],
    "imageTags": [_IMAGE],
    "replacements": [_REPLACEMENT],
    "replicas": [{"name": "string", "count": "integer"}],
    "vars": [_VAR],
    "sortOptions": {
        "order": "string",
        "legacySortOptions": {"orderFirst": ["string"], "orderLast": ["string"]},
    },
    "configMapGenerator": [_GENERATOR],
    "secretGenerator": [{**_GENERATOR, "type": "string"}],
    "helmGlobals": {"chartHome": "string", "configHome": "string"},
    "helmCharts": [_HELM_CHART],
    "helmChartInflationGenerator": [_OLD_HELM_CHART],
    "generatorOptions": _GENERATOR_OPTIONS,
    **{name: ["string"] for name in _STRING_LISTS},
}


_SELECTOR_PARTS = (
    "group", "version", "kind", "name", "namespace", "labelSelector", "annotationSelector",
)  # fmt: skip


class KustomizationError(Exception):
    """Kustomize refuses the file for what stands at ``span``, in a field of it or as a whole."""

    def __init__(self, span: Span, reason: str, field: str = "") -> None:
        super().__init__(f"{span}: {reason}")
        self.span = span
        self.reason = reason
        self.field = field


def parse_kustomization(root: Node | None, file: SourceFile, start: Span) -> Kustomization:
    """The kustomization, its fields checked and its old spellings folded into the new.

    Raises:
        KustomizationError: Kustomize would refuse it.
    """
    if root is None or (isinstance(root, Scalar) and root.value is None):
        raise KustomizationError(start, "kustomization is empty")
    checked = _check(as_kubectl(root), _KUSTOMIZATION, "")
    if not isinstance(checked, Mapping):
        raise KustomizationError(root.span, "kustomization is not a mapping")
    _check_kind(checked)
    if all(_is_empty(v) for k, v in checked.entries.items() if k not in {"apiVersion", "kind"}):
        raise KustomizationError(start, "kustomization is empty")
    return Kustomization(file, _fold(_fold(checked, "bases", "resources"), "imageTags", "images"))


def parse_configuration(root: Mapping) -> Mapping:
    """A file of ``configurations``, its fields checked."""
    checked = _check(_with_path_texts(as_kubectl(root)), _CONFIGURATION, "")
    assert isinstance(checked, Mapping)
    return checked


def _with_path_texts(node: Node) -> Node:
    """A path that is a number or a boolean is a text, as Kustomize's decoder has it."""
    match node:
        case Mapping():
            entries = {
                key: _text_of(value) if key.lower() == "path" else _with_path_texts(value)
                for key, value in node.entries.items()
            }
            return node.with_entries(entries)
        case Sequence():
            return node.mapped(_with_path_texts)
        case Scalar():
            return node


def _text_of(node: Node) -> Node:
    match node:
        case Scalar(value=bool(value)):
            return node._replace(value=str(value).lower())
        case Scalar(value=int(value)):
            return node._replace(value=str(value))
        case _:
            return node


def patch_entries(kustomization: Kustomization, field: str) -> tuple[PatchEntry, ...]:
    """The patches of one field, in order."""
    return tuple(patch_entry(entry) for entry in kustomization.mappings(field))


def patch_entry(entry: Mapping) -> PatchEntry:
    """One patch as a kustomization or an Application writes it."""
    target = entry.mapping("target")
    return PatchEntry(
        entry.span,
        _filled(entry.scalar("path")),
        _filled(entry.scalar("patch")),
        None if target is None else selector(target),
        entry.is_true("options", "allowNameChange"),
        entry.is_true("options", "allowKindChange"),
    )


def selector(node: Mapping) -> Selector:
    """A target as it is written."""
    return Selector(*map(node.text, _SELECTOR_PARTS))


def _filled(scalar: Scalar | None) -> Scalar | None:
    return (
        scalar
        if scalar is not None and isinstance(scalar.value, str) and scalar.value.strip()
        else None
    )


def _check(node: Node, wanted: _Type, where: str) -> Node:
    if is_null(node):
        return node
    if isinstance(wanted, list):
        return _check_list(node, wanted[0], where)
    if isinstance(wanted, dict):
        return _check_fields(node, wanted, where)
    if wanted == "strings":
        return _check_strings(node, where)
    if not _FITS[wanted](node):
        raise _mismatch(node, wanted, where)
    return node


_FITS = {
    "string": lambda node: isinstance(node, Scalar) and isinstance(node.value, str),
    "bool": lambda node: isinstance(node, Scalar) and isinstance(node.value, bool),
    "integer": lambda node: (
        isinstance(node, Scalar)
        and isinstance(node.value, int)
        and not isinstance(node.value, bool)
    ),
    "object": lambda node: isinstance(node, Mapping),
}


def _check_list(node: Node, wanted: _Type, where: str) -> Node:
    if not isinstance(node, Sequence):
        raise _mismatch(node, "list", where)
    return node.mapped(lambda item: _check(item, wanted, where))


def _check_fields(node: Node, wanted: dict[str, _Type], where: str) -> Node:
    if not isinstance(node, Mapping):
        raise _mismatch(node, "mapping", where)
    entries: dict[str, Node] = {}
    keys: dict[str, Span] = {}
    for key, value in node.entries.items():
        name = key if key in wanted else _spelt(key, wanted)
        if name is None:
            near = "".join(f"; the nearest is '{one}'" for one in get_close_matches(key, wanted, 1))
            raise KustomizationError(node.keys[key], f"unknown field '{key}'{near}", key)
        try:
            entries[name] = _check(value, wanted[name], f"{where}.{name}" if where else name)
        except KustomizationError as error:
            error.field = key
            raise
        keys[name] = node.keys[key]
    return node.with_entries(entries, keys)


def _spelt(key: str, wanted: dict[str, _Type]) -> str | None:
    """The field that a key means, in whatever case it is written."""
    return next((name for name in wanted if name.lower() == key.lower()), None)


def _check_strings(node: Node, where: str) -> Node:
    if not isinstance(node, Mapping):
        raise _mismatch(node, "mapping", where)
    for key, value in node.entries.items():
        _check(value, "string", f"{where}.{key}")
    return node


def _mismatch(node: Node, wanted: str, where: str) -> KustomizationError:
    found = "mapping" if isinstance(node, Mapping) else "list"
    if isinstance(node, Scalar):
        found = {bool: "boolean", str: "string"}.get(type(node.value), "number")
    return KustomizationError(node.span, f"field '{where}' must be a {wanted}, not a {found}")


def _check_kind(root: Mapping) -> None:
    kind, version = root.text("kind") or "Kustomization", root.text("apiVersion")
    if kind not in {"Kustomization", "Component"}:
        raise KustomizationError(
            root.entries["kind"].span, "kind should be Kustomization or Component", "kind"
        )
    group = "kustomize.config.k8s.io"
    wanted = f"{group}/v1alpha1" if kind == "Component" else f"{group}/v1beta1"
    if version and version != wanted:
        reason = f"apiVersion for {kind} should be {wanted}"
        raise KustomizationError(root.entries["apiVersion"].span, reason, "apiVersion")


def _is_empty(node: Node) -> bool:
    match node:
        case Scalar():
            return node.value is None or node.value == "" or node.value is False
        case Sequence():
            return False
        case Mapping():
            return False


def _fold(root: Mapping, old: str, new: str) -> Mapping:
    old_list, new_list = root.entries.get(old), root.entries.get(new)
    if not isinstance(old_list, Sequence):
        return root
    items = new_list.items if isinstance(new_list, Sequence) else ()
    merged = old_list.with_items(items + old_list.items)
    entries = {**root.entries, new: merged}
    keys = {new: root.keys[old], **root.keys}
    return root._replace(entries={k: v for k, v in entries.items() if k != old}, keys=keys)
