"""What of a graph is architecture: the part that is recorded and compared.

Places, commits, counts and whatever else follows from other facts are left out, so that one change
is told once; image tags are left out unless they are asked for, because releases write them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from math import isfinite
from types import MappingProxyType
from typing import NamedTuple

from graphdoc.graph.repo_graph import Edge, GraphNode, NodeKind, RepoGraph
from graphdoc.model.argocd import APPLICATION_KINDS
from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Plain, escape_pointer, to_plain
from graphdoc.parse.yaml import YamlError, parse_documents

__all__ = ["EdgeFact", "Facts", "Snapshot", "take_snapshot"]

_COUNTED = frozenset(
    {"app_of_apps", "applications", "branch", "clusters", "commit", "consumers", "dirty", "files",
     "parent", "path", "reached", "resolved", "resources", "urls", "used_by"}
)  # fmt: skip
# What a manifest, an edge or the id says already.
_DERIVED: Mapping[NodeKind, frozenset[str]] = MappingProxyType({
    NodeKind.CLUSTER: frozenset({"root"}),
    NodeKind.FILE: frozenset({"kind"}),
    NodeKind.REPOSITORY: frozenset({"role"}),
    NodeKind.SEALED_SECRET: frozenset({"namespace"}),
    NodeKind.SECRET: frozenset({"namespace"}),
    NodeKind.APPLICATION: frozenset(
        {"chart", "charts", "destination", "finalizers", "hosts", "images", "namespace",
         "notifications", "owners", "project", "secrets", "sources", "sync", "values", "wave"}
    ),
    NodeKind.APPLICATION_SET: frozenset({"generators", "steps", "wave"}),
})  # fmt: skip
_ROUTINE: Mapping[NodeKind, frozenset[str]] = MappingProxyType(
    {
        NodeKind.APPLICATION: frozenset({"/rendered/digest"}),
        NodeKind.CHART: frozenset({"/app_version"}),
    }
)
_IN_THE_ID = frozenset({"/manifest/kind", "/manifest/metadata/name"})
_MANAGED_KINDS = frozenset({"Application", "ApplicationSet"})
_IMAGE_TAG = re.compile(r"(@[^/]*|:[^/:]*)$")
_KUSTOMIZE_IMAGE = re.compile(r"/kustomize/images/\d+$")
_PARAMETER_VALUE = re.compile(r"(?P<parameter>.*/helm/parameters/\d+)/value$")
_INLINE_VALUES = re.compile(r"^/manifest/.*/helm/values$")


class EdgeFact(NamedTuple):
    """One relation of a node, without the places that say so; ``attributes`` is canonical JSON."""

    kind: str
    target: str
    attributes: str


@dataclass(frozen=True, slots=True)
class Facts:
    """One node: its attributes by JSON pointer, and its relations, sorted."""

    kind: str
    name: str
    cluster: str | None
    fields: Mapping[str, Plain]
    edges: tuple[EdgeFact, ...]


Snapshot = Mapping[str, Facts]


def take_snapshot(graph: RepoGraph, *, with_tags: bool = False) -> Snapshot:
    """The architecture in a graph, by node id."""
    return {node.id: _facts(graph, node, with_tags=with_tags) for node in graph.nodes()}


def _facts(graph: RepoGraph, node: GraphNode, *, with_tags: bool) -> Facts:
    dropped = _COUNTED | _DERIVED.get(node.kind, frozenset())
    kept = {key: value for key, value in node.attributes.items() if key not in dropped}
    kept = _without_told(kept)
    if not with_tags:
        kept.pop("tags", None)
    fields = {p: v for p, v in _flatten(kept, "") if p not in _IN_THE_ID}
    if not with_tags:
        fields = dict(_without_tags(fields, _ROUTINE.get(node.kind, frozenset())))
    canonical = {pointer: _canonical(pointer, value) for pointer, value in fields.items()}
    edges = (_edge_fact(edge, with_tags=with_tags) for edge in graph.edges_from(node.id))
    return Facts(str(node.kind), node.name, node.cluster, canonical, tuple(sorted(edges)))


def _without_told(attributes: dict[str, Plain]) -> dict[str, Plain]:
    """What the entries of an app-of-apps' Applications say already is not said of itself."""
    rendered = attributes.get("rendered")
    kinds = rendered.get("kinds") if isinstance(rendered, dict) else None
    if not isinstance(rendered, dict) or not isinstance(kinds, dict) or not kinds:
        return attributes
    others: dict[str, Plain] = {k: n for k, n in kinds.items() if k not in _MANAGED_KINDS}
    if kinds.keys() <= APPLICATION_KINDS:
        return {**attributes, "rendered": {"kinds": others}}
    return {**attributes, "rendered": {**rendered, "kinds": others}}


def _edge_fact(edge: Edge, *, with_tags: bool) -> EdgeFact:
    kept = {key: value for key, value in edge.attributes.items() if with_tags or key != "tag"}
    return EdgeFact(str(edge.kind), edge.target, json.dumps(kept, sort_keys=True))


def _flatten(node: Plain, pointer: str) -> Iterator[tuple[str, Plain]]:
    """Every leaf by its pointer; outside manifests a list of words is one, and nothing is none."""
    if isinstance(node, dict) and node:
        for key in sorted(node):
            yield from _flatten(node[key], f"{pointer}/{escape_pointer(key)}")
    elif isinstance(node, list) and node and not _is_word_list(node, pointer):
        for index, item in enumerate(node):
            yield from _flatten(item, f"{pointer}/{index}")
    elif pointer.startswith("/manifest/") or node:
        yield pointer, node


def _is_word_list(node: list[Plain], pointer: str) -> bool:
    in_manifest = pointer.startswith("/manifest/")
    return not in_manifest and not any(isinstance(item, dict | list) for item in node)


def _without_tags(
    fields: Mapping[str, Plain], routine: frozenset[str]
) -> Iterator[tuple[str, Plain]]:
    for pointer, value in fields.items():
        is_tag = pointer.endswith("/tag") and "/valuesObject/" in pointer
        if pointer in routine or is_tag:
            continue
        if _KUSTOMIZE_IMAGE.search(pointer) and isinstance(value, str):
            yield pointer, _IMAGE_TAG.sub("", value)
        elif not _is_tag_parameter(pointer, fields):
            yield pointer, _drop_tags(value) if _INLINE_VALUES.search(pointer) else value


def _is_tag_parameter(pointer: str, fields: Mapping[str, Plain]) -> bool:
    match = _PARAMETER_VALUE.fullmatch(pointer)
    name = fields.get(f"{match['parameter']}/name") if match else None
    return isinstance(name, str) and name.rpartition(".")[2] == "tag"


def _drop_tags(value: Plain) -> Plain:
    """Inline values without their image tags."""
    if not isinstance(value, str):
        return value
    return re.sub(r"(?m)^([^\S\n]*(?:- +)?tag:).*$", r"\1", value)


def _canonical(pointer: str, value: Plain) -> Plain:
    """Inline values as data, so that neither comments nor quoting are a change."""
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    if not isinstance(value, str) or not _INLINE_VALUES.search(pointer):
        return value
    try:
        documents = parse_documents(value.encode("utf-8", "replace"), SourceFile("", pointer))
    except YamlError:
        return value
    roots = [to_plain(document.root) for document in documents if document.root is not None]
    return json.dumps(roots[0] if len(roots) == 1 else list(roots), sort_keys=True)
