"""Rule ``missing-notification``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import listed
from graphdoc.model.location import Location
from graphdoc.resolve.applications.siblings import find_subscriptions, find_without
from graphdoc.resolve.broken.references import name_all
from graphdoc.resolve.projects.defined import find_written_projects
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["missing_notification"]


@rule("missing-notification", severity=Severity.INFO)
def missing_notification(estate: Estate) -> Iterator[Problem]:
    """An Application lacks the notification subscriptions that its siblings have.

    Siblings are the Applications with the same parent, three at least. More than half of them carry
    an annotation `notifications.argoproj.io/subscribe.…`, and neither this one nor its AppProject
    does.

    ## Why is this bad?

    When it fails to sync or degrades, nobody hears of it, while everybody relies on hearing of such
    things.

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
      annotations:
        notifications.argoproj.io/subscribe.on-sync-failed.slack: platform
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: cms}
      source: {repoURL: https://git.example.com/cms, path: deploy}
    -- launchpad/apps/shop.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: shop
      namespace: argocd
      annotations:
        notifications.argoproj.io/subscribe.on-sync-failed.slack: platform
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: shop}
      source: {repoURL: https://git.example.com/shop, path: deploy}
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1  # expect: missing-notification
    kind: Application
    metadata:
      name: web
      namespace: argocd
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/web, path: deploy}
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
      annotations:
        notifications.argoproj.io/subscribe.on-sync-failed.slack: platform
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/web, path: deploy}
    ```

    ## References

    - [Argo CD: subscriptions](https://argo-cd.readthedocs.io/en/stable/operator-manual/notifications/subscriptions/)
    """
    subscriptions = find_subscriptions(find_written_projects(estate))
    for group in find_without(estate, subscriptions):
        entries = [odd.application for odd in group]
        odd, names = group[0], {entry.name for entry in entries}
        what = "does not" if len(names) == 1 else "do not"
        missing = listed(odd.lacking)
        first, *others = (Location(entry.written, "no such annotation") for entry in entries)
        yield Problem(
            f"{name_all(names)} {what} subscribe to {missing}, as {odd.others(len(names))}",
            first,
            tuple(others),
            odd.application.id,
            identity=" ".join((odd.application.id, *odd.lacking)),
            also=tuple(one.id for one in entries),
        )
