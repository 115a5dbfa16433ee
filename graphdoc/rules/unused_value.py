"""Rule ``unused-value``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location
from graphdoc.resolve.names.alike import closest
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.values.unused import UnusedValue, find_unused_values
from graphdoc.rules.rule import rule

__all__ = ["unused_value"]

# What Helm itself brings (`.Release.Namespace`) is none of the chart's values.
_BUILT_IN = frozenset({
    "APIVersions", "AppVersion", "BasePath", "Capabilities", "Chart", "Files", "IsInstall",
    "IsUpgrade", "KubeVersion", "Name", "Namespace", "Release", "Revision", "Service", "Template",
    "Values", "Version",
})  # fmt: skip
_ALIKE = 0.8


@rule("unused-value", severity=Severity.WARNING)
def unused_value(estate: Estate) -> Iterator[Problem]:
    """No template of the chart reads a value.

    Said of charts in the repositories whose every template is at hand; of others only where a key
    misspells a subchart that has no values of its own. A name that any template mentions counts as
    read everywhere; so do the values of subcharts, `global`, and whatever lies in what a template
    prints whole or hands on, and what a script or a pipeline asks for (`yq .image.tag`).

    ## Why is this bad?

    Helm says nothing: the value looks like a setting and does not do anything. Often it is a typing
    error, or the chart was changed and its values were not.

    ## Example

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://git.example.com/charts
        path: web
        helm:
          valuesObject:
            replcas: 2  # expect: unused-value
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
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://git.example.com/charts
        path: web
        helm:
          valuesObject:
            replicas: 2
    ```

    ## References

    - [Helm: values files](https://helm.sh/docs/chart_template_guide/values_files/)
    """
    for unused in find_unused_values(estate):
        yield Problem(
            f"no template of chart {unused.chart} reads {'.'.join(unused.path)}",
            Location(unused.span, "read by nothing"),
            (),
            unused.application.id,
            hint=_hint(unused),
        )


def _hint(unused: UnusedValue) -> str:
    near = closest(unused.path[-1], unused.names - _BUILT_IN, _ALIKE)
    return f"the nearest that one reads is {near}" if near else ""
