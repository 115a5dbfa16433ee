"""``configurations``: files that extend the fields that transformers change."""

from graphdoc.model.node import Mapping, Node, Scalar
from graphdoc.parse.kustomization import KustomizationError, parse_configuration
from graphdoc.resolve.kustomize.fields.defaults import NameReference, TransformerConfig
from graphdoc.resolve.kustomize.fields.fieldspec import FieldSpec, split_path
from graphdoc.resolve.kustomize.resources.ids import Gvk
from graphdoc.resolve.kustomize.resources.trees import KustomizeError

__all__ = ["field_spec", "field_specs", "transformer_config"]


def transformer_config(node: Node | None) -> TransformerConfig:
    """The field specs that a configuration file holds."""
    if node is None or (isinstance(node, Scalar) and node.value is None):
        return TransformerConfig()
    if not isinstance(node, Mapping):
        raise KustomizeError("a configuration must be a mapping", node.span)
    try:
        node = parse_configuration(node)
    except KustomizationError as error:
        raise KustomizeError(f"{error.reason}, in a configuration", error.span) from error
    references = tuple(_reference(r) for r in node.mappings_at("nameReference"))
    return TransformerConfig(
        name_prefix=field_specs(node, "namePrefix"),
        name_suffix=field_specs(node, "nameSuffix"),
        namespace=field_specs(node, "namespace"),
        common_labels=field_specs(node, "commonLabels"),
        labels=field_specs(node, "labels"),
        template_labels=field_specs(node, "templateLabels"),
        common_annotations=field_specs(node, "commonAnnotations"),
        images=field_specs(node, "images"),
        replicas=field_specs(node, "replicas"),
        var_references=field_specs(node, "varReference"),
        name_references=references,
    )


def _reference(node: Mapping) -> NameReference:
    return NameReference(_gvk(node), field_specs(node, "fieldSpecs"))


def field_specs(node: Mapping, field: str) -> tuple[FieldSpec, ...]:
    """A list of field specs."""
    return tuple(field_spec(item) for item in node.mappings_at(field))


def field_spec(node: Mapping) -> FieldSpec:
    """A field spec as a kustomization or a configuration writes it."""
    return FieldSpec(split_path(node.text("path")), _gvk(node), node.is_true("create"))


def _gvk(node: Mapping) -> Gvk:
    return Gvk(node.text("group"), node.text("version"), node.text("kind"))
