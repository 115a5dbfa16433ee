"""Rule ``default-project``."""

from collections.abc import Iterator

from graphdoc.model.argocd import is_argocd
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather, grouped
from graphdoc.model.location import Location, Span, locations
from graphdoc.resolve.broken.references import say
from graphdoc.resolve.broken.unpatched import find_patched
from graphdoc.resolve.projects.defined import find_projects
from graphdoc.resolve.resolved import Estate, ResolvedApplication
from graphdoc.rules.rule import rule

__all__ = ["default_project"]

_DEFAULT = "default"
_NAMED = 3


@rule("default-project", severity=Severity.INFO)
def default_project(estate: Estate) -> Iterator[Problem]:
    """An Application is in the project `default`, where the repositories define others.

    Applications that bring AppProjects or other Applications are left out: something has to come
    before the projects. More than three in one repository are one finding.

    ## Why is this bad?

    The project `default` allows every repository, every cluster and every kind. What the other
    projects forbid, this Application may do.

    ## Example

    ```yaml
    -- launchpad/root.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: root, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source: {repoURL: https://git.example.com/launchpad, path: apps}
    -- launchpad/apps/project.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: AppProject
    metadata: {name: team, namespace: argocd}
    spec:
      sourceRepos: ["*"]
      destinations: [{server: "*", namespace: "*"}]
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: web
      namespace: argocd
    spec:
      project: default  # expect: default-project
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/web, path: deploy}
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
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source: {repoURL: https://git.example.com/launchpad, path: apps}
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: web
      namespace: argocd
    spec:
      project: team
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/web, path: deploy}
    ```

    ## References

    - [Argo CD: the default project](https://argo-cd.readthedocs.io/en/stable/user-guide/projects/#the-default-project)
    """
    others = find_projects(estate).names - {"", _DEFAULT}
    found = grouped(
        (_written(entry), entry)
        for entry in (find_patched(estate) if others else ())
        if entry.application.project in {"", _DEFAULT} and not _brings(entry)
    )
    for spans in gather(sorted(found), lambda span: span.file.repository):
        entries = [entry for span in spans for entry in found[span]]
        names = {entry.name for entry in entries}
        repository = spans[0].file.repository
        yield Problem(
            f"{say(names, 'uses')} the project {_DEFAULT},"
            f" and others are defined: {', '.join(sorted(others)[:_NAMED])}",
            Location(spans[0], "its project"),
            locations(spans[1:], "as well"),
            entries[0].id,
            identity=f"{spans[0].file} {min(names)}" if len(spans) == 1 else repository,
            also=tuple(entry.id for entry in entries),
        )


def _brings(entry: ResolvedApplication) -> bool:
    kinds = ("Application", "ApplicationSet", "AppProject")
    return any(is_argocd(r, kind) for r in entry.resources for kind in kinds)


def _written(entry: ResolvedApplication) -> Span:
    manifest = entry.manifest
    project = manifest.scalar("spec", "project")
    return project.span if project is not None else manifest.origins[0]
