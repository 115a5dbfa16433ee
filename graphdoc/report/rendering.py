"""Rendered resources as YAML or JSON, without any value of a Secret."""

import json
from collections.abc import Iterator

from graphdoc.graph.export.plain import place_to_plain
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.node import Mapping, Node, Plain, Scalar, Sequence, walk
from graphdoc.model.redact import (
    SECRET_FIELDS,
    SECRET_KINDS,
    hidden_fields,
    redact_key,
    to_public,
    to_public_field,
)
from graphdoc.model.resource import Resource

__all__ = ["JsonWriter", "to_yaml_documents"]

_MOST_REMEMBERED = 1 << 26
_QUOTE = json.encoder.encode_basestring_ascii


class JsonWriter:
    """Writes one line of JSON for each PATH; what their resources share is put into words once."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[Node, str]] = {}
        self._size = 0

    def line(
        self,
        path: str,
        resources: tuple[Resource, ...],
        notes: tuple[NotUnderstood, ...],
        error: str | None,
        *,
        origins: bool = False,
    ) -> str:
        """The line for one PATH."""
        documents = ", ".join(self._document(resource.manifest) for resource in resources)
        places: list[Plain] = [
            {"location": place_to_plain(note.location), "reason": note.reason} for note in notes
        ]
        parts = {
            "path": json.dumps(path),
            "documents": f"[{documents}]",
            "not_understood": json.dumps(places),
            "error": json.dumps(error),
        }
        if origins:
            parts["origins"] = json.dumps(dict(_origins(resources)))
        return _to_object(parts) + "\n"

    def _document(self, manifest: Mapping) -> str:
        hidden = hidden_fields(manifest)
        is_secret = hidden >= SECRET_FIELDS
        return _to_object(
            {
                key: self._field(manifest, key, is_hidden=is_secret or key in hidden)
                for key in manifest.entries
            }
        )

    def _field(self, manifest: Mapping, key: str, *, is_hidden: bool) -> str:
        node = manifest.entries[key]
        if is_hidden or isinstance(node, Scalar):
            return json.dumps(to_public_field(manifest, key))
        known = self._texts.get(id(node))
        return self._remember(node, json.dumps(to_public(node))) if known is None else known[1]

    def _remember(self, node: Node, text: str) -> str:
        self._size += len(text)
        if self._size > _MOST_REMEMBERED:
            self._texts.clear()
            self._size = len(text)
        self._texts[id(node)] = node, text  # the node keeps its id from being used again
        return text


def _to_object(parts: dict[str, str]) -> str:
    """An object of values that are JSON already."""
    return "{" + ", ".join(f"{_QUOTE(key)}: {text}" for key, text in parts.items()) + "}"


def to_yaml_documents(resources: tuple[Resource, ...], *, origins: bool = False) -> Iterator[str]:
    """One YAML document for each resource."""
    from graphdoc.parse.emit import to_yaml  # noqa: PLC0415 -- takes longer than most to render

    for resource in resources:
        comment = _origin_comment(resource) if origins else ""
        yield f"---\n{comment}{to_yaml(to_public(resource.manifest))}"


def _origins(resources: tuple[Resource, ...]) -> Iterator[tuple[str, Plain]]:
    for index, resource in enumerate(resources):
        for pointer, node in walk(resource.manifest):
            if _is_leaf(node):
                places: list[Plain] = [place_to_plain(span) for span in node.origins]
                yield f"{index}{_public_pointer(resource, pointer)}", places


def _public_pointer(resource: Resource, pointer: str) -> str:
    """The way to a leaf; a key that may be the value of a Secret is none that is told."""
    if resource.kind not in SECRET_KINDS:
        return pointer
    _, field, *rest = pointer.split("/")
    is_hidden = field in SECRET_FIELDS
    return "/".join(("", field, *(redact_key(part) if is_hidden else part for part in rest)))


def _is_leaf(node: Node) -> bool:
    match node:
        case Scalar():
            return True
        case Sequence():
            return not node.items
        case Mapping():
            return not node.entries


def _origin_comment(resource: Resource) -> str:
    files = {str(span.file) for _, node in walk(resource.manifest) for span in node.origins}
    return "".join(f"# from {ascii(file)[1:-1]}\n" for file in sorted(files))
