"""Secrets: where each is made and who uses it. No value is ever read for a page."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind
from graphdoc.model.finding import Finding
from graphdoc.model.grouping import grouped
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import flag, text, texts
from graphdoc.site.atlas.paths import anchor_id
from graphdoc.site.atlas.scope import Scope, finding_chips
from graphdoc.site.atlas.sealed import is_rotatable
from graphdoc.site.atlas.secret_words import made_by, makers, used_as
from graphdoc.site.diagrams.drawing import Drawn, drawn
from graphdoc.site.pictures.secret import secret_diagram
from graphdoc.site.writing.markup import (
    DASH,
    NOTHING,
    Markup,
    chip,
    code,
    html,
    join,
    kind_chip,
    paragraph,
    plural,
    several,
)
from graphdoc.site.writing.page import Block, Page, SearchRank
from graphdoc.site.writing.tables import (
    Filter,
    Row,
    Section,
    capped,
    filtered,
    row,
    row_weight,
    share_beside,
    table,
)

__all__ = ["made", "secret_index", "secret_page", "told_users", "users_of"]

_PATH = "secrets/index.md"
_PICTURES, _NAMED = 3, 4
# What the list may weigh; where each Secret of each cluster does not fit, each name has a row.
_BYTES, _MOST_BYTES = 75_000, 95_000

_PERHAPS = "perhaps: its values name it, its chart is not at hand"
_NO_PICTURE = Drawn(NOTHING, {}, {})


def secret_index(atlas: Atlas) -> Page:
    """Every Secret by cluster, with its makers and users."""
    scope = Scope(atlas, _PATH)
    title = "Secrets"
    nodes = list(atlas.graph.nodes(NodeKind.SECRET))
    missing = sum(flag(node.attributes, "missing") for node in nodes)
    lacking = f"; nothing makes {missing} of them" if missing else ""
    head, rows = ("Secret", "Namespace", "Made by", "Keys", "Used by"), [*_rows(scope, nodes)]
    under, most = "", _BYTES
    if sum(row_weight(found, head) for found in rows if isinstance(found, Row)) > _BYTES:
        head, rows = ("Secret", "Clusters", "Namespace", "Made by", "Used by"), [*_names(scope)]
        under, most = f", under {plural(len(rows), 'name')}", _MOST_BYTES
    listed = filtered(head, rows, Filter("secrets", "Filter Secrets"), weight=most)
    sentence = f"{plural(len(nodes), 'Secret')} that Git makes or Applications use{under}{lacking}."
    blocks = (
        Block("", "list", listed or paragraph("No Secret is made or used.")),
        Block("SealedSecrets in Git", "sealed", _sealed(scope)),
    )
    strip = (chip("names and keys only, never a value"),)
    return scope.compose(title, sentence, strip, blocks, SearchRank.LIST)


def secret_page(atlas: Atlas, name: str) -> Page:
    """All Secrets of one name: the ways from maker to user, and the facts of each."""
    path = atlas.secret_page(name)
    scope = Scope(atlas, path)
    nodes = atlas.secrets_by_name[name]
    pictures = _ways(scope, name, path, nodes)
    figures = {id_: f for picture in pictures.values() for id_, f in picture.figures.items()}
    files = {file: svg for picture in pictures.values() for file, svg in picture.files.items()}
    room = int(40_000 * share_beside(figures.values()))
    blocks = (
        scope.findings(_findings(atlas, nodes), name),
        *(
            Block(
                f"On {cluster}",
                f"on-{atlas.cluster_slugs.get(cluster, anchor_id(cluster))}",
                picture.body,
            )
            for cluster, picture in pictures.items()
        ),
        Block(
            "Where it is",
            "where",
            capped(
                ("Cluster", "Namespace", "Made by", "Keys", "Written at"),
                (_place(scope, node) for node in nodes),
                room,
                more=scope.around(nodes[0].id),
            ),
        ),
        Block("Who uses it", "used-by", _users(scope, nodes, room)),
    )
    page = scope.compose(name, _sentence(atlas, name), _strip(scope, nodes), blocks)
    return replace(page, figures=figures, files=files)


def _ways(scope: Scope, name: str, path: str, nodes: tuple[GraphNode, ...]) -> dict[str, Drawn]:
    """A picture for each of the first clusters; one box says no more than the table."""
    pictures = {}
    for cluster in sorted({node.cluster or "" for node in nodes})[:_PICTURES]:
        diagram = secret_diagram(scope, name, cluster, [n for n in nodes if n.cluster == cluster])
        is_more = bool(diagram.edges)
        pictures[cluster] = drawn(diagram, path, scope.to(_PATH)) if is_more else _NO_PICTURE
    return pictures


def _findings(atlas: Atlas, nodes: tuple[GraphNode, ...]) -> tuple[Finding, ...]:
    sealed = [
        edge.source for node in nodes for edge in atlas.graph.edges_to(node.id, EdgeKind.UNSEALS)
    ]
    return atlas.findings_of(*(node.id for node in nodes), *sealed)


def _sentence(atlas: Atlas, name: str) -> str:
    nodes = atlas.secrets_by_name[name]
    edges = (edge for node in nodes for edge in atlas.graph.edges_to(node.id, EdgeKind.USES))
    users = atlas.names_of(edge.source for edge in edges)
    perhaps = atlas.names_of(m.application for node in nodes for m in atlas.mentions_of(node))
    spaces = {text(node.attributes, "namespace") for node in nodes}
    clusters = {node.cluster for node in nodes}
    maker = made_by(nodes)
    missing = any(flag(node.attributes, "missing") for node in nodes)
    nobody = "that nothing in Git makes" if missing else "whose maker cannot be told from Git"
    made = f"made by {maker}" if maker else nobody
    used = f"used by {plural(len(users), 'Application')}" if users else ""
    named = f"perhaps used by {plural(len(perhaps), 'Application')}" if perhaps else ""
    told = " and ".join(filter(None, (used, named))) or "used by no Application that Git knows"
    return (
        f"{name} is a Secret {made}, in {plural(len(spaces), 'namespace')} on "
        f"{plural(len(clusters), 'cluster')}, {told}."
    )


def _strip(scope: Scope, nodes: tuple[GraphNode, ...]) -> Iterator[Markup]:
    yield kind_chip("secret", "Secret")
    yield chip(scope.page("all Secrets", _PATH))
    yield from (scope.source_chip(span) for span in nodes[0].locations[:1])
    yield chip(html("<span>on {}</span>", scope.clusters(nodes)))
    if is_rotatable(scope.atlas, nodes[0].name):
        yield chip(scope.page("rotate it", scope.atlas.rotate_page(nodes[0].name)))
    yield chip("values never shown")
    yield from finding_chips(_findings(scope.atlas, nodes))


def _rows(scope: Scope, nodes: list[GraphNode]) -> Iterator[Row | Section]:
    for cluster, found in sorted(grouped((n.cluster or "", n) for n in nodes).items()):
        yield Section(cluster)
        for node in found:
            page = f"{scope.atlas.secret_page(node.name)}#{anchor_id(node.id)}"
            yield row(
                scope.page(node.name, page),
                text(node.attributes, "namespace"),
                made(node),
                _keys(node),
                users_of(scope, node),
                words=cluster,
            )


def _names(scope: Scope) -> Iterator[Row]:
    """The Secrets of one name on all clusters as one row, as they are one page."""
    for name, nodes in sorted(scope.atlas.secrets_by_name.items()):
        users = [e.source for n in nodes for e in scope.atlas.graph.edges_to(n.id, EdgeKind.USES)]
        spaces = sorted({text(node.attributes, "namespace") for node in nodes})
        clusters = sorted({node.cluster or "" for node in nodes})
        yield row(
            scope.page(name, scope.atlas.secret_page(name)),
            scope.clusters(nodes),
            several(spaces, _NAMED),
            join(dict.fromkeys(map(made, nodes)), ", "),
            _named_users(scope, users, nodes),
            words=" ".join((*clusters, *spaces)),
        )


def _named_users(scope: Scope, users: Iterable[str], secrets: Iterable[GraphNode]) -> Markup:
    """The same as of one Secret, by the names of the Applications."""
    atlas = scope.atlas
    known = atlas.names_of(users)
    named = [mention.application for node in secrets for mention in atlas.mentions_of(node)]
    more = [name for name in atlas.names_of(named) if name not in known]
    told = [scope.application(name) for name in known]
    told += [html("perhaps {}", scope.application(name)) for name in more]
    return several(told, _NAMED) if told else html("{}", "nobody known")


def _place(scope: Scope, node: GraphNode) -> Row:
    return row(
        scope.cluster(node.cluster or ""),
        text(node.attributes, "namespace"),
        made(node),
        _keys(node),
        scope.sources(node.locations),
        id_=anchor_id(node.id),
    )


def made(node: GraphNode) -> Markup:
    """What makes a Secret, marked where nothing does."""
    if flag(node.attributes, "missing"):
        return html('<span class="sev error">{}</span>', "✕ nothing")
    return html("{}", ", ".join(makers(node)) or "cannot be told from Git")


def _keys(node: GraphNode) -> Markup:
    return join((code(key) for key in texts(node.attributes, "keys")), " ") or html("{}", DASH)


def users_of(scope: Scope, node: GraphNode) -> Markup:
    """Who uses a Secret, each linked."""
    edges = scope.atlas.graph.edges_to(node.id, EdgeKind.USES)
    return told_users(scope, (edge.source for edge in edges), (node,))


def told_users(scope: Scope, users: Iterable[str], secrets: Iterable[GraphNode]) -> Markup:
    """Who uses some Secrets, and whose values name one for a chart that is not at hand."""
    named = (m.application for node in secrets for m in scope.atlas.mentions_of(node))
    perhaps = scope.nodes(dict.fromkeys(named))
    told = (scope.nodes(dict.fromkeys(users)), html("perhaps {}", perhaps) if perhaps else NOTHING)
    return join(filter(None, told), ", ") or html("{}", "nobody known")


def _users(scope: Scope, nodes: tuple[GraphNode, ...], room: int) -> Markup:
    used = (
        (node, edge.source, used_as(edge) or "uses", scope.sources(edge.locations[-1:]))
        for node in nodes
        for edge in scope.atlas.graph.edges_to(node.id, EdgeKind.USES)
    )
    perhaps = (
        (node, mention.application, _PERHAPS, scope.source(mention.span))
        for node in nodes
        for mention in scope.atlas.mentions_of(node)
    )
    rows = [
        row(
            scope.node(user),
            scope.cluster(node.cluster or ""),
            text(node.attributes, "namespace"),
            how,
            where,
        )
        for node, user, how, where in (*used, *perhaps)
    ]
    head = ("Application", "Cluster", "Namespace", "How", "Where")
    found = capped(head, rows, room, more=scope.around(nodes[0].id))
    return found or paragraph("Nobody that is known from Git uses it.")


def _sealed(scope: Scope) -> Markup:
    rows = (
        row(
            scope.node(node.id),
            scope.cluster(node.cluster or ""),
            text(node.attributes, "namespace"),
            text(node.attributes, "scope") or "strict",
            _keys(node),
            scope.sources(node.locations[:1]),
        )
        for node in scope.atlas.graph.nodes(NodeKind.SEALED_SECRET)
    )
    return table(("SealedSecret", "Cluster", "Namespace", "Scope", "Keys", "Where"), rows)
