"""What a kustomization says, and what an Application's ``source.kustomize`` adds to it."""

from typing import NamedTuple

from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Node, Scalar

__all__ = [
    "KUSTOMIZATION_NAMES", "Kustomization", "KustomizeOptions", "PatchEntry", "Selector",
    "options_from",
]  # fmt: skip

# The names that Kustomize looks for, the first that is there.
KUSTOMIZATION_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


class Selector(NamedTuple):
    """Which resources a patch or a replacement means; empty parts match everything."""

    group: str = ""
    version: str = ""
    kind: str = ""
    name: str = ""
    namespace: str = ""
    labels: str = ""
    annotations: str = ""


class PatchEntry(NamedTuple):
    """One entry of ``patches``, ``patchesJson6902`` or ``patchesStrategicMerge``."""

    span: Span
    path: Scalar | None = None
    text: Scalar | None = None
    target: Selector | None = None
    allow_name_change: bool = False
    allow_kind_change: bool = False


@dataclass(frozen=True, slots=True)
class Kustomization:
    """One kustomization file, its fields checked against Kustomize's own types."""

    file: SourceFile
    root: Mapping

    @property
    def is_component(self) -> bool:
        """Whether it is a Component, which is applied to what its includer has collected."""
        return self.root.text("kind") == "Component"

    def scalars(self, field: str) -> tuple[Scalar, ...]:
        """The strings of a list field, with their places."""
        return self.root.scalars_at(field) if field in self.root.entries else ()

    def mappings(self, field: str) -> tuple[Mapping, ...]:
        """The entries of a list field, with their places."""
        return self.root.mappings_at(field) if field in self.root.entries else ()


@dataclass(frozen=True, slots=True)
class KustomizeOptions:
    """``spec.source.kustomize`` of an Application: what Argo CD sets before it builds."""

    name_prefix: Scalar | None = None
    name_suffix: Scalar | None = None
    namespace: Scalar | None = None
    images: tuple[Scalar, ...] = ()
    replicas: tuple[Mapping, ...] = ()
    common_labels: Mapping | None = None
    common_annotations: Mapping | None = None
    patches: tuple[Mapping, ...] = ()
    components: tuple[Scalar, ...] = ()
    ignore_missing_components: bool = False
    label_without_selector: bool = False
    label_include_templates: bool = False
    force_common_labels: bool = False
    force_common_annotations: bool = False

    @property
    def key(self) -> str:
        """What tells two sets of options apart."""
        return repr(self)


def options_from(node: Node | None) -> KustomizeOptions | None:
    """The options as an Application writes them; ``None`` where it writes none."""
    if not isinstance(node, Mapping) or not node.entries:
        return None
    return KustomizeOptions(
        name_prefix=node.scalar("namePrefix"),
        name_suffix=node.scalar("nameSuffix"),
        namespace=node.scalar("namespace"),
        images=node.scalars_at("images"),
        replicas=node.mappings_at("replicas"),
        common_labels=node.mapping("commonLabels"),
        common_annotations=node.mapping("commonAnnotations"),
        patches=node.mappings_at("patches"),
        components=node.scalars_at("components"),
        ignore_missing_components=node.is_true("ignoreMissingComponents"),
        label_without_selector=node.is_true("labelWithoutSelector"),
        label_include_templates=node.is_true("labelIncludeTemplates"),
        force_common_labels=node.is_true("forceCommonLabels"),
        force_common_annotations=node.is_true("forceCommonAnnotations"),
    )
