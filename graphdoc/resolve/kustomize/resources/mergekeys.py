"""Which lists of the built-in types a strategic merge patch merges, and by which keys.

From the API that Kustomize 5.8.1 carries (Kubernetes 1.21). Lists that are not here, and all lists
of types that are not here, are replaced as a whole.
"""

import re
from collections.abc import Callable, Iterator
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
# Each type with its fields, their own types after a colon, the merge keys of lists in brackets.
_FIELDS_OF_TYPES = """
ObjectMeta  finalizers[] ownerReferences[uid]
Conditions  conditions[type]
LabelSelector  matchExpressions:LabelSelectorRequirement
Webhook  namespaceSelector:LabelSelector objectSelector:LabelSelector
MutatingWebhookConfiguration  webhooks:Webhook[name]
ValidatingWebhookConfiguration  webhooks:Webhook[name]
APIService  status:Conditions
ComponentStatus  conditions[type]
Namespace  status:Conditions
CSINode  spec:CSINodeSpec
CSINodeSpec  drivers[name]
CSIStorageCapacity  nodeTopology:LabelSelector
ClusterRole  aggregationRule:AggregationRule
AggregationRule  clusterRoleSelectors:LabelSelector
CronJob  spec:CronJobSpec
CronJobSpec  jobTemplate:JobTemplateSpec
JobTemplateSpec  metadata:ObjectMeta spec:WorkloadSpec
WorkloadSpec  selector:LabelSelector template:PodTemplateSpec
StatefulSetSpec  selector:LabelSelector template:PodTemplateSpec
    volumeClaimTemplates:PersistentVolumeClaim
DaemonSet  spec:WorkloadSpec status:Conditions
Deployment  spec:WorkloadSpec status:Conditions
Job  spec:WorkloadSpec status:Conditions
ReplicaSet  spec:WorkloadSpec status:Conditions
ReplicationController  spec:ReplicationControllerSpec status:Conditions
ReplicationControllerSpec  template:PodTemplateSpec
StatefulSet  spec:StatefulSetSpec status:Conditions
NetworkPolicy  spec:NetworkPolicySpec
NetworkPolicySpec  egress:NetworkPolicyRule ingress:NetworkPolicyRule podSelector:LabelSelector
NetworkPolicyRule  to:NetworkPolicyPeer from:NetworkPolicyPeer
NetworkPolicyPeer  namespaceSelector:LabelSelector podSelector:LabelSelector
Node  spec:NodeSpec status:NodeStatus
NodeSpec  podCIDRs[]
NodeStatus  conditions[type] addresses[type]
PersistentVolumeClaim  metadata:ObjectMeta spec:PersistentVolumeClaimSpec status:Conditions
PersistentVolumeClaimSpec  selector:LabelSelector
PodDisruptionBudget  spec:PodDisruptionBudgetSpec status:Conditions
PodDisruptionBudgetSpec  selector:LabelSelector
Pod  spec:PodSpec status:PodStatus
PodStatus  conditions[type] podIPs[ip]
PodTemplate  template:PodTemplateSpec
PodTemplateSpec  metadata:ObjectMeta spec:PodSpec
PodSpec  affinity:Affinity containers:Container[name]
    ephemeralContainers:EphemeralContainer[name] hostAliases[ip] imagePullSecrets[name]
    initContainers:Container[name]
    topologySpreadConstraints:TopologySpreadConstraint[topologyKey,whenUnsatisfiable]
    volumes:Volume[name]
Affinity  podAffinity:PodAffinity podAntiAffinity:PodAffinity
PodAffinity  preferredDuringSchedulingIgnoredDuringExecution:WeightedPodAffinityTerm
    requiredDuringSchedulingIgnoredDuringExecution:PodAffinityTerm
WeightedPodAffinityTerm  podAffinityTerm:PodAffinityTerm
PodAffinityTerm  labelSelector:LabelSelector namespaceSelector:LabelSelector
Container  env[name] volumeDevices[devicePath] volumeMounts[mountPath]
    ports[containerPort,protocol]
EphemeralContainer  env[name] volumeDevices[devicePath] volumeMounts[mountPath]
TopologySpreadConstraint  labelSelector:LabelSelector
Volume  ephemeral:EphemeralVolumeSource
EphemeralVolumeSource  volumeClaimTemplate:PersistentVolumeClaim
Service  spec:ServiceSpec status:Conditions
ServiceSpec  ports[port,protocol]
ServiceAccount  secrets[name]
"""
# Each group with its versions, and the types in them.
_KINDS = """
core/v1  Binding ComponentStatus ConfigMap Endpoints Event LimitRange Namespace Node
    PersistentVolume PersistentVolumeClaim Pod PodTemplate ReplicationController ResourceQuota
    Secret Service ServiceAccount
apps/v1  ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet
batch/v1  CronJob Job
batch/v1beta1  CronJob
policy/v1  PodDisruptionBudget
policy/v1beta1  Eviction PodDisruptionBudget PodSecurityPolicy
autoscaling/v1  HorizontalPodAutoscaler Scale
autoscaling/v2beta1,v2beta2  HorizontalPodAutoscaler
networking.k8s.io/v1  Ingress IngressClass NetworkPolicy
networking.k8s.io/v1beta1  Ingress IngressClass
extensions/v1beta1  Ingress
rbac.authorization.k8s.io/v1,v1beta1  ClusterRole ClusterRoleBinding Role RoleBinding
storage.k8s.io/v1  CSIDriver CSINode StorageClass VolumeAttachment
storage.k8s.io/v1beta1  CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment
scheduling.k8s.io/v1,v1beta1  PriorityClass
node.k8s.io/v1,v1beta1  RuntimeClass
coordination.k8s.io/v1,v1beta1  Lease
discovery.k8s.io/v1,v1beta1  EndpointSlice
events.k8s.io/v1,v1beta1  Event
certificates.k8s.io/v1,v1beta1  CertificateSigningRequest
flowcontrol.apiserver.k8s.io/v1beta1  FlowSchema PriorityLevelConfiguration
apiregistration.k8s.io/v1,v1beta1  APIService
apiextensions.k8s.io/v1,v1beta1  CustomResourceDefinition
admissionregistration.k8s.io/v1,v1beta1  MutatingWebhookConfiguration
    ValidatingWebhookConfiguration
"""
_CELL = re.compile(r"(?P<name>\w+)(?::(?P<type>\w+))?(?:\[(?P<keys>[\w,]*)\])?$")


def _rows(table: str) -> Iterator[tuple[str, list[str]]]:
    for row in table.replace("\n    ", " ").split("\n")[1:-1]:
        first, *cells = row.split()
        yield first, cells


def _named_field(cell: str) -> tuple[str, Field]:
    found = _CELL.match(cell)
    assert found is not None, cell
    keys = found["keys"]
    return found["name"], Field(
        found["type"] or "", tuple(filter(None, keys.split(","))) if keys is not None else None
    )


_FIELDS = {name: dict(map(_named_field, cells)) for name, cells in _rows(_FIELDS_OF_TYPES)}
_KNOWN = frozenset(
    (f"{place.partition('/')[0]}/{version}".removeprefix("core/"), kind)
    for place, kinds in _rows(_KINDS)
    for version in place.partition("/")[2].split(",")
    for kind in kinds
)


def shape_of_type(gvk: Gvk) -> Shape | None:
    """What is known of a built-in type; ``None`` for every other type."""
    return _Resource(gvk.kind) if (gvk.api_version, gvk.kind) in _KNOWN else None
