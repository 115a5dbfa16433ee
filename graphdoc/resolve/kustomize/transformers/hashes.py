"""The hash that a generated ConfigMap or Secret has at the end of its name."""

import hashlib
import json

from graphdoc.model.node import Mapping, Scalar, to_plain
from graphdoc.resolve.kustomize.resources.ids import Item
from graphdoc.resolve.kustomize.resources.items import Items
from graphdoc.resolve.kustomize.resources.trees import (
    NotUnderstoodError,
    put_route,
    string,
    text_of,
)

__all__ = ["MARK", "add_hashes", "wants_hash"]

# By this Kustomize knows what wants a hash; a file may have it too.
MARK = ("metadata", "annotations", "internal.config.kubernetes.io/needsHashSuffix")
# Kustomize's hash has no vowels and no digits that look like letters.
_ALPHABET = str.maketrans({"0": "g", "1": "h", "3": "k", "a": "m", "e": "t"})


def add_hashes(items: Items) -> None:
    """Append the hash of its content to the name of every resource that wants it."""
    for index, item in items.indexed():
        if wants_hash(item):
            items.replace(index, _hashed(item))


def wants_hash(item: Item) -> bool:
    """Whether a generator, or an annotation by hand, asks for the hash."""
    return item.needs_hash or text_of(item.manifest.scalar(*MARK)) == "enabled"


def _hashed(item: Item) -> Item:
    name = item.manifest.find("metadata", "name") or item.manifest
    text = f"{item.name}-{_name_hash(item.manifest)}"
    new = string(text, name.span, name.earlier)
    return item.remember().with_manifest(put_route(item.manifest, ("metadata", "name"), new))


def _name_hash(manifest: Mapping) -> str:
    """The ten characters that Kustomize appends to a generated name.

    Kustomize means to hash the name too and looks it up wrongly; so every name counts as empty.
    """
    kind = text_of(manifest.entries.get("kind"))
    if kind not in {"ConfigMap", "Secret"}:
        raise NotUnderstoodError(f"the hash of a {kind}", manifest.span)
    content: dict[str, object] = {"kind": kind, "name": "", "data": _field(manifest, "data")}
    if kind == "Secret":
        content["type"] = _field(manifest, "type")
    extra = "stringData" if kind == "Secret" else "binaryData"
    if isinstance(manifest.entries.get(extra), Mapping):
        content[extra] = _field(manifest, extra)
    digest = hashlib.sha256(_go_json(content).encode("utf-8", "surrogatepass")).hexdigest()
    return digest[:10].translate(_ALPHABET)


def _field(manifest: Mapping, name: str) -> object:
    node = manifest.entries.get(name)
    if node is None:
        return ""
    return node.text if isinstance(node, Scalar) else to_plain(node)


def _go_json(content: object) -> str:
    """JSON as Go writes it: keys sorted, and HTML's characters escaped."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text
