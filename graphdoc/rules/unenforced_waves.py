"""Rule ``unenforced-waves``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import grouped, way_up
from graphdoc.model.location import Location
from graphdoc.resolve.order.health import health_checks
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["unenforced_waves"]

_FEW = 3


@rule("unenforced-waves", severity=Severity.WARNING)
def unenforced_waves(estate: Estate) -> Iterator[Problem]:
    """Child Applications carry sync waves, but Argo CD is not told to wait for them.

    Reported once a root, where the Applications of one parent have different waves and nothing in
    the repositories configures a health check for `argoproj.io/Application`: not `argocd-cm`, not
    the values of Argo CD's chart, not the `ArgoCD` resource of its operator.

    ## Why is this bad?

    Argo CD took its own health check for Applications out in version 1.8. Without one a child
    Application counts as healthy as soon as it exists, so all waves are applied at once: the order
    that the annotations promise is kept by luck.

    ## Example

    ```yaml
    -- launchpad/root.yaml --
    apiVersion: argoproj.io/v1alpha1  # expect: unenforced-waves
    kind: Application
    metadata: {name: root, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: root}
      source: {repoURL: https://git.example.com/launchpad, path: apps}
    -- launchpad/apps/operator.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: operator
      namespace: argocd
      annotations: {argocd.argoproj.io/sync-wave: "0"}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: operator}
      sources:
        - {repoURL: https://charts.example.com, chart: operator, targetRevision: 1.0.0}
    -- launchpad/apps/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata:
      name: web
      namespace: argocd
      annotations: {argocd.argoproj.io/sync-wave: "1"}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      sources:
        - {repoURL: https://charts.example.com, chart: web, targetRevision: 1.0.0}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/argocd/argocd-cm.yaml --
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: argocd-cm, namespace: argocd}
    data:
      resource.customizations.health.argoproj.io_Application: |
        hs = {status = "Progressing", message = ""}
        if obj.status ~= nil and obj.status.health ~= nil then
          hs.status = obj.status.health.status
        end
        return hs
    ```

    ## References

    - [Argo CD: health of child Applications](https://argo-cd.readthedocs.io/en/stable/operator-manual/health/#argocd-app)
    """
    if health_checks(estate.clones):
        return
    by_root = _waves(estate)
    for root in estate.roots:
        waves = by_root.get(root.node)
        if waves:
            several = f"{', '.join(map(str, waves[:-1]))} and {waves[-1]}"
            numbers = several if len(waves) <= _FEW else f"{waves[0]} to {waves[-1]}"
            yield Problem(
                f"the Applications below {root.node.partition(':')[2]} have sync waves {numbers},"
                " and none waits for another: no health check for argoproj.io/Application"
                " is configured",
                Location(root.span, "no wave below is waited for"),
                (),
                root.node,
                identity=root.node,
            )


def _waves(estate: Estate) -> dict[str, list[int]]:
    """The waves of the Applications below each root, where one parent has several."""
    by_parent = grouped(
        (entry.parent, entry.application.resource.sync_wave)
        for entry in estate.applications
        if (entry.parent or "").startswith("application:")
    )
    parents = estate.parents | {root.node: None for root in estate.roots}
    several = ((at, waves) for at, waves in by_parent.items() if len({*waves}) > 1)
    tops = (([*way_up(at, parents.get)][-1], waves) for at, waves in several)
    by_root = grouped((top, wave) for top, waves in tops for wave in waves)
    return {root: sorted(set(waves)) for root, waves in by_root.items()}
