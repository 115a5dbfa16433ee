"""Rule ``orphaned-chart``."""

from collections.abc import Iterable, Iterator
from posixpath import basename, dirname

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather, listed
from graphdoc.model.identity import chart_id
from graphdoc.model.location import Location, SourceFile, file_start
from graphdoc.resolve.evidence.switches import find_switch
from graphdoc.resolve.evidence.templates import find_open_clones
from graphdoc.resolve.names.alike import ALIKE, closest
from graphdoc.resolve.orphans.consumers import find_misnamed
from graphdoc.resolve.orphans.folders import find_publishers, find_unused_charts
from graphdoc.resolve.orphans.reach import find_unreached_values
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["orphaned_chart"]


@rule("orphaned-chart", severity=Severity.WARNING)
def orphaned_chart(estate: Estate) -> Iterator[Problem]:
    """No Application renders a local chart and no chart requires it.

    Said only of repositories whose other charts Applications render: a repository that publishes
    charts to others is none. What a script or a document names is in use, and the chart that an
    Application's misspelt path is nearest to is told there. The message ends with the Application
    whose name is like the chart's. The chart's values files that nothing layers are related places.
    Where a template of a rendered chart names it and no values switch that on, it is an info.

    ## Why is this bad?

    It is maintained for nobody, and whoever changes it believes that something deployed will
    change.

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
    -- charts/old/Chart.yaml --
    apiVersion: v2  # expect: orphaned-chart
    name: old
    version: 1.0.0
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/old.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: old, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: old}
      source: {repoURL: https://git.example.com/charts, path: old}
    ```

    ## References

    - [Argo CD: Helm](https://argo-cd.readthedocs.io/en/stable/user-guide/helm/)
    """
    values = sorted(found.file for found in find_unreached_values(estate))
    unused, publishers = find_unused_charts(estate), find_publishers(estate.clones)
    left, off, misnamed = [], [], find_misnamed(estate)
    for file in (chart for chart in unused if chart.repository not in find_open_clones(estate)):
        switch = find_switch(estate, file)
        if switch is not None:
            off.append((file, switch))
        elif (file.repository, dirname(file.path)) not in misnamed:
            left += [file] if file.repository not in publishers else []
    for switched in gather(off, lambda one: _shelf(one[0])):
        yield _switched_off(switched)
    for group in gather(left, _shelf):
        yield _several(group) if len(group) > 1 else _one(estate, group[0], values)


def _shelf(chart: SourceFile) -> str:
    """The folder that a chart's folder stands in."""
    return dirname(dirname(str(chart)))


def _one(estate: Estate, file: SourceFile, values: Iterable[SourceFile]) -> Problem:
    name = dirname(str(file))
    own = [other for other in values if str(other).startswith(f"{name}/")]
    return Problem(
        f"no Application renders chart {name}, and no chart requires it",
        Location(file_start(file), "used by nothing"),
        tuple(Location(file_start(other), "layered by nothing") for other in own),
        f"chart:{name}",
        hint=_namesake(estate, basename(name)),
    )


def _several(charts: tuple[SourceFile, ...]) -> Problem:
    first = charts[0]
    names = listed(basename(dirname(chart.path)) for chart in charts)
    places = [Location(file_start(chart), "used by nothing") for chart in charts]
    return Problem(
        f"no Application renders {len(charts)} charts in {_shelf(first)}, and no chart requires"
        f" them: {names}",
        places[0],
        tuple(places[1:]),
        chart_id(first.repository, dirname(first.path)),
        identity=_shelf(first),
    )


def _switched_off(group: tuple[tuple[SourceFile, SourceFile], ...]) -> Problem:
    (first, switch), many = group[0], len(group) > 1
    name = dirname(str(first))
    names = listed(basename(dirname(chart.path)) for chart, _ in group)
    what = f"{len(group)} charts in {_shelf(first)} ({names})" if many else f"chart {name}"
    which, them = ("templates name them", "them") if many else (f"{switch} names it", "it")
    return Problem(
        f"no Application renders {what}: {which}, and no values switch {them} on",
        Location(file_start(first), "used by nothing"),
        tuple(Location(file_start(file), "switched off") for _, file in group),
        f"chart:{name}",
        Severity.INFO,
        identity=f"{_shelf(first)} off" if many else "",
    )


def _namesake(estate: Estate, chart: str) -> str:
    near = closest(chart, frozenset(entry.name for entry in estate.applications), ALIKE)
    return f"the nearest Application is {near}" if near else ""
