"""Rule ``invalid-applicationset``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import listed
from graphdoc.model.location import Location, Span
from graphdoc.resolve.orphans.doubled import find_doubled_applications
from graphdoc.resolve.resolved import Estate, ResolvedApplicationSet
from graphdoc.rules.rule import rule

__all__ = ["invalid_applicationset"]

_ITEMS_SHOWN = 10


@rule("invalid-applicationset", severity=Severity.ERROR)
def invalid_applicationset(estate: Estate) -> Iterator[Problem]:
    """Argo CD would refuse an ApplicationSet, or an Application that it makes.

    A generator is malformed or its revision is not in the repository, a template cannot be
    evaluated with some parameters (with `missingkey=error`: one is missing), a templatePatch is no
    patch, or two parameter sets make Applications of one name. Or a key stands twice: Argo CD reads
    the last.

    ## Why is this bad?

    Argo CD reports the error on the ApplicationSet only, and applies nothing that changed since:
    the Applications that are there go on as they were, and new ones do not come.

    ## Example

    ```yaml
    -- launchpad/set.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: ApplicationSet
    metadata: {name: apps, namespace: argocd}
    spec:
      goTemplate: true
      goTemplateOptions: [missingkey=error]
      generators:
        - git:
            repoURL: https://git.example.com/launchpad
            revision: HEAD
            directories:
              - path: apps/*
      template:
        metadata:
          name: "{{ .path.basname }}"  # expect: invalid-applicationset
        spec:
          project: default
          destination: {server: https://kubernetes.default.svc, namespace: "{{ .path.basename }}"}
          source:
            repoURL: https://git.example.com/launchpad
            path: "{{ .path.path }}"
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
      goTemplate: true
      goTemplateOptions: [missingkey=error]
      generators:
        - git:
            repoURL: https://git.example.com/launchpad
            revision: HEAD
            directories:
              - path: apps/*
      template:
        metadata:
          name: "{{ .path.basename }}"
        spec:
          project: default
          destination: {server: https://kubernetes.default.svc, namespace: "{{ .path.basename }}"}
          source:
            repoURL: https://git.example.com/launchpad
            path: "{{ .path.path }}"
    ```

    ## References

    - [Argo CD: Go templates](https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/GoTemplate/)
    """
    for (span, message, cause), (made, items) in sorted(
        _refusals(estate), key=lambda item: item[0]
    ):
        sets = tuple(dict.fromkeys(one.resource.name for one in made))
        what = f"ApplicationSet{'s' if len(sets) > 1 else ''} {listed(sets)}"
        yield Problem(
            f"Argo CD refuses {what}: {message}",
            Location(span, "refused here"),
            tuple(items[:_ITEMS_SHOWN]),
            made[0].id,
            identity=cause,
            also=tuple(one.id for one in made),
        )
    for doubled in find_doubled_applications(estate, "ApplicationSet"):
        yield doubled.problem("Argo CD", str(doubled.file))


_Place = tuple[Span, str, str]
_Refusal = tuple[list[ResolvedApplicationSet], list[Location]]


def _refusals(estate: Estate) -> Iterator[tuple[_Place, _Refusal]]:
    """Every fault once, with the items of all the parameter sets that it concerns.

    A fault that has a cause of its own, such as a lost revision, is one in all sets.
    """
    found: dict[object, tuple[_Place, _Refusal]] = {}
    for made in estate.application_sets:
        for problem in made.problems:
            place = (problem.primary.span, problem.message, problem.identity)
            (span, *_), (sets, items) = found.setdefault(
                problem.identity or place, (place, ([], []))
            )
            sets.append(made)
            again = (Location(place[0], "refused here as well"),) if span != place[0] else ()
            items += [one for one in (*again, *problem.related) if one not in items]
    yield from found.values()
