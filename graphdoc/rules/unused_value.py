"""Rule ``unused-value``."""

from collections.abc import Iterator
from functools import lru_cache

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather, listed
from graphdoc.model.location import Location
from graphdoc.resolve.names.alike import closest
from graphdoc.resolve.orphans.doubled import find_doubled_values
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
# Nobody reads more of them, and to look for what was meant takes longer than all else.
_HINTED = 2000


@rule("unused-value", severity=Severity.WARNING)
def unused_value(estate: Estate) -> Iterator[Problem]:
    """No template of the chart reads a value.

    Said of charts in the repositories whose every template is at hand, those of charts that
    `file://` requires included; of others only where a key misspells a subchart that has no values
    of its own. A name that any template mentions counts as read everywhere; so do the values of
    subcharts from elsewhere, `global`, and whatever lies in what a template prints whole or hands
    on, and what a script or a pipeline asks for (`yq .image.tag`). A key that more than three files
    set for nothing is told once. What is said of a key that stands again below in its file is not
    read either, whatever the chart: Helm takes the last.

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
    found = enumerate(find_unused_values(estate))
    told = ((unused, _hint(unused) if at < _HINTED else "") for at, unused in found)
    for group in gather(told, _cause):
        yield _problem(tuple(unused for unused, _ in group), group[0][1])
    for doubled in find_doubled_values(estate):
        yield doubled.problem("Helm", f"values:{doubled.file}")


def _cause(told: tuple[UnusedValue, str]) -> tuple[object, ...]:
    """What charts that were made from one another, or all values of one chart, share."""
    unused, hint = told
    return unused.span.file.repository, unused.path, hint


def _problem(group: tuple[UnusedValue, ...], hint: str) -> Problem:
    first, key = group[0], ".".join(group[0].path)
    charts = tuple(dict.fromkeys(unused.chart for unused in group))
    many = len(charts) > 1
    whose = f"{len(charts)} charts" if many else f"chart {charts[0]}"
    return Problem(
        f"no template of {whose} reads {key}" + (f": {listed(charts)}" if many else ""),
        Location(first.span, "read by nothing"),
        tuple(Location(unused.span, "read by nothing") for unused in group[1:]),
        first.application.id,
        hint=hint,
        identity=f"{first.span.file.repository} {key}" if len(group) > 1 else "",
        also=tuple(user for unused in group for user in unused.users),
    )


def _hint(unused: UnusedValue) -> str:
    near = closest(unused.path[-1], _own(unused.names), _ALIKE)
    return f"the nearest that one reads is {near}" if near else ""


@lru_cache(maxsize=8)  # every unused key of a chart asks
def _own(names: frozenset[str]) -> frozenset[str]:
    return names - _BUILT_IN
