"""Which Secrets each cluster's resources produce and use, and which are used and never produced."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import product
from operator import itemgetter
from typing import NamedTuple, TypeVar

from graphdoc.model.argocd import GROUP
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.node import texts_within
from graphdoc.model.remembering import remembered
from graphdoc.model.resource import NamespacedName, Resource
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.resolved import Estate, ResolvedApplication, ResolvedSource, Tool
from graphdoc.resolve.resources.placement import is_own_cluster
from graphdoc.resolve.secrets import (
    ClonePolicy,
    ConsumerKind,
    ProducerKind,
    SecretConsumer,
    SecretProducer,
    find_clone_policies,
    find_consumers,
    find_consumers_in_values,
    find_producers,
)
from graphdoc.resolve.secrets.evidence import Evidence, is_rendered

__all__ = [
    "Consumed", "MissingSecret", "Origins", "Placed", "Produced", "SecretFlow", "evidence_on",
    "is_guest", "place_resources", "trace_secrets",
]  # fmt: skip

_COPY = ProducerKind.POLICY_CLONE

# What Argo CD makes for itself, and what operators of databases make by names of their own.
_BUILT_IN = (
    "argocd-initial-admin-secret", "argocd-redis", "argocd-secret",
    "*.credentials.postgresql.acid.zalan.do",
)  # fmt: skip

_WITHOUT_NAMESPACE = frozenset({
    ("cert-manager.io", "ClusterIssuer"), ("cilium.io", "CiliumBGPPeerConfig"),
    ("external-secrets.io", "ClusterSecretStore"), ("keda.sh", "ClusterTriggerAuthentication"),
    ("trust.cert-manager.io", "Bundle"),
})  # fmt: skip

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Produced:
    """Something that makes a Secret; ``owner`` is the id of what brings it."""

    owner: str
    producer: SecretProducer


@dataclass(frozen=True, slots=True)
class Consumed:
    """Something that uses a Secret; ``origin`` is where its name would be changed."""

    owner: str
    consumer: SecretConsumer
    origin: Span


@dataclass(frozen=True, slots=True)
class MissingSecret:
    """A Secret that is used and that nothing produces."""

    key: NamespacedName
    consumers: tuple[Consumed, ...]


@dataclass(frozen=True, slots=True)
class SecretFlow:
    """Producers and consumers of one cluster's Secrets.

    ``undecided`` names those that something not understood may produce; they are not ``missing``.
    """

    cluster: str
    producers: Mapping[NamespacedName, tuple[Produced, ...]]
    consumers: Mapping[NamespacedName, tuple[Consumed, ...]]
    missing: tuple[MissingSecret, ...]
    undecided: tuple[NamespacedName, ...]


class Placed(NamedTuple):
    """A resource, the id of what brings it, and the namespace that it lands in."""

    owner: str
    resource: Resource
    namespace: str
    source: ResolvedSource | None


@remembered  # the graph and several rules ask, each for every cluster
def trace_secrets(estate: Estate, cluster: str) -> SecretFlow:
    """Follow every Secret of a cluster from what makes it to what uses it."""
    made_elsewhere, consumer_keys = estate.secrets.made_elsewhere, estate.secrets.consumer_keys
    placed = place_resources(estate, cluster)
    applications = estate.applications_on(cluster)
    made = _gather(_produced(placed))
    copies = tuple(_copies(made, placed, _namespaces(placed, applications)))
    producers = _gather((*_flat(made), *copies))
    found = (*_consumed(placed, consumer_keys), *_consumed_by_values(applications, consumer_keys))
    consumers = _gather(_at_home(found, producers))
    guests = {entry.id for entry in applications if is_guest(entry)}
    evidence = evidence_on(estate, cluster)
    needed = grouped((key, use) for key, use in _flat(consumers) if not use.consumer.optional)
    missing: list[MissingSecret] = []
    undecided: list[NamespacedName] = []
    for key in sorted(needed.keys() - producers.keys()):
        if (
            guests.issuperset(use.owner for use in needed[key])
            or is_unfilled(key.namespace)
            or _is_elsewhere(key, made_elsewhere)
            or not _is_certain(evidence, key, needed[key])
        ):
            undecided.append(key)
        else:
            missing.append(MissingSecret(key, needed[key]))
    return SecretFlow(cluster, producers, consumers, tuple(missing), tuple(undecided))


@remembered
def evidence_on(estate: Estate, cluster: str) -> Evidence:
    """What speaks against a Secret of a cluster being missing."""
    entries = estate.applications_on(cluster)
    placed = ((p.resource, p.namespace) for p in place_resources(estate, cluster))
    return Evidence(estate, entries, placed)


def is_guest(entry: ResolvedApplication) -> bool:
    """Whether an Application goes to an assumed cluster, of which others may have more to say."""
    destination = entry.application.destination
    return entry.is_assumed and not is_own_cluster(destination.server or destination.name)


@remembered  # several rules ask
def place_resources(estate: Estate, cluster: str) -> tuple[Placed, ...]:
    """Every resource of a cluster; a root's namespace is only known where it is said."""
    return tuple(_placed(estate, cluster))


def _placed(estate: Estate, cluster: str) -> Iterator[Placed]:
    for root in estate.roots_on(cluster):
        yield from (Placed(root.node, r, r.namespace, None) for r in root.resources)
    for entry in estate.applications_on(cluster):
        namespace = entry.application.destination.namespace
        for source in entry.sources:
            for resource in source.resources:
                yield Placed(entry.id, resource, resource.namespace or namespace, source)


def _produced(placed: Iterable[Placed]) -> Iterator[tuple[NamespacedName, Produced]]:
    for place in placed:
        for producer in find_producers(place.resource, place.namespace):
            yield NamespacedName(producer.namespace, producer.name), Produced(place.owner, producer)


def _consumed(
    placed: Iterable[Placed], keys: tuple[str, ...]
) -> Iterator[tuple[NamespacedName, Consumed]]:
    origins = Origins()
    for place in placed:
        # The values in an Application's manifest are its sources' own.
        named = () if place.resource.group == GROUP else keys
        for found in find_consumers(place.resource, place.namespace, named):
            origin = origins.of(place.source, found.name, found.span)
            yield NamespacedName(found.namespace, found.name), Consumed(place.owner, found, origin)


class Origins:
    """Where one would change the names that rendered resources have."""

    def __init__(self) -> None:
        self._said: dict[int, dict[str, tuple[Span, ...]]] = {}

    def of(self, source: ResolvedSource | None, name: str, span: Span) -> Span:
        """The one value that says the name, where a chart's template only passes it on."""
        said = self._said.get(id(source))
        if said is None:
            values = source.values if source is not None else None
            said = self._said[id(source)] = grouped(texts_within(values))
        spans = said.get(name, ())
        return spans[0] if len(spans) == 1 else span


def _consumed_by_values(
    applications: Iterable[ResolvedApplication], keys: tuple[str, ...]
) -> Iterator[tuple[NamespacedName, Consumed]]:
    """Secrets that values name, where the chart that would use them could not be rendered."""
    for entry in applications:
        namespace = entry.application.destination.namespace
        for source in entry.sources:
            if source.tool is not Tool.HELM or source.values is None or is_rendered(source):
                continue
            resource = entry.application.resource.id
            for found in find_consumers_in_values(source.values, keys, namespace, resource):
                yield (
                    NamespacedName(found.namespace, found.name),
                    Consumed(entry.id, found, found.span),
                )


def _at_home(
    found: Iterable[tuple[NamespacedName, Consumed]],
    producers: Mapping[NamespacedName, tuple[Produced, ...]],
) -> Iterator[tuple[NamespacedName, Consumed]]:
    """What resources without a namespace use lies where its controller looks: where one is made."""
    homes = grouped((key.name, key) for key in producers)
    for key, use in found:
        resource, known = use.consumer.resource, homes.get(key.name, ())
        is_guess = (resource.group, resource.kind) in _WITHOUT_NAMESPACE and use.consumer.optional
        yield known[0] if is_guess and len(known) == 1 else key, use


def _namespaces(
    placed: Iterable[Placed], applications: Iterable[ResolvedApplication]
) -> dict[str, dict[str, str]]:
    """Every namespace of the cluster that the estate knows, with its labels."""
    found: dict[str, dict[str, str]] = {place.namespace: {} for place in placed}
    found |= {entry.application.destination.namespace: {} for entry in applications}
    for place in placed:
        if place.resource.kind == "Namespace":
            found[place.resource.name] = dict(
                place.resource.manifest.pairs_at("metadata", "labels")
            )
    named = "kubernetes.io/metadata.name"
    return {name: {**found[name], named: name} for name in sorted(found) if name}


def _copies(
    producers: Mapping[NamespacedName, tuple[Produced, ...]],
    placed: Iterable[Placed],
    namespaces: Mapping[str, Mapping[str, str]],
) -> Iterator[tuple[NamespacedName, Produced]]:
    """What policies and controllers copy into the namespaces that they select."""
    sources = [made.producer for found in producers.values() for made in found]
    policies = ((p.owner, c) for p in placed for c in find_clone_policies(p.resource, p.namespace))
    for owner, policy in policies:
        reached = [name for name in namespaces if policy.reaches(name, namespaces[name])]
        for namespace, (name, source) in product(reached, _copied(policy, sources)):
            keys, origin = (source.keys, _key_of(source)) if source is not None else ((), "")
            made = SecretProducer(
                namespace, name, _COPY, policy.span, keys, policy.resource, copied_from=origin
            )
            yield NamespacedName(namespace, name), Produced(owner, made)


def _copied(
    policy: ClonePolicy, sources: Iterable[SecretProducer]
) -> Iterator[tuple[str, SecretProducer | None]]:
    """The names of the copies, each with what it is a copy of."""
    if policy.generated:
        yield policy.clone_name, None
        return
    for source in sources:
        if policy.selects(source):
            yield policy.name_of_copy(source), source


def _key_of(producer: SecretProducer) -> str:
    return str(NamespacedName(producer.namespace, producer.name))


def _flat(gathered: Mapping[NamespacedName, tuple[T, ...]]) -> Iterator[tuple[NamespacedName, T]]:
    return ((key, thing) for key, things in gathered.items() for thing in things)


def _gather(found: Iterable[tuple[NamespacedName, T]]) -> dict[NamespacedName, tuple[T, ...]]:
    return dict(sorted(grouped(found).items(), key=itemgetter(0)))


def _is_elsewhere(key: NamespacedName, patterns: tuple[str, ...]) -> bool:
    return any(
        fnmatchcase(key.name, p) or fnmatchcase(str(key), p) for p in (*_BUILT_IN, *patterns)
    )


def _is_certain(evidence: Evidence, key: NamespacedName, uses: tuple[Consumed, ...]) -> bool:
    if evidence.is_mentioned(*key) or evidence.is_made_by_script(key.name):
        return False
    if evidence.is_written(key.name):
        return False
    return any(_is_use_certain(evidence, key, use) for use in uses)


def _is_use_certain(evidence: Evidence, key: NamespacedName, use: Consumed) -> bool:
    if use.consumer.how is ConsumerKind.VALUES:
        of_another = evidence.belongs_to_another_release(key.namespace, key.name, use.owner)
        of_a_sibling = evidence.may_be_of_a_sibling(key.name, use.owner)
        return not of_another and not of_a_sibling and not evidence.is_foreign(key.namespace)
    return not evidence.is_opaque(key.namespace, use.owner)
