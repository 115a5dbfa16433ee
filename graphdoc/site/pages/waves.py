"""Sync waves: in which order Argo CD starts Applications, and whether anything enforces it."""

from collections.abc import Iterator
from dataclasses import replace

from graphdoc.graph.repo_graph import GraphNode
from graphdoc.model.finding import Finding
from graphdoc.model.grouping import grouped
from graphdoc.model.node import Scalar
from graphdoc.resolve.order.health import health_checks
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import flag, text
from graphdoc.site.atlas.ordering import find_steps, orders, wave_of
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.diagrams.cards import Chip, Lane
from graphdoc.site.diagrams.figure import board
from graphdoc.site.pictures.tree import step_lanes
from graphdoc.site.writing.markup import DASH, Markup, html, join, paragraph, plural
from graphdoc.site.writing.page import Block, Page
from graphdoc.site.writing.steps import bullets
from graphdoc.site.writing.tables import Row, row, table

__all__ = ["short_lanes", "verdict", "waves_page"]

_PATH = "waves/index.md"
_CHECK = "resource.customizations.health.argoproj.io_Application"
_CHECKED = "argoproj.io/Application"
_ALIKE = "All Applications are in one wave: there is no order between them."
_FREE = (
    "Nothing orders the Applications: a wave counts among what one Application brings, and these "
    "are applied by hand, or made by an ApplicationSet without a RollingSync."
)
_NONE = "No Application is known, and so no order."
_UNMINDED = (
    "The waves order nothing: they count among what one Application brings, and none here brings "
    "Applications of several waves. What is applied by hand, or made by an ApplicationSet without "
    "a RollingSync, comes all at once."
)
_ROLLED = (
    "The steps of a RollingSync are kept where progressive syncs are switched on in Argo CD: "
    "the next begins when the Applications of a step are healthy."
)
_LISTED = 12
_PLACES = 3
# The boards of a page show so many Applications together, and of a wave no more than these.
_BOARDS, _CHIPS = 600, 60


def waves_page(atlas: Atlas) -> Page:
    """One verdict a cluster, then the board of each."""
    scope = Scope(atlas, _PATH)
    title = "Sync waves"
    sentence = (
        "In which order Argo CD starts the Applications of each cluster, and whether it waits."
    )
    verdicts = table(("Cluster", "Is the order enforced?", "Waves"), _verdict_rows(scope))
    ordered = [node for node in atlas.clusters if len(find_steps(atlas, node.name)) > 1]
    inversions = [f for f in atlas.site.findings if f.rule in {"wave-inversion", "wave-cycle"}]
    blocks = (
        Block("", "verdicts", verdicts),
        Block("How waves work here", "how", _explained()),
        Block("Needs something of a later wave", "inversions", _inversions(scope, inversions)),
        *(
            Block(node.name, f"board-{atlas.cluster_slugs[node.name]}", _board(scope, node))
            for node in ordered[:_LISTED]
        ),
        Block("Other clusters" if ordered else "Clusters", "others", _others(scope, ordered)),
    )
    return scope.compose(title, sentence, (), blocks)


def verdict(scope: Scope, cluster: str) -> Markup:
    """Whether Argo CD waits for one wave of Applications before the next, with what proves it."""
    steps = find_steps(scope.atlas, cluster)
    if not scope.atlas.by_cluster.get(cluster):
        return html("{}", _NONE)
    rolled = _ROLLED if any(step.is_rolled for step in steps) else ""
    if any(len(step.waves) > step.is_rolled for step in steps):
        return (
            html("{} {}", _verdict(scope, cluster), rolled) if rolled else _verdict(scope, cluster)
        )
    return html("{}", rolled or _without_order(scope.atlas, cluster))


def _without_order(atlas: Atlas, cluster: str) -> str:
    """Why no Application waits for another: one wave, waves that nothing reads, or no parent."""
    nodes = [n for n in atlas.by_cluster[cluster] if not flag(n.attributes, "root")]
    ordered = [node for node in nodes if orders(text(node.attributes, "parent"))]
    if not ordered:
        return _FREE
    is_one = ordered == nodes and len(_waves(atlas, cluster)) == 1
    return _ALIKE if is_one else _UNMINDED


def _verdict(scope: Scope, cluster: str) -> Markup:
    check = _health_check(scope.atlas, cluster)
    if check is not None:
        return html(
            "{} {}",
            "The order is enforced: Argo CD waits for the Applications of a wave to be healthy, by",
            scope.source(check.span),
        )
    configured = health_checks(scope.atlas.site.estate.clones)
    if configured:
        return html(
            "The order is enforced where Argo CD reads the health check for {} of {}: it waits for "
            "the Applications of a wave to be healthy before the next.",
            Markup("<code>argoproj.io/Application</code>"),
            join(map(scope.source, configured[:_PLACES]), ", "),
        )
    return html(
        "{} <code>argoproj.io/Application</code> {} <code>argocd-cm</code>.",
        "The order is not enforced: Argo CD applies the waves one after another, but waits for no "
        "Application to be healthy, because no health check for",
        "is set in",
    )


def short_lanes(scope: Scope, lanes: tuple[Lane, ...], boards: int = 1) -> tuple[Lane, ...]:
    """The lanes with the first of their Applications, and how many more each has.

    Several ``boards`` of a page share its room.
    """
    most = min(_CHIPS, max(1, _BOARDS // (boards * max(1, len(lanes)))))
    return tuple(_short(scope, lane, most) for lane in lanes)


def _short(scope: Scope, lane: Lane, most: int) -> Lane:
    hidden = len(lane.chips) - most
    if hidden <= 0:
        return lane
    more = Chip("more", f"and {hidden} more", scope.to("apps/index.md"))
    return replace(lane, chips=(*lane.chips[:most], more))


def _verdict_rows(scope: Scope) -> Iterator[Row]:
    """A row a verdict; clusters of which the same is true share it."""
    names_of = ((node.name, _waves(scope.atlas, node.name)) for node in scope.atlas.clusters)
    found = grouped(((verdict(scope, name), _said(waves)), name) for name, waves in names_of)
    for (said, waves), names in found.items():
        yield row(scope.cluster_names(names), said, waves, words=" ".join(names))


def _said(waves: list[int]) -> str:
    said = ", ".join(map(str, waves)) or DASH
    return f"only {said}" if len(waves) == 1 else said


def _waves(atlas: Atlas, cluster: str) -> list[int]:
    """The waves of what an Application brings: those of others are read by nothing."""
    nodes = atlas.by_cluster.get(cluster, ())
    return sorted({wave_of(n) for n in nodes if orders(text(n.attributes, "parent"))})


def _health_check(atlas: Atlas, cluster: str) -> Scalar | None:
    """The setting of ``argocd-cm`` that lets Argo CD wait for child Applications."""
    for _, resource in atlas.site.estate.cluster_resources(cluster):
        if resource.kind == "ConfigMap" and resource.name == "argocd-cm":
            own = resource.manifest.scalar("data", _CHECK)
            older = resource.manifest.scalar("data", "resource.customizations")
            if own is not None or (older is not None and _CHECKED in str(older.value)):
                return own or older
    return None


def _explained() -> Markup:
    said = (
        "A sync wave orders the resources of one sync: a parent applies wave after wave of its "
        "child Applications.",
        "Argo CD moves on when a wave is healthy. For a child Application it knows health only "
        "where argocd-cm carries a health check for argoproj.io/Application; without one it does "
        "not wait.",
        "A change that leaves the manifests of the children alone is synced by each child by "
        "itself, in no order at all.",
    )
    return bullets(said)


def _inversions(scope: Scope, findings: list[Finding]) -> Markup:
    rows = (
        row(f.problem.message, scope.source(f.problem.primary.span), scope.rule(f.rule))
        for f in findings
    )
    return table(("What", "Where", "Rule"), rows)


def _board(scope: Scope, node: GraphNode) -> Markup:
    lanes = step_lanes(scope, node.name)
    count = plural(sum(len(lane.chips) for lane in lanes), "Application")
    said = html(
        "<p>{} {}.</p>", f"{count} in {plural(len(lanes), 'step')} on", scope.cluster(node.name)
    )
    boards = min(len(scope.atlas.clusters), _LISTED)
    return said + Markup(board(short_lanes(scope, lanes, boards)))


def _others(scope: Scope, ordered: list[GraphNode]) -> Markup:
    """The clusters without a board here: the rest of a long list, and those of a single wave."""
    shown = {node.name for node in ordered[:_LISTED]}
    others = [node.name for node in scope.atlas.clusters if node.name not in shown]
    if not others:
        return Markup()
    links = join(map(scope.cluster, others), ", ")
    return paragraph("{} {}.", "What runs on each is on its own page:", links)
