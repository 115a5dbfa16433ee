"""Rule ``orphaned-values-file``."""

from collections.abc import Iterator
from posixpath import basename, dirname, splitext

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather
from graphdoc.model.location import Location, SourceFile, file_start
from graphdoc.resolve.broken.references import find_broken, is_undeclared
from graphdoc.resolve.evidence.switches import find_switch
from graphdoc.resolve.orphans.consumers import find_dangling_names
from graphdoc.resolve.orphans.folders import find_unused_charts
from graphdoc.resolve.orphans.reach import find_unreached_values
from graphdoc.resolve.resolved import Estate, ReferenceFault
from graphdoc.rules.rule import rule

__all__ = ["orphaned_values_file"]


@rule("orphaned-values-file", severity=Severity.WARNING)
def orphaned_values_file(estate: Estate) -> Iterator[Problem]:
    """No source of any Application or ApplicationSet layers a values file.

    Where an Application names a file of nearly the same path that does not exist, the finding
    pairs the two: it is the likeliest consumer.

    Judged are files named like `values.yaml` and files beside one that is layered, in repositories
    from which Applications take values, and beside or below kustomizations that have charts
    rendered. A chart's own `values.yaml` is none, nor are variables of Ansible, nor is a file that
    anything else in the repositories names: a kustomization, were it in a comment, a script, an
    Application in an overlay that no root renders (that overlay is the finding), a template
    that could not be expanded and that may mean it, or a patch that fails and that may. Values in
    a chart that nothing renders are the chart's matter: [`orphaned-chart`](orphaned-chart.md).
    Folders of tests, examples and fixtures are not judged.

    ## Why is this bad?

    Somebody believes that what stands in it is in force. A change to it does nothing at all, and
    nothing says so.

    ## Example

    ```yaml
    -- launchpad/argo-mcp.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: argo-mcp, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argo-mcp}
      sources:
        - repoURL: https://git.example.com/charts
          path: web
          helm:
            valueFiles: [$values/base/values.yaml]
        - repoURL: https://git.example.com/settings
          ref: values
    -- settings/base/values.yaml --
    replicas: 1
    -- settings/argo-mcp/values.yaml --
    replicas: 2  # expect: orphaned-values-file
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
    -- launchpad/argo-mcp.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: argo-mcp, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argo-mcp}
      sources:
        - repoURL: https://git.example.com/charts
          path: web
          helm:
            valueFiles: [$values/base/values.yaml, $values/argo-mcp/values.yaml]
        - repoURL: https://git.example.com/settings
          ref: values
    ```

    ## References

    - [Argo CD: Helm value files](https://argo-cd.readthedocs.io/en/stable/user-guide/helm/#values-files)
    """
    missing = find_dangling_names(estate, ReferenceFault.MISSING_VALUES_FILE)
    pairs = ((f, missing.most_alike(f.repository, f.path)) for f in _unlayered(estate))
    for group in gather(pairs, lambda pair: pair[1].span if pair[1] else _kin(pair[0])):
        (file, consumer), *others = group
        yield Problem(
            f"no Application layers {file}{f' and {len(others)} more' if others else ''}",
            Location(file_start(file), "layered by nothing"),
            (
                *(consumer.related if consumer else ()),
                *(Location(file_start(other), "nor this") for other, _ in others),
            ),
            f"values:{file}",
            hint=consumer.fact if consumer else "",
            identity=f"{file}" if others else "",
        )


def _unlayered(estate: Estate) -> Iterator[SourceFile]:
    """Those of which neither an unused chart nor a misspelt `$ref` is told already."""
    charts = (chart for chart in find_unused_charts(estate) if not find_switch(estate, chart))
    unused = tuple(f"{dirname(str(chart))}/" for chart in charts)
    misspelt = find_broken(estate, is_undeclared, lambda use: use.reference.wanted)
    undeclared = {u.reference.wanted.partition("/")[2] for thing in misspelt for u in thing.uses}
    for found in find_unreached_values(estate):
        if not str(found.file).startswith(unused) and found.file.path not in undeclared:
            yield found.file


def _kin(file: SourceFile) -> tuple[str, str]:
    """What files of one kind share that stand in many folders: the name, for one that says much."""
    folder, name = file.path.rpartition("/")[::2]
    plain = splitext(name)[0] == "values"
    return (file.repository, f"{basename(folder)}/{name}" if plain else name)
