"""Rule ``missing-project``."""

from collections.abc import Iterator, Sequence

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import first_of, gather, grouped
from graphdoc.model.location import Location, Span, locations
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.broken.references import say
from graphdoc.resolve.names.alike import closest, the_nearest
from graphdoc.resolve.projects.defined import Projects, find_projects
from graphdoc.resolve.resolved import Estate, ResolvedApplication
from graphdoc.rules.rule import rule

__all__ = ["missing_project"]

_FEW = 2


@rule("missing-project", severity=Severity.ERROR)
def missing_project(estate: Estate) -> Iterator[Problem]:
    """An Application names an AppProject that is defined nowhere.

    Said only where other AppProjects are in the repositories, and no template could make one of
    that name (`team-{{ .Values.team }}` makes no `platform`); nor where more than three are missing
    and fewer are in the repositories: somebody makes them elsewhere. `default` is always there.

    ## Why is this bad?

    Argo CD shows `InvalidSpecError` and does nothing with the Application until somebody makes the
    project by hand.

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
      sourceRepos: ["*"]
      destinations: [{server: "*", namespace: "*"}]
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      project: team-web  # expect: missing-project
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: web}
    -- launchpad/web/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
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
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      project: platform
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: web}
    ```

    ## References

    - [Argo CD: projects](https://argo-cd.readthedocs.io/en/stable/user-guide/projects/)
    """
    known = find_projects(estate)
    named = ((entry.application.project, entry) for entry in estate.applications if known.names)
    missing = grouped((name, entry) for name, entry in named if _lacks(known, name))
    hints = {name: the_nearest(closest(name, known.names)) for name in missing}
    for group in gather(sorted(missing), lambda name: _places(missing[name]), few=1):
        name, users = group[0], [entry for one in group for entry in missing[one]]
        spans = _places(users)
        who = say((entry.name for entry in users), "names")
        yield Problem(
            f"{who} AppProject {first_of(group)}, which is defined nowhere",
            Location(spans[0], "named here"),
            locations(spans[1:], "also named here"),
            users[0].id,
            None if hints[name] or not _is_usual(estate, spans, users) else Severity.WARNING,
            hints[name],
            name,
            tuple(entry.id for entry in users),
        )


def _lacks(known: Projects, name: str) -> bool:
    return bool(name) and not is_unfilled(name) and not known.may_have(name)


def _places(users: Sequence[ResolvedApplication]) -> tuple[Span, ...]:
    """Where they name their project; one line of a template may name several."""
    return tuple(sorted({entry.manifest.span_at("spec", "project") for entry in users}))


def _is_usual(estate: Estate, spans: tuple[Span, ...], users: list[ResolvedApplication]) -> bool:
    """Whether most Applications have it, in several files: likely somebody makes it elsewhere."""
    files = {span.file for span in spans}
    return len(files) > _FEW and 2 * len(users) > len(estate.applications)
