"""OpenAPI definitions in files: their text, and what Go takes for a schema."""

import json
from typing import NoReturn

from graphdoc.model.node import Plain, Scalar, to_plain
from graphdoc.resolve.kustomize.files.loader import Sources
from graphdoc.resolve.kustomize.files.record import Record
from graphdoc.resolve.kustomize.files.roots import Root
from graphdoc.resolve.kustomize.resources.trees import KustomizeError, NotUnderstoodError

__all__ = ["check_schema", "extension", "properties_of", "read_definitions"]

_SHAPES: dict[str, tuple[str, tuple[type, ...]]] = {
    **dict.fromkeys(
        ("id", "description", "format", "title", "pattern", "discriminator", "$schema"),
        ("a text", (str,)),
    ),
    **dict.fromkeys(
        ("nullable", "exclusiveMaximum", "exclusiveMinimum", "uniqueItems", "readOnly"),
        ("true or false", (bool,)),
    ),
    **dict.fromkeys(("maximum", "minimum", "multipleOf"), ("a number", (int, float))),
    **dict.fromkeys(
        ("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"),
        ("an integer", (int,)),
    ),
    "type": ("a text or a list of texts", (str, list)),
    "required": ("a list of texts", (list,)),
    **dict.fromkeys(("enum", "allOf", "anyOf", "oneOf"), ("a list", (list,))),
    **dict.fromkeys(
        ("properties", "patternProperties", "definitions", "dependencies", "externalDocs"),
        ("a mapping", (dict,)),
    ),
}
_SCHEMAS = ("not", "additionalItems", "additionalProperties", "items")
_LISTS = ("allOf", "anyOf", "oneOf", "items")
_MAPPINGS = ("properties", "patternProperties", "definitions")


def read_definitions(
    sources: Sources, root: Root, entry: Scalar, what: str, record: Record
) -> Plain:
    """What a file of definitions says, which is JSON if it begins with a brace."""
    path = sources.find(root, entry, what)
    content = sources.read(root, path, entry.span, record)
    if content.startswith(b"{"):
        return _read_json(content, path, entry)
    documents = sources.documents(root, path, entry.span, record)
    if not content:
        raise KustomizeError(f"{what} '{path}' is empty", entry.span)
    if not documents or documents[0].root is None:
        return None
    if documents[0].duplicates:
        raise NotUnderstoodError(f"{what} with a key that stands twice", entry.span)
    return to_plain(documents[0].root)


def _read_json(content: bytes, path: str, entry: Scalar) -> Plain:
    try:
        plain: Plain = json.loads(content.decode("utf-8", "replace"), parse_constant=_refuse)
    except ValueError as error:
        raise KustomizeError(f"{path} begins with a brace and is no JSON", entry.span) from error
    except RecursionError:
        raise NotUnderstoodError(f"{path} is nested too deeply", entry.span) from None
    return plain


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def check_schema(schema: Plain, name: str) -> None:
    """Pass over a schema that Go can read."""
    if schema is None:
        return
    if not isinstance(schema, dict):
        raise KustomizeError(f"definition '{name}': a schema must be a mapping")
    for field, value in schema.items():
        _check_field(field, value, name)


def _check_field(field: str, value: Plain, name: str) -> None:
    if field in _SHAPES and value is not None:
        expected, types = _SHAPES[field]
        is_mistaken = isinstance(value, bool) and bool not in types
        if is_mistaken or not isinstance(value, types) or not _holds_texts(field, value):
            raise KustomizeError(f"definition '{name}': '{field}' must be {expected}")
    for below in _schemas_below(field, value):
        check_schema(below, name)


def _holds_texts(field: str, value: Plain) -> bool:
    if field not in {"type", "required"} or not isinstance(value, list):
        return True
    return all(isinstance(text, str) for text in value)


def _schemas_below(field: str, value: Plain) -> list[Plain]:
    if field in _MAPPINGS and isinstance(value, dict):
        return list(value.values())
    if field in _LISTS and isinstance(value, list):
        return value
    return [value] if field in _SCHEMAS and not isinstance(value, bool) else []


def properties_of(schema: Plain) -> dict[str, Plain]:
    """The fields that a schema describes."""
    found = schema.get("properties") if isinstance(schema, dict) else None
    return found if isinstance(found, dict) else {}


def extension(schema: Plain, name: str) -> Plain:
    """What a schema says under a name of its own (``x-…``)."""
    return schema.get(name) if isinstance(schema, dict) else None
