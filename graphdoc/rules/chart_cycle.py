"""Rule ``chart-cycle``."""

from collections.abc import Iterator

from graphdoc.graph.loops import find_loops
from graphdoc.graph.repo_graph import EdgeKind, RepoGraph
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import graph_rule

__all__ = ["chart_cycle"]


@graph_rule("chart-cycle", severity=Severity.ERROR)
def chart_cycle(_estate: Estate, graph: RepoGraph) -> Iterator[Problem]:
    """Local charts require each other in a loop.

    ## Why is this bad?

    `helm dependency build` packs each chart into the other without end, and Argo CD renders none
    of the Applications that use them.

    ## Example

    ```yaml
    -- charts/web/Chart.yaml --
    apiVersion: v2
    name: web
    version: 1.0.0
    dependencies:
      - {name: common, version: 1.0.0, repository: "file://../common"}
    -- charts/common/Chart.yaml --
    apiVersion: v2
    name: common
    version: 1.0.0
    dependencies:
      - {name: web, version: 1.0.0, repository: "file://../web"}  # expect: chart-cycle
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/charts, path: web}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- charts/common/Chart.yaml --
    apiVersion: v2
    name: common
    version: 1.0.0
    type: library
    ```

    ## References

    - [Helm: chart dependencies](https://helm.sh/docs/helm/helm_dependency/)
    """
    for loop in find_loops(graph, EdgeKind.REQUIRES):
        charts = " → ".join(id_.partition(":")[2] for id_ in loop.ids)
        cut = " → ".join(id_.partition(":")[2] for id_ in (loop.cut.source, loop.cut.target))
        yield Problem(
            f"charts require each other in a loop: {charts} (closed by {cut})",
            Location(loop.primary, "required here"),
            loop.related,
            loop.cut.source,
        )
