"""Rule ``empty-applicationset``."""

from collections.abc import Iterator
from operator import itemgetter

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather, in_order, listed
from graphdoc.model.location import Location, Span
from graphdoc.resolve.orphans.meant import find_meant_sets, paths_looked_for, yields_nothing
from graphdoc.resolve.resolved import Estate, ResolvedApplicationSet
from graphdoc.rules.rule import rule

__all__ = ["empty_applicationset"]


@rule("empty-applicationset", severity=Severity.WARNING)
def empty_applicationset(estate: Estate) -> Iterator[Problem]:
    """The generators of an ApplicationSet yield nothing.

    Nothing is said where a generator could not be evaluated without a cluster or a service. Where
    the nearest folder is named, what the set would render there is not told as unused besides.
    More than three of one repository whose lists are empty are one finding.

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
            revision: HEAD
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
            revision: HEAD
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
    near = {meant.made.id: meant.near for meant in find_meant_sets(estate)}
    found = ((_place_of(made), made) for made in estate.application_sets if yields_nothing(made))
    for group in gather(in_order(found, itemgetter(0)), _cause):
        (span, made), *others = group
        sets = "ApplicationSets" if others else "ApplicationSet"
        names = listed(one.resource.name for _, one in group)
        yield Problem(
            f"the generators of {sets} {names} yield nothing",
            Location(span, "no element"),
            tuple(Location(other, "no element, either") for other, _ in others),
            made.id,
            hint=f"the nearest folder is {near[made.id]}" if made.id in near else "",
            identity=span.file.repository if others else "",
        )


def _cause(empty: tuple[Span, ResolvedApplicationSet]) -> object:
    """Lists without an element are switched off as one; a pattern that matches nothing is alone."""
    span, made = empty
    return span if paths_looked_for(made) else span.file.repository


def _place_of(made: ResolvedApplicationSet) -> Span:
    """The one pattern that matches nothing, or else all the generators."""
    patterns = paths_looked_for(made)
    whole = made.resource.manifest.at("spec").keys.get("generators", made.resource.span)
    return patterns[0].span if len(patterns) == 1 else whole
