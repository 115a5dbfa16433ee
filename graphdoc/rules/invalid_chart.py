"""Rule ``invalid-chart``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location
from graphdoc.resolve.broken.sources import find_refused_charts
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["invalid_chart"]


@rule("invalid-chart", severity=Severity.ERROR)
def invalid_chart(estate: Estate) -> Iterator[Problem]:
    """Helm would refuse to render a chart that an Application renders.

    A template does not parse, needs a value that no layer sets, or becomes text that is no YAML;
    the values do not fit the chart's schema; or `Chart.lock` was written for other dependencies,
    and Argo CD has Helm fetch those that `charts/` lacks. The finding gives Helm's reason. Where
    values may come from elsewhere (somebody installs a chart of Applications by hand, a form is to
    be filled in) or a template asks what the cluster can do, only what no value mends is told of.

    ## Why is this bad?

    Argo CD cannot render any Application that uses the chart: nothing of them is deployed or
    updated.

    ## Example

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: chart}
    -- launchpad/chart/Chart.yaml --
    apiVersion: v2
    name: web
    version: 1.0.0
    -- launchpad/chart/templates/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata:
      name: {{ required "a name is needed" .Values.name }}  # expect: invalid-chart
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
        repoURL: https://git.example.com/launchpad
        path: chart
        helm:
          valuesObject: {name: web}
    ```

    ## References

    - [Helm: debugging templates](https://helm.sh/docs/chart_template_guide/debugging/)
    """
    for refused in find_refused_charts(estate):
        chart = refused.source.chart
        subject = chart.id if chart is not None else str(refused.problem.primary.span.file)
        yield Problem(
            f"Helm refuses {subject.replace(':', ' ', 1)}: {refused.reason}",
            Location(refused.problem.primary.span, "refused here"),
            refused.related,
            subject,
        )
