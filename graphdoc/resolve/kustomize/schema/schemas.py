"""``openapi``: the schema by which strategic merges know the lists of a type.

A schema of one's own stands in place of the built-in one: what it does not say of a built-in type
nobody says. The first that a build meets is in force from there on, and no later one. What
Kustomize has looked up in the built-in schema by then stays known beside it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.node import Plain, unescape_pointer
from graphdoc.resolve.kustomize.resources.ids import Gvk, is_cluster_scoped
from graphdoc.resolve.kustomize.resources.mergekeys import FindShape, Shape, shape_of_type
from graphdoc.resolve.kustomize.resources.trees import KustomizeError, NotUnderstoodError
from graphdoc.resolve.kustomize.schema.openapi import check_schema, extension, properties_of

__all__ = ["BUILT_IN", "BUILT_IN_VERSION", "Schema", "is_looked_up", "parse_schema"]

BUILT_IN_VERSION = "v1.21.2"

_TYPE = "x-kubernetes-group-version-kind"
_STRATEGY = "x-kubernetes-patch-strategy"
_KEY = "x-kubernetes-patch-merge-key"
_KEYS = "x-kubernetes-list-map-keys"
# A reference that Go's parser of URLs leaves alone, to a definition.
_REFERENCE = re.compile(r"#/definitions/([\w.~-]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Schema:
    """What is in force; ``name`` tells it from others, ``beside`` is it with the built-in one."""

    name: str
    find_shape: FindShape
    beside: FindShape
    without_namespace: frozenset[Gvk] = frozenset()

    def with_built_in(self) -> "Schema":
        """The schema with the built-in one still known."""
        if self.find_shape == self.beside:
            return self
        return replace(self, name=f"{self.name}+", find_shape=self.beside)


BUILT_IN = Schema(BUILT_IN_VERSION, shape_of_type, shape_of_type)


def parse_schema(name: str, document: Plain) -> Schema:
    """The schema in a document.

    Raises:
        NotUnderstoodError: Kustomize would stop where it first needs it.
    """
    try:
        swagger = _mapping(document, "the schema")
        definitions = _mapping(swagger.get("definitions"), "'definitions'")
        for key, definition in definitions.items():
            check_schema(definition, key)
        types = list(_find_types(definitions))
        alone, beside = _Types(definitions, types), _TypesBeside(definitions, types)
        paths = _mapping(swagger.get("paths"), "'paths'")
        unnamespaced = frozenset(_find_unnamespaced(paths))
        return Schema(name, alone.find_shape, beside.find_shape, unnamespaced)
    except KustomizeError as error:
        reason = f"openapi: {error.reason}; Kustomize stops where it needs the schema"
        raise NotUnderstoodError(reason) from error


def is_looked_up(gvk: Gvk) -> bool:
    """Whether Kustomize asks the schema of a type when it reads a resource; others it knows."""
    return "." in gvk.group and not gvk.group.endswith(".k8s.io")


def _mapping(value: Plain, what: str) -> dict[str, Plain]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise KustomizeError(f"{what} must be a mapping")
    return value


def _find_types(definitions: dict[str, Plain]) -> Iterator[tuple[Gvk, Plain]]:
    for definition in definitions.values():
        types = extension(definition, _TYPE)
        for entry in types if isinstance(types, list) else ():
            if isinstance(entry, dict):
                yield _gvk(entry), definition


def _gvk(entry: dict[str, Plain]) -> Gvk:
    group, version, kind = (entry.get(part) for part in ("group", "version", "kind"))
    if not isinstance(version, str) or not isinstance(kind, str):
        raise KustomizeError(f"'{_TYPE}' must have a version and a kind")
    return Gvk(group if isinstance(group, str) else "", version, kind)


def _find_unnamespaced(paths: dict[str, Plain]) -> Iterator[Gvk]:
    """Yield the types without namespaces, by their addresses, that only this schema knows."""
    types: dict[Gvk, bool] = {}
    for path, operations in paths.items():
        get = operations.get("get") if isinstance(operations, dict) else None
        entry = extension(get, _TYPE)
        if isinstance(entry, dict):
            gvk = _gvk(entry)
            types[gvk] = types.get(gvk, False) or "namespaces/{namespace}" in path
    for gvk, has_namespace in types.items():
        if not has_namespace and shape_of_type(gvk) is None and not is_cluster_scoped(gvk):
            yield gvk


class _Types:
    """The definitions of a schema and which of them describe types."""

    def __init__(self, definitions: dict[str, Plain], types: list[tuple[Gvk, Plain]]) -> None:
        self._definitions = definitions
        self._types = grouped(types)

    def find_shape(self, gvk: Gvk) -> Shape | None:
        """What the schema says of a type."""
        found = self._types.get(gvk, ())
        if len(found) > 1:
            raise NotUnderstoodError(f"openapi defines {gvk.api_version} {gvk.kind} twice")
        return _Place(found[0], self) if found else None

    def follow(self, schema: Plain) -> "Shape | None":
        """A place, where its schema is another's by reference, as that says."""
        seen: list[str] = []
        while isinstance(schema, dict) and isinstance(ref := schema.get("$ref"), str) and ref:
            match = _REFERENCE.fullmatch(ref)
            if match is None or ref in seen:
                raise NotUnderstoodError(f"openapi has a reference '{ref}'")
            seen.append(ref)
            name = unescape_pointer(match[1])
            self.refuse(name)
            if name not in self._definitions:
                return None
            schema = self._definitions[name]
        return _Place(schema, self)

    def refuse(self, name: str) -> None:
        """Stop where a definition may be another's of that name."""


class _TypesBeside(_Types):
    """The same, with the built-in schema."""

    def find_shape(self, gvk: Gvk) -> Shape | None:
        """What either says of a type."""
        own, built_in = super().find_shape(gvk), shape_of_type(gvk)
        if own is not None and built_in is not None:
            raise NotUnderstoodError(f"{gvk.kind} is in openapi and in the built-in schema")
        return own if built_in is None else built_in

    def refuse(self, name: str) -> None:
        """Stop at what the built-in schema may define otherwise."""
        if name.startswith("io.k8s."):
            raise NotUnderstoodError(f"openapi refers to '{name}', which may be built in")


class _Place:
    """One place in a type, as a schema describes it."""

    def __init__(self, schema: Plain, types: _Types) -> None:
        self._schema = schema
        self._types = types

    @property
    def keys(self) -> tuple[str, ...] | None:
        schema = self._schema if isinstance(self._schema, dict) else {}
        if _STRATEGY not in schema or "merge" not in _text(schema, _STRATEGY).split(","):
            return None
        if _KEYS in schema:
            return _texts(schema, _KEYS)
        return (_text(schema, _KEY),) if _KEY in schema else ()

    def field(self, name: str) -> Shape | None:
        properties = properties_of(self._schema)
        if name in properties:
            return self._types.follow(properties[name])
        others = extension(self._schema, "additionalProperties")
        return self._types.follow(others) if isinstance(others, dict) else None

    def element(self) -> Shape | None:
        if extension(self._schema, "type") not in ("array", ["array"]):
            return None
        items = extension(self._schema, "items")
        if isinstance(items, list):
            raise NotUnderstoodError("openapi has a schema for each entry of a list")
        return self._types.follow(items) if isinstance(items, dict) else None


def _text(schema: dict[str, Plain], name: str) -> str:
    value = schema[name]
    if not isinstance(value, str):
        raise NotUnderstoodError(f"openapi: '{name}' must be a text")
    return value


def _texts(schema: dict[str, Plain], name: str) -> tuple[str, ...]:
    value = schema[name]
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise NotUnderstoodError(f"openapi: '{name}' must be a list of texts")
    return tuple(text for text in value if isinstance(text, str))
