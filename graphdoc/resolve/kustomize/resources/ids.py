"""How Kustomize tells resources apart while it builds: group, version, kind, namespace and name.

A build remembers every id that a resource has had, because patches and references still use them.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from graphdoc.model.node import Mapping, Node, Scalar
from graphdoc.resolve.kustomize.resources.trees import text_of

__all__ = [
    "CLUSTER", "Gvk", "Id", "Item", "PreviousId", "Settle", "effective_namespace", "gvk_of",
    "is_cluster_scoped",
]  # fmt: skip

Settle: TypeAlias = Callable[[Mapping], Mapping]

CLUSTER = "_non_namespaceable_"

_WEBHOOKS = "MutatingWebhookConfiguration ValidatingWebhookConfiguration"
_CLUSTER_SCOPED = {
    "v1": "ComponentStatus Namespace Node NodeProxyOptions PersistentVolume",
    "admissionregistration.k8s.io/v1": _WEBHOOKS,
    "admissionregistration.k8s.io/v1beta1": _WEBHOOKS,
    "apiextensions.k8s.io/v1": "CustomResourceDefinition",
    "apiextensions.k8s.io/v1beta1": "CustomResourceDefinition",
    "apiregistration.k8s.io/v1": "APIService",
    "apiregistration.k8s.io/v1beta1": "APIService",
    "certificates.k8s.io/v1": "CertificateSigningRequest",
    "certificates.k8s.io/v1beta1": "CertificateSigningRequest",
    "flowcontrol.apiserver.k8s.io/v1beta1": "FlowSchema PriorityLevelConfiguration",
    "networking.k8s.io/v1": "IngressClass",
    "networking.k8s.io/v1beta1": "IngressClass",
    "node.k8s.io/v1": "RuntimeClass",
    "node.k8s.io/v1beta1": "RuntimeClass",
    "policy/v1beta1": "PodSecurityPolicy",
    "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding",
    "rbac.authorization.k8s.io/v1beta1": "ClusterRole ClusterRoleBinding",
    "scheduling.k8s.io/v1": "PriorityClass",
    "scheduling.k8s.io/v1beta1": "PriorityClass",
    "storage.k8s.io/v1": "CSIDriver CSINode StorageClass VolumeAttachment",
    "storage.k8s.io/v1beta1": "CSIDriver CSINode StorageClass VolumeAttachment",
}
_CLUSTER_SCOPED_TYPES = frozenset(
    (version, kind) for version, kinds in _CLUSTER_SCOPED.items() for kind in kinds.split()
)


class Gvk(NamedTuple):
    """Group, version and kind; an empty part of a selector matches everything."""

    group: str
    version: str
    kind: str

    @property
    def api_version(self) -> str:
        """As ``apiVersion`` writes it."""
        return f"{self.group}/{self.version}" if self.group else self.version

    def is_selected_by(self, selector: "Gvk") -> bool:
        """Whether every part that the selector names is the same."""
        group, version, kind = selector
        return (
            (not kind or kind == self.kind)
            and (not group or group == self.group)
            and (not version or version == self.version)
        )


class Id(NamedTuple):
    """What two resources may not share within one build."""

    gvk: Gvk
    namespace: str
    name: str

    def __str__(self) -> str:
        where = "" if self.namespace in {CLUSTER, "default"} else f"{self.namespace}/"
        return f"{self.gvk.kind}/{where}{self.name}"


class PreviousId(NamedTuple):
    """An id that a resource had before a transformer changed it."""

    kind: str
    namespace: str
    name: str


class Item(NamedTuple):
    """One resource within a build.

    ``is_restyled``: a JSON patch has written it anew, without the quotes that it did not need.
    ``is_from_helm``: a chart brought it, so that it keeps the namespace that Helm gave it.
    ``shared``: values that stand in several places and are one to Kustomize.
    """

    manifest: Mapping
    previous: tuple[PreviousId, ...] = ()
    prefixes: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    behavior: str = ""
    needs_hash: bool = False
    variables: tuple[str, ...] = ()
    is_restyled: bool = False
    is_from_helm: bool = False
    shared: tuple[Scalar, ...] = ()

    def with_manifest(self, manifest: Mapping) -> "Item":
        """The same resource, changed; ``_replace`` takes three times as long."""
        return tuple.__new__(Item, (manifest, *self[1:]))

    @property
    def gvk(self) -> Gvk:
        """The type that it has now."""
        return gvk_of(self.manifest)

    @property
    def name(self) -> str:
        """The name that it has now."""
        return text_of(self.manifest.find("metadata", "name"))

    @property
    def namespace(self) -> str:
        """The namespace that it has now, as written."""
        return text_of(self.manifest.find("metadata", "namespace"))

    @property
    def id(self) -> Id:
        """The id that it has now."""
        gvk, metadata = gvk_of(self.manifest), self.manifest.entries.get("metadata")
        if not isinstance(metadata, Mapping):
            return Id(gvk, effective_namespace(gvk, ""), "")
        entries = metadata.entries
        namespace = effective_namespace(gvk, text_of(entries.get("namespace")))
        return Id(gvk, namespace, text_of(entries.get("name")))

    @property
    def previous_ids(self) -> tuple[Id, ...]:
        """The ids that it had, oldest first."""
        group, version, _ = self.gvk
        return tuple(Id(Gvk(group, version, p.kind), p.namespace, p.name) for p in self.previous)

    @property
    def original_gvk(self) -> Gvk:
        """The type that it was written with."""
        gvk = self.gvk
        return gvk._replace(kind=self.previous[0].kind) if self.previous else gvk

    @property
    def original_id(self) -> Id:
        """The id that it was written with."""
        if not self.previous:
            return self.id
        _, namespace, name = self.previous[0]
        return Id(self.original_gvk, namespace, name)

    @property
    def ids(self) -> tuple[Id, ...]:
        """Every id that it has or had."""
        return (*self.previous_ids, self.id) if self.previous else (self.id,)

    def has_ids_of(self, other: "Item") -> bool:
        """Whether nothing has changed that its ids depend on."""
        mine, theirs = self.manifest.entries, other.manifest.entries
        return self.previous is other.previous and (
            mine is theirs
            or (
                mine.get("kind") is theirs.get("kind")
                and mine.get("apiVersion") is theirs.get("apiVersion")
                and _names_alike(mine.get("metadata"), theirs.get("metadata"))
            )
        )

    def remember(self) -> "Item":
        """The same, its present id among the previous ones; once, however many patches follow."""
        gvk, namespace, name = self.id
        present = PreviousId(gvk.kind, namespace, name)
        if present in self.previous[-1:]:
            return self
        return self._replace(previous=(*self.previous, present))


def _names_alike(metadata: Node | None, other: Node | None) -> bool:
    """Whether name and namespace are the same, which labels and annotations leave as they are."""
    if metadata is other:
        return True
    if not isinstance(metadata, Mapping) or not isinstance(other, Mapping):
        return False
    mine, theirs = metadata.entries, other.entries
    return mine.get("name") is theirs.get("name") and (
        mine.get("namespace") is theirs.get("namespace")
    )


def gvk_of(manifest: Mapping) -> Gvk:
    """The type that a manifest states."""
    api_version, kind = manifest.entries.get("apiVersion"), manifest.entries.get("kind")
    if isinstance(api_version, Scalar) and isinstance(kind, Scalar):
        return _gvk(api_version.text, kind.text)
    return _gvk(text_of(api_version), text_of(kind))


@lru_cache(maxsize=4096)
def _gvk(api_version: str, kind: str) -> Gvk:
    group, slash, version = api_version.partition("/")
    return Gvk(group, version, kind) if slash else Gvk("", group, kind)


@lru_cache(maxsize=4096)
def is_cluster_scoped(gvk: Gvk) -> bool:
    """Whether Kustomize knows that resources of the type have no namespace."""
    return (gvk.api_version, gvk.kind) in _CLUSTER_SCOPED_TYPES


def effective_namespace(gvk: Gvk, namespace: str) -> str:
    """What Kustomize compares instead of the namespace."""
    if is_cluster_scoped(gvk):
        return CLUSTER
    return namespace or "default"
