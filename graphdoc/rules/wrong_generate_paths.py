"""Rule ``wrong-generate-paths``."""

from collections.abc import Iterator

from graphdoc.graph.impact.generate_paths import GeneratePaths, find_wrong_paths
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location, file_start
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["wrong_generate_paths"]

_SHOWN = 10


@rule("wrong-generate-paths", severity=Severity.WARNING)
def wrong_generate_paths(estate: Estate) -> Iterator[Problem]:
    """An Application reads files that its `manifest-generate-paths` leaves out.

    Compared are the annotation `argocd.argoproj.io/manifest-generate-paths` and the files that the
    sources really read: bases and components of a kustomization, a chart with the local charts
    that it requires, values files. A path without a leading slash starts at the source's own path,
    so the path of a folder from the repository's root needs one. `graphdoc check --fix` writes the
    paths that are missing.

    ## Why is this bad?

    Argo CD renders an Application anew only when a commit changes a file below these paths. A
    change of any other file is passed over: the cluster keeps what it has until the cache expires
    or somebody asks for a hard refresh.

    ## Example

    ```yaml
    -- launchpad/root.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: web
      namespace: argocd
      annotations:
        argocd.argoproj.io/manifest-generate-paths: web/dev  # expect: wrong-generate-paths
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://git.example.com/launchpad
        targetRevision: HEAD
        path: web/dev
    -- launchpad/web/dev/kustomization.yaml --
    resources: [../base]
    -- launchpad/web/base/kustomization.yaml --
    resources: [account.yaml]
    -- launchpad/web/base/account.yaml --
    apiVersion: v1
    kind: ServiceAccount
    metadata: {name: web}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/root.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: web
      namespace: argocd
      annotations:
        argocd.argoproj.io/manifest-generate-paths: .;../base
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://git.example.com/launchpad
        targetRevision: HEAD
        path: web/dev
    ```

    ## References

    - [Argo CD: manifest paths annotation](https://argo-cd.readthedocs.io/en/stable/operator-manual/high_availability/#manifest-paths-annotation)
    """
    for wrong in find_wrong_paths(estate):
        related = (Location(file_start(f), "read, and left out") for f in wrong.missing[:_SHOWN])
        yield Problem(
            _message(wrong),
            Location(wrong.span, "says so"),
            tuple(related),
            wrong.maker,
            hint=f"'{wrong.wanted}' covers them" if wrong.wanted else "",
        )


def _message(wrong: GeneratePaths) -> str:
    """Without numbers: the finding stays the same when one more file is read."""
    kind, _, name = wrong.maker.partition(":")
    is_set = kind == "applicationset"
    maker = f"{'ApplicationSet' if is_set else 'Application'} {name.rpartition('/')[2]}"
    who = "its Applications read" if is_set else "it reads"
    return f"manifest-generate-paths of {maker} leaves out files that {who}"
