"""Charts, releases and layered values: what an Application tells Helm."""

from enum import StrEnum
from typing import NamedTuple

from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Scalar

__all__ = [
    "ChartDependency", "ChartMetadata", "HelmOptions", "HelmParameter", "LayerKind", "Release",
    "ValueLayer",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChartDependency:
    """One chart that another requires."""

    name: str
    version: str
    repository: str
    alias: str
    condition: str
    span: Span
    tags: tuple[str, ...] = ()
    repository_span: Span | None = None
    version_span: Span | None = None

    @property
    def key(self) -> str:
        """The name under which the parent's values configure it."""
        return self.alias or self.name

    @property
    def is_local(self) -> bool:
        """Whether it lies in the same repository rather than in a chart repository."""
        return not self.repository or self.repository.startswith("file://")


@dataclass(frozen=True, slots=True)
class ChartMetadata:
    """What ``Chart.yaml`` says (and ``requirements.yaml`` of a chart of the first API version)."""

    name: str
    version: str
    app_version: str
    dependencies: tuple[ChartDependency, ...]
    span: Span
    library: bool = False


class HelmParameter(NamedTuple):
    """One ``parameters`` entry; for ``fileParameters`` the value is a path."""

    name: str
    value: str
    force_string: bool
    span: Span


@dataclass(frozen=True, slots=True)
class HelmOptions:
    """The ``helm`` part of an Application's source."""

    release_name: str = ""
    value_files: tuple[Scalar, ...] = ()
    values: Scalar | None = None
    values_object: Mapping | None = None
    parameters: tuple[HelmParameter, ...] = ()
    file_parameters: tuple[HelmParameter, ...] = ()
    ignore_missing_value_files: bool = False
    skip_crds: bool = False
    skip_tests: bool = False
    skip_schema_validation: bool = False
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()
    namespace: str = ""


class LayerKind(StrEnum):
    """Where a layer of values comes from, the weakest first."""

    CHART_DEFAULTS = "chart-defaults"
    FILE = "file"
    VALUES = "values"
    VALUES_OBJECT = "valuesObject"
    PARAMETERS = "parameters"
    FILE_PARAMETERS = "fileParameters"


@dataclass(frozen=True, slots=True)
class ValueLayer:
    """One layer of values; ``reference`` is where the Application names it.

    ``file`` is ``None`` for what the Application itself carries.
    """

    file: SourceFile | None
    kind: LayerKind
    root: Mapping
    reference: Span | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """What Argo CD tells Helm beside the values.

    An empty ``kube_version`` leaves Helm its default; ``api_versions`` add to the built-in ones.
    """

    name: str
    namespace: str
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()
    include_crds: bool = True
    skip_tests: bool = False
    skip_schema_validation: bool = False
