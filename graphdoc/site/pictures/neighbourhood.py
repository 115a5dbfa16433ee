"""One Application: what defines it, which values it gets, what it serves and uses."""

from collections.abc import Iterator

from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind
from graphdoc.model.grouping import way_up
from graphdoc.model.helm import LayerKind
from graphdoc.model.location import Span
from graphdoc.resolve.resolved import ResolvedApplication
from graphdoc.site.atlas.atlas import Atlas, worst
from graphdoc.site.atlas.facts import namespace_of, number, said_version, text, texts
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.diagrams.cards import Badge, Card, Diagram, Edge, Row, first_rows
from graphdoc.site.pictures.order import place_on
from graphdoc.site.writing.markup import plural

__all__ = ["neighbourhood_diagram"]

_ROWS = 6
_TEXT = 230
_WORDS = {"application": ("Application",), "policy": ("policy", "policies"), "secret": ("Secret",)}


def neighbourhood_diagram(scope: Scope, node: GraphNode) -> Diagram:
    """The Application between what it is made of and what it touches."""
    left = tuple(_made_of(scope, node))
    right = tuple(_touches(scope, node))
    focus = _focus(scope, node)
    columns = (tuple(card.id for card, _ in side) for side in (left, right))
    return Diagram(
        id=f"around-{scope.atlas.row(node)}",
        title=f"{node.name} on {node.cluster}",
        description=f"Where {node.name} is defined, which values it gets, and what it touches.",
        nodes=(*(card for card, _ in left), focus, *(card for card, _ in right)),
        edges=(*(edge for _, edge in left), *(edge for _, edge in right)),
        columns=tuple(column for column in columns if len(column) > 1),
        explore=scope.explore(node.id),
        ranksep=0.75,
        nodesep=0.16,
    )


def _defining_places(atlas: Atlas, node: GraphNode) -> tuple[tuple[str, Span], ...]:
    """The chain that defines an Application, from its root to its patches, each with a note."""
    ids = way_up(atlas.parent_of(node.id), atlas.parent_of)
    above = reversed([found for id_ in ids if (found := atlas.graph.node(id_))])
    chain = [(up.name, span) for up in above for span in place_on(atlas, up, node.cluster)]
    patches = [("patch", span) for span in atlas.patches_of(node)]
    own = [("", span) for span in node.locations[:1]]
    return tuple(dict.fromkeys([*chain, *own, *patches]))


def _focus(scope: Scope, node: GraphNode) -> Card:
    findings = scope.atlas.application_findings(node)
    severity = worst(findings)
    namespace = namespace_of(node)
    lines = (
        f"cluster {node.cluster}",
        f"wave {number(node.attributes, 'wave') or 0}"
        + (f" · ns {namespace}" if namespace else ""),
    )
    return Card(
        node.id,
        scope.atlas.kind(node),
        node.name,
        "Application",
        lines=lines,
        href=scope.to(scope.atlas.page(node.id)),
        focus=True,
        badge=Badge(severity, len(findings)) if severity else None,
    )


def _made_of(scope: Scope, node: GraphNode) -> Iterator[tuple[Card, Edge]]:
    places = _defining_places(scope.atlas, node)
    if places:
        rows = tuple(_place_row(scope, note, span) for note, span in places)
        name = f"Defined by {plural(len(places), 'line')}"
        card = _listed("defined", "parent", name, "app-of-apps chain", rows)
        yield card, Edge(card.id, node.id, "defines", weight=3)
    layers = tuple(_layers(scope, node))
    if layers:
        last = layers[-1]
        rows = (*layers[:-1], Row(last.text, last.note, last.href, "win"))
        name = f"{plural(len(layers), 'value layer')}, last wins"
        card = _listed("values", "values", name, "Helm values", rows)
        yield card, Edge(card.id, node.id, "values", css="values", weight=3)
    for id_ in _rendered(scope.atlas, node):
        card = _rendered_card(scope, id_)
        yield card, Edge(card.id, node.id, "renders")


def _listed(id_: str, kind: str, name: str, type_line: str, rows: tuple[Row, ...]) -> Card:
    hidden = max(0, len(rows) - _ROWS - 1)
    kept = (
        *rows[: _ROWS // 2],
        Row(f"{hidden + 1} more between", css="more"),
        *rows[-_ROWS // 2 :],
    )
    shown = kept if hidden else rows
    return Card(
        id_,
        kind,
        name,
        type_line,
        rows=shown,
        numbered=not hidden,
        max_text=_TEXT,
        folded=hidden + 1 if hidden else 0,
    )


def _place_row(scope: Scope, note: str, span: Span) -> Row:
    said = f"patch :{span.line}" if note == "patch" else f":{span.line}"
    return Row(span.file.path, said, scope.place(span))


def _layers(scope: Scope, node: GraphNode) -> Iterator[Row]:
    """Every layer of values in Helm's order; without resolving, the files alone."""
    resolved = scope.atlas.resolved.get(node.id)
    known = tuple(_resolved_layers(scope, resolved)) if resolved else ()
    yield from known or tuple(_file_row(scope, id_) for id_ in texts(node.attributes, "values"))


def _resolved_layers(scope: Scope, resolved: ResolvedApplication) -> Iterator[Row]:
    for source in resolved.sources:
        for layer in source.layers:
            keys = plural(len(layer.root.entries), "key")
            if layer.kind is LayerKind.CHART_DEFAULTS and layer.file:
                yield Row(
                    "chart default values", keys, scope.place(layer.root.span._replace(line=1))
                )
            elif layer.file:
                yield Row(layer.file.path, keys, scope.to(scope.atlas.page(f"values:{layer.file}")))
            else:
                yield Row(
                    f"{layer.kind.value} in the Application", keys, scope.place(layer.root.span)
                )


def _file_row(scope: Scope, id_: str) -> Row:
    node = scope.atlas.graph.node(id_)
    path = node.locations[0].file.path if node and node.locations else id_
    return Row(path, "", scope.to(scope.atlas.page(id_)))


def _rendered(atlas: Atlas, node: GraphNode) -> tuple[str, ...]:
    """The charts, then the kustomizations that it renders; the first three."""
    found = [edge.target for edge in atlas.graph.edges_from(node.id, EdgeKind.RENDERS)]
    wanted = (NodeKind.CHART, NodeKind.KUSTOMIZATION)
    ranked = [id_ for kind in wanted for id_ in found if _kind(atlas, id_) is kind]
    return tuple(dict.fromkeys(ranked))[:3]


def _kind(atlas: Atlas, id_: str) -> NodeKind | None:
    node = atlas.graph.node(id_)
    return node.kind if node else None


def _rendered_card(scope: Scope, id_: str) -> Card:
    node = scope.atlas.graph.node(id_)
    name = node.name if node else id_.partition(":")[2]
    facts = node.attributes if node else {}
    if _kind(scope.atlas, id_) is NodeKind.CHART:
        version = said_version(text(facts, "version"))
        return Card(
            id_,
            "chart",
            f"{name} {version}".strip(),
            "Helm chart",
            lines=tuple(filter(None, (text(facts, "repository").removeprefix("https://"),))),
            href=scope.to(scope.atlas.page(id_)),
        )
    return Card(
        id_,
        "kustomization",
        name,
        text(facts, "role") or "kustomization",
        href=scope.to(scope.atlas.page(id_)),
    )


def _touches(scope: Scope, node: GraphNode) -> Iterator[tuple[Card, Edge]]:
    yield from _targets(scope, node, EdgeKind.SERVES, "host", ("serves", "routes", "network"))
    yield from _targets(scope, node, EdgeKind.USES, "secret", ("uses", "reads", "secret"))
    yield from _targets(scope, node, EdgeKind.RUNS, "image", ("runs", "runs", ""))
    yield from _policies(scope, node)
    yield from _managed(scope, node)
    yield from _siblings(scope, node)


def _policies(scope: Scope, node: GraphNode) -> Iterator[tuple[Card, Edge]]:
    """The policies with a rule that matches something that the Application renders."""
    found = scope.atlas.concerns_by_application.get(node.id, ())
    ids = list(dict.fromkeys(concern.policy for concern in found))
    if ids:
        card = _list_card(scope, ids, "policy", "Kyverno", "policies/index.md")
        yield card, Edge(node.id, card.id, "matched by", css="policy")


def _targets(
    scope: Scope, node: GraphNode, kind: EdgeKind, target: str, words: tuple[str, str, str]
) -> Iterator[tuple[Card, Edge]]:
    type_line, label, css = words
    found = dict.fromkeys(edge.target for edge in scope.atlas.graph.edges_from(node.id, kind))
    ids = [id_ for id_ in found if id_.startswith(f"{target}:")]
    if ids:
        card = _list_card(scope, ids, target, type_line, f"{target}s/index.md")
        yield card, Edge(node.id, card.id, label, css=css)


def _list_card(scope: Scope, ids: list[str], kind: str, type_line: str, index: str) -> Card:
    rows = tuple(_node_row(scope, id_) for id_ in ids)
    if len(rows) == 1:
        return Card(
            f"list:{kind}",
            kind,
            rows[0].text,
            type_line,
            lines=tuple(filter(None, (rows[0].note,))),
            href=rows[0].href,
        )
    name = plural(len(rows), *_WORDS.get(kind, (kind,)))
    shown, hidden = first_rows(rows, _ROWS, scope.to(index))
    return Card(f"list:{kind}", kind, name, type_line, rows=shown, folded=hidden)


def _node_row(scope: Scope, id_: str) -> Row:
    node = scope.atlas.graph.node(id_)
    name = node.name if node else id_.partition(":")[2]
    note = text(node.attributes, "namespace") if node and node.kind is NodeKind.SECRET else ""
    return Row(name, f"ns {note}" if note else "", scope.to(scope.atlas.page(id_)))


def _managed(scope: Scope, node: GraphNode) -> Iterator[tuple[Card, Edge]]:
    ids = {edge.target: None for edge in scope.atlas.graph.edges_from(node.id, EdgeKind.MANAGES)}
    if ids:
        card = _list_card(scope, list(ids), "application", "manages", "apps/index.md")
        yield card, Edge(node.id, card.id, "manages")


def _siblings(scope: Scope, node: GraphNode) -> Iterator[tuple[Card, Edge]]:
    others = [o for o in scope.atlas.by_name[node.name] if o.cluster != node.cluster]
    if not others:
        return
    rows = tuple(Row(o.cluster or "", href=scope.to(scope.atlas.page(o.id))) for o in others)
    shown, hidden = first_rows(rows, _ROWS, scope.to("clusters/index.md"))
    name = plural(len(others), "other cluster")
    card = Card("siblings", "cluster", name, "same Application", rows=shown, folded=hidden)
    yield card, Edge(node.id, card.id, "also on")
