"""Rule ``missing-kustomize-entry``."""

from collections.abc import Iterator

from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location
from graphdoc.resolve.kustomize import BuildProblemKind
from graphdoc.resolve.refusals import find_refusals
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["missing_kustomize_entry"]


@rule("missing-kustomize-entry", severity=Severity.ERROR, since="0.1.0")
def missing_kustomize_entry(estate: Estate, _graph: RepoGraph) -> Iterator[Problem]:
    """A kustomization names a resource, component, patch or generator file that does not exist.

    ## Why is this bad?

    `kustomize build` fails, and with it every overlay that includes the kustomization and every
    Application that renders one of them.

    ## Example

    ```yaml
    -- launchpad/web/kustomization.yaml --
    resources:
      - deployment.yaml
      - networkpolicy.yaml  # expect: missing-kustomize-entry
    -- launchpad/web/deployment.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## Use instead

    ```yaml
    -- launchpad/web/kustomization.yaml --
    resources:
      - deployment.yaml
    -- launchpad/web/deployment.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## References

    - [Kustomize: the kustomization file](https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/)
    """
    for found in find_refusals(estate, BuildProblemKind.MISSING_ENTRY):
        yield Problem(
            f"kustomization {found.name}: {found.problem.message}",
            Location(found.problem.span, "named here"),
            found.related,
            f"kustomization:{found.name}",
        )
