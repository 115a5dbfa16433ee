"""``crds``: OpenAPI definitions that say which fields of a custom type hold names and labels."""

import re
from collections.abc import Iterator
from itertools import chain, islice
from typing import NamedTuple

from graphdoc.model.node import Plain
from graphdoc.resolve.kustomize.fields.defaults import NameReference, TransformerConfig
from graphdoc.resolve.kustomize.fields.fieldspec import FieldSpec, split_path
from graphdoc.resolve.kustomize.resources.ids import Gvk
from graphdoc.resolve.kustomize.resources.trees import KustomizeError, NotUnderstoodError
from graphdoc.resolve.kustomize.schema.openapi import check_schema, extension, properties_of

__all__ = ["config_of_definitions"]

_DEEPEST, _MOST = 100, 20_000
# A reference that Go's parser of URLs writes as it was.
_PLAIN_REFERENCE = re.compile(r"(#/)?\w[\w.-]*(/[\w.-]+)*", re.ASCII)


class _Property(NamedTuple):
    kind: str
    path: tuple[str, ...]
    schema: Plain


def config_of_definitions(document: Plain) -> TransformerConfig:
    """The field specs that a file of definitions adds.

    Raises:
        KustomizeError: it holds something other than definitions, or one that contains itself.
    """
    schemas = _schemas(document)
    types = [name for name in schemas if _is_resource(schemas[name])]
    fields = chain.from_iterable(_properties(name, schemas) for name in types)
    found = list(islice(fields, _MOST + 1))
    if len(found) > _MOST:
        raise NotUnderstoodError(f"definitions with more than {_MOST} fields")
    return _to_config(found)


def _is_resource(schema: Plain) -> bool:
    return {"kind", "apiVersion", "metadata"} <= properties_of(schema).keys()


def _schemas(document: Plain) -> dict[str, Plain]:
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise KustomizeError("OpenAPI definitions must be a mapping")
    return {name: _schema(name, definition) for name, definition in document.items()}


def _schema(name: str, definition: Plain) -> Plain:
    if definition is None:
        return None
    if not isinstance(definition, dict):
        reason = f"'{name}' is no OpenAPI definition, which has a Schema and Dependencies"
        raise KustomizeError(reason)
    schema: Plain = None
    for key, value in definition.items():
        if key.lower() == "schema":
            check_schema(value, name)
            schema = value
        elif key.lower() == "dependencies":
            _check_dependencies(value, name)
    return schema


def _check_dependencies(value: Plain, name: str) -> None:
    is_list = isinstance(value, list) and all(v is None or isinstance(v, str) for v in value)
    if value is not None and not is_list:
        raise KustomizeError(f"definition '{name}': 'Dependencies' must be a list of texts")


def _properties(name: str, schemas: dict[str, Plain]) -> Iterator[_Property]:
    """Yield each field of a type, at any depth; only references lead deeper."""
    kind = name.rpartition(".")[2]
    waiting: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = [(name, (), (name,))]
    while waiting:
        name, path, above = waiting.pop()
        for field, schema in properties_of(schemas[name]).items():
            yield _Property(kind, (*path, field), schema)
            below = _reference(schema, schemas)
            if below is not None:
                _refuse_loop(below, above)
                waiting.append((below, (*path, field), (*above, below)))


def _reference(schema: Plain, schemas: dict[str, Plain]) -> str | None:
    reference = schema.get("$ref") if isinstance(schema, dict) else None
    if not isinstance(reference, str) or reference not in schemas:
        return None
    if not _PLAIN_REFERENCE.fullmatch(reference):
        raise NotUnderstoodError(f"a definition named '{reference}'")
    return reference


def _refuse_loop(name: str, above: tuple[str, ...]) -> None:
    if name in above:
        raise KustomizeError(f"definition '{name}' contains itself: Kustomize does not end")
    if len(above) > _DEEPEST:
        raise NotUnderstoodError(f"definitions nested deeper than {_DEEPEST}")


def _to_config(found: list[_Property]) -> TransformerConfig:
    def having(name: str) -> tuple[FieldSpec, ...]:
        wanted = (entry for entry in found if isinstance(extension(entry.schema, name), str))
        return tuple(dict.fromkeys(_field_spec(entry) for entry in wanted))

    references: dict[Gvk, dict[FieldSpec, None]] = {}
    for target, field in chain.from_iterable(map(_references, found)):
        references.setdefault(target, {})[field] = None
    return TransformerConfig(
        common_annotations=having("x-kubernetes-annotation"),
        common_labels=having("x-kubernetes-label-selector"),
        name_prefix=having("x-kubernetes-identity"),
        name_references=tuple(NameReference(t, tuple(f)) for t, f in references.items()),
    )


def _references(entry: _Property) -> Iterator[tuple[Gvk, FieldSpec]]:
    version = extension(entry.schema, "x-kubernetes-object-ref-api-version")
    kind = extension(entry.schema, "x-kubernetes-object-ref-kind")
    if isinstance(version, str) and isinstance(kind, str):
        key = extension(entry.schema, "x-kubernetes-object-ref-name-key")
        yield Gvk("", version, kind), _field_spec(entry, key if isinstance(key, str) else "name")


def _field_spec(entry: _Property, *below: str) -> FieldSpec:
    # A slash within a name parts it, as in a configuration.
    return FieldSpec(split_path("/".join((*entry.path, *below))), Gvk("", "", entry.kind))
