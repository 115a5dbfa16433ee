"""Rule ``misaimed-patch``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import in_order
from graphdoc.model.location import Location
from graphdoc.resolve.clusters.misaimed import find_misaimed_patches
from graphdoc.resolve.clusters.strange_files import find_strange_files
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["misaimed_patch"]


@rule("misaimed-patch", severity=Severity.WARNING)
def misaimed_patch(estate: Estate) -> Iterator[Problem]:
    """An index patch replaced something of another kind than it brings.

    A patch to `…/valueFiles/1` counts entries. Once the base's list has changed, the same index is
    another layer. Reported is an entry that took the place of a shared layer (`base`, `common` …)
    or of another file, while the same layer of another cluster is still in the list
    (`dev/web.yaml`, `values-dev.yaml`); an image that took another one's place, while a container
    beside it runs an older version of it; and a variable, container, port or argument in the place
    of another one, while an older one of the same name is still there. Likewise what an overlay
    adds to its base by a generator or a chart: a file named for the overlay beside it, which has it
    too, while its own lies there unused.

    ## Why is this bad?

    The cluster runs without the shared values and with those of another cluster: its storage
    class, its hosts, its sizes. Kustomize and Argo CD find nothing wrong.

    ## Example

    ```yaml
    -- launchpad/root.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: root, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: root}
      source: {repoURL: https://git.example.com/launchpad, path: overlays/test}
    -- launchpad/overlays/test/kustomization.yaml --
    resources: [../../base]
    patches:
      - target: {kind: Application, name: web}
        patch: |-
          - op: replace
            path: /spec/sources/0/helm/valueFiles/1
            value: $values/test/web.yaml  # expect: misaimed-patch
    -- launchpad/base/kustomization.yaml --
    resources: [web.yaml]
    -- launchpad/base/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      sources:
        - repoURL: https://git.example.com/charts
          path: web
          helm:
            valueFiles:
              - $values/everywhere.yaml
              - $values/base/web.yaml
              - $values/dev/web.yaml
        - repoURL: https://git.example.com/settings
          ref: values
    -- settings/everywhere.yaml --
    replicas: 1
    -- settings/base/web.yaml --
    replicas: 1
    -- settings/dev/web.yaml --
    replicas: 1
    -- settings/test/web.yaml --
    replicas: 1
    -- charts/web/Chart.yaml --
    apiVersion: v2
    name: web
    version: 1.0.0
    -- charts/web/templates/settings.yaml --
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: web}
    data: {replicas: "{{ .Values.replicas }}"}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/overlays/test/kustomization.yaml --
    resources: [../../base]
    patches:
      - target: {kind: Application, name: web}
        patch: |-
          - op: replace
            path: /spec/sources/0/helm/valueFiles/2
            value: $values/test/web.yaml
    -- settings/base/web.yaml --
    replicas: 2
    -- settings/test/web.yaml --
    replicas: 3
    ```

    ## References

    - [Kustomize: patches](https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/)
    """
    for misaimed in in_order(find_misaimed_patches(estate), lambda one: one.brought.span):
        yield Problem(
            f"a patch of {misaimed.what} puts"
            f" {misaimed.brought.value} in the place of {misaimed.replaced}"
            f" and leaves {misaimed.left.value}",
            Location(misaimed.brought.span, "brought here"),
            (
                Location(misaimed.replaced_at, "replaced"),
                Location(misaimed.left.span, "left in"),
            ),
            misaimed.entry.id,
        )
    for strange in find_strange_files(estate):
        yield Problem(
            f"overlay {strange.overlay} takes {strange.name} and leaves {strange.own}",
            Location(strange.span, "named for another overlay"),
            (Location(strange.theirs, "which takes it as well"),),
            f"kustomization:{strange.overlay}",
        )
