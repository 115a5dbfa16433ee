"""Rule ``missing-config-map``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Location, locations
from graphdoc.model.resource import NamespacedName
from graphdoc.resolve.broken.references import say_who
from graphdoc.resolve.names.alike import the_nearest
from graphdoc.resolve.references.config_maps import find_missing_config_maps
from graphdoc.resolve.references.keys import find_lacking_keys
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["missing_config_map"]


@rule("missing-config-map", severity=Severity.ERROR)
def missing_config_map(estate: Estate) -> Iterator[Problem]:
    """A workload uses a ConfigMap that nothing makes in its cluster and namespace.

    Or a key which it does not have, where all its keys are in Git: in an environment, among the
    `items` of a volume, as the `subPath` of a mount. Where something may put in more, only a key
    that is spelled nearly like one of them is reported.

    Where something that was not analysed may make it, nothing is reported: a chart that is not at
    hand goes into the same namespace, a custom resource or a container's arguments name the
    ConfigMap, a script or a document does. A reference marked `optional` is none.

    ## Why is this bad?

    The Pod does not start before somebody makes the ConfigMap by hand, in every new cluster again.
    Kustomize changes the name of a generated ConfigMap only where both are in one namespace and
    one build: elsewhere the name as it is written leads nowhere.

    ## Example

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: web}
    -- launchpad/web/kustomization.yaml --
    resources:
      - deployment.yaml
    configMapGenerator:
      - name: web-settings
        literals: [LEVEL=info]
    -- launchpad/web/deployment.yaml --
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web, namespace: web}
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
            - name: web
              image: registry.example.com/web:1.0.0
              envFrom:
                - configMapRef:
                    name: web-settings  # expect: missing-config-map
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/web/kustomization.yaml --
    namespace: web
    resources:
      - deployment.yaml
    configMapGenerator:
      - name: web-settings
        literals: [LEVEL=info]
    ```

    ## References

    - [Kubernetes: ConfigMaps](https://kubernetes.io/docs/concepts/configuration/configmap/)
    - [Kustomize: configMapGenerator](https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/configmapgenerator/)
    """
    causes = grouped(
        ((missing.key, min(use.origin for use in missing.uses)), missing)
        for missing in find_missing_config_maps(estate)
    )
    for (key, origin), found in sorted(causes.items()):
        clusters = sorted({missing.cluster for missing in found})
        uses = [use for missing in found for use in missing.uses]
        users = say_who((use.owner for use in uses), "uses")
        others = sorted({place for use in uses for place in (use.origin, use.span)} - {origin})
        yield Problem(
            f"nothing makes ConfigMap {key}, which {users} on {' and '.join(clusters)}",
            Location(origin, "used here"),
            locations(others, "used here"),
            uses[0].owner,
            hint=_hint(key, found[0].nearest),
            identity=" ".join((str(key), str(origin.file), *clusters)),
            also=tuple(use.owner for use in uses),
        )
    for lacking in find_lacking_keys(estate, "ConfigMap"):
        yield lacking.problem(lacking.owner)


def _hint(key: NamespacedName, nearest: NamespacedName | None) -> str:
    is_beside = nearest is not None and nearest.namespace == key.namespace
    return the_nearest(nearest.name if nearest is not None and is_beside else nearest)
