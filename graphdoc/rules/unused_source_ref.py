"""Rule ``unused-source-ref``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import in_order
from graphdoc.model.location import Location
from graphdoc.model.node import Scalar, texts_within
from graphdoc.resolve.broken.unpatched import find_patched
from graphdoc.resolve.resolved import Estate, ReferenceFault, ResolvedApplication
from graphdoc.rules.rule import rule

__all__ = ["unused_source_ref"]


@rule("unused-source-ref", severity=Severity.WARNING)
def unused_source_ref(estate: Estate) -> Iterator[Problem]:
    """A source declares a `ref` that nothing in the Application uses.

    Nothing is said where a plugin renders one of the sources: it may use the reference. Nor is
    anything said where an entry names a `ref` that is not declared: that is
    [`undeclared-source-ref`](undeclared-source-ref.md), and mostly this is its right name.

    ## Why is this bad?

    Argo CD fetches the repository at every comparison for nothing, and a reader looks for values
    in it that are never layered. Often the reference was meant to be used and its values are
    missing.

    ## Example

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      sources:
        - repoURL: https://git.example.com/charts
          path: web
          helm:
            valueFiles: [values.yaml]
        - repoURL: https://git.example.com/settings
          ref: settings  # expect: unused-source-ref
    -- charts/web/Chart.yaml --
    apiVersion: v2
    name: web
    version: 1.0.0
    -- charts/web/templates/settings.yaml --
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: web}
    data: {replicas: "{{ .Values.replicas }}"}
    -- charts/web/values.yaml --
    replicas: 1
    -- settings/README.md --
    Settings.
    ```

    ## Use instead

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      sources:
        - repoURL: https://git.example.com/charts
          path: web
          helm:
            valueFiles: [values.yaml, $settings/web/values.yaml]
        - repoURL: https://git.example.com/settings
          ref: settings
    -- charts/web/Chart.yaml --
    apiVersion: v2
    name: web
    version: 1.0.0
    -- charts/web/templates/settings.yaml --
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: web}
    data: {replicas: "{{ .Values.replicas }}"}
    -- charts/web/values.yaml --
    replicas: 1
    -- settings/web/values.yaml --
    replicas: 2
    ```

    ## References

    - [Argo CD: several sources](https://argo-cd.readthedocs.io/en/stable/user-guide/multiple_sources/#helm-value-files-from-external-git-repository)
    """
    found = ((entry, ref) for entry in find_patched(estate) for ref in _unused(entry))
    for entry, ref in in_order(found, lambda one: one[1].span):
        yield Problem(
            f"no source of Application {entry.name} uses ref {ref.value}",
            Location(ref.span, "declared here"),
            (),
            entry.id,
        )


def _unused(entry: ResolvedApplication) -> Iterator[Scalar]:
    sources = entry.application.sources
    broken = (reference for source in entry.sources for reference in source.broken)
    misspelt = any(reference.fault is ReferenceFault.UNDECLARED_REF for reference in broken)
    if misspelt or any(source.plugin for source in sources):
        return
    said = [text for source in sources for text, _ in texts_within(source.node)]
    for source in sources:
        ref = source.node.scalar("ref")
        if ref is not None and source.ref and not any(_names(text, source.ref) for text in said):
            yield ref


def _names(text: str, ref: str) -> bool:
    return text.startswith("$") and text[1:].partition("/")[0] == ref
