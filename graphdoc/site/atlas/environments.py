"""Environments that are no clusters: words such as "staging" in names, namespaces and folders."""

import re
from collections.abc import Iterator, Mapping

from graphdoc.graph.repo_graph import GraphNode
from graphdoc.model.grouping import grouped
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import entries, namespace_of, text

__all__ = ["find_environments", "place_words"]

_WORD = re.compile(
    r"(?<![a-z])(dev|development|live|nonprod|prd|preprod|prod|production|qa|sandbox|stage|staging|stg"
    r"|test|testing|tst|uat)(?![a-z])"
)
_PARTS = re.compile(r"[^a-z0-9]+")


def find_environments(atlas: Atlas) -> Mapping[str, tuple[GraphNode, ...]]:
    """The Applications of each environment that no cluster is called after; one alone is none."""
    clusters = {word for node in atlas.clusters for word in _WORD.findall(node.name.lower())}
    found = grouped((_environment(node), node) for node in atlas.applications)
    named = {word: nodes for word, nodes in found.items() if word and word not in clusters}
    return dict(sorted(named.items())) if len(named) > 1 else {}


def place_words(atlas: Atlas) -> list[str]:
    """The words by which a reader may mean a cluster or an environment."""
    clusters = {part for node in atlas.clusters for part in _PARTS.split(node.name.lower())}
    return sorted({w for w in clusters if w.strip("0123456789")} | set(find_environments(atlas)))


def _environment(node: GraphNode) -> str:
    """The last such word in the first of its names that has one."""
    found = (_WORD.findall(name.lower()) for name in _names(node))
    return next((words[-1] for words in found if words), "")


def _names(node: GraphNode) -> Iterator[str]:
    yield node.name
    yield namespace_of(node)
    yield from (text(source, "path") for source in entries(node.attributes, "sources"))
