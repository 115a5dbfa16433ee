"""Rule ``floating-revision``."""

from collections.abc import Iterator
from operator import itemgetter
from typing import NamedTuple

from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Location, Span, locations
from graphdoc.resolve.applications.revisions import floating_revision_of, revision_span
from graphdoc.resolve.broken.references import say
from graphdoc.resolve.broken.unpatched import find_patched
from graphdoc.resolve.repositories.addresses import url_identity
from graphdoc.resolve.resolved import Estate, ResolvedApplication, ResolvedSource
from graphdoc.resolve.resources.placement import find_targets
from graphdoc.rules.rule import graph_rule

__all__ = ["floating_revision"]


@graph_rule("floating-revision", severity=Severity.INFO)
def floating_revision(estate: Estate, graph: RepoGraph) -> Iterator[Problem]:
    """A production cluster follows a branch or the newest version.

    `HEAD`, branches and constraints such as `1.*` count, tags, commits and exact versions do not.
    One repository or chart that is followed alike is one finding. Which clusters are for production
    says `production` in `graphdoc.yaml`; without it, those with `prod` in their names. The cluster
    that an Application's destination names counts as well as the one whose root brings it.

    ## Why is this bad?

    A push is in production at the next refresh, with nobody having said that it should be; and
    what ran yesterday is nowhere written down.

    ## Example

    ```yaml
    -- launchpad/prod.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: prod, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source:
        repoURL: https://git.example.com/launchpad
        targetRevision: HEAD  # expect: floating-revision
        path: apps
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://charts.example.com
        targetRevision: 1.0.0
        chart: web
    ```

    ## Use instead

    ```yaml
    -- launchpad/prod.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: prod, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source:
        repoURL: https://git.example.com/launchpad
        targetRevision: v1.0.0
        path: apps
    -- launchpad@v1.0.0/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://charts.example.com
        targetRevision: 1.0.0
        chart: web
    ```

    ## References

    - [Argo CD: tracking and deployment strategies](https://argo-cd.readthedocs.io/en/stable/user-guide/tracking_strategies/)
    """
    found = grouped(((use.thing, use.revision), use) for use in _uses(estate, graph))
    for (thing, revision), uses in sorted(found.items(), key=itemgetter(0)):
        first = min(uses, key=lambda use: (not use.entry.is_root, use.span))
        clusters = ", ".join(sorted({use.place for use in uses}))
        names = (use.entry.name for use in uses)
        yield Problem(
            f"{say(names, 'follows')} {revision} of {thing} on {clusters}",
            Location(first.span, "moves"),
            locations(sorted({u.span for u in uses} - {first.span}), "also"),
            f"cluster:{first.entry.cluster}",
            identity=f"{thing} {revision}",
            also=tuple(use.entry.id for use in uses),
        )


class _Use(NamedTuple):
    entry: ResolvedApplication
    source: ResolvedSource
    revision: str
    place: str

    @property
    def thing(self) -> str:
        source = self.source.source
        return source.chart or url_identity(source.repo_url).rpartition("/")[2]

    @property
    def span(self) -> Span:
        return revision_span(self.source)


def _uses(estate: Estate, graph: RepoGraph) -> Iterator[_Use]:
    branches = {clone.name: clone.branch for clone in estate.clones}
    targets = find_targets(estate)
    for entry in find_patched(estate):
        target = "" if entry.is_assumed else targets[entry.id]
        near = (target or entry.cluster, entry.cluster)
        places = [place for place in near if place in graph.production]
        for source in entry.sources if places else ():
            revision = floating_revision_of(source, branches)
            if revision is not None:
                yield _Use(entry, source, revision, places[0])
