"""Rule ``undeclared-source-ref``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location, Span
from graphdoc.resolve.broken.references import Use, find_broken, is_undeclared
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["undeclared_source_ref"]


@rule("undeclared-source-ref", severity=Severity.ERROR)
def undeclared_source_ref(estate: Estate) -> Iterator[Problem]:
    """A values file is named by a `$ref` that no source of the Application declares.

    ## Why is this bad?

    Argo CD cannot tell which repository is meant and renders nothing of the Application.

    ## Example

    ```yaml
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      sources:
        - repoURL: https://git.example.com/charts
          path: web
          helm:
            valueFiles:
              - $values/web/values.yaml  # expect: undeclared-source-ref
        - repoURL: https://git.example.com/settings
          ref: settings
    -- settings/web/values.yaml --
    replicas: 2
    -- charts/web/Chart.yaml --
    apiVersion: v2
    name: web
    version: 1.0.0
    -- charts/web/templates/settings.yaml --
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: web}
    data: {replicas: "{{ .Values.replicas }}"}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      sources:
        - repoURL: https://git.example.com/charts
          path: web
          helm:
            valueFiles:
              - $values/web/values.yaml
        - repoURL: https://git.example.com/settings
          ref: values
    ```

    ## References

    - [Argo CD: several sources](https://argo-cd.readthedocs.io/en/stable/user-guide/multiple_sources/#helm-value-files-from-external-git-repository)
    """
    for thing in find_broken(estate, is_undeclared, _cause):
        ref = _ref(thing.uses[0])
        yield Problem(
            f"{thing.said('layers')} '{thing.reference.wanted}', but no source of it"
            f" has ref: {ref}{_declared(thing.uses[0])}",
            Location(thing.primary, "named here"),
            thing.related,
            thing.subject,
            identity=f"{thing.primary.file} {thing.uses[0].application.name} {ref}",
            also=thing.users,
        )


def _cause(use: Use) -> tuple[Span, str]:
    """One name that one manifest does not declare, in however many entries and clusters."""
    return (use.application.written, _ref(use))


def _ref(use: Use) -> str:
    return use.reference.wanted.partition("/")[0].removeprefix("$")


def _declared(use: Use) -> str:
    refs = [s.source.ref for s in use.application.sources if s.source.ref]
    return f" (declared: {', '.join(refs)})" if refs else ""
