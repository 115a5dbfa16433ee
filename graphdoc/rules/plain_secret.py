"""Rule ``plain-secret``."""

from collections.abc import Iterator

from graphdoc.graph.repo_graph import NodeKind, RepoGraph
from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import grouped, listed
from graphdoc.model.location import Location
from graphdoc.model.redact import redact_key
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.secrets.plain import PlainSecret, find_plain_secrets
from graphdoc.rules.rule import graph_rule

__all__ = ["plain_secret"]


@graph_rule("plain-secret", severity=Severity.ERROR)
def plain_secret(estate: Estate, graph: RepoGraph) -> Iterator[Problem]:
    """A Secret is committed with its values, deployed or not.

    A manifest, a generator of a kustomization, a patch and what a template of a chart spells out
    count alike, not what values files bring. Not reported: empty values; placeholders that
    something fills in at deployment (`<path:…>` of the Argo CD Vault Plugin, `${…}`, `$(…)`,
    `{{ … }}`, `vault:…`, `op://…`), and then also the plain settings beside them, such as a host
    name; values encrypted by SOPS; the address, name and type in a repository or cluster credential
    of Argo CD; and a Secret that every overlay which includes it deletes; nor what tests and
    examples hold and nothing deploys (of `secret.example.yaml` only what looks drawn by a machine
    is told), and a registry's file without a login. Where every value is a setting (a host, a port,
    a user's name, a file in which no credential is given) or public (a certificate, a public key),
    it is an info: such values belong in a ConfigMap. The finding names keys, never values.

    ## Why is this bad?

    Base64 is no encryption. Whoever can read the repository, its forks, its backups and every
    clone has the value, and a later commit does not take it out of the history.

    ## Example

    ```yaml
    apiVersion: v1
    kind: Secret
    metadata: {name: app-credentials, namespace: web}
    stringData:
      API_KEY: correct-horse-battery-staple  # expect: plain-secret
    ```

    ## Use instead

    ```yaml
    apiVersion: bitnami.com/v1alpha1
    kind: SealedSecret
    metadata: {name: app-credentials, namespace: web}
    spec:
      encryptedData:
        API_KEY: AgBmadeUpCiphertext
    ```

    ## References

    - [Sealed Secrets](https://github.com/bitnami-labs/sealed-secrets#readme)
    - [Kubernetes: good practices for Secrets](https://kubernetes.io/docs/concepts/security/secrets-good-practices/)
    """
    nodes = graph.nodes(NodeKind.SECRET)
    placed = grouped(((at.file, at.line), node.id) for node in nodes for at in node.locations)
    for secret in find_plain_secrets(estate):
        yield Problem(
            _message(secret),
            Location(secret.span, "plain value"),
            (),
            str(secret.span.file),
            Severity.INFO if secret.is_harmless else None,
            also=tuple(id_ for line in sorted(secret.lines) for id_ in placed.get(line, ())),
        )


def _message(secret: PlainSecret) -> str:
    kind = "a private key" if secret.private_key else "plain values"
    keys = f"{'key' if len(secret.keys) == 1 else 'keys'} {listed(map(redact_key, secret.keys))}"
    if secret.is_harmless:
        return f"{secret.id} is committed with values that are no secret ({keys})"
    return f"{secret.id} is committed with {kind} ({keys})"
