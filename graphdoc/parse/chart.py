"""``Chart.yaml`` to :class:`~graphdoc.model.helm.ChartMetadata`."""

from graphdoc.model.helm import ChartDependency, ChartMetadata
from graphdoc.model.node import Mapping, Node, Scalar

__all__ = ["parse_chart"]


def parse_chart(root: Mapping, requirements: Mapping | None = None) -> ChartMetadata:
    """The facts of a chart; ``requirements`` is the root of a ``requirements.yaml`` beside it."""
    items = root.items_at("dependencies")
    if not items and requirements is not None:
        items = requirements.items_at("dependencies")
    return ChartMetadata(
        name=_text(root, "name"),
        version=_text(root, "version"),
        app_version=_text(root, "appVersion"),
        dependencies=tuple(_dependency(item) for item in items if isinstance(item, Mapping)),
        span=root.span,
        library=root.text("type") == "library",
    )


def _dependency(item: Mapping) -> ChartDependency:
    repository, version = item.scalar("repository"), item.scalar("version")
    return ChartDependency(
        name=_text(item, "name"),
        version=_text(item, "version"),
        repository=_text(item, "repository"),
        alias=_text(item, "alias"),
        condition=_text(item, "condition"),
        span=item.span,
        tags=tuple(tag for tag in map(_written, item.items_at("tags")) if tag),
        repository_span=repository.span if repository is not None else None,
        version_span=version.span if version is not None else None,
    )


def _text(mapping: Mapping, key: str) -> str:
    return _written(mapping.entries.get(key))


def _written(node: Node | None) -> str:
    """A scalar as written: an unquoted ``version: 1.10`` is the version 1.10."""
    if not isinstance(node, Scalar) or node.value is None:
        return ""
    return node.value if isinstance(node.value, str) else node.text
