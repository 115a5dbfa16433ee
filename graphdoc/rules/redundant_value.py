"""Rule ``redundant-value``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import listed
from graphdoc.model.location import Location
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.values.redundant import find_redundant_values
from graphdoc.resolve.values.repeated import Repeated, find_repeated_values
from graphdoc.rules.rule import rule

__all__ = ["redundant_value"]


@rule("redundant-value", severity=Severity.INFO)
def redundant_value(estate: Estate) -> Iterator[Problem]:
    """A values file says again what lies beneath it already, or what every cluster's file says.

    Beneath are the chart's own values, where the chart is at hand, and the values files before it.
    A value counts where it is so for every Application that layers the file. One file is one
    finding. Likewise where several clusters layer a file, each has a file of its own above it, and
    all of these say the same: the one beneath could say it once. Image tags and digests, which
    releases write, do not count, nor does a file with anchors or one that an ApplicationSet reads.

    ## Why is this bad?

    Who changes the value beneath expects it to change everywhere. Here it stays what it was, and
    nobody can tell whether that was meant.

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
          valueFiles: [base.yaml, east.yaml]
    -- charts/web/Chart.yaml --
    apiVersion: v2
    name: web
    version: 1.0.0
    -- charts/web/templates/settings.yaml --
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: web}
    data:
      all: {{ toJson .Values | quote }}
    -- charts/web/base.yaml --
    replicas: 2
    -- charts/web/east.yaml --
    host: east.example.com
    replicas: 2  # expect: redundant-value
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- charts/web/east.yaml --
    host: east.example.com
    ```

    ## References

    - [Helm: values files](https://helm.sh/docs/chart_template_guide/values_files/)
    """
    for redundant in find_redundant_values(estate):
        (_, first), *others = redundant.values
        keys = tuple(key for key, _ in redundant.values)
        yield Problem(
            f"{redundant.file.path} says what lies beneath it already: {listed(keys)}",
            Location(first, "the same beneath"),
            tuple(Location(span, f"{key} also") for key, span in others),
            f"values:{redundant.file}",
            identity=f"{redundant.file} {', '.join(keys)}",
        )
    for repeated in find_repeated_values(estate):
        keys = tuple(key for key, _ in repeated.values)
        places = sorted((span, key) for key, spans in repeated.values for span in spans)
        (start, _), *more = places
        yield Problem(
            f"{_names(repeated)} say alike what {repeated.base.path} could say once:"
            f" {listed(keys)}",
            Location(start, "the same for every cluster"),
            tuple(Location(span, f"{key} here as well") for span, key in more),
            f"values:{repeated.base}",
            identity=f"{repeated.base} {', '.join(keys)}",
        )


def _names(repeated: Repeated) -> str:
    first, *_, last = (file.path for file in repeated.files)
    between = len(repeated.files) - 2
    return f"{first}, {between} more and {last}" if between else f"{first} and {last}"
