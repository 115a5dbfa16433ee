"""Bases, each put together once however many overlays include it."""

from collections.abc import Callable
from dataclasses import field
from typing import NamedTuple, TypeAlias

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.kustomize import Kustomization
from graphdoc.resolve.kustomize.charts import Inflator
from graphdoc.resolve.kustomize.fields.defaults import DEFAULTS, TransformerConfig
from graphdoc.resolve.kustomize.files.loader import Sources
from graphdoc.resolve.kustomize.files.record import Record
from graphdoc.resolve.kustomize.files.roots import Root
from graphdoc.resolve.kustomize.resources.ids import Item
from graphdoc.resolve.kustomize.resources.items import Items
from graphdoc.resolve.kustomize.resources.trees import KustomizeError
from graphdoc.resolve.kustomize.schema.schemas import Schema
from graphdoc.resolve.kustomize.transformers.variables import Variable

__all__ = ["Accumulated", "Accumulator", "Adjust", "FindClone", "State", "Way"]

FindClone: TypeAlias = Callable[[str, str], Clone | None]
Adjust: TypeAlias = Callable[[Kustomization], Kustomization]
_Key: TypeAlias = tuple[str, str, str, str, str | None, bool]


class Way(NamedTuple):
    """How one got to a kustomization: by which others, and what they ask of it.

    ``namespace``: where the charts of bases go that name no namespace of their own.
    ``schema``: what an ``openapi`` before has put in force.
    ``origin``: its directory from the one that is built, where ``buildMetadata`` asks for it.
    ``is_late``: whether resources were read before, none of them by a schema.
    """

    chain: tuple[Root, ...] = ()
    namespace: str = ""
    adjust: Adjust | None = None
    schema: Schema | None = None
    origin: str | None = None
    is_late: bool = False


class Accumulated(NamedTuple):
    """What a kustomization hands to whatever includes it."""

    items: tuple[Item, ...]
    config: TransformerConfig
    variables: dict[str, Variable]
    record: Record
    kustomization: Kustomization | None
    schema: Schema | None = None


@dataclass(slots=True)
class State:
    """What grows while one kustomization is put together; a component adds to its includer's."""

    items: Items = field(default_factory=Items)
    config: TransformerConfig = field(default_factory=TransformerConfig)
    variables: dict[str, Variable] = field(default_factory=dict)
    components: int = 0
    generated: int = 0
    taken: int = 0
    schema: Schema | None = None

    def use(self, schema: Schema | None) -> None:
        """Merge by a schema from here on."""
        self.schema = schema
        if schema is not None:
            self.items.find_shape = schema.find_shape

    def add_variable(self, var: Variable) -> None:
        """Add what no other of its name is there for."""
        if var.name in self.variables:
            raise KustomizeError(f"var '{var.name}' already encountered")
        self.variables[var.name] = var

    def merge(self, config: TransformerConfig) -> None:
        """Add field specs to those known."""
        is_first = config is DEFAULTS and self.config == TransformerConfig()
        self.config = config if is_first else self.config.merge(config)

    def merge_anew(self) -> None:
        """Add the field specs once more, to none."""
        self.config = TransformerConfig().merge(self.config)


@dataclass(slots=True)
class Accumulator:
    """The memory of what was put together."""

    sources: Sources
    find_clone: FindClone
    build: Callable[["Accumulator", Root, Way], Accumulated]
    inflator: Inflator | None = None
    schemas: dict[str, Schema] = field(default_factory=dict)
    _memory: dict[_Key, Accumulated] = field(default_factory=dict)

    def accumulate(self, root: Root, way: Way) -> Accumulated:
        """The resources of a directory before names are hashed and references rewritten."""
        if way.adjust is not None:
            return self.build(self, root, way)
        schema = way.schema.name if way.schema else ""
        namespace = way.namespace if self.inflator else ""
        key = (*root.key, namespace, schema, way.origin, way.is_late)
        if key not in self._memory:
            self._memory[key] = self.build(self, root, way)
        return self._memory[key]
