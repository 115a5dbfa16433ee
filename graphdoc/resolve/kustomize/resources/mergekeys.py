"""Which lists of the built-in types a strategic merge patch merges, and by which keys.

From the API that Kustomize 5.8.1 carries (Kubernetes 1.21). Lists that are not here, and all lists
of types that are not here, are replaced as a whole.
"""

from collections.abc import Callable
from typing import NamedTuple, Protocol, TypeAlias

from graphdoc.resolve.kustomize.resources.ids import Gvk

__all__ = ["Field", "FindShape", "Shape", "shape_of_type"]


class Shape(Protocol):
    """What a schema says of one place in a resource."""

    @property
    def keys(self) -> tuple[str, ...] | None:
        """The merge keys of a list; ``None`` for a list that is replaced."""

    def field(self, name: str) -> "Shape | None":
        """What it says of a field; ``None`` where it says nothing."""

    def element(self) -> "Shape | None":
        """What it says of each entry of a list."""


FindShape: TypeAlias = Callable[[Gvk], Shape | None]


class Field(NamedTuple):
    """A place in a built-in type: what lies below, and merge keys."""

    type: str = ""
    keys: tuple[str, ...] | None = None

    def field(self, name: str) -> Shape | None:
        """Every field is known; most lead to no merged list."""
        return _FIELDS.get(self.type, _NOTHING).get(name, _PLAIN)

    def element(self) -> Shape | None:
        """An entry, which is no merged list itself."""
        return Field(self.type)


class _Resource(Field):
    """A built-in type as a whole."""

    def field(self, name: str) -> Shape | None:
        return _METADATA if name == "metadata" else super().field(name)


_PLAIN = Field()
_METADATA = Field("ObjectMeta")
_NOTHING: dict[str, Field] = {}

_CONDITIONS = {"conditions": Field("", ("type",))}
_STATUS = {"status": Field("Conditions")}
_WEBHOOKS = {"webhooks": Field("Webhook", ("name",))}
_SELECTOR = {"selector": Field("LabelSelector")}
_TEMPLATE = {"template": Field("PodTemplateSpec")}
_AFFINITY = {
    "preferredDuringSchedulingIgnoredDuringExecution": Field("WeightedPodAffinityTerm"),
    "requiredDuringSchedulingIgnoredDuringExecution": Field("PodAffinityTerm"),
}
_DEVICES = {
    "env": Field("", ("name",)),
    "volumeDevices": Field("", ("devicePath",)),
    "volumeMounts": Field("", ("mountPath",)),
}

_FIELDS: dict[str, dict[str, Field]] = {
    "ObjectMeta": {"finalizers": Field("", ()), "ownerReferences": Field("", ("uid",))},
    "Object": {},
    "Conditions": _CONDITIONS,
    "LabelSelector": {"matchExpressions": Field("LabelSelectorRequirement")},
    "Webhook": {
        "namespaceSelector": Field("LabelSelector"),
        "objectSelector": Field("LabelSelector"),
    },
    "MutatingWebhookConfiguration": _WEBHOOKS,
    "ValidatingWebhookConfiguration": _WEBHOOKS,
    "APIService": _STATUS,
    "ComponentStatus": _CONDITIONS,
    "Namespace": _STATUS,
    "CSINode": {"spec": Field("CSINodeSpec")},
    "CSINodeSpec": {"drivers": Field("", ("name",))},
    "CSIStorageCapacity": {"nodeTopology": Field("LabelSelector")},
    "ClusterRole": {"aggregationRule": Field("AggregationRule")},
    "AggregationRule": {"clusterRoleSelectors": Field("LabelSelector")},
    "CronJob": {"spec": Field("CronJobSpec")},
    "CronJobSpec": {"jobTemplate": Field("JobTemplateSpec")},
    "JobTemplateSpec": {"metadata": Field("ObjectMeta"), "spec": Field("WorkloadSpec")},
    "WorkloadSpec": {**_SELECTOR, **_TEMPLATE},
    "StatefulSetSpec": {
        **_SELECTOR,
        **_TEMPLATE,
        "volumeClaimTemplates": Field("PersistentVolumeClaim"),
    },
    "DaemonSet": {"spec": Field("WorkloadSpec"), **_STATUS},
    "Deployment": {"spec": Field("WorkloadSpec"), **_STATUS},
    "Job": {"spec": Field("WorkloadSpec"), **_STATUS},
    "ReplicaSet": {"spec": Field("WorkloadSpec"), **_STATUS},
    "ReplicationController": {"spec": Field("ReplicationControllerSpec"), **_STATUS},
    "ReplicationControllerSpec": _TEMPLATE,
    "StatefulSet": {"spec": Field("StatefulSetSpec"), **_STATUS},
    "NetworkPolicy": {"spec": Field("NetworkPolicySpec")},
    "NetworkPolicySpec": {
        "egress": Field("NetworkPolicyRule"),
        "ingress": Field("NetworkPolicyRule"),
        "podSelector": Field("LabelSelector"),
    },
    "NetworkPolicyRule": {"to": Field("NetworkPolicyPeer"), "from": Field("NetworkPolicyPeer")},
    "NetworkPolicyPeer": {
        "namespaceSelector": Field("LabelSelector"),
        "podSelector": Field("LabelSelector"),
    },
    "Node": {"spec": Field("NodeSpec"), "status": Field("NodeStatus")},
    "NodeSpec": {"podCIDRs": Field("", ())},
    "NodeStatus": {**_CONDITIONS, "addresses": Field("", ("type",))},
    "PersistentVolumeClaim": {
        "metadata": Field("ObjectMeta"),
        "spec": Field("PersistentVolumeClaimSpec"),
        **_STATUS,
    },
    "PersistentVolumeClaimSpec": _SELECTOR,
    "PodDisruptionBudget": {"spec": Field("PodDisruptionBudgetSpec"), **_STATUS},
    "PodDisruptionBudgetSpec": _SELECTOR,
    "Pod": {"spec": Field("PodSpec"), "status": Field("PodStatus")},
    "PodStatus": {**_CONDITIONS, "podIPs": Field("", ("ip",))},
    "PodTemplate": _TEMPLATE,
    "PodTemplateSpec": {"metadata": Field("ObjectMeta"), "spec": Field("PodSpec")},
    "PodSpec": {
        "affinity": Field("Affinity"),
        "containers": Field("Container", ("name",)),
        "ephemeralContainers": Field("EphemeralContainer", ("name",)),
        "hostAliases": Field("", ("ip",)),
        "imagePullSecrets": Field("", ("name",)),
        "initContainers": Field("Container", ("name",)),
        "topologySpreadConstraints": Field(
            "TopologySpreadConstraint", ("topologyKey", "whenUnsatisfiable")
        ),
        "volumes": Field("Volume", ("name",)),
    },
    "Affinity": {"podAffinity": Field("PodAffinity"), "podAntiAffinity": Field("PodAffinity")},
    "PodAffinity": _AFFINITY,
    "WeightedPodAffinityTerm": {"podAffinityTerm": Field("PodAffinityTerm")},
    "PodAffinityTerm": {
        "labelSelector": Field("LabelSelector"),
        "namespaceSelector": Field("LabelSelector"),
    },
    "Container": {**_DEVICES, "ports": Field("", ("containerPort", "protocol"))},
    "EphemeralContainer": _DEVICES,
    "TopologySpreadConstraint": {"labelSelector": Field("LabelSelector")},
    "Volume": {"ephemeral": Field("EphemeralVolumeSource")},
    "EphemeralVolumeSource": {"volumeClaimTemplate": Field("PersistentVolumeClaim")},
    "Service": {"spec": Field("ServiceSpec"), **_STATUS},
    "ServiceSpec": {"ports": Field("", ("port", "protocol"))},
    "ServiceAccount": {"secrets": Field("", ("name",))},
}

_WEBHOOK_TYPES = "MutatingWebhookConfiguration ValidatingWebhookConfiguration"
_TYPES = {
    "v1": (
        "Binding ComponentStatus ConfigMap Endpoints Event LimitRange Namespace Node "
        "PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController "
        "ResourceQuota Secret Service ServiceAccount"
    ),
    "apps/v1": "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet",
    "batch/v1": "CronJob Job",
    "batch/v1beta1": "CronJob",
    "policy/v1": "PodDisruptionBudget",
    "policy/v1beta1": "Eviction PodDisruptionBudget PodSecurityPolicy",
    "autoscaling/v1": "HorizontalPodAutoscaler Scale",
    "autoscaling/v2beta1": "HorizontalPodAutoscaler",
    "autoscaling/v2beta2": "HorizontalPodAutoscaler",
    "networking.k8s.io/v1": "Ingress IngressClass NetworkPolicy",
    "networking.k8s.io/v1beta1": "Ingress IngressClass",
    "extensions/v1beta1": "Ingress",
    "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding Role RoleBinding",
    "rbac.authorization.k8s.io/v1beta1": "ClusterRole ClusterRoleBinding Role RoleBinding",
    "storage.k8s.io/v1": "CSIDriver CSINode StorageClass VolumeAttachment",
    "storage.k8s.io/v1beta1": "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment",
    "scheduling.k8s.io/v1": "PriorityClass",
    "scheduling.k8s.io/v1beta1": "PriorityClass",
    "node.k8s.io/v1": "RuntimeClass",
    "node.k8s.io/v1beta1": "RuntimeClass",
    "coordination.k8s.io/v1": "Lease",
    "coordination.k8s.io/v1beta1": "Lease",
    "discovery.k8s.io/v1": "EndpointSlice",
    "discovery.k8s.io/v1beta1": "EndpointSlice",
    "events.k8s.io/v1": "Event",
    "events.k8s.io/v1beta1": "Event",
    "certificates.k8s.io/v1": "CertificateSigningRequest",
    "certificates.k8s.io/v1beta1": "CertificateSigningRequest",
    "flowcontrol.apiserver.k8s.io/v1beta1": "FlowSchema PriorityLevelConfiguration",
    "apiregistration.k8s.io/v1": "APIService",
    "apiregistration.k8s.io/v1beta1": "APIService",
    "apiextensions.k8s.io/v1": "CustomResourceDefinition",
    "apiextensions.k8s.io/v1beta1": "CustomResourceDefinition",
    "admissionregistration.k8s.io/v1": _WEBHOOK_TYPES,
    "admissionregistration.k8s.io/v1beta1": _WEBHOOK_TYPES,
}
_KNOWN = frozenset((version, kind) for version, kinds in _TYPES.items() for kind in kinds.split())


def shape_of_type(gvk: Gvk) -> Shape | None:
    """What is known of a built-in type; ``None`` for every other type."""
    return _Resource(gvk.kind) if (gvk.api_version, gvk.kind) in _KNOWN else None
