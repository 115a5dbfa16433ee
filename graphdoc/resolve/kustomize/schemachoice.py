"""``openapi`` of a kustomization: the schema that a build has, and since when."""

from typing import NamedTuple

from graphdoc.model.kustomize import Kustomization
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Scalar
from graphdoc.resolve.kustomize.accumulator import Accumulator, State
from graphdoc.resolve.kustomize.files.record import Record
from graphdoc.resolve.kustomize.files.roots import Root
from graphdoc.resolve.kustomize.resources.trees import KustomizeError, text_of
from graphdoc.resolve.kustomize.schema.openapi import read_definitions
from graphdoc.resolve.kustomize.schema.schemas import (
    BUILT_IN,
    BUILT_IN_VERSION,
    Schema,
    is_looked_up,
    parse_schema,
)

__all__ = ["SchemaChoice"]


class SchemaChoice(NamedTuple):
    """Chooses for one kustomization; ``is_late`` as in its way."""

    accumulator: Accumulator
    root: Root
    state: State
    record: Record
    is_late: bool

    def choose(self, kustomization: Kustomization) -> None:
        """Put a schema in force, where none is; the file must be there in any case."""
        path, version = (kustomization.root.scalar("openapi", key) for key in ("path", "version"))
        if path is not None:
            self.accumulator.sources.find(self.root, path, "openapi schema")
        if self.state.schema is not None:
            return
        if path is not None and version is not None:
            raise KustomizeError("openapi has both a path and a version", version.span)
        if path is not None:
            self.use(self._read(path), path.span)
        elif version is not None and text_of(version):
            if text_of(version) != BUILT_IN_VERSION:
                reason = f"openapi '{text_of(version)}' is not built in, {BUILT_IN_VERSION} is"
                raise KustomizeError(reason, version.span)
            self.use(BUILT_IN, version.span)

    def _read(self, entry: Scalar) -> Schema:
        path = self.accumulator.sources.find(self.root, entry, "openapi schema")
        name = f"{self.root.key[0]}:{path}"
        self.record.files[SourceFile(self.root.clone.name, path)] = None
        if name not in self.accumulator.schemas:
            document = read_definitions(
                self.accumulator.sources, self.root, entry, "openapi schema", self.record
            )
            self.accumulator.schemas[name] = parse_schema(name, document)
        return self.accumulator.schemas[name]

    def use(self, schema: Schema, span: Span) -> None:
        """Put a schema in force, which ``span`` names."""
        is_late = len(self.state.items) > 0 and schema is not BUILT_IN
        if is_late and not any(is_looked_up(item.gvk) for item in self.state.items):
            reason = "openapi of a base or component that comes after built-in types alone"
            self.record.skip(span, reason)
        if is_late or self.is_late:
            schema = schema.with_built_in()
        self.state.use(schema)

    def note_unnamespaced(self) -> None:
        """Note what a schema takes for a type without namespaces: this is not followed."""
        unnamespaced = self.state.schema.without_namespace if self.state.schema else ()
        for item in self.state.items if unnamespaced else ():
            if item.gvk in unnamespaced:
                reason = f"openapi says that {item.gvk.kind} has no namespace"
                self.record.skip(item.manifest.span, reason)
