"""Rule ``invalid-application``."""

from collections.abc import Iterator

from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location
from graphdoc.resolve.refused_sources import find_refused_applications
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["invalid_application"]


@rule("invalid-application", severity=Severity.ERROR, since="0.1.0")
def invalid_application(estate: Estate, _graph: RepoGraph) -> Iterator[Problem]:
    """Argo CD would refuse an Application.

    A source has neither `path` nor `chart`, a chart no `targetRevision`; two sources have one
    `ref`, or one source needs two revisions of a repository at once; inline values are no YAML.

    ## Why is this bad?

    Argo CD shows the error on the Application and does nothing with it until it is mended.

    ## Example

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://charts.example.com
        chart: web  # expect: invalid-application
    ```

    ## Use instead

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://charts.example.com
        chart: web
        targetRevision: 1.0.0
    ```

    ## References

    - [Argo CD: the Application](https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/)
    """
    for refused in find_refused_applications(estate):
        first = refused.applications[0]
        yield Problem(
            f"Argo CD refuses Application {first.application.name}: {refused.reason}",
            Location(refused.problem.primary.span, "refused here"),
            (),
            first.id,
        )
