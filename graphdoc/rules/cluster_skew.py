"""Rule ``cluster-skew``."""

from collections import Counter
from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import first_of, gather
from graphdoc.model.location import Location
from graphdoc.resolve.broken.references import say
from graphdoc.resolve.clusters.skew import Skew, Version, find_skew
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["cluster_skew"]


@rule("cluster-skew", severity=Severity.INFO)
def cluster_skew(estate: Estate) -> Iterator[Problem]:
    """One Application runs a chart or an image in different versions on different clusters.

    Applications of one name are compared, and those whose names differ by their clusters alone, as
    `web-east` and `web-west` on the clusters `east` and `west`. Where their charts differ, the
    images that follow from it are not told of again.

    ## Why is this bad?

    Often it is a promotion under way. Where it is not, a fault that was repaired on one cluster is
    still in another, and nobody knows which of the two was tested.

    ## Example

    ```yaml
    -- launchpad/east.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: east, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source: {repoURL: https://git.example.com/launchpad, path: clusters/east}
    -- launchpad/clusters/east/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://charts.example.com
        targetRevision: 1.0.0
        chart: web
    -- launchpad/west.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: west, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source: {repoURL: https://git.example.com/launchpad, path: clusters/west}
    -- launchpad/clusters/west/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://charts.example.com
        targetRevision: 1.1.0  # expect: cluster-skew
        chart: web
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/clusters/east/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://charts.example.com
        targetRevision: 1.1.0
        chart: web
    ```

    ## References

    - [Argo CD: best practices](https://argo-cd.readthedocs.io/en/stable/user-guide/best_practices/)
    """
    for group in gather(find_skew(estate), lambda skew: _odd_one(skew).span, few=1):
        skew = group[0]
        odd = _odd_one(skew)
        yield Problem(
            _said(group),
            _location(odd),
            tuple(_location(version) for version in skew.versions if version is not odd),
            skew.application.id,
            identity=f"{skew.name} {skew.what}",
            also=tuple(user for one in group for user in one.users),
        )


def _odd_one(skew: Skew) -> Version:
    """The last of those that run the version of the fewest clusters.

    Of images the last of all: the line that says one is often a template's, and that of many.
    """
    counts = Counter(version.version for version in skew.versions)
    fewest = min(counts.values())
    odd = [version for version in skew.versions if counts[version.version] == fewest]
    return odd[-1] if skew.what.startswith("chart ") else skew.versions[-1]


def _said(group: tuple[Skew, ...]) -> str:
    """One line, such as that of a template, may be about several things."""
    skew = group[0]
    name = skew.name
    names = {one.name for one in group}
    if len(names) > 1:
        return f"{say(names, 'runs')} several versions: {name} {skew.what} in {_versions(skew)}"
    things = first_of([one.what for one in group])
    return f"Application {name} runs {things} in {_versions(skew)}"


def _versions(skew: Skew) -> str:
    return " and ".join(
        f"{version} on {', '.join(v.cluster for v in skew.versions if v.version == version)}"
        for version in dict.fromkeys(v.version for v in skew.versions)
    )


def _location(version: Version) -> Location:
    return Location(version.span, f"{version.version} on {version.cluster}")
