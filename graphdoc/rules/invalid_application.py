"""Rule ``invalid-application``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Location, Span
from graphdoc.model.resource import Resource
from graphdoc.resolve.broken.applications import find_misnamed, find_refused_specs
from graphdoc.resolve.broken.references import name_all
from graphdoc.resolve.broken.sources import find_refused_applications
from graphdoc.resolve.orphans.doubled import find_doubled_applications
from graphdoc.resolve.projects.watched import find_unwatched
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["invalid_application"]


@rule("invalid-application", severity=Severity.ERROR)
def invalid_application(estate: Estate) -> Iterator[Problem]:
    """Argo CD would refuse an Application.

    A source has neither `path` nor `chart`, a chart no `targetRevision`; two sources have one
    `ref`, or one source needs two revisions of a repository at once; inline values are no YAML;
    `helm` says that a folder is a chart, and it has no `Chart.yaml`. Or the manifest lacks what
    Argo CD's definition asks for (`project`, `destination`, a source), has a field of another type
    (`targetRevision: 1.0`, `name: on`), names the cluster by server and by name, a namespace that
    there cannot be, or an address that leads nowhere (`git@host/path`, unless a repository of
    Argo CD has it spelt well; a chart with a slash of a web server; an absolute `path`), or has a
    field that Argo CD knows elsewhere or not at all (`selfheal`, `info` below `syncPolicy`), or a
    label or annotation that is no text (`monitored: true`).
    Or it lies in a namespace that Argo CD is not told to watch (`application.namespaces` of a
    rendered `argocd-cmd-params-cm`), or has a key twice: Argo CD reads the last.
    Or what was meant for Argo CD has a kind or `apiVersion` that it does not know (`Aplication`).

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
        names = (entry.name for entry in refused.applications)
        several = len(refused.applications) > 1
        yield Problem(
            f"Argo CD refuses {name_all(names)}: {refused.reason}",
            Location(refused.problem.primary.span, "refused here"),
            refused.related if several else (),
            refused.applications[0].id,
            identity=f"{refused.problem.primary.span.file} {refused.reason}",
            also=tuple(entry.id for entry in refused.applications),
        )
    for spec in find_refused_specs(estate):
        yield Problem(
            f"Argo CD refuses {name_all(spec.names)}: {spec.reason}",
            Location(spec.span, "refused here"),
            (),
            spec.owner,
            identity=f"{spec.span.file} {spec.reason}",
        )
    unwatched = grouped((_namespace_span(one.resource), one) for one in find_unwatched(estate))
    for span, group in sorted(unwatched.items()):
        first = group[0]
        reason = f"its namespace {first.namespace} is not among application.namespaces"
        yield Problem(
            f"Argo CD ignores {name_all(one.resource.name for one in group)}: {reason}",
            Location(span, "not watched"),
            (Location(first.watched.span, "told here"),),
            first.owner,
            identity=f"{span.file} {reason}",
            also=tuple(one.owner for one in group),
        )
    for doubled in find_doubled_applications(estate, "Application"):
        yield doubled.problem("Argo CD", str(doubled.file))
    for misnamed in find_misnamed(estate):
        yield Problem(
            f"no cluster with Argo CD knows {misnamed.what} of {misnamed.resource.id}",
            Location(misnamed.span, "unknown"),
            (),
            misnamed.owner,
            hint=f"the nearest is {misnamed.meant}",
        )


def _namespace_span(resource: Resource) -> Span:
    scalar = resource.manifest.scalar("metadata", "namespace")
    return scalar.span if scalar is not None else resource.span
