"""Rule ``application-cycle``."""

from collections.abc import Iterator
from functools import cache, partial

from graphdoc.graph.loops import Loop, find_loops
from graphdoc.graph.repo_graph import Edge, EdgeKind, NodeKind, RepoGraph
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location, Span
from graphdoc.resolve.applications.argocd_itself import installs_argocd
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import graph_rule

__all__ = ["application_cycle"]

_LEADING = (EdgeKind.BOOTSTRAPS, EdgeKind.MANAGES, EdgeKind.PATCHES)


@graph_rule("application-cycle", severity=Severity.ERROR)
def application_cycle(estate: Estate, graph: RepoGraph) -> Iterator[Problem]:
    """Two or more Applications manage each other in a loop.

    However many app-of-apps, overlays, ApplicationSets or charts lie between them. An Application
    that renders its own manifest is none, and neither is a loop through the one that installs
    Argo CD, with its chart, its manifests or its image: Argo CD is often set up to manage itself,
    the Application with which it starts included.

    ## Why is this bad?

    Each of them owns the other: a deletion with the finalizer takes the whole loop down, one of
    them pruned brings the others to prune each other, and nobody can say which one to change.

    ## Example

    ```yaml
    -- launchpad/root.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: root, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source: {repoURL: https://git.example.com/launchpad, path: platform}
    -- launchpad/platform/platform.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: platform, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source: {repoURL: https://git.example.com/launchpad, path: teams}
    -- launchpad/teams/teams.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: teams, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source:
        repoURL: https://git.example.com/launchpad
        path: platform  # expect: application-cycle
    ```

    ## Use instead

    ```yaml
    -- launchpad/root.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: root, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source: {repoURL: https://git.example.com/launchpad, path: platform}
    -- launchpad/platform/platform.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: platform, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source: {repoURL: https://git.example.com/launchpad, path: teams}
    -- launchpad/teams/namespace.yaml --
    apiVersion: v1
    kind: Namespace
    metadata: {name: web}
    ```

    ## References

    - [Argo CD: app of apps](https://argo-cd.readthedocs.io/en/stable/operator-manual/cluster-bootstrapping/)
    """
    for loop in _find_loops(estate, _with_sets(estate, graph)):
        names = [_name(graph, id_) for id_ in loop.ids]
        cut = f"{_name(graph, loop.cut.source)} → {_name(graph, loop.cut.target)}"
        yield Problem(
            f"Applications manage each other in a loop: {' → '.join(names)} (closed by {cut})",
            Location(_source_of(estate, loop.cut.source, loop.cut.locations), "managed from here"),
            (*loop.related, Location(loop.primary, "managed here")),
            loop.cut.source,
        )


def _find_loops(estate: Estate, graph: RepoGraph) -> Iterator[Loop]:
    """All that are left without what an installed Argo CD brings, which may be its own start."""
    if next(find_loops(graph, EdgeKind.MANAGES), None) is None:
        return
    own = {entry.id for entry in estate.applications if installs_argocd(estate, entry)}
    edges = (edge for edge in graph.edges() if edge.source not in own)
    place = cache(partial(_source_of, estate))
    left = RepoGraph(graph.nodes(), edges)
    yield from find_loops(left, EdgeKind.MANAGES, place=lambda e: place(e.source, e.locations))


def _with_sets(estate: Estate, graph: RepoGraph) -> RepoGraph:
    """What leads to an Application, with what renders an ApplicationSet as managing that."""
    rendered = [
        Edge(made.parent, made.id, EdgeKind.MANAGES, (made.resource.written,))
        for made in estate.application_sets
        if made.parent
    ]
    if not rendered:
        return graph
    leading = (edge for kind in _LEADING for edge in graph.edges(kind))
    return RepoGraph(graph.nodes(), (*leading, *rendered))


def _source_of(estate: Estate, owner: str, written: tuple[Span, ...]) -> Span:
    """The ``path`` by which an Application manages another; else where that other is written."""
    for source in (s for e in estate.applications if e.id == owner for s in e.sources):
        path = source.source.node.scalar("path")
        brought = {resource.written for resource in source.resources}
        if path is not None and written[0] in brought:
            return path.span
    return written[-1]


def _name(graph: RepoGraph, id_: str) -> str:
    node = graph.node(id_)
    if node is None:
        return id_
    return f"ApplicationSet {node.name}" if node.kind is NodeKind.APPLICATION_SET else node.name
