"""The explorer: the whole graph with its controls, for questions that no page was made for."""

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import accumulate, chain
from math import ceil, sqrt
from typing import NamedTuple, TypeVar

from markupsafe import Markup

from graphdoc.graph.repo_graph import GraphNode, NodeKind, RepoGraph
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import text, texts
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.writing.icons import KINDS, kind_label, sprite
from graphdoc.site.writing.markup import plural
from graphdoc.site.writing.page import Page, environment, slot

__all__ = ["FLOW", "Arrow", "arrows", "explorer_page", "explorer_script", "place_nodes"]

_EXPLORER = "explorer.md"
_TITLE = "Explorer"
_DATA = "explorer-data.js"
_SCRIPTS = (
    "assets/vendor/cytoscape.min.js",
    _DATA,
    "assets/explorer-graph.js",
    "assets/explorer-picture.js",
    "assets/explorer.js",
)
# Stand for a path and a line in the address of a line on a Git host.
_PATH, _LINE = "PATH", 987_654_321
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


def explorer_page(atlas: Atlas) -> Page:
    """The page, with the graph in a script beside it."""
    scope, templates = Scope(atlas, _EXPLORER), environment()
    text = templates.get_template("explorer.md.j2").render(
        title=_TITLE, sentence=_sentence(atlas), slot=slot("explorer")
    )
    frame = templates.get_template("explorer.html.j2").render(
        begin=scope.to("apps/index.md"), icons=Markup(sprite(KINDS)), scripts=_SCRIPTS
    )
    files = {_DATA: explorer_script(scope)}
    return Page(_EXPLORER, _TITLE, text, figures={"explorer": frame}, files=files)


def _sentence(atlas: Atlas) -> str:
    nodes = sum(1 for _ in atlas.graph.nodes())
    edges = len(arrows(atlas.graph))
    return (
        f"The whole graph behind this site: {plural(nodes, 'node')} and {plural(edges, 'arrow')}. "
        "Start at a node, ask for the way between two, or look at everything."
    )


def explorer_script(scope: Scope) -> str:
    """The whole graph with its places, as one assignment; long names stand in it once.

    A page from the disk may load a script, and may not fetch JSON.
    """
    data = _Data(scope).as_plain()
    return f"window.graphdocData = {json.dumps(data, separators=(',', ':'))};\n"


class Arrow(NamedTuple):
    """An edge of the graph, or what a node says of another without one."""

    source: str
    target: str
    kind: str
    locations: tuple[Span, ...]


def arrows(graph: RepoGraph) -> tuple[Arrow, ...]:
    """The edges, then what Applications apply: namespaces they go into, policies, SealedSecrets."""
    edges = (Arrow(e.source, e.target, e.kind, e.locations) for e in graph.edges())
    said = (arrow for node in graph.nodes() for arrow in _said(node) if graph.node(arrow.target))
    return (*edges, *(arrow for arrow in said if graph.node(arrow.source)))


def _said(node: GraphNode) -> Iterator[Arrow]:
    if node.kind is NodeKind.APPLICATION:
        for name in texts(node.attributes, "namespaces"):
            target = f"{NodeKind.NAMESPACE}:{node.cluster}/{name}"
            yield Arrow(node.id, target, "applies into", node.locations[:1])
    if node.kind in {NodeKind.POLICY, NodeKind.SEALED_SECRET}:
        yield Arrow(text(node.attributes, "application"), node.id, "applies", node.locations[:1])


class _Names:
    """Names by number, in sorted order."""

    def __init__(self, names: Iterable[str]) -> None:
        self.listed = sorted(set(names))
        self._numbers = {name: number for number, name in enumerate(self.listed)}

    def __getitem__(self, name: str) -> int:
        return self._numbers[name]


class _Data:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        graph = scope.atlas.graph
        self._nodes, self._edges = tuple(graph.nodes()), arrows(graph)
        self._map = place_nodes(self._nodes)
        self._kinds = list(self._map.columns)
        self._ids = _Names(node.id for node in self._nodes)
        self._looks = _Names(_look(scope.atlas, node) for node in self._nodes)
        self._clusters = _Names(node.cluster or "" for node in self._nodes)
        self._relations = _Names(edge.kind for edge in self._edges)
        places = (*(n.locations for n in self._nodes), *(e.locations for e in self._edges))
        self._files = _Names(map(_file, chain.from_iterable(places)))

    def as_plain(self) -> dict[str, object]:
        return {
            "kinds": {kind.value: kind_label(kind) for kind in self._kinds},
            "looks": {look: kind_label(look) for look in self._looks.listed},
            "clusters": self._clusters.listed,
            "relations": self._relations.listed,
            "files": self._files.listed,
            "hosts": dict(_addresses(self._scope.atlas)),
            "rows": dict(self._map.rows),
            "columns": {kind.value: x for kind, x in self._map.columns.items()},
            "nodes": [self._node(node) for node in self._nodes],
            "edges": [self._edge(edge) for edge in self._edges],
        }

    def _node(self, node: GraphNode) -> tuple[str | int, ...]:
        return (
            node.id,
            node.name,
            self._kinds.index(node.kind),
            self._looks[_look(self._scope.atlas, node)],
            self._clusters[node.cluster or ""],
            *self._map.places[node.id],
            self._scope.to(self._scope.atlas.page(node.id)),
            *self._place(node.locations),
        )

    def _edge(self, edge: Arrow) -> tuple[int, ...]:
        ends = self._ids[edge.source], self._ids[edge.target]
        return (*ends, self._relations[edge.kind], *self._place(edge.locations))

    def _place(self, spans: tuple[Span, ...]) -> tuple[int, int]:
        """Where one would change it, which comes last."""
        return (self._files[_file(spans[-1])], spans[-1].line) if spans else (-1, 0)


def _look(atlas: Atlas, node: GraphNode) -> str:
    """What gives a node its colour and icon: an Application has several."""
    return atlas.kind(node) if node.kind is NodeKind.APPLICATION else node.kind.value


def _file(span: Span) -> str:
    return f"{span.file.repository} {span.file.path}"


def _addresses(atlas: Atlas) -> Iterable[tuple[str, str]]:
    """How each repository's Git host writes the address of a line, where it shows one."""
    for name, checkout in sorted(atlas.checkouts.items()):
        address = checkout.view(_PATH, _LINE)
        if address:
            yield name, address


@dataclass(frozen=True, slots=True)
class _Map:
    """The middle of each node by id, and where the titles of the rows and columns stand."""

    places: Mapping[str, tuple[int, int]]
    rows: Mapping[str, int]
    columns: Mapping[NodeKind, int]


def place_nodes(nodes: Iterable[GraphNode]) -> _Map:
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
    return _Map(places, rows, columns)


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
