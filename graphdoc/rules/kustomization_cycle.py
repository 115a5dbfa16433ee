"""Rule ``kustomization-cycle``."""

from collections.abc import Iterator

from graphdoc.graph.loops import find_loops
from graphdoc.graph.repo_graph import EdgeKind, RepoGraph
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location, Span
from graphdoc.resolve.broken.kustomizations import find_refusals
from graphdoc.resolve.kustomize import BuildProblemKind
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import graph_rule

__all__ = ["kustomization_cycle"]


@graph_rule("kustomization-cycle", severity=Severity.ERROR)
def kustomization_cycle(estate: Estate, graph: RepoGraph) -> Iterator[Problem]:
    """Kustomizations include each other in a loop.

    ## Why is this bad?

    `kustomize build` refuses every one of them with `cycle detected`, and Argo CD renders none of
    the Applications that use them.

    ## Example

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: overlay}
    -- launchpad/overlay/kustomization.yaml --
    resources:
      - ../base
    -- launchpad/base/kustomization.yaml --
    resources:
      - account.yaml
      - ../overlay  # expect: kustomization-cycle
    -- launchpad/base/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/base/kustomization.yaml --
    resources:
      - account.yaml
    ```

    ## References

    - [Kustomize: bases and overlays](https://kubectl.docs.kubernetes.io/references/kustomize/glossary/#overlay)
    """
    looped: set[str] = set()
    told: set[Span] = set()
    for loop in find_loops(graph, EdgeKind.INCLUDES):
        looped.update(loop.ids, loop.freed)
        told |= {loop.primary, *(place.span for place in loop.related)}
        names = " → ".join(id_.partition(":")[2] for id_ in loop.ids)
        cut = " → ".join(id_.partition(":")[2] for id_ in (loop.cut.source, loop.cut.target))
        yield Problem(
            f"kustomizations include each other in a loop: {names} (closed by {cut})",
            Location(loop.primary, "included here"),
            loop.related,
            loop.cut.source,
        )
    for found in find_refusals(estate, BuildProblemKind.CYCLE):
        subject = f"kustomization:{found.name}"
        if subject not in looped and found.problem.span not in told:
            place = Location(found.problem.span, "included here")
            fact = f"Kustomize refuses to build {found.name}: {found.problem.message}"
            yield Problem(fact, place, found.related, subject, identity=found.problem.message)
