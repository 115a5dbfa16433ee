"""The small indexes: policies, hosts, charts, values files, images, namespaces, projects."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from operator import attrgetter

from graphdoc.graph.repo_graph import Edge, EdgeKind, GraphNode, NodeKind
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped, once
from graphdoc.model.node import Plain
from graphdoc.site.atlas.addresses import name_parts
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import entries, entry, flag, said_version, text, texts
from graphdoc.site.atlas.hosts import Answer, Guard
from graphdoc.site.atlas.paths import anchor_id
from graphdoc.site.atlas.scope import SHOWN_CLUSTERS, Scope
from graphdoc.site.pages.parts import Part
from graphdoc.site.pages.values import without_values_file
from graphdoc.site.writing.markup import (
    DASH,
    NOTHING,
    Markup,
    chip,
    code,
    html,
    join,
    plural,
    several,
)
from graphdoc.site.writing.page import Block, Page, SearchRank
from graphdoc.site.writing.tables import Filter, Row, filtered, row

__all__ = ["LISTS", "list_pages"]

# So many Applications are named in a cell; one fewer where they are wider than this together.
_LISTED, _WIDE = 4, 100


@dataclass(frozen=True, slots=True)
class _List:
    """One index: its page, its words, and how a node becomes cells beside its name.

    Nodes of one name with equal cells are one row; ``with_clusters`` puts theirs behind the name.
    """

    kind: NodeKind
    folder: str
    title: str
    name: str
    sentence: tuple[str, str]
    head: tuple[str, ...]
    cells: Callable[[Scope, GraphNode], tuple[str, ...]]
    with_clusters: bool = False


def list_pages(atlas: Atlas) -> Iterator[Page]:
    """An index for each kind of which there is anything; a long one goes on on further pages."""
    for listed in LISTS:
        nodes = sorted(atlas.graph.nodes(listed.kind), key=lambda node: (node.name, node.id))
        parts = name_parts(nodes)
        for number, part in enumerate(parts):
            found = [node for node in nodes if part[0] <= node.name <= part[-1]]
            yield _page(atlas, listed, found, Part(number, parts), _count(listed, nodes))


def _page(atlas: Atlas, listed: _List, nodes: list[GraphNode], part: Part, every: int) -> Page:
    path = part.path(listed.folder)
    scope = Scope(atlas, path)
    merged = grouped(((_name(scope, node), *listed.cells(scope, node)), node) for node in nodes)
    rows = (_row(scope, listed, cells, found) for cells, found in merged.items())
    plain = listed.title.capitalize() == listed.title
    label = f"Filter {listed.title.lower() if plain else listed.title}"
    head = (listed.name, *(("Clusters",) if listed.with_clusters else ()), *listed.head)
    more = scope.page("Explorer", "explorer.md")
    found = filtered(head, rows, Filter(listed.folder, label), weight=102_000, more=more)
    title = part.title(listed.title)
    said = plural(every, *listed.sentence)
    if len(part.names) == 1 and len(merged) > every:
        said = f"{said[:-1]}, in {len(merged)} rows: what differs between clusters has several."
    sentence = part.sentence(said)
    alone = without_values_file(scope) if path == "values/index.md" else NOTHING
    blocks = (Block("", "list", found), Block("Applications without a values file", "none", alone))
    strip = part.strip(scope, listed.folder)
    page = scope.compose(title, sentence, strip, blocks, SearchRank.LIST)
    return replace(page, rows=_places(scope, nodes))


def _places(scope: Scope, nodes: list[GraphNode]) -> dict[str, str]:
    """Where the first of each name has its row, if it has no page of its own."""
    first = {node.name: node for node in reversed(nodes)}
    return {
        anchor_id(node.id): name
        for name, node in sorted(first.items())
        if scope.atlas.page(node.id).startswith(scope.here)
    }


def _count(listed: _List, nodes: list[GraphNode]) -> int:
    """How many things there are; what several clusters share counts once."""
    return len({node.name if listed.with_clusters else node.id for node in nodes})


def _row(scope: Scope, listed: _List, cells: tuple[str, ...], nodes: tuple[GraphNode, ...]) -> Row:
    """The row of some equal nodes; each keeps its anchor."""
    anchors = join(html('<i id="{}"></i>', anchor_id(node.id)) for node in nodes[1:])
    clusters = (scope.clusters(nodes),) if listed.with_clusters else ()
    names = sorted({node.cluster or "" for node in nodes})
    is_said = listed.with_clusters and len(names) <= SHOWN_CLUSTERS
    words = "" if is_said else " ".join(names)
    return row(anchors + cells[0], *clusters, *cells[1:], id_=anchor_id(nodes[0].id), words=words)


def _name(scope: Scope, node: GraphNode) -> Markup:
    """The name, which leads to the page of its own where there is one."""
    page = scope.atlas.page(node.id)
    shown = node.id.partition(":")[2] if node.kind is NodeKind.VALUES else node.name
    has_own = not page.startswith(scope.here)
    return html("<b>{}</b>", scope.page(shown, page) if has_own else _dotted(shown))


def _dotted(name: str) -> Markup:
    """A name that a narrow column may break after its dots."""
    return join(name.split("."), Markup(".<wbr>"))


def _policy(scope: Scope, node: GraphNode) -> tuple[str, ...]:
    rules = join((_rule(rule) for rule in entries(node.attributes, "rules")), ", ")
    return (
        text(node.attributes, "kind"),
        rules or DASH,
        scope.sources(node.locations[:1]),
    )


def _rule(facts: Mapping[str, Plain]) -> Markup:
    kinds = ", ".join(texts(facts, "kinds"))
    return html("{} ({}{})", text(facts, "name"), text(facts, "type"), f" {kinds}" if kinds else "")


def _host(scope: Scope, node: GraphNode) -> tuple[str, ...]:
    edges = list(scope.atlas.graph.edges_to(node.id, EdgeKind.SERVES))
    ids = [edge.source for edge in edges]
    answers = scope.atlas.answers.get(node.name, ())
    return (
        _people(scope, ids),
        _clusters(scope, ids) + _doubled(edges),
        scope.sources([e.locations[-1] for e in edges if e.locations][:3]),
        _certificate(scope, answers),
        _guards(scope, (answer.auth for answer in answers)) or html("{}", "none that Git shows"),
    )


def _doubled(edges: list[Edge]) -> Markup:
    """That one name is answered more than once: by paths, by mistake, or on several clusters."""
    count = len({edge.source for edge in edges})
    return html(" {}", chip(f"answered by {count}")) if count > 1 else NOTHING


def _certificate(scope: Scope, answers: tuple[Answer, ...]) -> Markup:
    secrets = sorted({answer.secret for answer in answers} - {""})
    shown = join((html("Secret {}", code(secret)) for secret in secrets), ", ")
    issuers = _guards(scope, (answer.issuer for answer in answers))
    said = join([part for part in (shown, issuers and html("by {}", issuers)) if part], " ")
    return said or html("{}", DASH)


def _guards(scope: Scope, guards: Iterable[Guard | None]) -> Markup:
    """What each is called, and where it is said; each name once."""
    found = once(filter(None, guards), attrgetter("name"))
    named = (html("{} {}", code(guard.name), scope.source(guard.place)) for guard in found)
    return join(named, Markup(" <br>"))


def _chart(scope: Scope, node: GraphNode) -> tuple[str, ...]:
    graph = scope.atlas.graph
    users = [e.source for e in graph.edges_to(node.id, EdgeKind.RENDERS)]
    above = _charts_above(scope, [e.source for e in graph.edges_to(node.id, EdgeKind.REQUIRES)])
    is_local = flag(node.attributes, "local")
    kept = node.id.partition(":")[2] if is_local else text(node.attributes, "repository")
    return (
        said_version(text(node.attributes, "version")) or DASH,
        kept or DASH,
        "in Git" if is_local else "remote",
        join([part for part in (_people(scope, users), above) if part], ", ") or "nobody",
    )


def _charts_above(scope: Scope, ids: list[str]) -> Markup:
    """The charts that require one, those of one name once."""
    nodes = (node for id_ in dict.fromkeys(ids) if (node := scope.atlas.graph.node(id_)))
    named = grouped((node.name, scope.node(node.id)) for node in nodes)
    charts = [
        links[0] if len(links) == 1 else html("{} ({} of them)", links[0], str(len(links)))
        for links in named.values()
    ]
    return html("chart {}", several(charts, _LISTED)) if charts else NOTHING


def _values(scope: Scope, node: GraphNode) -> tuple[str, ...]:
    edges = list(scope.atlas.graph.edges_to(node.id, EdgeKind.LAYERS))
    applications = [e.source for e in edges]
    return (
        _people(scope, applications) or "nobody",
        _clusters(scope, applications),
        scope.sources(node.locations[:1]),
    )


def _image(scope: Scope, node: GraphNode) -> tuple[str, ...]:
    tags = join((code(tag) for tag in sorted(entry(node.attributes, "tags"))), " ")
    users = [e.source for e in scope.atlas.graph.edges_to(node.id, EdgeKind.RUNS)]
    return (tags or DASH, _people(scope, users), _clusters(scope, users))


def _namespace(scope: Scope, node: GraphNode) -> tuple[str, ...]:
    found = scope.atlas.names_by_namespace.get((node.cluster or "", node.name), ())
    return (_names(scope, found) or DASH,)


def _project(scope: Scope, node: GraphNode) -> tuple[str, ...]:
    users = [e.source for e in scope.atlas.graph.edges_to(node.id, EdgeKind.USES)]
    defined = "in Git" if flag(node.attributes, "defined") else "built in, or elsewhere"
    return (defined, _people(scope, users) or DASH)


def _names(scope: Scope, names: Iterable[str]) -> Markup:
    """The Applications of some names, the first few linked."""
    found = list(dict.fromkeys(names))
    most = _LISTED if len(", ".join(found[:_LISTED])) <= _WIDE else _LISTED - 1
    return several([scope.application(name) for name in found], most)


def _people(scope: Scope, ids: list[str]) -> Markup:
    """The Applications of some ids, each name once."""
    return _names(scope, scope.atlas.names_of(ids))


def _clusters(scope: Scope, ids: list[str]) -> Markup:
    nodes = [node for id_ in dict.fromkeys(ids) if (node := scope.atlas.graph.node(id_))]
    return scope.clusters(nodes) if nodes else html("{}", DASH)


LISTS = (
    _List(
        NodeKind.POLICY,
        "policies",
        "Policies",
        "Policy",
        ("Kyverno policy.", "Kyverno policies."),
        ("Kind", "Rules", "Where"),
        _policy,
        with_clusters=True,
    ),
    _List(
        NodeKind.HOST,
        "hosts",
        "Hosts",
        "Host",
        ("hostname under which Applications answer.", "hostnames under which Applications answer."),
        ("Application", "Clusters", "Where", "Certificate", "Authentication"),
        _host,
    ),
    _List(
        NodeKind.CHART,
        "charts",
        "Charts",
        "Chart",
        ("Helm chart, local or remote.", "Helm charts, local and remote."),
        ("Version", "Repository", "Kept", "Used by"),
        _chart,
    ),
    _List(
        NodeKind.VALUES,
        "values",
        "Values files",
        "Values file",
        ("values file, and who layers it.", "values files, and who layers each."),
        ("Read by", "Clusters", "Where"),
        _values,
    ),
    _List(
        NodeKind.IMAGE,
        "images",
        "Images",
        "Image",
        (
            "container image that rendered workloads run.",
            "container images that rendered workloads run.",
        ),
        ("Tags", "Run by", "Clusters"),
        _image,
    ),
    _List(
        NodeKind.NAMESPACE,
        "namespaces",
        "Namespaces",
        "Namespace",
        ("namespace that Applications apply into.", "namespaces that Applications apply into."),
        ("Applications",),
        _namespace,
        with_clusters=True,
    ),
    _List(
        NodeKind.PROJECT,
        "projects",
        "AppProjects",
        "AppProject",
        ("AppProject that Applications belong to.", "AppProjects that Applications belong to."),
        ("Defined", "Used by"),
        _project,
        with_clusters=True,
    ),
)
