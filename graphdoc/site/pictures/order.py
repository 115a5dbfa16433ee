"""In which order a cluster comes up: what starts it, then one card for each step."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import pairwise, starmap

from graphdoc.graph.repo_graph import EdgeKind, GraphNode
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import text, texts
from graphdoc.site.atlas.ordering import Step, find_steps, step_id
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.atlas.sealed import consumers_of, controllers, sealed_secrets
from graphdoc.site.diagrams.cards import Card, Diagram, Direction, Edge, Row
from graphdoc.site.writing.markup import plural

__all__ = ["order_diagram", "place_on", "roots_of", "scripts_of"]

_ROWS = 5
# With more waves than these, cards with rows would be too high together.
_TALL = 6
_MIN_WIDTH = 300


def order_diagram(scope: Scope, cluster: str) -> Diagram:
    """The script, the roots and the steps of a cluster, each below what comes before it."""
    steps = find_steps(scope.atlas, cluster)
    rows = _ROWS if len(steps) <= _TALL else 0
    cards = (
        *_starts(scope, cluster),
        *(_step(scope, step, found, rows) for step, found in steps.items()),
    )
    hand, edges = _by_hand(scope, cluster, steps)
    return Diagram(
        id=f"order-{scope.atlas.cluster_slugs[cluster]}",
        title=f"In which order {cluster} comes up",
        description=f"What starts {cluster}, and the steps in which its Applications come.",
        nodes=(*cards, *hand),
        edges=(*_arrows(scope.atlas, cards, steps), *edges),
        rankdir=Direction.TOP_DOWN,
        explore=scope.explore(f"cluster:{cluster}"),
        ranksep=0.28,
        nodesep=0.5,
    )


def roots_of(atlas: Atlas, cluster: str) -> tuple[tuple[str, Span], ...]:
    """Where the tree of a cluster starts: the id of each root and the line that defines it."""
    return tuple(dict(atlas.roots_by_cluster.get(cluster, ())).items())


def place_on(atlas: Atlas, node: GraphNode, cluster: str | None) -> tuple[Span, ...]:
    """Where a node stands for a cluster: a root that several share has a line for each."""
    own = dict(roots_of(atlas, cluster or "")).get(node.id)
    return (own,) if own else node.locations[-1:]


def scripts_of(atlas: Atlas, cluster: str) -> tuple[tuple[str, Span], ...]:
    """What applies the roots of a cluster: the id of each script and its line."""
    edges = (
        edge
        for root, _ in roots_of(atlas, cluster)
        for edge in atlas.graph.edges_to(root, EdgeKind.BOOTSTRAPS)
    )
    return tuple(dict.fromkeys((e.source, e.locations[-1]) for e in edges if e.locations))


def _starts(scope: Scope, cluster: str) -> Iterator[Card]:
    scripts, roots = scripts_of(scope.atlas, cluster), roots_of(scope.atlas, cluster)
    if scripts:
        yield _start(scope, "script", "step 1 · by hand", scripts)
    if roots:
        said = "root, applied by the script" if scripts else "root, applied by hand"
        yield _start(scope, "root", said, roots)


def _start(scope: Scope, kind: str, said: str, found: Sequence[tuple[str, Span]]) -> Card:
    (id_, span), others = found[0], len(found) - 1
    node = scope.atlas.graph.node(id_)
    more = (f"and {others} more",) if others else ()
    return Card(
        id_,
        kind,
        node.name if node else id_.partition(":")[2],
        said,
        lines=(f"{span.file.path}:{span.line}", *more),
        href=scope.to(scope.atlas.page(id_)) or scope.place(span),
        folded=others,
        min_width=_MIN_WIDTH,
    )


def _step(scope: Scope, step: Step, nodes: Sequence[GraphNode], most: int) -> Card:
    shown = nodes if len(nodes) <= most else nodes[: most - 1] if most else ()
    hidden = len(nodes) - len(shown)
    href = f"#{step_id(step)}" if scope.here.startswith("runbooks/") else scope.to("apps/index.md")
    more = (Row(f"+{hidden} more", href=href, css="more"),) if hidden and most else ()
    kinds = {scope.atlas.kind(node) for node in nodes}
    sole = nodes[0].name if hidden == len(nodes) == 1 else ""
    return Card(
        step_id(step),
        kinds.pop() if len(kinds) == 1 else "group",
        sole or plural(len(nodes), "Application"),
        str(step),
        rows=(*(_row(scope, node) for node in shown), *more),
        href=href,
        folded=0 if sole else hidden,
        min_width=_MIN_WIDTH,
    )


def _row(scope: Scope, node: GraphNode) -> Row:
    namespaces = texts(node.attributes, "namespaces")
    into = namespaces[0] if len(namespaces) == 1 else plural(len(namespaces), "namespace")
    return Row(node.name, into if namespaces else "", scope.to(scope.atlas.page(node.id)))


def _by_hand(
    scope: Scope, cluster: str, steps: Mapping[Step, Sequence[GraphNode]]
) -> tuple[tuple[Card, ...], tuple[Edge, ...]]:
    """Sealing again, between the controller and the first step that needs one of the Secrets."""
    sealed = sealed_secrets(scope.atlas, cluster)
    running = _first(steps, {app.id for app in controllers(scope.atlas, cluster)})
    users = {id_ for secret in sealed for id_ in consumers_of(scope.atlas, secret)}
    if not sealed or running is None:
        return (), ()
    page = scope.atlas.rebuild_page(cluster)
    card = Card(
        "by-hand",
        "external",
        f"seal {plural(len(sealed), 'Secret')} again",
        "by hand",
        lines=("a new cluster has a new key",),
        href=scope.to(f"{page}#secrets"),
        ghost=True,
    )
    needed = _first({step: apps for step, apps in steps.items() if step > running}, users)
    after = () if needed is None else (_manual(card.id, step_id(needed), "needed by"),)
    return (card,), (_manual(step_id(running), card.id, "then"), *after)


def _first(steps: Mapping[Step, Sequence[GraphNode]], ids: Collection[str]) -> Step | None:
    """The first step that has one of these Applications."""
    return next((step for step, apps in steps.items() if any(a.id in ids for a in apps)), None)


def _manual(source: str, target: str, verb: str) -> Edge:
    return Edge(source, target, verb, css="manual")


def _arrows(
    atlas: Atlas, cards: Sequence[Card], steps: Mapping[Step, Sequence[GraphNode]]
) -> Iterator[Edge]:
    """From each card to the next, past what nothing orders unless it brings the rest.

    What an ApplicationSet rolls out goes on from what comes before the set.
    """
    starts = [card.id for card in cards[: len(cards) - len(steps)]]
    aside = _aside(atlas, steps)
    waves = [step for step in steps if not step.is_rolled and step != aside]
    yield from starmap(_arrow, pairwise((*starts, *map(step_id, waves))))
    rolled = grouped(((s.owner, s.waves[:-1]), s) for s in steps if s.is_rolled)
    for (_, above), line in rolled.items():
        before = [*starts, *(step_id(step) for step in waves if step.waves <= above)][-1:]
        yield from starmap(_arrow, pairwise((*before, *map(step_id, line))))
    if aside is not None and starts:
        yield _arrow(starts[-1], step_id(aside))


def _aside(atlas: Atlas, steps: Mapping[Step, Sequence[GraphNode]]) -> Step | None:
    """The step that nothing orders, where it brings none of the others."""
    loose = next((step for step in steps if not step.waves), None)
    brought = {text(node.attributes, "parent") for nodes in steps.values() for node in nodes}
    sets = filter(None, map(atlas.graph.node, sorted(brought)))
    brought |= {text(made_by.attributes, "parent") for made_by in sets}
    return None if loose is None or brought & {node.id for node in steps[loose]} else loose


def _arrow(before: str, after: str) -> Edge:
    return Edge(before, after, "then", css="then", weight=10)
