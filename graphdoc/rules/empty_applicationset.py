"""Rule ``empty-applicationset``."""

from collections.abc import Iterator, Mapping

from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.clone import Clone
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location, Span
from graphdoc.model.node import Scalar, mappings_within
from graphdoc.resolve.names.near_paths import respelled_folder
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
      generators:
        - git:
            repoURL: https://git.example.com/launchpad
            directories:
              - path: applications/*  # expect: empty-applicationset
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
    clones = estate.clones_by_name
    found: dict[Span, ResolvedApplicationSet] = {}
    for made in estate.application_sets:
        if not (made.applications or made.not_understood or made.problems):
            found.setdefault(_place_of(made), made)
    for span, made in sorted(found.items(), key=lambda item: item[0]):
        yield Problem(
            f"the generators of ApplicationSet {made.resource.name} yield nothing",
            Location(span, "no element"),
            (),
            made.id,
            hint=_nearest(made, clones),
        )


def _place_of(made: ResolvedApplicationSet) -> Span:
    """The one pattern that matches nothing, or else all the generators."""
    patterns = _patterns(made)
    spec = made.resource.manifest.mapping("spec")
    keys = spec.keys if spec is not None else {}
    whole = keys.get("generators", made.resource.span)
    return patterns[0].span if len(patterns) == 1 else whole


def _nearest(made: ResolvedApplicationSet, clones: Mapping[str, Clone]) -> str:
    """The folder that the one pattern may mean, in the repository that the set stands in."""
    patterns = _patterns(made)
    clone = clones.get(made.resource.span.file.repository)
    if clone is None or len(patterns) != 1:
        return ""
    fixed = str(patterns[0].value).partition("*")[0].rpartition("/")[0]
    near = respelled_folder(clone, fixed) if fixed else ""
    return f"the nearest folder is {near}" if near and near != fixed else ""


def _patterns(made: ResolvedApplicationSet) -> tuple[Scalar, ...]:
    """The paths that its git generators look for."""
    generators = made.resource.manifest.find("spec", "generators")
    found = mappings_within(generators) if generators is not None else []
    items = (
        item
        for within in found
        for key in ("directories", "files")
        for item in within.mappings_at("git", key)
        if not item.is_true("exclude")
    )
    return tuple(path for item in items if (path := item.scalar("path")) is not None)
