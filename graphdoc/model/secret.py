"""Which resources bring Secrets and which need them, and where; never what is inside."""

import re
from collections.abc import Mapping as Labels
from enum import StrEnum
from fnmatch import fnmatchcase

from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import Span
from graphdoc.model.resource import ResourceId

__all__ = [
    "ClonePolicy", "ConsumerKind", "LabelSelector", "NamespaceFilter", "ProducerKind",
    "SealedScope", "SecretConsumer", "SecretHints", "SecretProducer",
]  # fmt: skip


class ProducerKind(StrEnum):
    """How a Secret comes to be."""

    SECRET = "secret"
    SEALED_SECRET = "sealed-secret"
    EXTERNAL_SECRET = "external-secret"
    CERTIFICATE = "certificate"
    ISSUER = "issuer"
    INGRESS_CERTIFICATE = "ingress-certificate"
    SERVICE_CERTIFICATE = "service-certificate"
    OPERATOR = "operator"
    JOB = "job"
    POLICY_CLONE = "policy-clone"
    CONFIGURED = "configured"


class SealedScope(StrEnum):
    """What a SealedSecret may be renamed or moved to before it can no longer be decrypted."""

    STRICT = "strict"
    NAMESPACE_WIDE = "namespace-wide"
    CLUSTER_WIDE = "cluster-wide"


@dataclass(frozen=True, slots=True)
class SecretHints:
    """What the configuration says of Secrets: who else makes some, and which values name one.

    ``made_elsewhere`` holds patterns of ``namespace/name``, or of a name alone; ``consumer_keys``
    keys of values, for charts that could not be rendered.
    """

    made_elsewhere: tuple[str, ...] = ()
    consumer_keys: tuple[str, ...] = ("envSecretName", "existingSecret")


@dataclass(frozen=True, slots=True)
class SecretProducer:
    """A resource that brings a Secret; no ``keys`` means that they are not known.

    ``labels`` are those of the Secret itself, which policies select by; ``copied_from`` is the
    Secret, as ``namespace/name``, that a copy has its content from.
    """

    namespace: str
    name: str
    how: ProducerKind
    span: Span
    keys: tuple[str, ...]
    resource: ResourceId
    labels: tuple[tuple[str, str], ...] = ()
    scope: SealedScope | None = None
    copied_from: str = ""


class ConsumerKind(StrEnum):
    """How a Secret is used."""

    ENV = "env"
    ENV_FROM = "envFrom"
    VOLUME = "volume"
    IMAGE_PULL = "imagePullSecret"
    SERVICE_ACCOUNT = "service-account"
    INGRESS_TLS = "ingress-tls"
    INGRESS_ROUTE_TLS = "ingressroute-tls"
    GATEWAY_TLS = "gateway-tls"
    ROUTE_TLS = "route-tls"
    MIDDLEWARE = "middleware"
    ISSUER = "issuer"
    SECRET_STORE = "secret-store"
    ARGOCD = "argocd"
    BY_LABEL = "label"
    CUSTOM_RESOURCE = "custom-resource"
    VALUES = "values"
    CONFIGURED = "configured"


@dataclass(frozen=True, slots=True)
class SecretConsumer:
    """A resource that uses a Secret.

    ``optional`` marks a use that works without the Secret, or that is not certain to be one: such a
    Secret is used, and its absence is no fault.
    """

    namespace: str
    name: str
    how: ConsumerKind
    span: Span
    optional: bool
    resource: ResourceId


@dataclass(frozen=True, slots=True)
class LabelSelector:
    """A Kubernetes label selector; values may hold the wildcards of Kyverno.

    ``expressions`` are keys, operators and values.
    """

    labels: tuple[tuple[str, str], ...] = ()
    expressions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()

    def matches(self, labels: Labels[str, str]) -> bool:
        """Whether a resource with these labels is selected."""
        exact = all(_has(labels, key, value) for key, value in self.labels)
        return exact and all(_satisfies(labels, *parts) for parts in self.expressions)


def _has(labels: Labels[str, str], key: str, value: str) -> bool:
    return any(fnmatchcase(k, key) and fnmatchcase(v, value) for k, v in labels.items())


def _satisfies(labels: Labels[str, str], key: str, operator: str, values: tuple[str, ...]) -> bool:
    match operator:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
        case _:
            return False


@dataclass(frozen=True, slots=True)
class NamespaceFilter:
    """Some of a cluster's namespaces: by name (wildcards, or regular expressions) and by label."""

    names: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    selector: LabelSelector | None = None

    def matches(self, namespace: str, labels: Labels[str, str]) -> bool:
        """Whether a namespace is one of them."""
        if self.names and not any(fnmatchcase(namespace, name) for name in self.names):
            return False
        if self.patterns and not any(_fits(namespace, pattern) for pattern in self.patterns):
            return False
        return self.selector is None or self.selector.matches(labels)


def _fits(namespace: str, pattern: str) -> bool:
    """A repository's own regular expression; what is no plain list of names matches cautiously."""
    if not re.fullmatch(r"[\w.*|()\\-]*", pattern):
        return True
    simple = pattern.replace("\\", "").replace("(", "").replace(")", "").replace(".*", "*")
    return any(fnmatchcase(namespace, part) for part in simple.split("|"))


@dataclass(frozen=True, slots=True)
class ClonePolicy:
    """What copies a Secret into other namespaces, or makes one there (``generated``).

    The source is named, or chosen by ``selector`` among the Secrets of ``source_namespace`` (any
    namespace where that is empty). ``included`` and ``excluded`` are alternatives, each a
    conjunction of filters. A ``clone_name`` is set where the copy is not called like its source.
    """

    span: Span
    resource: ResourceId
    source_namespace: str = ""
    source_name: str = ""
    selector: LabelSelector | None = None
    clone_name: str = ""
    generated: bool = False
    included: tuple[tuple[NamespaceFilter, ...], ...] = ()
    excluded: tuple[tuple[NamespaceFilter, ...], ...] = ()

    def selects(self, producer: SecretProducer) -> bool:
        """Whether the policy copies the Secret that a producer brings."""
        if self.generated or (self.source_namespace or producer.namespace) != producer.namespace:
            return False
        if self.source_name and not fnmatchcase(producer.name, self.source_name):
            return False
        if self.selector is None:
            return bool(self.source_name)
        return self.selector.matches(dict(producer.labels))

    def reaches(self, namespace: str, labels: Labels[str, str]) -> bool:
        """Whether copies go into a namespace."""
        return _any(self.included, namespace, labels) and not _any(self.excluded, namespace, labels)

    def name_of_copy(self, producer: SecretProducer) -> str:
        """What the copy of a Secret is called."""
        return self.clone_name or producer.name


def _any(
    groups: tuple[tuple[NamespaceFilter, ...], ...], namespace: str, labels: Labels[str, str]
) -> bool:
    return any(all(one.matches(namespace, labels) for one in group) for group in groups)
