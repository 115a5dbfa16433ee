"""Rule ``empty-applicationset``."""

from collections.abc import Iterator

from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location, Span
from graphdoc.resolve.resolved import Estate, ResolvedApplicationSet
from graphdoc.rules.rule import rule

__all__ = ["empty_applicationset"]


@rule("empty-applicationset", severity=Severity.WARNING, since="0.1.0")
def empty_applicationset(estate: Estate, _graph: RepoGraph) -> Iterator[Problem]:
    """The generators of an ApplicationSet yield nothing.

    Nothing is said where a generator could not be evaluated without a cluster or a service.

    ## Why is this bad?

    It makes no Application, and unless its policy forbids that, Argo CD has deleted those that it
    once made.

    ## Example

    ```yaml
    -- launchpad/set.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: ApplicationSet
    metadata: {name: apps, namespace: argocd}
    spec:
      generators:  # expect: empty-applicationset
        - git:
            repoURL: https://git.example.com/launchpad
            directories:
              - path: applications/*
      template:
        metadata: {name: "{{path.basename}}"}
        spec:
          project: default
          destination: {server: https://kubernetes.default.svc, namespace: "{{path.basename}}"}
          source:
            repoURL: https://git.example.com/launchpad
            path: "{{path}}"
    -- launchpad/apps/web/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/set.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: ApplicationSet
    metadata: {name: apps, namespace: argocd}
    spec:
      generators:
        - git:
            repoURL: https://git.example.com/launchpad
            directories:
              - path: apps/*
      template:
        metadata: {name: "{{path.basename}}"}
        spec:
          project: default
          destination: {server: https://kubernetes.default.svc, namespace: "{{path.basename}}"}
          source:
            repoURL: https://git.example.com/launchpad
            path: "{{path}}"
    ```

    ## References

    - [Argo CD: generators](https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators/)
    """
    found: dict[Span, ResolvedApplicationSet] = {}
    for made in estate.application_sets:
        if not (made.applications or made.not_understood or made.problems):
            found.setdefault(_generators(made), made)
    for span, made in sorted(found.items(), key=lambda item: item[0]):
        yield Problem(
            f"the generators of ApplicationSet {made.resource.name} yield nothing",
            Location(span, "no element"),
            (),
            made.id,
        )


def _generators(made: ResolvedApplicationSet) -> Span:
    spec = made.resource.manifest.mapping("spec")
    keys = spec.keys if spec is not None else {}
    return keys.get("generators", made.resource.span)
