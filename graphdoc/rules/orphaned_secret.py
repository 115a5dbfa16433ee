"""Rule ``orphaned-secret``."""

from collections.abc import Iterator

from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location, Span
from graphdoc.resolve.idle_secrets import IdleSecret, find_idle_secrets
from graphdoc.resolve.resolved import Estate
from graphdoc.rules.rule import rule

__all__ = ["orphaned_secret"]


@rule("orphaned-secret", severity=Severity.WARNING, since="0.1.0")
def orphaned_secret(estate: Estate, _graph: RepoGraph) -> Iterator[Problem]:
    """Nothing uses the Secret that a SealedSecret or ExternalSecret makes.

    Said only where everything in its namespace is known and something runs there, where no policy
    copies it, and where no other file of the repositories says its name.

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
      source:
        repoURL: https://git.example.com/launchpad
        path: web
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

    ```yaml
    -- launchpad/web.yaml --
    apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: web, namespace: argocd}
    spec:
      destination: {server: https://kubernetes.default.svc, namespace: web}
      source:
        repoURL: https://git.example.com/launchpad
        path: web
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
    -- launchpad/web/sealed.yaml --
    apiVersion: bitnami.com/v1alpha1
    kind: SealedSecret
    metadata:
      name: old-credentials
      namespace: web
    spec:
      encryptedData: {API_KEY: AgBmadeUpCiphertext}
    ```

    ## References

    - [Kubernetes: good practices for Secrets](https://kubernetes.io/docs/concepts/security/secrets-good-practices/)
    """
    found: dict[Span, list[IdleSecret]] = {}
    for idle in find_idle_secrets(estate):
        found.setdefault(idle.span, []).append(idle)
    for span in sorted(found):
        clusters = " and ".join(sorted({idle.cluster for idle in found[span]}))
        key = found[span][0].key
        yield Problem(
            f"nothing uses Secret {key}, which {found[span][0].kind} makes on {clusters}",
            Location(span, "used by nothing"),
            (),
            f"secret:{found[span][0].cluster}/{key}",
        )
