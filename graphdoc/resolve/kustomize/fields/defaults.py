"""The fields that Kustomize's transformers change in the types it knows.

Facts of Kustomize 5.8.1, written down by type and by what pod templates share.
"""

from typing import NamedTuple

from graphdoc.model.dataclass import dataclass
from graphdoc.resolve.kustomize.fields.fieldspec import FieldSpec, merge_specs, spec
from graphdoc.resolve.kustomize.resources.ids import Gvk
from graphdoc.resolve.kustomize.resources.order import type_rank

__all__ = ["DEFAULTS", "NameReference", "TransformerConfig"]


class NameReference(NamedTuple):
    """The fields that name resources of one type."""

    target: Gvk
    referrers: tuple[FieldSpec, ...]


@dataclass(frozen=True, slots=True)
class TransformerConfig:
    """Every field spec by transformer, as ``configurations`` may extend them."""

    name_prefix: tuple[FieldSpec, ...] = ()
    name_suffix: tuple[FieldSpec, ...] = ()
    namespace: tuple[FieldSpec, ...] = ()
    common_labels: tuple[FieldSpec, ...] = ()
    labels: tuple[FieldSpec, ...] = ()
    template_labels: tuple[FieldSpec, ...] = ()
    common_annotations: tuple[FieldSpec, ...] = ()
    images: tuple[FieldSpec, ...] = ()
    replicas: tuple[FieldSpec, ...] = ()
    var_references: tuple[FieldSpec, ...] = ()
    name_references: tuple[NameReference, ...] = ()

    def merge(self, other: "TransformerConfig") -> "TransformerConfig":
        """Both together."""
        if other is self or other == _EMPTY:
            return self
        return TransformerConfig(
            _merge(self.name_prefix, other.name_prefix),
            _merge(self.name_suffix, other.name_suffix),
            _merge(self.namespace, other.namespace),
            _merge(self.common_labels, other.common_labels),
            _merge(self.labels, other.labels),
            _merge(self.template_labels, other.template_labels),
            _merge(self.common_annotations, other.common_annotations),
            _merge(self.images, other.images),
            _merge(self.replicas, other.replicas),
            _merge(self.var_references, other.var_references),
            _merge_references(self.name_references, other.name_references),
        )


_EMPTY = TransformerConfig()


def _merge(known: tuple[FieldSpec, ...], more: tuple[FieldSpec, ...]) -> tuple[FieldSpec, ...]:
    """Both, sorted: what stands first may say already what a later one says."""
    return _sorted(merge_specs(known, _sorted(more)))


def _sorted(specs: tuple[FieldSpec, ...]) -> tuple[FieldSpec, ...]:
    return tuple(sorted(specs, key=lambda field: type_rank(field.gvk)))


def _merge_references(
    known: tuple[NameReference, ...], more: tuple[NameReference, ...]
) -> tuple[NameReference, ...]:
    merged = {reference.target: reference.referrers for reference in known}
    for target, referrers in sorted(more, key=lambda reference: type_rank(reference.target)):
        is_known = target in merged
        merged[target] = merge_specs(merged[target], referrers) if is_known else referrers
    ordered = sorted(merged.items(), key=lambda pair: type_rank(pair[0]))
    return tuple(NameReference(*pair) for pair in ordered)


_TEMPLATE = "spec/template"
_JOB = "spec/jobTemplate/spec/template"

# Whose pods Kustomize looks into for ConfigMaps and Secrets, and for the rest.
_CONFIG_PODS = (
    ("|v1|Pod", "spec"), ("PodTemplate", "template/spec"), ("Deployment", f"{_TEMPLATE}/spec"),
    ("ReplicaSet", f"{_TEMPLATE}/spec"), ("DaemonSet", f"{_TEMPLATE}/spec"),
    ("StatefulSet", f"{_TEMPLATE}/spec"), ("Job", f"{_TEMPLATE}/spec"), ("CronJob", f"{_JOB}/spec"),
)  # fmt: skip
_PODS = (
    ("Pod", "spec"), ("StatefulSet", f"{_TEMPLATE}/spec"), ("Deployment", f"{_TEMPLATE}/spec"),
    ("ReplicationController", f"{_TEMPLATE}/spec"), ("CronJob", f"{_JOB}/spec"),
    ("Job", f"{_TEMPLATE}/spec"), ("DaemonSet", f"{_TEMPLATE}/spec"),
)  # fmt: skip
_RBAC = "rbac.authorization.k8s.io"
_ADMISSION = "admissionregistration.k8s.io"


def _in_pods(pods: tuple[tuple[str, str], ...], *paths: str) -> tuple[FieldSpec, ...]:
    return tuple(spec(f"{pod}/{path}", types) for types, pod in pods for path in paths)


def _config_paths(volume: str, kind: str) -> tuple[str, ...]:
    return (
        volume,
        f"containers/env/valueFrom/{kind}KeyRef/name",
        f"initContainers/env/valueFrom/{kind}KeyRef/name",
        f"containers/envFrom/{kind}Ref/name",
        f"initContainers/envFrom/{kind}Ref/name",
        f"volumes/projected/sources/{kind}/name",
    )


_SCALED = (spec("spec/scaleTargetRef/name", "HorizontalPodAutoscaler"),)
_RULES = (spec("rules/resourceNames", "Role"), spec("rules/resourceNames", "ClusterRole"))
_INGRESS = "metadata/annotations/{}ingress.kubernetes.io\\/{}"

_NAME_REFERENCES = (
    NameReference(Gvk("", "", "Deployment"), _SCALED),
    NameReference(Gvk("", "", "ReplicationController"), _SCALED),
    NameReference(Gvk("", "", "ReplicaSet"), _SCALED),
    NameReference(Gvk("", "", "StatefulSet"), _SCALED),
    NameReference(
        Gvk("", "v1", "ConfigMap"),
        (
            *_in_pods(_CONFIG_PODS, *_config_paths("volumes/configMap/name", "configMap")),
            spec("spec/configSource/configMap", "Node"),
            *_RULES,
            spec(_INGRESS.format("nginx.", "fastcgi-params-configmap"), "Ingress"),
        ),
    ),
    NameReference(
        Gvk("", "v1", "Secret"),
        (
            *_in_pods(_CONFIG_PODS, *_config_paths("volumes/secret/secretName", "secret")),
            *_in_pods(_CONFIG_PODS, "imagePullSecrets/name"),
            spec("spec/tls/secretName", "Ingress"),
            spec(_INGRESS.format("", "auth-secret"), "Ingress"),
            spec(_INGRESS.format("nginx.", "auth-secret"), "Ingress"),
            spec(_INGRESS.format("nginx.", "auth-tls-secret"), "Ingress"),
            spec("imagePullSecrets/name", "ServiceAccount"),
            *(
                spec(f"parameters/{name}", "StorageClass")
                for name in ("secretName", "adminSecretName", "userSecretName", "secretRef")
            ),
            *_RULES,
            spec(
                "spec/template/spec/containers/env/valueFrom/secretKeyRef/name",
                "serving.knative.dev|v1|Service",
            ),
            spec("spec/azureFile/secretName", "PersistentVolume"),
        ),
    ),
    NameReference(
        Gvk("", "v1", "Service"),
        (
            spec("spec/serviceName", "apps||StatefulSet"),
            spec("spec/rules/http/paths/backend/serviceName", "Ingress"),
            spec("spec/backend/serviceName", "Ingress"),
            spec("spec/rules/http/paths/backend/service/name", "Ingress"),
            spec("spec/defaultBackend/service/name", "Ingress"),
            spec("spec/service/name", "apiregistration.k8s.io||APIService"),
            spec("webhooks/clientConfig/service", f"{_ADMISSION}||ValidatingWebhookConfiguration"),
            spec("webhooks/clientConfig/service", f"{_ADMISSION}||MutatingWebhookConfiguration"),
        ),
    ),
    NameReference(Gvk(_RBAC, "", "Role"), (spec("roleRef/name", f"{_RBAC}||RoleBinding"),)),
    NameReference(
        Gvk(_RBAC, "", "ClusterRole"),
        (
            spec("roleRef/name", f"{_RBAC}||RoleBinding"),
            spec("roleRef/name", f"{_RBAC}||ClusterRoleBinding"),
        ),
    ),
    NameReference(
        Gvk("", "v1", "ServiceAccount"),
        (
            spec("subjects", f"{_RBAC}||RoleBinding"),
            spec("subjects", f"{_RBAC}||ClusterRoleBinding"),
            *_in_pods(_PODS, "serviceAccountName"),
        ),
    ),
    NameReference(
        Gvk("", "v1", "PersistentVolumeClaim"),
        _in_pods(_PODS, "volumes/persistentVolumeClaim/claimName"),
    ),
    NameReference(
        Gvk("", "v1", "PersistentVolume"),
        (
            spec("spec/volumeName", "PersistentVolumeClaim"),
            spec("rules/resourceNames", "ClusterRole"),
        ),
    ),
    NameReference(
        Gvk("storage.k8s.io", "v1", "StorageClass"),
        (
            spec("spec/storageClassName", "PersistentVolume"),
            spec("spec/storageClassName", "PersistentVolumeClaim"),
            spec("spec/volumeClaimTemplates/spec/storageClassName", "StatefulSet"),
        ),
    ),
    NameReference(
        Gvk("scheduling.k8s.io", "v1", "PriorityClass"), _in_pods(_PODS, "priorityClassName")
    ),
    # The group is Kustomize's own slip; it matches no IngressClass, and so here too.
    NameReference(
        Gvk("networking.k8s.io/v1", "v1", "IngressClass"),
        (spec("spec/ingressClassName", "Ingress"),),
    ),
    NameReference(
        Gvk(_ADMISSION, "", "ValidatingAdmissionPolicy"),
        (spec("spec/policyName", f"{_ADMISSION}||ValidatingAdmissionPolicyBinding"),),
    ),
)


def _template_metadata(field: str, stateful_group: str) -> tuple[FieldSpec, ...]:
    path = f"{_TEMPLATE}/metadata/{field}"
    stateful = f"{stateful_group}||StatefulSet" if stateful_group else "StatefulSet"
    owners = ("|v1|ReplicationController", "Deployment", "ReplicaSet", "DaemonSet", stateful)
    return tuple(spec(path, types, create=True) for types in owners)


def _job_metadata(field: str) -> tuple[FieldSpec, ...]:
    return (
        spec(f"{_TEMPLATE}/metadata/{field}", "batch||Job", create=True),
        spec(f"spec/jobTemplate/metadata/{field}", "batch||CronJob", create=True),
        spec(f"{_JOB}/metadata/{field}", "batch||CronJob", create=True),
    )


def _affinity_selectors(kind: str) -> tuple[FieldSpec, ...]:
    scheduled = "DuringSchedulingIgnoredDuringExecution"
    paths = [
        path
        for affinity in ("podAffinity", "podAntiAffinity")
        for path in (
            f"affinity/{affinity}/preferred{scheduled}/podAffinityTerm/labelSelector/matchLabels",
            f"affinity/{affinity}/required{scheduled}/labelSelector/matchLabels",
        )
    ]
    paths.append("topologySpreadConstraints/labelSelector/matchLabels")
    return tuple(spec(f"{_TEMPLATE}/spec/{path}", f"apps||{kind}") for path in paths)


_METADATA_LABELS = (
    spec("metadata/labels", create=True),
    *_template_metadata("labels", "apps"),
    spec("spec/volumeClaimTemplates[]/metadata/labels", "apps||StatefulSet", create=True),
    *_job_metadata("labels"),
)
_SELECTOR = "spec/selector/matchLabels"
_COMMON_LABELS = (
    spec("spec/selector", "|v1|Service", create=True),
    spec("spec/selector", "|v1|ReplicationController", create=True),
    spec(_SELECTOR, "Deployment", create=True),
    *_affinity_selectors("Deployment"),
    spec(_SELECTOR, "ReplicaSet", create=True),
    spec(_SELECTOR, "DaemonSet", create=True),
    spec(_SELECTOR, "apps||StatefulSet", create=True),
    *_affinity_selectors("StatefulSet"),
    spec(_SELECTOR, "batch||Job"),
    spec("spec/jobTemplate/spec/selector/matchLabels", "batch||CronJob"),
    spec(_SELECTOR, "policy||PodDisruptionBudget"),
    spec("spec/podSelector/matchLabels", "networking.k8s.io||NetworkPolicy"),
    spec("spec/ingress/from/podSelector/matchLabels", "networking.k8s.io||NetworkPolicy"),
    spec("spec/egress/to/podSelector/matchLabels", "networking.k8s.io||NetworkPolicy"),
    *_METADATA_LABELS,
)
_VAR_PODS = (
    ("CronJob", f"{_JOB}/spec"), ("DaemonSet", f"{_TEMPLATE}/spec"),
    ("Deployment", f"{_TEMPLATE}/spec"), ("Job", f"{_TEMPLATE}/spec"), ("Pod", "spec"),
    ("ReplicaSet", f"{_TEMPLATE}/spec"), ("StatefulSet", f"{_TEMPLATE}/spec"),
)  # fmt: skip
_VAR_REFERENCES = (
    *_in_pods(
        _VAR_PODS,
        *(
            f"{containers}/{field}"
            for containers in ("containers", "initContainers")
            for field in ("args", "command", "env/value", "volumeMounts/mountPath")
        ),
    ),
    *_in_pods(
        tuple((k, p) for k, p in _VAR_PODS if k not in {"CronJob", "StatefulSet"}),
        "volumes/nfs/server",
    ),
    spec("spec/jobTemplate/spec/template/volumes/nfs/server", "CronJob"),
    spec("spec/template/metadata/annotations", "Deployment"),
    spec("spec/rules/host", "Ingress"),
    spec("spec/tls/hosts", "Ingress"),
    spec("spec/tls/secretName", "Ingress"),
    spec("spec/ports/port", "Service"),
    spec("spec/ports/targetPort", "Service"),
    spec("spec/volumeClaimTemplates/spec/nfs/server", "StatefulSet"),
    spec("spec/nfs/server", "PersistentVolume"),
    spec("metadata/labels"),
    spec("metadata/annotations"),
)

_WRITTEN = TransformerConfig(
    name_prefix=(spec("metadata/name"),),
    name_suffix=(spec("metadata/name"),),
    namespace=(
        spec("metadata/name", "Namespace", create=True),
        spec("spec/service/namespace", "apiregistration.k8s.io||APIService", create=True),
        spec(
            "spec/conversion/webhook/clientConfig/service/namespace",
            "apiextensions.k8s.io||CustomResourceDefinition",
        ),
    ),
    common_labels=_COMMON_LABELS,
    template_labels=_METADATA_LABELS,
    common_annotations=(
        spec("metadata/annotations", create=True),
        *_template_metadata("annotations", ""),
        *_job_metadata("annotations"),
    ),
    images=tuple(
        spec(f"{pod}/{path}", create=True)
        for pod in ("spec", "spec/template/spec")
        for path in ("containers[]/image", "initContainers[]/image", "volumes[]/image/reference")
    ),
    replicas=tuple(
        spec("spec/replicas", kind, create=True)
        for kind in ("Deployment", "ReplicationController", "ReplicaSet", "StatefulSet")
    ),
    var_references=_VAR_REFERENCES,
    name_references=_NAME_REFERENCES,
)

DEFAULTS = _EMPTY.merge(_WRITTEN)
