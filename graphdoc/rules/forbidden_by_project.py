"""Rule ``forbidden-by-project``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather, grouped
from graphdoc.model.location import Location, Span, locations
from graphdoc.resolve.broken.references import say
from graphdoc.resolve.projects.permissions import Refused, find_refused
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["forbidden_by_project"]

_PLACES = frozenset({"destination", "namespace"})


@rule("forbidden-by-project", severity=Severity.ERROR)
def forbidden_by_project(estate: Estate) -> Iterator[Problem]:
    """The AppProject does not allow a repository, destination or kind of an Application.

    Judged is the project of that name on the same cluster, where exactly one is rendered, or else
    the one of a start Application beside the cluster's own that brings no Application, or the one
    that a script or a document applies by hand (`kubectl apply -f`). A resource that says
    its own namespace needs that to be allowed, too. Project-scoped credentials add their repository
    or cluster to what the project allows; where it cannot be read from them which, they may add
    any. An entry that begins with `!` denies what it names, whatever the others allow. Nothing is
    said of destinations where the project speaks of a cluster by its name and the Application by
    its server (only the cluster knows which is which, or another entry that gives both). Of a
    cluster that nothing registers, assumed for an ApplicationSet, only the namespace is judged.
    Where Argo CD's settings are rendered, an Application in a namespace that they list needs it in
    `sourceNamespaces`, too. More than three destinations that one project refuses are one finding,
    at the project.

    ## Why is this bad?

    Argo CD shows `InvalidSpecError`, or fails the sync with `resource … is not permitted in
    project`.

    ## Example

    ```yaml
    -- launchpad/root.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: root, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: root}
      source: {repoURL: https://git.example.com/launchpad, path: apps}
    -- launchpad/apps/project.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: AppProject
    metadata: {name: platform, namespace: argocd}
    spec:
      sourceRepos: [https://git.example.com/launchpad]
      destinations: [{server: https://kubernetes.default.svc, namespace: web}]
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      project: platform
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: web}
    -- launchpad/web/namespace.yaml --
    apiVersion: v1  # expect: forbidden-by-project
    kind: Namespace
    metadata: {name: web}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/root.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: root, namespace: argocd}
    spec:
      project: default
      destination: {server: https://kubernetes.default.svc, namespace: root}
      source: {repoURL: https://git.example.com/launchpad, path: apps}
    -- launchpad/apps/project.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: AppProject
    metadata: {name: platform, namespace: argocd}
    spec:
      sourceRepos: [https://git.example.com/launchpad]
      destinations: [{server: https://kubernetes.default.svc, namespace: web}]
      clusterResourceWhitelist: [{group: "", kind: Namespace}]
    ```

    ## References

    - [Argo CD: projects](https://argo-cd.readthedocs.io/en/stable/user-guide/projects/)
    """
    causes = grouped(((one.project.span, one.what), one) for one in find_refused(estate))
    lines = gather((causes[cause] for cause in sorted(causes)), _place, few=1)
    for several in gather(lines, _project):
        groups = [group for line in several for group in line]
        yield _refusal(groups, is_of_project=len(several) > 1)


def _refusal(groups: list[tuple[Refused, ...]], *, is_of_project: bool) -> Problem:
    """At the line that is refused, or at the project where it refuses many alike."""
    group = [refused for one in groups for refused in one]
    (_, project, what, _), more = group[0], len(groups) - 1
    spans = sorted({refused.span for refused in group})
    who = say((refused.entry.name for refused in group), "uses")
    others = f" and {more} more like it" if more else ""
    refused, by = Location(spans[0], "not allowed"), Location(project.span, "by this project")
    return Problem(
        f"AppProject {project.name} does not allow {what}{others}, which {who}",
        by if is_of_project else refused,
        (
            refused if is_of_project else by,
            *locations(spans[1:], "nor this"),
        ),
        group[0].entry.id,
        identity=f"{project.span.file} {project.name} {_word(what) if is_of_project else what}",
        also=tuple(refused.entry.id for refused in group),
    )


def _place(group: tuple[Refused, ...]) -> tuple[Span, Span, str]:
    """One line of a template may have another namespace for each Application."""
    first = min(group, key=lambda refused: refused.span)
    return (first.project.span, first.span, _word(first.what))


def _project(line: tuple[tuple[Refused, ...], ...]) -> tuple[Span, str]:
    """A project that refuses many places most likely should allow them; each kind is told."""
    first = line[0][0]
    word = _word(first.what)
    return (first.project.span, word if word in _PLACES else first.what)


def _word(what: str) -> str:
    return what.partition(" ")[0]
