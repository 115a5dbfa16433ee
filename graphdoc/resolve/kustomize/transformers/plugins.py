"""Built-in transformers and generators that ``transformers`` and ``generators`` name or hold."""

import posixpath
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple, TypeAlias, TypeVar

from graphdoc.model.kustomize import PatchEntry
from graphdoc.model.location import SourceFile
from graphdoc.model.node import NOTHING, Mapping, Node, Scalar
from graphdoc.parse.kustomization import patch_entry, selector
from graphdoc.parse.scalars import as_kubectl
from graphdoc.resolve.kustomize.fields.configuration import field_specs
from graphdoc.resolve.kustomize.fields.fieldspec import FieldSpec
from graphdoc.resolve.kustomize.patches.patches import Patch, PatchReader
from graphdoc.resolve.kustomize.resources.ids import Item
from graphdoc.resolve.kustomize.resources.items import Items
from graphdoc.resolve.kustomize.resources.trees import (
    KustomizeError,
    NotUnderstoodError,
    put,
    put_route,
    string,
    without,
)
from graphdoc.resolve.kustomize.texts.writing import json_text
from graphdoc.resolve.kustomize.transformers.encrypted import (
    ENCRYPTED,
    add_encrypted,
    is_ksops,
)
from graphdoc.resolve.kustomize.transformers.generators import (
    FileReader,
    absorb,
    generate,
)
from graphdoc.resolve.kustomize.transformers.hashes import add_hashes
from graphdoc.resolve.kustomize.transformers.metadata import (
    add_pairs,
    add_prefix,
    add_suffix,
    set_namespace,
)
from graphdoc.resolve.kustomize.transformers.transform import (
    Step,
    patch_step,
    refuse_empty_patches,
    replacement_steps,
)
from graphdoc.resolve.kustomize.transformers.valueadd import add_value
from graphdoc.resolve.kustomize.transformers.workloads import set_images, set_replicas

__all__ = ["Context", "generator_steps", "transformer_steps"]

T = TypeVar("T")


class Context(NamedTuple):
    """What a plugin works on and with."""

    items: Items
    reader: PatchReader
    files: FileReader
    kustomization: SourceFile
    inflate: Callable[[Mapping, str, str], None]


_Entry = TypeVar("_Entry", PatchEntry, Scalar)
_Transformer: TypeAlias = Callable[[Mapping, Context], Iterator[Step]]


def transformer_steps(manifest: Mapping, context: Context) -> Iterator[Step]:
    """What a transformer's configuration changes."""
    config, make = _builtin(manifest, "transformer", _TRANSFORMERS)
    yield from make(config, context)


def generator_steps(manifest: Mapping, context: Context) -> Iterator[Step]:
    """What a generator's configuration makes."""
    if is_ksops(manifest):
        yield Step(partial(_decrypt, manifest, context), manifest.span)
        return
    config, generate = _builtin(manifest, "generator", _GENERATORS)
    yield Step(partial(generate, config, context), manifest.span)


def _decrypt(manifest: Mapping, context: Context) -> None:
    add_encrypted(manifest, context.items, context.files)
    context.reader.record.skip(manifest.span, ENCRYPTED)


def _builtin(manifest: Mapping, role: str, known: dict[str, T]) -> tuple[Mapping, T]:
    config = _with_texts(as_kubectl(manifest))
    kind = config.text("kind")
    if config.text("apiVersion") != "builtin":
        raise NotUnderstoodError(f"a {role} of kind {kind}", manifest.span)
    if kind not in known:
        raise KustomizeError(f"unable to load builtin {role} {kind}", manifest.span)
    return config, known[kind]


def _with_texts(config: Mapping) -> Mapping:
    """What Kustomize takes for a text, though it looks like a number, a switch or nothing."""
    for route in _TEXTS:
        if (value := config.scalar(*route)) is not None:
            config = put_route(config, route, _as_text(value))
    for field in _MAPPINGS_OF_TEXTS:
        if (texts := config.mapping(field)) is not None:
            config = put(config, field, texts.mapped(_as_text), texts.span)
    return config


def _as_text(node: Node) -> Node:
    match node:
        case Scalar(value=None):
            return string("", node.span)
        case Scalar(value=bool()):
            return string(node.text, node.span)
        case Scalar(value=int() | float() as number):
            return string(json_text(number), node.span)
        case _:
            return node


_TEXTS = (("metadata", "name"), ("metadata", "namespace"), ("prefix",), ("suffix",), ("value",))
_MAPPINGS_OF_TEXTS = ("labels", "annotations", "imageTag")


def _generate(kind: str, config: Mapping, context: Context) -> None:
    config = without(config, "env")  # only a kustomization has this old name of envs
    for part in ("name", "namespace"):
        value = config.scalar("metadata", part)
        config = config if value is None else put(config, part, value, value.span)
    absorb(context.items, generate(kind, config, NOTHING, context.files))


def _chart(config: Mapping, context: Context) -> None:
    context.inflate(config, config.text("chartHome") or "charts", "")


def _service_account(config: Mapping, context: Context) -> None:
    """The ServiceAccount that acts for one of Google's cloud."""
    if config.text("cloud") != "gke":
        raise KustomizeError("no cloud but gke is supported", config.span)
    account, span = config.text("serviceAccount", "name"), config.span
    project = config.text("serviceAccount", "projectId")
    fields = {
        ("apiVersion",): "v1",
        ("kind",): "ServiceAccount",
        _GKE_ACCOUNT: f"{account}@{project}.iam.gserviceaccount.com",
        ("metadata", "name"): config.text("kubernetesService", "name"),
        ("metadata", "namespace"): config.text("kubernetesService", "namespace"),
    }
    manifest = Mapping({}, {}, span)
    for route, value in fields.items():
        manifest = put_route(manifest, route, string(value, span)) if value else manifest
    absorb(context.items, Item(manifest))


_GKE_ACCOUNT = ("metadata", "annotations", "iam.gke.io/gcp-service-account")
_GENERATORS: dict[str, Callable[[Mapping, Context], None]] = {
    "ConfigMapGenerator": partial(_generate, "ConfigMap"),
    "SecretGenerator": partial(_generate, "Secret"),
    "IAMPolicyGenerator": _service_account,
    "HelmChartInflationGenerator": _chart,
}


def _prefix_and_suffix(config: Mapping, context: Context) -> Iterator[Step]:
    yield from _affix("prefix", add_prefix, config, context)
    yield from _affix("suffix", add_suffix, config, context)


def _hash(config: Mapping, context: Context) -> Iterator[Step]:
    yield Step(partial(add_hashes, context.items), config.span)


def _affix(
    field: str, add: Callable[..., None], config: Mapping, context: Context
) -> Iterator[Step]:
    if "fieldSpecs" not in config.entries:
        raise KustomizeError("fieldSpecs is not expected to be nil", config.span)
    affix = config.scalar(field)
    if affix is not None and affix.value:
        specs = field_specs(config, "fieldSpecs")
        yield Step(partial(add, context.items, affix, specs), affix.span)


def _namespace(config: Mapping, context: Context) -> Iterator[Step]:
    namespace = config.scalar("metadata", "namespace")
    if namespace is None or not namespace.value:
        return
    subjects = config.text("setRoleBindingSubjects") or "defaultOnly"
    if subjects not in {"defaultOnly", "allServiceAccounts", "none"}:
        raise KustomizeError(f"invalid value '{subjects}' for setRoleBindingSubjects", config.span)
    apply = partial(
        set_namespace,
        context.items,
        namespace,
        field_specs(config, "fieldSpecs"),
        subjects=subjects,
        unset_only=config.is_true("unsetOnly"),
    )
    yield Step(apply, namespace.span)


def _put(
    field: str,
    put_in: Callable[[Items, Mapping, tuple[FieldSpec, ...]], None],
    config: Mapping,
    context: Context,
) -> Iterator[Step]:
    """One mapping of the configuration, put wherever its field specs say."""
    given = config.mapping(field)
    if given is not None:
        specs = field_specs(config, "fieldSpecs")
        yield Step(partial(put_in, context.items, given, specs), given.span)


def _patch(config: Mapping, context: Context) -> Iterator[Step]:
    yield _patch_step(context.reader.read, patch_entry(config), config, context)


def _json_patch(config: Mapping, context: Context) -> Iterator[Step]:
    target = config.mapping("target")
    entry = PatchEntry(
        config.span,
        config.scalar("path"),
        config.scalar("jsonOp"),
        None if target is None else selector(target),
    )
    yield _patch_step(context.reader.read_json, entry, config, context)


def _merge_patches(config: Mapping, context: Context) -> Iterator[Step]:
    paths = config.scalars_at("paths")
    patches = config.scalar("patches")
    if not paths and patches is None:
        raise KustomizeError("empty file path and empty patch content", config.span)
    scalars = (*paths, *([patches] if patches else []))
    yield Step(partial(refuse_empty_patches, scalars, context.reader), config.span)
    for scalar in scalars:
        yield _patch_step(context.reader.read_merge, scalar, config, context)


def _patch_step(
    read: Callable[[_Entry], Patch], entry: _Entry, config: Mapping, context: Context
) -> Step:
    reach = context.items, context.kustomization, context.reader.record
    return Step(partial(patch_step, read, entry, *reach), config.span)


def _replacements(config: Mapping, context: Context) -> Iterator[Step]:
    for entry in config.items_at("replacements"):
        if isinstance(entry, Mapping):
            yield from replacement_steps(entry, context.items, context.reader)


def _value(config: Mapping, context: Context) -> Iterator[Step]:
    directory = posixpath.dirname(context.kustomization.path)
    read = partial(context.reader.read_mappings, what="file of targets")
    yield Step(partial(add_value, context.items, config, directory, read), config.span)


_TRANSFORMERS: dict[str, _Transformer] = {
    "PrefixTransformer": partial(_affix, "prefix", add_prefix),
    "SuffixTransformer": partial(_affix, "suffix", add_suffix),
    "PrefixSuffixTransformer": _prefix_and_suffix,
    "HashTransformer": _hash,
    "NamespaceTransformer": _namespace,
    "LabelTransformer": partial(_put, "labels", add_pairs),
    "AnnotationsTransformer": partial(_put, "annotations", add_pairs),
    "ImageTagTransformer": partial(
        _put, "imageTag", lambda items, image, specs: set_images(items, (image,), specs)
    ),
    "ReplicaCountTransformer": partial(_put, "replica", set_replicas),
    "PatchTransformer": _patch,
    "PatchJson6902Transformer": _json_patch,
    "PatchStrategicMergeTransformer": _merge_patches,
    "ReplacementTransformer": _replacements,
    "ValueAddTransformer": _value,
}
