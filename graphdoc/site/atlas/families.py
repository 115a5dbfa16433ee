"""Applications that are the same but for the name of the cluster that their own names carry."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from graphdoc.graph.repo_graph import GraphNode
from graphdoc.model.grouping import grouped

__all__ = ["find_families"]


def find_families(
    by_name: Mapping[str, tuple[GraphNode, ...]],
) -> Mapping[str, tuple[GraphNode, ...]]:
    """The Applications by name, ``web-dev`` and ``web-prod`` as ``web`` where both are there."""
    bare = {name: _bare(name, nodes) for name, nodes in by_name.items()}
    sizes = Counter(bare.values())
    titles = {
        name: base if sizes[base] > 1 and base not in by_name else name
        for name, base in bare.items()
    }
    found = grouped((titles[name], node) for name, nodes in by_name.items() for node in nodes)
    return dict(sorted(_apart(found)))


def _bare(name: str, nodes: tuple[GraphNode, ...]) -> str:
    """A name without that of its only cluster."""
    cluster = re.escape(nodes[0].cluster or "")
    if len(nodes) > 1 or not cluster:
        return name
    return re.sub(rf"^{cluster}[-._](?=.)|(?<=.)[-._]{cluster}$", "", name, count=1)


def _apart(
    families: Mapping[str, tuple[GraphNode, ...]],
) -> Iterator[tuple[str, tuple[GraphNode, ...]]]:
    """Two of one cluster are no family: dev-web is not web-dev."""
    for title, nodes in families.items():
        if len({node.cluster for node in nodes}) == len(nodes):
            yield title, nodes
        else:
            yield from grouped((node.name, node) for node in nodes).items()
