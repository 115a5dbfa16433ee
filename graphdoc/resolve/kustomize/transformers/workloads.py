"""The transformers of images and replica counts."""

import re
from functools import partial
from typing import NamedTuple

from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, is_null, nodes_within
from graphdoc.resolve.kustomize.fields.fieldspec import FieldSpec, set_fields
from graphdoc.resolve.kustomize.resources.expressions import compile_expression
from graphdoc.resolve.kustomize.resources.items import Items
from graphdoc.resolve.kustomize.resources.trees import (
    AbsentTargetError,
    Hidden,
    KustomizeError,
    override,
    put,
    restyle,
    rewritten,
)

__all__ = ["set_images", "set_replicas"]

_CONTAINERS = ("containers", "initContainers")
_PLAIN = re.compile(r"[\w./-]+")
_TAG = r"(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$"


class _Image(NamedTuple):
    """One entry; ``word`` is what an image that it names must say, for names are expressions."""

    name: str
    new_name: str
    new_tag: str
    digest: str
    tag_suffix: str
    places: tuple[Span, ...]
    word: str

    def change(self, image: str) -> str:
        name, tag, digest = _split(image)
        name = self.new_name or name
        if self.new_tag or self.digest:
            tag, digest = self.new_tag, self.digest
        elif self.tag_suffix:
            tag, digest = tag + self.tag_suffix, ""
        return name + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")


def set_images(items: Items, entries: tuple[Mapping, ...], specs: tuple[FieldSpec, ...]) -> None:
    """Change every image that an entry names, entry by entry."""
    images = [_image(entry) for entry in entries]
    for index, item in items.indexed() if images else ():
        if item.gvk.kind == "CustomResourceDefinition":
            continue
        items.replace(index, item.with_manifest(_set_all(item.manifest, images, specs)))


def _set_all(manifest: Mapping, images: list[_Image], specs: tuple[FieldSpec, ...]) -> Mapping:
    """The resource looked through for the images that it says, and in any case for the first."""
    said = "\n".join(node.text for node in nodes_within(manifest) if isinstance(node, Scalar))
    for image in images:
        if image is images[0] or image.word in said:
            manifest = _set_image(manifest, image, specs)
            said += f"\n{image.new_name}"
    return manifest


def _set_image(manifest: Mapping, image: _Image, specs: tuple[FieldSpec, ...]) -> Mapping:
    changed = _in_containers(manifest, image)
    assert isinstance(changed, Mapping)
    for field in specs:
        if field.gvk.kind or field.gvk.group or field.gvk.version:
            group_kind = (changed.text("kind"), changed.text("apiVersion"))
            if not _fits(field, *group_kind):
                continue
        changed = set_fields(changed, field, lambda node: _changed(node, image))
    return changed


def _fits(field: FieldSpec, kind: str, api_version: str) -> bool:
    group, slash, version = api_version.partition("/")
    if not slash:
        group, version = "", group
    wanted = zip(field.gvk, (group, version, kind), strict=True)
    return all(not want or want == have for want, have in wanted)


def _in_containers(node: Node, image: _Image) -> Node:
    """Images of containers at any depth: so Kustomize finds those of custom resources."""
    match node:
        case Mapping():
            changed = node
            for key, value in node.entries.items():
                new = _in_containers(value, image)
                if key in _CONTAINERS and isinstance(new, Sequence):
                    new = new.mapped(lambda container: _in_container(container, image))
                if new is not value:
                    changed = put(changed, key, new, changed.span)
            return changed
        case Sequence():
            return node.mapped(lambda item: _in_containers(item, image))
        case Scalar():
            return node


def _in_container(container: Node, image: _Image) -> Node:
    if is_null(container):
        return container
    if not isinstance(container, Mapping):
        raise KustomizeError("wrong node kind: expected a mapping", container.span)
    old = container.entries.get("image")
    return container if old is None else put(container, "image", _changed(old, image), old.span)


def _changed(node: Node, image: _Image) -> Node:
    if is_null(node):
        return node
    if not isinstance(node, Scalar):
        raise KustomizeError("wrong node kind: expected a scalar", node.span)
    if not compile_expression(image.name, "^", _TAG).search(node.text):
        return node
    text, (*earlier, last) = image.change(node.text), image.places
    if text == node.text:
        return node
    return override(rewritten(node, text, last, tuple(earlier)), node)


def _image(entry: Mapping) -> _Image:
    name = entry.text("name")
    return _Image(
        name=name,
        new_name=entry.text("newName"),
        new_tag=entry.text("newTag"),
        digest=entry.text("digest"),
        tag_suffix=entry.text("tagSuffix"),
        places=_image_places(entry),
        word=max(name.split("."), key=len) if _PLAIN.fullmatch(name) else "",
    )


def _image_places(entry: Mapping) -> tuple[Span, ...]:
    """What changes an image; one would change its tag before its name."""
    fields = map(entry.scalar, ("newName", "tagSuffix", "digest", "newTag"))
    return tuple(scalar.span for scalar in fields if scalar and scalar.value) or (entry.span,)


def _split(image: str) -> tuple[str, str, str]:
    start = max(image.find("/"), 0)
    at, colon = image.find("@", start), image.find(":", start)
    if at >= 0 and (colon < 0 or at < colon):
        return image[:at], "", image[at + 1 :]
    if colon < 0:
        return image, "", ""
    if at < 0:
        return image[:colon], image[colon + 1 :], ""
    return image[:colon], image[colon + 1 : at], image[at + 1 :]


def set_replicas(items: Items, entry: Mapping, specs: tuple[FieldSpec, ...]) -> None:
    """Set the replicas of the workloads that have, or had, the entry's name."""
    name, count = entry.text("name"), entry.scalar("count")
    number = _whole(count)
    span = count.span if count else entry.span
    new = Scalar(number, span, plain=True, text=str(number))
    found = False
    for field in specs:
        for index, item in items.named(name):
            if not any(i.name == name and i.gvk.is_selected_by(field.gvk) for i in item.ids):
                continue
            found = True
            if item.gvk.is_selected_by(field.gvk):
                manifest = set_fields(item.manifest, field, partial(_counted, new), new)
                items.replace(index, item.with_manifest(manifest))
    if not found:
        error = AbsentTargetError(f"no workload named '{name}' to set replicas of", entry.span)
        error.hides = Hidden.NOTHING
        raise error


def _whole(count: Scalar | None) -> int:
    if count is None or count.value is None:
        return 0
    match count.value:
        case int() as number if not isinstance(number, bool):
            return number
        case float() as number if number.is_integer():
            return int(number)
    raise KustomizeError(f"'{count.text}' is no whole number", count.span)


def _counted(new: Scalar, old: Node) -> Node:
    if not isinstance(old, Scalar):
        raise KustomizeError("wrong node kind: expected a scalar", old.span)
    return override(restyle(new, old), old)
