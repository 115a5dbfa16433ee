"""Which lists of the built-in types a strategic merge patch merges, and by which keys.

``mergekeys.json`` is the API that Kustomize 5.8.1 carries (Kubernetes 1.21): the fields of each
type with their own types and the merge keys of lists, and the kinds of each version. Lists that
are not there, and all lists of types that are not there, are replaced as a whole.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeAlias

from graphdoc.model.shipped import shipped_table
from graphdoc.resolve.kustomize.resources.ids import Gvk

__all__ = ["Field", "FindShape", "Shape", "shape_of_type"]


class Shape(Protocol):
    """What a schema says of one place in a resource."""

    @property
    def keys(self) -> tuple[str, ...] | None:
        """The merge keys of a list; ``None`` for a list that is replaced."""

    def field(self, name: str) -> "Shape | None":
        """What it says of a field; ``None`` where it says nothing."""

    def element(self) -> "Shape | None":
        """What it says of each entry of a list."""


FindShape: TypeAlias = Callable[[Gvk], Shape | None]


class Field(NamedTuple):
    """A place in a built-in type: what lies below, and merge keys."""

    type: str = ""
    keys: tuple[str, ...] | None = None

    def field(self, name: str) -> Shape | None:
        """Every field is known; most lead to no merged list."""
        return _FIELDS.get(self.type, _NOTHING).get(name, _PLAIN)

    def element(self) -> Shape | None:
        """An entry, which is no merged list itself."""
        return Field(self.type)


class _Resource(Field):
    """A built-in type as a whole."""

    def field(self, name: str) -> Shape | None:
        return _METADATA if name == "metadata" else super().field(name)


_PLAIN = Field()
_METADATA = Field("ObjectMeta")
_NOTHING: dict[str, Field] = {}
_TABLE = shipped_table(__package__, "mergekeys.json")
_FIELDS = {
    name: {field: Field(type_, *map(tuple, keys)) for field, (type_, *keys) in fields.items()}
    for name, fields in _TABLE["types"].items()
}
_KNOWN = frozenset((v, kind) for v, kinds in _TABLE["kinds"].items() for kind in kinds.split())


def shape_of_type(gvk: Gvk) -> Shape | None:
    """What is known of a built-in type; ``None`` for every other type."""
    return _Resource(gvk.kind) if (gvk.api_version, gvk.kind) in _KNOWN else None
