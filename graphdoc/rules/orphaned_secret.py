"""Rule ``orphaned-secret``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Location
from graphdoc.model.remembering import remembered
from graphdoc.model.resource import NamespacedName
from graphdoc.resolve.names.alike import ALIKE, closest
from graphdoc.resolve.names.spelling import heads_of
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.resources.workloads import pod_spec_of
from graphdoc.resolve.secrets.flow import place_resources, trace_secrets
from graphdoc.resolve.secrets.idle import IdleSecret, find_idle_secrets
from graphdoc.rules.rule import rule

__all__ = ["orphaned_secret"]


@rule("orphaned-secret", severity=Severity.WARNING)
def orphaned_secret(estate: Estate) -> Iterator[Problem]:
    """Nothing uses the Secret that a SealedSecret or ExternalSecret makes.

    Said only where everything in its namespace is known and Git fills it or runs something there,
    where no policy copies it, where no program finds it by a label or a fixed name (repositories of
    Argo CD, credentials of Kargo), and where no other file of the repositories says its name.
    The message ends with a like Secret that is used there and that nothing makes, or else with the
    workload whose name the Secret's begins with.

    ## Why is this bad?

    A credential that nobody needs is kept, renewed and decrypted into the cluster, where it can be
    stolen.

    ## Example

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source: {repoURL: https://git.example.com/launchpad, path: web}
    -- launchpad/web/deployment.yaml --
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
            - name: web
              image: registry.example.com/web:1.0.0
    -- launchpad/web/sealed.yaml --
    apiVersion: bitnami.com/v1alpha1  # expect: orphaned-secret
    kind: SealedSecret
    metadata:
      name: old-credentials
      namespace: web
    spec:
      encryptedData: {API_KEY: AgBmadeUpCiphertext}
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/web/deployment.yaml --
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector: {matchLabels: {app: web}}
      template:
        metadata: {labels: {app: web}}
        spec:
          containers:
            - name: web
              image: registry.example.com/web:1.0.0
              envFrom:
                - secretRef:
                    name: old-credentials
    ```

    ## References

    - [Kubernetes: good practices for Secrets](https://kubernetes.io/docs/concepts/security/secrets-good-practices/)
    """
    found = grouped((idle.span, idle) for idle in find_idle_secrets(estate))
    for span in sorted(found):
        clusters = " and ".join(sorted({idle.cluster for idle in found[span]}))
        key = found[span][0].key
        yield Problem(
            f"nothing uses Secret {key}, which {found[span][0].kind} makes on {clusters}",
            Location(span, "used by nothing"),
            (),
            f"secret:{found[span][0].cluster}/{key}",
            hint=_hint(estate, found[span][0]),
            identity=f"{span.file} {key}",
        )


def _hint(estate: Estate, idle: IdleSecret) -> str:
    """The missing Secret whose name is like it, or else the workload that it is named after."""
    there = _missing(estate, idle.cluster).get(idle.key.namespace, frozenset())
    near = closest(idle.key.name, there, ALIKE)
    if near:
        return f"nothing produces {near}, which is used there"
    workloads = _workloads(estate, idle.cluster)
    places = (NamespacedName(idle.key.namespace, head) for head in heads_of(idle.key.name))
    named = next((place.name for place in places if place in workloads), "")
    return f"the nearest workload is {named}" if named else ""


@remembered  # every such Secret asks
def _missing(estate: Estate, cluster: str) -> dict[str, frozenset[str]]:
    """The names of the missing Secrets, by namespace."""
    found = grouped(missing.key for missing in trace_secrets(estate, cluster).missing)
    return {namespace: frozenset(names) for namespace, names in found.items()}


@remembered
def _workloads(estate: Estate, cluster: str) -> frozenset[NamespacedName]:
    return frozenset(
        NamespacedName(placed.namespace, placed.resource.name)
        for placed in place_resources(estate, cluster)
        if pod_spec_of(placed.resource) is not None
    )
