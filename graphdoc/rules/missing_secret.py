"""Rule ``missing-secret``."""

from collections.abc import Iterator
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import NamedTuple

from graphdoc.model.finding import Problem, Severity
from graphdoc.model.grouping import gather, grouped, listed
from graphdoc.model.location import Location, Span, locations
from graphdoc.model.resource import NamespacedName
from graphdoc.resolve.broken.references import say_who
from graphdoc.resolve.names.alike import most_alike
from graphdoc.resolve.orphans.reach import Unreached, find_unreached_manifests
from graphdoc.resolve.references.keys import find_lacking_keys
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.secrets import find_producers
from graphdoc.resolve.secrets.flow import trace_secrets
from graphdoc.resolve.secrets.rescoped import find_rescoped
from graphdoc.rules.rule import rule

__all__ = ["missing_secret"]


@rule("missing-secret", severity=Severity.ERROR)
def missing_secret(estate: Estate) -> Iterator[Problem]:
    """A workload uses a Secret that nothing produces in its cluster and namespace.

    Or a key which it does not have, where all its keys are in Git: in an environment, among the
    `items` of a volume, as the `subPath` of a mount. Where something may put in more, only a key
    that is spelled nearly like one of them is reported.

    Producers are Secrets, SealedSecrets, ExternalSecrets, generators, charts, Certificates,
    Kyverno policies that clone, and what `graphdoc.yaml` lists as made elsewhere. Where something
    that was not analysed may produce the Secret, nothing is reported: a chart that is not at hand
    goes into the same namespace, a custom resource or a container's arguments name the Secret, a
    script makes it, a document tells people to (`kubectl create secret`), a chart that nothing
    renders names it, who may make Secrets there is named like it. A file that a kustomization lacks
    may bring it, unless it is a patch or what a generator reads: then only what the kustomization
    itself uses may be meant to change. A reference marked `optional` is none, nor is the `tls` of
    an Ingress of class `alb`, whose certificates are those of AWS.

    ## Why is this bad?

    The Pod waits in `CreateContainerConfigError` until somebody makes the Secret by hand, and
    again in every new cluster.

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
    metadata: {name: web}
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
                    name: app-credentials  # expect: missing-secret
    ```

    ## Use instead

    The other files stay as they are.

    ```yaml
    -- launchpad/web/credentials.yaml --
    apiVersion: bitnami.com/v1alpha1
    kind: SealedSecret
    metadata: {name: app-credentials, namespace: web}
    spec:
      encryptedData:
        API_KEY: AgBmadeUpCiphertext
    ```

    ## References

    - [Kubernetes: Secrets](https://kubernetes.io/docs/concepts/configuration/secret/)
    """
    for group in gather(_missing(estate), attrgetter("cause")):
        first, spans = group[0], {span for one in group for span in one.spans}
        users = say_who((owner for one in group for owner in one.owners), "uses")
        yield Problem(
            f"nothing produces {_name(group)}, which {users} on {' and '.join(first.clusters)}",
            Location(first.origin, "used here"),
            locations(sorted(spans - {first.origin}), "used here"),
            f"secret:{first.clusters[0]}/{first.secret}",
            hint=first.hint,
            identity=" ".join((str(first.secret), str(first.origin.file), *first.clusters)),
            also=tuple(f"secret:{place}/{one.secret}" for one in group for place in one.clusters),
        )
    for lacking in find_lacking_keys(estate, "Secret"):
        yield lacking.problem(f"secret:{lacking.cluster}/{lacking.thing}")


def _name(group: tuple["_Missing", ...]) -> str:
    first, *others = group
    if not others:
        return f"Secret {first.secret}"
    spaces = dict.fromkeys(one.secret.namespace for one in group)
    return f"Secret {first.secret.name} in {listed(spaces)}"


def _hints(estate: Estate, cluster: str, key: NamespacedName) -> Iterator[str]:
    """Where the Secret is made or would be, then the one there whose name is like it."""
    made = _made(estate)
    for namespace in made.by_name.get((cluster, key.name), ()):
        yield f"the namespace {namespace} has one of that name"
    if others := made.clusters.get(key, ()):
        yield f"it is made on {' and '.join(others)}"
    for unreached in made.unreached.get(key.name, ()):
        if _makes(unreached, key):
            yield f"{unreached.file} would make it, and nothing applies that"
    names = made.by_namespace.get((cluster, key.namespace), frozenset())
    yield from (f"the nearest is {near}" for near in most_alike(key.name, names))


class _Made(NamedTuple):
    """The Secrets that are made: where, and what would make more."""

    clusters: dict[NamespacedName, tuple[str, ...]]
    by_name: dict[tuple[str, str], tuple[str, ...]]
    by_namespace: dict[tuple[str, str], frozenset[str]]
    unreached: dict[str, tuple[Unreached, ...]]


@lru_cache(maxsize=2)  # every missing Secret asks
def _made(estate: Estate) -> _Made:
    made = [
        (name, key) for name in estate.clusters for key in trace_secrets(estate, name).producers
    ]
    spaces = grouped(((cluster, key.namespace), key.name) for cluster, key in made)
    return _Made(
        grouped((key, cluster) for cluster, key in made),
        grouped(((cluster, key.name), key.namespace) for cluster, key in made),
        {place: frozenset(names) for place, names in spaces.items()},
        grouped(
            (one.name, unreached)
            for unreached in find_unreached_manifests(estate)
            for resource in unreached.parsed.resources
            for one in find_producers(resource)
        ),
    )


def _makes(unreached: Unreached, key: NamespacedName) -> bool:
    made = (find_producers(resource, key.namespace) for resource in unreached.parsed.resources)
    return any(NamespacedName(one.namespace, one.name) == key for found in made for one in found)


class _Missing(NamedTuple):
    """A Secret that one line, or several, name on several clusters."""

    origin: Span
    clusters: tuple[str, ...]
    hint: str
    secret: NamespacedName
    owners: tuple[str, ...]
    spans: tuple[Span, ...]

    @property
    def cause(self) -> tuple[str, tuple[str, ...], str]:
        """One name in many namespaces is one cause, unless something is known of one of them."""
        return (self.secret.name, self.clusters, self.hint)


def _missing(estate: Estate) -> Iterator[_Missing]:
    # Of one that lost its name the one finding is just that.
    lost = frozenset(one.sealed for one in find_rescoped(estate) if one.field == "name")
    causes = grouped(
        ((str(missing.key), min(use.origin for use in missing.consumers)), (cluster, missing))
        for cluster in estate.clusters
        for missing in trace_secrets(estate, cluster).missing
        if missing.key.name not in lost
    )
    for (_, origin), found in sorted(causes.items(), key=itemgetter(0)):
        clusters, key = sorted({cluster for cluster, _ in found}), found[0][1].key
        uses = [use for _, missing in found for use in missing.consumers]
        yield _Missing(
            origin, tuple(clusters), next(_hints(estate, clusters[0], key), ""), key,
            tuple(use.owner for use in uses),
            tuple(span for use in uses for span in (use.origin, use.consumer.span)),
        )  # fmt: skip
