"""Rule ``sealed-secret-rescoped``."""

from collections.abc import Iterator

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.location import Location, Span
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.secrets.rescoped import Rescoped, find_copied, find_rescoped
from graphdoc.rules.rule import rule

__all__ = ["sealed_secret_rescoped"]


@rule("sealed-secret-rescoped", severity=Severity.ERROR)
def sealed_secret_rescoped(estate: Estate) -> Iterator[Problem]:
    """A SealedSecret is applied under another name or namespace than it was sealed for.

    Kustomize renamed or moved it, or it was copied and edited. Its scope counts: strict binds it
    to name and namespace, `namespace-wide` to the namespace, `cluster-wide` to neither. What it
    was sealed for is what its file says before any patch, or what kubeseal wrote into its
    template. Where two hold the same ciphertext for different names or namespaces, one is a copy;
    texts of less than 600 signs, which no key makes, are forms to fill in.

    ## Why is this bad?

    Name and namespace are part of what the ciphertext was encrypted with. The controller cannot
    decrypt it: `no key could decrypt secret`, and the Secret is never made.

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
    namespace: shop  # expect: sealed-secret-rescoped
    resources: [sealed.yaml, deployment.yaml]
    -- launchpad/web/sealed.yaml --
    apiVersion: bitnami.com/v1alpha1
    kind: SealedSecret
    metadata:
      name: app-credentials
      namespace: web
    spec:
      encryptedData: {API_KEY: AgBmadeUpCiphertext}
      template:
        metadata: {name: app-credentials, namespace: web}
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
                    name: app-credentials
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/web/kustomization.yaml --
    resources: [sealed.yaml, deployment.yaml]
    ```

    ## References

    - [Sealed Secrets: scopes](https://github.com/bitnami-labs/sealed-secrets#scopes)
    """
    causes: dict[Span, dict[Span, Rescoped]] = {}
    for sealed in find_rescoped(estate):
        causes.setdefault(sealed.span, {}).setdefault(sealed.written, sealed)
    for span in sorted(causes):
        group = [causes[span][written] for written in sorted(causes[span])]
        first = group[0]
        more = f", and {len(group) - 1} more like it" if len(group) > 1 else ""
        yield Problem(
            f"SealedSecret {first.resource.name} was sealed for {first.field} {first.sealed}"
            f" and is applied as {first.now}{more}",
            Location(span, "applied as"),
            tuple(Location(s.written, "sealed for") for s in group if s.written != span),
            first.owner,
            identity=f"{span.file} {first.field} {first.now}",
        )
    for copied in find_copied(estate):
        start, *others = copied.resources
        named = " and ".join(str(one.id) for one in copied.resources)
        yield Problem(
            f"{named} have one ciphertext, and at most one of them can be decrypted",
            Location(start.written, "the same ciphertext"),
            tuple(Location(other.written, "as here") for other in others),
            copied.owner,
            identity=f"{start.written.file} {named}",
        )
