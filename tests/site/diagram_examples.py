"""Three made-up diagrams in the shapes that pages draw: context, tree of waves, neighbourhood."""

from itertools import pairwise

from graphdoc.model.finding import Severity
from graphdoc.site.diagrams.cards import (
    Badge,
    Card,
    Chip,
    Diagram,
    Direction,
    Edge,
    Frame,
    Lane,
    Row,
)

WAVES = {
    -1: ("namespaces",),
    0: ("policies", "sealed-secrets"),
    1: ("certificates", "ingress", "metrics", "logs", "traces", "dashboards"),
    2: ("shop", "billing", "search"),
}


def context() -> Diagram:
    """Repositories, Argo CD and clusters, with frames, a ghost and rows."""
    clusters = tuple(
        Card(f"cluster:{name}", "cluster", name, "cluster", rows=(Row("Applications", "24"),))
        for name in ("dev", "test", "prod")
    )
    repositories = (
        Card("repository:config", "repository", "config", "config repo", href="repos/config.html"),
        Card("repository:values", "repository", "values", "values repo", href="repos/values.html"),
    )
    engineers = Card("people", "external", "Engineers", lines=("change by PR",), ghost=True)
    hub = Card("argocd", "argocd", "Argo CD", "one per cluster", ("self-heal, prune",))
    nodes = (engineers, *repositories, hub, *clusters)
    edges = (
        Edge("people", "repository:config", "merges PR", weight=5),
        Edge("repository:config", "argocd", "3 roots"),
        Edge("repository:values", "argocd", "9 values", "values", weight=12),
        *(Edge("argocd", cluster.id, "syncs") for cluster in clusters),
    )
    return Diagram(
        "context",
        "System context",
        "How a change travels from Git to the clusters.",
        nodes,
        edges,
        columns=(("repository:config", "repository:values"), tuple(card.id for card in clusters)),
        frames=(
            Frame("Git, the source of truth", ("repository:config", "repository:values")),
            Frame("Clusters", tuple(card.id for card in clusters)),
        ),
        rankdir=Direction.TOP_DOWN,
    )


def tree() -> Diagram:
    """A root, its children by wave, and the order of the waves."""
    root = Card(
        "root", "root", "_app-of-apps-dev", "root Application", ("root.yaml",), href="r.html"
    )
    parent = Card("parent", "parent", "infrastructure", "app of apps", href="p.html")
    lanes = tuple(_lane(wave, names) for wave, names in WAVES.items())
    order = tuple(Edge(a.id, b.id, css="then", weight=10) for a, b in pairwise(lanes))
    owned = tuple(Edge("parent", lane.id) for lane in lanes)
    return Diagram(
        "tree-dev",
        "App-of-apps tree of dev",
        "The root Application and its children by sync wave.",
        (root, parent, *lanes),
        (Edge("root", "parent"), *order, *owned),
        columns=(tuple(lane.id for lane in lanes),),
        rankdir=Direction.TOP_DOWN,
        nodesep=0.28,
        ranksep=0.5,
    )


def neighbourhood() -> Diagram:
    """One Application with what defines it and what it touches."""
    layers = (
        Row("chart default values", "412 keys"),
        Row("values/base/shop.yaml", "38 keys", "v.html#base"),
        Row("values/dev/shop.yaml", "9 keys", "v.html#dev", "win"),
    )
    nodes = (
        Card("values", "values", "3 layers, last wins", "Helm values", rows=layers, numbered=True),
        Card("chart", "chart", "shop 1.2.3", "Helm chart", ("charts.example.org",), href="c.html"),
        Card(
            "shop",
            "application",
            "shop",
            "Application",
            ("cluster dev", "wave 2"),
            href="shop.html",
            focus=True,
            badge=Badge(Severity.WARNING, 2),
        ),
        Card("host", "host", "shop.example.org", "serves", href="h.html"),
        Card("secret", "secret", "shop-tls", "uses Secret", ("ns shop",), href="s.html"),
    )
    edges = (
        Edge("values", "shop", "valueFiles", "values", weight=3),
        Edge("chart", "shop", "renders"),
        Edge("shop", "host", "routes", "network"),
        Edge("shop", "secret", "reads", "secret"),
    )
    return Diagram(
        "hood-shop",
        "shop on dev: neighbourhood",
        "Where it is defined and what it touches.",
        nodes,
        edges,
        columns=(("values", "chart"), ("host", "secret")),
        ranksep=0.75,
        nodesep=0.16,
    )


def _lane(wave: int, names: tuple[str, ...]) -> Lane:
    kind = "application" if wave > 1 else "infrastructure"
    chips = tuple(Chip(kind, name, f"apps/{name}.html") for name in names)
    return Lane(f"wave:{wave}", f"wave {wave}", f"{len(names)} Applications", chips)
