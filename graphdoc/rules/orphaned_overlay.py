"""Rule ``orphaned-overlay``."""

from collections.abc import Iterator

from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location, file_start
from graphdoc.resolve.consumers import find_likely_folder
from graphdoc.resolve.refusals import file_of
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.unused import find_unused_overlays
from graphdoc.rules.rule import rule

__all__ = ["orphaned_overlay"]


@rule("orphaned-overlay", severity=Severity.INFO, since="0.1.0")
def orphaned_overlay(estate: Estate, _graph: RepoGraph) -> Iterator[Problem]:
    """No Application renders an overlay and no kustomization includes it.

    An overlay is a kustomization over another. What a root is, a script applies, a document tells
    people to apply, or a template that could not be expanded may mean, is in use. The values files
    and Applications that only the overlay uses are its consequence and are not reported. Neither
    are the overlays of a catalog: a repository of which nothing is rendered at all, or of which
    twenty and more overlays are unused and fewer folders rendered; coverage tells of the second.
    The message ends with the likeliest consumer: what names a like path that does not exist, or
    else what uses the overlay beside it.

    ## Why is this bad?

    It is kept up with every change of its base and deploys nothing. Often its cluster has gone, or
    its Application was forgotten.

    ## Example

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://git.example.com/launchpad
        path: overlays/dev
    -- launchpad/overlays/dev/kustomization.yaml --
    resources: [../../base]
    -- launchpad/overlays/test/kustomization.yaml --
    resources: [../../base]  # expect: orphaned-overlay
    -- launchpad/base/kustomization.yaml --
    resources:
      - account.yaml
    -- launchpad/base/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## Use instead

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://git.example.com/launchpad
        path: overlays/dev
    -- launchpad/web-test.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web-test, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web-test}
      source:
        repoURL: https://git.example.com/launchpad
        path: overlays/test
    -- launchpad/overlays/dev/kustomization.yaml --
    resources: [../../base]
    -- launchpad/overlays/test/kustomization.yaml --
    resources: [../../base]
    -- launchpad/base/kustomization.yaml --
    resources:
      - account.yaml
    -- launchpad/base/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## References

    - [Kustomize: overlays](https://kubectl.docs.kubernetes.io/references/kustomize/glossary/#overlay)
    """
    for build in find_unused_overlays(estate):
        name = f"{build.clone}/{build.path}"
        meant = find_likely_folder(estate, build.clone, build.path)
        yield Problem(
            f"no Application renders overlay {name}, and no kustomization includes it",
            Location(file_start(file_of(build)), "used by nothing"),
            meant.related if meant else (),
            f"kustomization:{name}",
            hint=meant.fact if meant else "",
        )
