"""Rule ``missing-chart-dependency``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location
from graphdoc.resolve.broken.subcharts import find_missing_dependencies
from graphdoc.resolve.names.alike import the_nearest
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["missing_chart_dependency"]


@rule("missing-chart-dependency", severity=Severity.ERROR)
def missing_chart_dependency(estate: Estate) -> Iterator[Problem]:
    """A chart requires a local chart that is not there.

    By `file://`, or without a repository, which means a folder or an archive in its own `charts/`.
    Or the chart that `file://` names has another version than the one required, or lies outside of
    the repository of a chart that an Application renders.

    ## Why is this bad?

    Helm refuses to render it: `found in Chart.yaml, but missing in charts/ directory`, and so does
    Argo CD for every Application that uses it.

    ## Example

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/charts, path: web}
    -- charts/web/Chart.yaml --
    apiVersion: v2
    name: web
    version: 1.0.0
    dependencies:
      - {name: base, version: 1.0.0, repository: file://../base} # expect: missing-chart-dependency
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- charts/base/Chart.yaml --
    apiVersion: v2
    name: base
    version: 1.0.0
    type: library
    ```

    ## References

    - [Helm: chart dependencies](https://helm.sh/docs/topics/charts/#chart-dependencies)
    """
    for missing in find_missing_dependencies(estate):
        yield Problem(
            f"chart {missing.chart} requires chart {missing.name}, which {missing.fault}",
            Location(missing.span, "required here"),
            (),
            f"chart:{missing.chart}",
            hint=the_nearest(missing.nearest),
        )
