"""Rule ``unautomated-sync``."""

from collections.abc import Iterator
from operator import attrgetter

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location
from graphdoc.resolve.applications.siblings import Odd, find_without
from graphdoc.resolve.broken.references import name_all
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["unautomated_sync"]


@rule("unautomated-sync", severity=Severity.INFO)
def unautomated_sync(estate: Estate) -> Iterator[Problem]:
    """An Application does not sync by itself, where its siblings do.

    Siblings are the Applications with the same parent, three at least. More than half of them sync
    automatically, prune or heal themselves, and this one does not.

    ## Why is this bad?

    Git no longer says what runs: a commit waits for somebody to press a button, what was removed
    stays, or a change by hand is kept, and nobody expects it among neighbours that sync by
    themselves.

    ## Example

    ```yaml
    -- launchpad/root.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: root, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: argocd}
      source: {repoURL: https://git.example.com/launchpad, path: apps}
    -- launchpad/apps/cms.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: cms
      namespace: argocd
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: cms}
      source: {repoURL: https://git.example.com/cms, path: deploy}
      syncPolicy:
        automated: {prune: true, selfHeal: true}
    -- launchpad/apps/shop.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: shop
      namespace: argocd
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: shop}
      source: {repoURL: https://git.example.com/shop, path: deploy}
      syncPolicy:
        automated: {prune: true, selfHeal: true}
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: web
      namespace: argocd
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/web, path: deploy}
      syncPolicy:
        automated: {prune: true}  # expect: unautomated-sync
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: web
      namespace: argocd
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/web, path: deploy}
      syncPolicy:
        automated: {prune: true, selfHeal: true}
    ```

    ## References

    - [Argo CD: automated sync policy](https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/)
    """
    for group in find_without(estate, attrgetter("automation")):
        odd, names = group[0], {one.application.name for one in group}
        what = "does not" if len(names) == 1 else "do not"
        first, *others = map(_location, group)
        yield Problem(
            f"{name_all(names)} {what} {_said(odd, len(names))}, as {odd.others(len(names))}",
            first,
            tuple(others),
            odd.application.id,
            identity=" ".join((odd.application.id, *odd.lacking)),
            also=tuple(one.application.id for one in group),
        )


def _said(odd: Odd, number: int) -> str:
    if "automated" in odd.lacking:
        return "sync automatically"
    verbs = {"prune": "prune", "selfHeal": f"heal {'itself' if number == 1 else 'themselves'}"}
    return " and ".join(verbs[lacking] for lacking in odd.lacking)


def _location(odd: Odd) -> Location:
    """The sync policy as far as there is one."""
    manifest = odd.application.manifest
    policy = manifest.mapping("spec", "syncPolicy", "automated")
    policy = policy or manifest.mapping("spec", "syncPolicy")
    return Location(
        policy.span if policy is not None else odd.application.written, "its sync policy"
    )
