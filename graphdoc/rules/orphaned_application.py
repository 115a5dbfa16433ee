"""Rule ``orphaned-application``."""

from collections.abc import Iterator
from posixpath import dirname

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import first_of, gather
from graphdoc.model.location import Location, SourceFile
from graphdoc.resolve.orphans.applications import find_orphaned_applications
from graphdoc.resolve.orphans.consumers import find_leading
from graphdoc.resolve.resolved import Estate, Orphan
from graphdoc.rules.rule import rule

__all__ = ["orphaned_application"]


_MANY = 15


@rule("orphaned-application", severity=Severity.WARNING)
def orphaned_application(estate: Estate) -> Iterator[Problem]:
    """No root leads to an Application or ApplicationSet.

    A root is what starts a cluster's tree: what `graphdoc.yaml` names, what a script of the
    repositories applies, or what brings further Applications and is managed by nothing.
    Applications that only one unused kustomization brings are one finding, at the first of them;
    so are more than three in one folder, and what would be more than fifteen of one repository.

    None are those that a document of the repositories tells people to apply (`kubectl apply -f …`,
    `argocd app create --path …`), those that render the folder that they stand in, and those that
    another orphan renders: that one is the finding. Nor are those that something outside of the
    clones may apply: a file that is named by a program (Terraform, a script), a template whose
    address is still to be filled in (`path: envs/${ENV}`), what lies in a folder that a plugin
    renders, and any while an ApplicationSet leaves it to its clusters what it reads. Coverage names
    each with its reason. What a kustomization names in a comment is
    [`commented-out-resource`](commented-out-resource.md), and what a misspelt name is nearest to is
    told there. The message ends with what was likeliest to lead there: the kustomization beside the
    file, or else what uses the folder beside its own.

    ## Why is this bad?

    It looks deployed and is not, unless somebody once applied it by hand: then nothing updates it
    and nothing brings it back when a cluster is rebuilt from Git.

    ## Example

    ```yaml
    -- launchpad/root.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: root, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source: {repoURL: https://git.example.com/launchpad, path: apps}
    -- launchpad/apps/kustomization.yaml --
    resources:
      - web.yaml
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://charts.example.com, chart: web, targetRevision: 1.0.0}
    -- launchpad/apps/shop.yaml --
    apiVersion: argoproj.io/v1alpha1  # expect: orphaned-application
    kind: Application
    metadata: {name: shop, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: shop}
      source: {repoURL: https://charts.example.com, chart: shop, targetRevision: 1.0.0}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/apps/kustomization.yaml --
    resources:
      - web.yaml
      - shop.yaml
    ```

    ## References

    - [Argo CD: app of apps](https://argo-cd.readthedocs.io/en/stable/operator-manual/cluster-bootstrapping/)
    """
    by_folder = gather(find_orphaned_applications(estate), _folder)
    for group in gather(by_folder, lambda folder: folder[0][0].span.file.repository, _MANY):
        orphans = tuple(orphan for folder in group for found in folder for orphan in found)
        first = orphans[0]
        meant = find_leading(estate, first.span.file)
        yield Problem(
            f"no root leads to {first_of([f'{orphan.kind} {orphan.name}' for orphan in orphans])}",
            Location(first.span, "managed by nothing"),
            (
                *(Location(orphan.span, "managed by nothing") for orphan in orphans[1:]),
                *(meant.related if meant else ()),
            ),
            f"file:{first.span.file}",
            hint=meant.fact if meant else "",
            identity=f"{first.span.file} {first.kind} {first.name}",
        )


def _folder(orphans: tuple[Orphan, ...]) -> SourceFile:
    """Where those lie that one folder is to blame for, such as one of what was switched off."""
    file = orphans[0].span.file
    return SourceFile(file.repository, dirname(file.path))
