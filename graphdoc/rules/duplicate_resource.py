"""Rule ``duplicate-resource``."""

from collections.abc import Iterator

from graphdoc.model.argocd import Source
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import listed
from graphdoc.model.location import Location, Span, locations
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.resources.duplicates import Shared, find_shared
from graphdoc.rules.rule import rule

__all__ = ["duplicate_resource"]


@rule("duplicate-resource", severity=Severity.ERROR)
def duplicate_resource(estate: Estate) -> Iterator[Problem]:
    """Two Applications own one resource on one cluster.

    Hooks do not count, nor do resources whose names Kubernetes makes up. Where the same
    Applications share several resources, they are one finding. An Application may bring itself,
    and of one that two files write [`duplicate-application`](duplicate-application.md) tells.

    ## Why is this bad?

    Argo CD says `SharedResourceWarning`: each sync of one Application takes the resource from the
    other, both are never in sync at once, and pruning one deletes what the other needs.

    ## Example

    ```yaml
    -- launchpad/root.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: root, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source: {repoURL: https://git.example.com/launchpad, path: apps}
    -- launchpad/apps/shop.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: shop, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: shop}
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: web}
    -- launchpad/shop/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    -- launchpad/web/account.yaml --
    apiVersion: v1  # expect: duplicate-resource
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/shop/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: shop}
    ```

    ## References

    - [Argo CD: shared resources](https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#fail-the-sync-if-a-shared-resource-is-found)
    """
    for shared in find_shared(estate):
        primary, *related = _spans(shared)
        yield Problem(
            f"Applications {listed(shared.names)} own {listed(shared.resources)}",
            Location(primary, "owned again"),
            locations(related, "also owned here"),
            shared.owners[0],
            identity=" ".join(shared.names),
            also=tuple(shared.owners),
        )


def _spans(shared: Shared) -> list[Span]:
    """The last writing of the first resource, then all others.

    Where the Applications read one file, the place to change is the last Application's path.
    """
    first = shared.places[: len(shared.owners)]
    written = {place.resource.written for place in first}
    sources = sorted({_read_at(place.source.source) for place in first})
    primary = max(written) if len(written) > 1 else sources[-1]
    others = {*shared.spans, *(sources if len(written) == 1 else ())}
    return [primary, *sorted(others - {primary})]


def _read_at(source: Source) -> Span:
    path = source.node.scalar("path")
    return path.span if path is not None else source.span
