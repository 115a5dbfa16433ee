"""Rendered resources as YAML or JSON, without any value of a Secret."""

import json
from collections.abc import Iterator

from graphdoc.graph.plain import place_to_plain
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.node import Mapping, Node, Plain, Scalar, Sequence, walk
from graphdoc.model.redact import to_public
from graphdoc.model.resource import Resource
from graphdoc.parse.emit import to_yaml

__all__ = ["resource_to_plain", "to_json_line", "to_yaml_documents"]


def to_json_line(
    path: str,
    resources: tuple[Resource, ...],
    notes: tuple[NotUnderstood, ...],
    error: str | None,
    *,
    origins: bool = False,
) -> str:
    """One line of JSON for one PATH."""
    line: dict[str, Plain] = {
        "path": path,
        "documents": [resource_to_plain(resource) for resource in resources],
        "not_understood": [
            {"location": place_to_plain(note.location), "reason": note.reason} for note in notes
        ],
        "error": error,
    }
    if origins:
        line["origins"] = dict(_origins(resources))
    return json.dumps(line) + "\n"


def to_yaml_documents(resources: tuple[Resource, ...], *, origins: bool = False) -> Iterator[str]:
    """One YAML document for each resource."""
    for resource in resources:
        comment = _origin_comment(resource) if origins else ""
        yield f"---\n{comment}{to_yaml(resource_to_plain(resource))}"


def resource_to_plain(resource: Resource) -> Plain:
    """A manifest as plain data; values of Secrets and credentials in addresses are replaced."""
    return to_public(resource.manifest)


def _origins(resources: tuple[Resource, ...]) -> Iterator[tuple[str, Plain]]:
    for index, resource in enumerate(resources):
        for pointer, node in walk(resource.manifest):
            if _is_leaf(node):
                places: list[Plain] = [place_to_plain(span) for span in node.origins]
                yield f"{index}{pointer}", places


def _is_leaf(node: Node) -> bool:
    match node:
        case Scalar():
            return True
        case Sequence():
            return not node.items
        case Mapping():
            return not node.entries


def _origin_comment(resource: Resource) -> str:
    files = {str(span.file) for _, node in walk(resource.manifest) for span in node.origins}
    return "".join(f"# from {ascii(file)[1:-1]}\n" for file in sorted(files))
