"""Where each node of the whole graph stands: a row for each cluster, a column for each kind."""

from collections.abc import Iterable, Mapping
from itertools import accumulate
from math import ceil, sqrt
from typing import TypeVar

from graphdoc.graph.repo_graph import GraphNode, NodeKind
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped

__all__ = ["FLOW", "Map", "place_nodes"]

# From what is written, through what is applied, to what runs.
FLOW = (
    NodeKind.REPOSITORY,
    NodeKind.FILE,
    NodeKind.KUSTOMIZATION,
    NodeKind.CHART,
    NodeKind.VALUES,
    NodeKind.PROJECT,
    NodeKind.APPLICATION_SET,
    NodeKind.APPLICATION,
    NodeKind.CLUSTER,
    NodeKind.NAMESPACE,
    NodeKind.SEALED_SECRET,
    NodeKind.POLICY,
    NodeKind.SECRET,
    NodeKind.HOST,
    NodeKind.IMAGE,
)
K = TypeVar("K")


_WIDE, _HIGH = 184, 44
_GAP = 96
# A cell this many times as high as wide, counted in boxes, comes out about square on the screen.
_TALL = 4


@dataclass(frozen=True, slots=True)
class Map:
    """The middle of each node by id, and where the titles of the rows and columns stand."""

    places: Mapping[str, tuple[int, int]]
    rows: Mapping[str, int]
    columns: Mapping[NodeKind, int]


def place_nodes(nodes: Iterable[GraphNode]) -> Map:
    """A place for every node; what belongs to no cluster stands in the first row."""
    cells = grouped(((node.cluster or "", node.kind), node.id) for node in nodes)
    clusters, kinds = sorted({cluster for cluster, _ in cells}), {kind for _, kind in cells}
    widths = {kind: _width(cells, kind) for kind in FLOW if kind in kinds}
    heights = {cluster: _height(cells, cluster, widths) for cluster in clusters}
    columns, rows = _starts(widths, _WIDE), _starts(heights, _HIGH)
    places: dict[str, tuple[int, int]] = {}
    for (cluster, kind), ids in cells.items():
        for index, id_ in enumerate(sorted(ids)):
            down, right = divmod(index, widths[kind])
            places[id_] = columns[kind] + right * _WIDE, rows[cluster] + down * _HIGH
    return Map(places, rows, columns)


_Cells = Mapping[tuple[str, NodeKind], tuple[str, ...]]


def _width(cells: _Cells, kind: NodeKind) -> int:
    """How many boxes of a kind stand abreast, the same in every row."""
    most = max(len(ids) for (_, found), ids in cells.items() if found is kind)
    return ceil(sqrt(most / _TALL))


def _height(cells: _Cells, cluster: str, widths: Mapping[NodeKind, int]) -> int:
    """How many boxes stand below each other in the row of a cluster."""
    return max(ceil(len(cells.get((cluster, kind), ())) / width) for kind, width in widths.items())


def _starts(sizes: Mapping[K, int], step: int) -> dict[K, int]:
    """Where each part of these sizes starts, with a gap after each."""
    ends = accumulate(size * step + _GAP for size in sizes.values())
    return dict(zip(sizes, [0, *ends], strict=False))
