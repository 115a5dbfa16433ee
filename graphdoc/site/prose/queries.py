"""Live facts in handwritten text: a count, a picture or a table, made anew by each build."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from graphdoc.graph.repo_graph import GraphNode, NodeKind
from graphdoc.model.finding import Severity
from graphdoc.model.mistake import nearest
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import text, texts
from graphdoc.site.atlas.ordering import place_of
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.atlas.secret_words import makers
from graphdoc.site.diagrams.drawing import Drawn, drawn
from graphdoc.site.pages.clusters import version_of
from graphdoc.site.pages.lists import LISTS
from graphdoc.site.pictures.context import context_diagram
from graphdoc.site.pictures.neighbourhood import neighbourhood_diagram
from graphdoc.site.pictures.order import order_diagram
from graphdoc.site.pictures.secret import secret_diagram
from graphdoc.site.pictures.tree import tree_diagram
from graphdoc.site.prose.identities import UnknownNameError, page_of
from graphdoc.site.writing.markup import DASH, Markup, html, paragraph
from graphdoc.site.writing.tables import Row, row, table

__all__ = ["diagram", "fact", "query_table"]

_WHERE = re.compile(r"(?P<what>[a-z-]+)(?: where (?P<key>[a-z]+)=(?P<value>\S+))?")
_PLURALS = {"policy": "policies", "repository": "repositories", "values": "values"}


def fact(atlas: Atlas, name: str) -> Markup:
    """A number or a name, such as ``clusters.count``.

    Raises:
        UnknownNameError: there is no such fact.
    """
    known = _facts(atlas)
    if name not in known:
        raise UnknownNameError(f"no fact '{name}'{nearest(name, known)}")
    return html("{}", known[name])


def diagram(scope: Scope, words: str) -> Drawn:
    """A picture, such as ``tree prod`` or ``around shop``.

    Raises:
        UnknownNameError: there is no such picture, or nothing that it could be of.
    """
    kind, _, name = words.partition(" ")
    if kind not in _DIAGRAMS:
        raise UnknownNameError(f"no diagram '{kind}'{nearest(kind, _DIAGRAMS)}")
    return _DIAGRAMS[kind](scope, name.strip())


def query_table(scope: Scope, words: str) -> Markup:
    """A table, such as ``hosts where cluster=prod``.

    Raises:
        UnknownNameError: there is no such table, condition or cluster.
    """
    asked = _WHERE.fullmatch(words)
    if asked is None:
        raise UnknownNameError(f"'{words}' is no table: hosts, or hosts where cluster=NAME")
    if asked["what"] not in _TABLES:
        raise UnknownNameError(f"no table '{asked['what']}'{nearest(asked['what'], _TABLES)}")
    if asked["key"] not in {None, "cluster"}:
        raise UnknownNameError(f"no condition '{asked['key']}'; did you mean 'cluster'?")
    cluster = asked["value"] or ""
    if cluster:
        page_of(scope.atlas, "cluster", cluster)
    return _TABLES[asked["what"]](scope, cluster) or paragraph("None.")


def _facts(atlas: Atlas) -> Mapping[str, str]:
    counts = Counter(node.kind for node in atlas.graph.nodes())
    found = {f"{_PLURALS.get(k, f'{k}s')}.count": str(counts[k]) for k in NodeKind}
    severities = Counter(finding.severity for finding in atlas.site.findings)
    found |= {f"findings.{severity}": str(severities[severity]) for severity in Severity}
    found["findings.count"] = str(len(atlas.site.findings))
    found |= {f"commit.{name}": checkout.state for name, checkout in atlas.checkouts.items()}
    return found


def _context(scope: Scope, name: str) -> Drawn:
    if name:
        raise UnknownNameError(f"the diagram 'context' takes no name, found '{name}'")
    return drawn(context_diagram(scope), scope.here, scope.to("repos/index.md"))


def _tree(scope: Scope, name: str) -> Drawn:
    page_of(scope.atlas, "cluster", name)
    return drawn(tree_diagram(scope, name), scope.here, scope.to("apps/index.md"))


def _order(scope: Scope, name: str) -> Drawn:
    page_of(scope.atlas, "cluster", name)
    return drawn(order_diagram(scope, name), scope.here, scope.to("waves/index.md"))


def _around(scope: Scope, words: str) -> Drawn:
    name, _, cluster = words.partition(" ")
    page_of(scope.atlas, "app", name)
    nodes = scope.atlas.by_name[name]
    found = next((node for node in nodes if cluster.strip() in {"", node.cluster}), None)
    if found is None:
        where = nearest(cluster, [node.cluster or "" for node in nodes])
        raise UnknownNameError(f"{name} is not on '{cluster}'{where}")
    return drawn(neighbourhood_diagram(scope, found), scope.here, scope.to("apps/index.md"))


def _secret(scope: Scope, words: str) -> Drawn:
    name, _, asked = words.partition(" ")
    page_of(scope.atlas, "secret", name)
    nodes = scope.atlas.secrets_by_name[name]
    cluster = asked.strip() or min(node.cluster or "" for node in nodes)
    on = [node for node in nodes if node.cluster == cluster]
    if not on:
        raise UnknownNameError(f"{name} is not on '{cluster}'")
    return drawn(secret_diagram(scope, name, cluster, on), scope.here, scope.to("secrets/index.md"))


_DIAGRAMS: Mapping[str, Callable[[Scope, str], Drawn]] = {
    "context": _context,
    "tree": _tree,
    "order": _order,
    "around": _around,
    "secret": _secret,
}


def _is_on(atlas: Atlas, node: GraphNode, cluster: str) -> bool:
    """Whether a node is of a cluster, or anything on the cluster leads to it."""
    if not cluster or node.cluster == cluster or cluster in texts(node.attributes, "clusters"):
        return True
    sources = (atlas.graph.node(edge.source) for edge in atlas.graph.edges_to(node.id))
    return any(source is not None and source.cluster == cluster for source in sources)


def _list_table(kind: NodeKind) -> Callable[[Scope, str], Markup]:
    def make(scope: Scope, cluster: str) -> Markup:
        listed = next(one for one in LISTS if one.kind is kind)
        nodes = sorted(scope.atlas.graph.nodes(kind), key=lambda node: (node.name, node.id))
        found = (node for node in nodes if _is_on(scope.atlas, node, cluster))
        rows = dict.fromkeys((scope.node(n.id), *listed.cells(scope, n)) for n in found)
        return table((listed.title, *listed.head), map(Row, rows))

    return make


def _applications(scope: Scope, cluster: str) -> Markup:
    apps = (n for n in scope.atlas.applications if cluster in {"", n.cluster})
    rows = (
        row(
            scope.node(app.id),
            scope.cluster(app.cluster or ""),
            place_of(scope.atlas, app),
            version_of(scope.atlas, app) or DASH,
            scope.sources(app.locations[:1]),
        )
        for app in apps
    )
    return table(("Application", "Cluster", "Wave", "Version", "Where"), rows)


def _secrets(scope: Scope, cluster: str) -> Markup:
    nodes = (n for n in scope.atlas.graph.nodes(NodeKind.SECRET) if cluster in {"", n.cluster})
    rows = (
        row(
            scope.node(node.id),
            scope.cluster(node.cluster or ""),
            text(node.attributes, "namespace") or DASH,
            ", ".join(makers(node)) or "nothing",
        )
        for node in nodes
    )
    return table(("Secret", "Cluster", "Namespace", "Made by"), rows)


def _clusters(scope: Scope, cluster: str) -> Markup:
    nodes = (n for n in scope.atlas.clusters if cluster in {"", n.name})
    return table(("Cluster", "Applications", "Provider"), _cluster_rows(scope, nodes))


def _cluster_rows(scope: Scope, nodes: Iterable[GraphNode]) -> Iterable[Row]:
    for node in nodes:
        count = len(scope.atlas.by_cluster.get(node.name, ()))
        provider = text(node.attributes, "provider") or "not stated"
        yield row(scope.page(node.name, scope.atlas.cluster_page(node.name)), str(count), provider)


_TABLES: Mapping[str, Callable[[Scope, str], Markup]] = {
    **{listed.folder: _list_table(listed.kind) for listed in LISTS},
    "applications": _applications,
    "secrets": _secrets,
    "clusters": _clusters,
}
