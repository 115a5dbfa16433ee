"""What ``buildMetadata`` adds: whence each resource came, and which transformers it met."""

import posixpath
import re
import textwrap

from graphdoc.model.kustomize import Kustomization
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Scalar
from graphdoc.parse.scalars import OLD_BOOLEANS, resolve_scalar
from graphdoc.resolve.kustomize.resources.ids import Item
from graphdoc.resolve.kustomize.resources.items import Items
from graphdoc.resolve.kustomize.resources.trees import (
    NotUnderstoodError,
    put_route,
    string,
    text_of,
    without,
)

__all__ = [
    "REMOTE", "builtin_origin", "keeps_origins", "mark_changed", "mark_made", "plugin_origin",
    "with_file_origin", "without_origin", "without_unwanted",
]  # fmt: skip

REMOTE = "base-in-another-repository"
_ORIGIN = ("metadata", "annotations", "config.kubernetes.io/origin")
_INTERNAL = (
    "allowKindChange", "allowNameChange", "annotations-migration-resource-id", "generatorBehavior",
    "helm-generated", "id", "index", "needsHashSuffix", "path", "prefixes", "previousKinds",
    "previousNames", "previousNamespaces", "refBy", "seqindent", "suffixes",
)  # fmt: skip
_MARKS = frozenset(
    {f"internal.config.kubernetes.io/{name}" for name in _INTERNAL}
    | {"config.k8s.io/id", "config.kubernetes.io/index", "config.kubernetes.io/path"}
)
_TRANSFORMATIONS = ("metadata", "annotations", "alpha.config.kubernetes.io/transformations")
_OPTIONS = {"originAnnotations": _ORIGIN, "transformerAnnotations": _TRANSFORMATIONS}
_REMOVED = _MARKS | {_ORIGIN[-1], _TRANSFORMATIONS[-1]}
_WORD = re.compile(r"(?![0-9]{4}-[0-9])[\w./][\w./@+-]*", re.ASCII)


def keeps_origins(kustomization: Kustomization) -> bool:
    """Whether resources have the annotations while they are built, though not always at the end."""
    return bool(kustomization.scalars("buildMetadata"))


def with_file_origin(manifest: Mapping, path: str) -> Mapping:
    """A resource that says in which file it stands.

    Raises:
        NotUnderstoodError: it has transformations of its own.
    """
    if manifest.find(*_TRANSFORMATIONS) is not None:
        reason = "originAnnotations of a resource with transformations of its own"
        raise NotUnderstoodError(reason, manifest.span)
    origin = string(f"path: {_word(posixpath.normpath(path))}\n", manifest.span)
    return put_route(manifest, _ORIGIN, origin)


def builtin_origin(path: str, kind: str) -> str:
    """What a field of the kustomization at a path is called."""
    return _configured(path, {"apiVersion": "builtin", "kind": kind})


def plugin_origin(config: Mapping) -> str:
    """What a plugin is called, by its configuration, which tells its own origin."""
    path = text_of(config.find(*_ORIGIN)).removeprefix("path: ").rstrip("\n")
    fields = {name: config.text(name) for name in ("apiVersion", "kind")}
    fields |= {name: config.text("metadata", name) for name in ("name", "namespace")}
    return _configured(path, fields)


def _configured(path: str, fields: dict[str, str]) -> str:
    lines = [f"  {name}: {_word(value)}\n" for name, value in fields.items() if value]
    return f"configuredIn: {_word(posixpath.normpath(path))}\nconfiguredBy:\n{''.join(lines)}"


def _word(text: str) -> str:
    is_plain = _WORD.fullmatch(text) and text.lower() not in OLD_BOOLEANS
    if not is_plain or not isinstance(resolve_scalar(text), str):
        raise NotUnderstoodError(f"buildMetadata: '{text}', which may have to be quoted")
    return text


def mark_made(items: Items, origin: str, span: Span) -> None:
    """What has no origin yet is what the generator just made."""
    for found in items.indexed():
        if found[1].manifest.find(*_ORIGIN) is None:
            _annotate(items, found, _ORIGIN, string(origin, span))


def mark_changed(items: Items, origin: str, span: Span) -> None:
    """Every resource remembers the transformer, whether it was changed or not."""
    entry = "- " + textwrap.indent(origin, "  ").lstrip()
    new = {index for index, item in items.indexed() if item.manifest.find(*_ORIGIN) is None}
    mark_made(items, origin, span)
    for found in items.indexed():
        if found[0] not in new:
            before = text_of(found[1].manifest.find(*_TRANSFORMATIONS))
            _annotate(items, found, _TRANSFORMATIONS, string(before + entry, span))


def _annotate(items: Items, found: tuple[int, Item], route: tuple[str, ...], text: Scalar) -> None:
    index, item = found
    manifest = put_route(item.manifest, route, text)
    items.allowance.spend(manifest)
    items.replace(index, item.with_manifest(manifest))


def without_origin(manifest: Mapping) -> Mapping:
    """A resource that another is to replace."""
    return without(manifest, *_ORIGIN)


def without_unwanted(items: list[Item], kustomization: Kustomization | None) -> list[Item]:
    """Kustomize removes its annotations, even a resource's own, unless it is asked for them.

    Raises:
        NotUnderstoodError: it is, and would name a repository as it fetched it.
    """
    if not any(map(_is_marked, items)):
        return items
    asked = kustomization.scalars("buildMetadata") if kustomization else ()
    wanted = {option.value for option in asked}
    items = [_without_marks(item) for item in items]
    for option, route in _OPTIONS.items():
        if option not in wanted:
            items = [_stripped(item, route) for item in items]
        elif any(REMOTE in text_of(item.manifest.find(*route)) for item in items):
            raise NotUnderstoodError(f"{option} of a base in another repository", asked[0].span)
    return items


def _is_marked(item: Item) -> bool:
    """Whether a resource has any of these annotations, which few have."""
    return not _REMOVED.isdisjoint(item.manifest.at("metadata", "annotations").entries)


def _without_marks(item: Item) -> Item:
    """Without what Kustomize keeps for itself while it builds, even where a file has it."""
    for key in item.manifest.at("metadata", "annotations").entries:
        if key in _MARKS:
            item = _stripped(item, ("metadata", "annotations", key))
    return item


def _stripped(item: Item, route: tuple[str, ...]) -> Item:
    if item.manifest.find(*route) is None:
        return item
    return item.with_manifest(without(item.manifest, *route))
