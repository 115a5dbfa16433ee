"""What Argo's own charts make of values that hold Applications, known without the charts.

``argocd-apps`` does nothing but put its values into manifests, word for word. Of the chart
``argo-cd`` that is true of ``extraObjects`` alone. So what they bring can be shown where the chart
itself is not at hand.
"""

from collections.abc import Iterator

from graphdoc.model.argocd import APPLICATION_KINDS
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, texts_within
from graphdoc.model.resource import Resource
from graphdoc.parse.scalars import as_kubectl

__all__ = ["APPS_CHART", "ARGOCD_CHART", "brings_applications", "find_applications", "is_all"]

APPS_CHART = "argocd-apps"
ARGOCD_CHART = "argo-cd"
_CHARTS = frozenset({APPS_CHART, ARGOCD_CHART})
_KINDS = {
    "applications": "Application",
    "applicationsets": "ApplicationSet",
    "projects": "AppProject",
}
_METADATA = {
    "namespace": "namespace", "finalizers": "finalizers",
    "additionalAnnotations": "annotations", "additionalLabels": "labels",
}  # fmt: skip


def is_all(chart: str, values: Mapping) -> bool:
    """Whether nothing else comes out of the chart than what :func:`find_applications` finds."""
    return chart == APPS_CHART and not values.items_at("itemTemplates")


def brings_applications(chart: str) -> bool:
    """Whether the chart is one whose values may hold Applications."""
    return chart in _CHARTS


def find_applications(chart: str, values: Mapping) -> Iterator[Resource]:
    """The Applications, ApplicationSets and projects that a chart makes of its values."""
    if chart == APPS_CHART:
        for key, kind in _KINDS.items():
            for name, entry in _entries(values.entries.get(key)):
                yield Resource(_manifest(kind, name, as_kubectl(entry)))
    elif chart in _CHARTS:
        objects = values.mappings_at("extraObjects")
        for found in map(Resource, map(as_kubectl, objects)):
            if found.kind in APPLICATION_KINDS and not _is_templated(found.manifest):
                yield found


def _entries(node: Node | None) -> Iterator[tuple[Scalar, Mapping]]:
    """Entries by name; before its second version the chart took a list of them."""
    if isinstance(node, Mapping):
        for key, entry in node.entries.items():
            if isinstance(entry, Mapping) and entry.entries:
                yield _text(key, node.keys[key]), entry
    elif isinstance(node, Sequence):
        for entry in (item for item in node.items if isinstance(item, Mapping)):
            name = entry.scalar("name")
            if name is not None:
                yield name, entry


def _manifest(kind: str, name: Scalar, entry: Mapping) -> Mapping:
    metadata: dict[str, Node] = {"name": name}
    spec: dict[str, Node] = {}
    for key, node in entry.entries.items():
        if key in _METADATA:
            metadata[_METADATA[key]] = node
        elif key != "name":
            spec[key] = node
    parts: dict[str, Node] = {
        "apiVersion": _text("argoproj.io/v1alpha1", entry.span),
        "kind": _text(kind, entry.span),
        "metadata": _mapping(metadata, entry, name.span),
        "spec": _mapping(spec, entry, entry.span),
    }
    return _mapping(parts, entry, name.span)


def _mapping(entries: dict[str, Node], origin: Mapping, span: Span) -> Mapping:
    keys = {key: origin.keys.get(key, span) for key in entries}
    return Mapping(entries, keys, span)


def _text(value: str, span: Span) -> Scalar:
    return Scalar(value, span, text=value)


def _is_templated(manifest: Mapping) -> bool:
    return any("{{" in text for text, _ in texts_within(manifest))
