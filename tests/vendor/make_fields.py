"""Makes ``graphdoc/resolve/resources/fields.json`` anew; run by hand, for a newer Kubernetes.

python make_fields.py FOLDER CRD…, where FOLDER holds a ``v1.X.0-local/_definitions.json`` a version
of Kubernetes, as the package kubernetes-validate brings them, and CRDs are Argo CD's AppProject and
Application, and its ApplicationSet of several versions. What Argo CD took once and takes no more is
known still.
"""

import json
import sys
from functools import reduce
from pathlib import Path
from typing import Any

import yaml

Json = dict[str, Any]

_OUT = Path(__file__).parents[2] / "graphdoc/resolve/resources/fields.json"
_KINDS = {
    "v1": "ConfigMap Endpoints LimitRange Namespace PersistentVolume PersistentVolumeClaim Pod"
    " PodTemplate ReplicationController ResourceQuota Secret Service ServiceAccount",
    "apiregistration.k8s.io/v1": "APIService",
    "apps/v1": "DaemonSet Deployment ReplicaSet StatefulSet",
    "autoscaling/v1": "HorizontalPodAutoscaler",
    "autoscaling/v2": "HorizontalPodAutoscaler",
    "admissionregistration.k8s.io/v1": "MutatingWebhookConfiguration"
    " ValidatingWebhookConfiguration",
    "batch/v1": "CronJob Job",
    "coordination.k8s.io/v1": "Lease",
    "discovery.k8s.io/v1": "EndpointSlice",
    "networking.k8s.io/v1": "Ingress IngressClass NetworkPolicy",
    "node.k8s.io/v1": "RuntimeClass",
    "policy/v1": "PodDisruptionBudget",
    "rbac.authorization.k8s.io/v1": "ClusterRole ClusterRoleBinding Role RoleBinding",
    "scheduling.k8s.io/v1": "PriorityClass",
    "storage.k8s.io/v1": "CSIDriver StorageClass",
}
# What a text has to be: the documents say so in words only.
_PULL, _PROTOCOLS = "Always|IfNotPresent|Never", "SCTP|TCP|UDP"
_MODES = "ReadOnlyMany|ReadWriteMany|ReadWriteOnce|ReadWriteOncePod"
_CHOICES = {
    "Container.imagePullPolicy": _PULL,
    "ContainerPort.protocol": _PROTOCOLS,
    "CronJobSpec.concurrencyPolicy": "Allow|Forbid|Replace",
    "DaemonSetUpdateStrategy.type": "OnDelete|RollingUpdate",
    "DeploymentStrategy.type": "Recreate|RollingUpdate",
    "HTTPGetAction.scheme": "HTTP|HTTPS",
    "HTTPIngressPath.pathType": "Exact|ImplementationSpecific|Prefix",
    "LabelSelectorRequirement.operator": "DoesNotExist|Exists|In|NotIn",
    "NetworkPolicyPort.protocol": _PROTOCOLS,
    "PersistentVolumeClaimSpec.accessModes": _MODES,
    "PersistentVolumeSpec.accessModes": _MODES,
    "PersistentVolumeSpec.persistentVolumeReclaimPolicy": "Delete|Recycle|Retain",
    "PodSpec.dnsPolicy": "ClusterFirst|ClusterFirstWithHostNet|Default|None",
    "PodSpec.restartPolicy": "Always|Never|OnFailure",
    "ServicePort.protocol": _PROTOCOLS,
    "syncPolicy.applicationsSync": "create-delete|create-only|create-update|sync",
    "ServiceSpec.externalTrafficPolicy": "Cluster|Local",
    "ServiceSpec.sessionAffinity": "ClientIP|None",
    "ServiceSpec.type": "ClusterIP|ExternalName|LoadBalancer|NodePort",
    "StatefulSetUpdateStrategy.type": "OnDelete|RollingUpdate",
    "StorageClass.reclaimPolicy": "Delete|Retain",
    "StorageClass.volumeBindingMode": "Immediate|WaitForFirstConsumer",
    "Toleration.effect": "NoExecute|NoSchedule|PreferNoSchedule",
    "Toleration.operator": "Equal|Exists|Gt|Lt",
}
# What the documents ask for and the API server does without, as its own checks show.
_FORGIVEN = {
    "CSIDriver.spec", "HTTPHeader.value", "ISCSIPersistentVolumeSource.lun",
    "ISCSIVolumeSource.lun", "LimitRangeSpec.limits", "PodFailurePolicy.rules",
    "PreferredSchedulingTerm.preference", "ScaleIOPersistentVolumeSource.secretRef",
    "ScaleIOVolumeSource.secretRef", "SleepAction.seconds", "Sysctl.value", "TokenRequest.audience",
}  # fmt: skip
_META = "io.k8s.apimachinery.pkg.apis.meta.v1"
_METADATA = f"{_META}.ObjectMeta"
_BEFORE: Json = {"ksonnet": {}}
_SIMPLE = {"string": "s", "integer": "i", "boolean": "b", "number": "n", None: "x"}
_KNOWN = {
    "Quantity": "q", "IntOrString": "p", "Time": "t", "MicroTime": "t", "FieldsV1": "x",
    "RawExtension": "x", "JSON": "x",
}  # fmt: skip


class _Maker:
    def __init__(self, folder: Path) -> None:
        self.types: dict[str, dict[str, str]] = {}
        self.kinds: dict[str, str] = {}
        self.versions: dict[str, set[str]] = {}
        self.known: dict[str, Json] = {}
        for path in sorted(folder.glob("v1.*-local/_definitions.json"), key=_version):
            for name, one in json.loads(path.read_text("utf-8"))["$defs"].items():
                self._merge(name, one)

    def _merge(self, name: str, one: Json) -> None:
        old = self.known.setdefault(name, {"properties": {}, "required": one.get("required", [])})
        asked = [key for key in old["required"] if key in one.get("required", [])]
        fields = {**old["properties"], **one.get("properties", {})}
        self.known[name] = {**one, "properties": fields, "required": asked}

    def make(self) -> None:
        for name, one in self.known.items():
            for said in one.get("x-kubernetes-group-version-kind", ()):
                version = "/".join(filter(None, (said["group"], said["version"])))
                if version in _KINDS and not said["kind"].endswith(("Event", "List", "Options")):
                    self.versions.setdefault(version, set()).add(said["kind"])
                if said["kind"] in _KINDS.get(version, "").split():
                    self.kinds[f"{version} {said['kind']}"] = self._refer(name)

    def add(self, crd: Json) -> None:
        """A custom resource: its types are named after the way to them."""
        spec = crd["spec"]["versions"][0]
        kind, version = crd["spec"]["names"]["kind"], f"{crd['spec']['group']}/{spec['name']}"
        schema = spec["schema"]["openAPIV3Schema"]
        schema["properties"]["metadata"] = {"$ref": _METADATA}
        source = schema["properties"]["spec"]["properties"].get("source", {"properties": {}})
        source["properties"] |= _BEFORE
        self.kinds[f"{version} {kind}"] = self._object(kind, schema)

    def add_sets(self, crds: list[Json]) -> None:
        """An ApplicationSet as any version knows it; generators within others are alike."""
        last = crds[-1]["spec"]["versions"][0]["schema"]
        schemas = [crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"] for crd in crds]
        last["openAPIV3Schema"] = schema = reduce(_join, schemas)
        fields = schema["properties"]["spec"]["properties"]
        fields["template"]["properties"] = {"metadata": {"$ref": _METADATA}, "spec": {}}
        made = fields["generators"]["items"]["properties"]
        for kind, one in made.items():
            one["properties"] |= {key: {} for key in ("template",) if key in one["properties"]}
            self.known[f"{_META}.{kind}Generator"] = one
        alike = {kind: {"$ref": f"{_META}.{kind}Generator"} for kind in made}
        inner = f"{_META}.InnerGenerator"
        self.known[inner] = {"properties": alike | {"matrix": {}, "merge": {}}}
        for kind in ("matrix", "merge"):
            made[kind]["properties"]["generators"]["items"] = {"$ref": inner}
        fields["generators"]["items"]["properties"] = alike
        self.add(crds[-1])

    def _refer(self, name: str) -> str:
        short = name.rsplit(".", 1)[-1]
        if short in _KNOWN:
            return _KNOWN[short]
        one = self.known.get(name)
        if one is None or not one["properties"]:
            return "x" if one is None or "properties" in one else self._code(one, short)
        *_, group, version, _ = name.split(".")
        return self._object(
            short if group in {"core", "meta"} else f"{group}.{version}.{short}", one
        )

    def _object(self, key: str, one: Json) -> str:
        if key not in self.types:
            self.types[key] = {}
            for field, value in sorted(one["properties"].items()):
                is_forgiven = f"{key.rsplit('.', 1)[-1]}.{field}" in _FORGIVEN
                asked = "!" if field in one.get("required", ()) and not is_forgiven else ""
                self.types[key][field + asked] = self._field(key, field, value)
        return key

    def _field(self, key: str, field: str, value: Json) -> str:
        choice = _CHOICES.get(f"{key.rsplit('.', 1)[-1]}.{field}")
        if field == "status" or (key == "Application" and field == "operation"):
            return "x"
        if choice:
            return "[=" + choice if field == "accessModes" else "=" + choice
        return self._code(value, f"{key}.{field}")

    def _code(self, value: Json, name: str) -> str:
        if "$ref" in value:
            return self._refer(value["$ref"].rsplit("/", 1)[-1])
        if "oneOf" in value or value.get("x-kubernetes-int-or-string"):
            return "p"
        said = value.get("type")
        kinds = [one for one in said if one != "null"] if isinstance(said, list) else [said]
        if kinds[0] == "array":
            return "[" + self._code(value["items"], name)
        if kinds[0] != "object":
            return _SIMPLE[kinds[0]]
        if isinstance(value.get("additionalProperties"), dict):
            return "{" + self._code(value["additionalProperties"], name)
        return self._object(name, value) if value.get("properties") else "x"

    def write(self) -> None:
        versions = {one: " ".join(sorted(kinds)) for one, kinds in sorted(self.versions.items())}
        parts = [
            f"{json.dumps(title)}: {{\n" + ",\n".join(_line(*one) for one in table) + "\n}"
            for title, table in (
                ("versions", versions.items()),
                ("kinds", sorted(self.kinds.items())),
                ("types", sorted(self.types.items())),
            )
        ]
        _OUT.write_text("{" + ",\n".join(parts) + "}\n", "utf-8")


def _join(one: Json, other: Json) -> Json:
    """A schema with the fields of either, that asks for what both ask for."""
    joined = {**one, **other}
    if "items" in one and "items" in other:
        joined["items"] = _join(one["items"], other["items"])
    if "properties" in one and "properties" in other:
        mine, others = one["properties"], other["properties"]
        both = {key: _join(mine[key], others[key]) for key in mine.keys() & others.keys()}
        joined["properties"] = {**mine, **others, **both}
        asked = other.get("required", ())
        joined["required"] = [key for key in one.get("required", ()) if key in asked]
    return joined


def _line(key: str, value: object) -> str:
    return f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}"


def _version(path: Path) -> int:
    return int(path.parent.name.split(".")[1])


if __name__ == "__main__":
    maker = _Maker(Path(sys.argv[1]))
    maker.make()
    read = [yaml.safe_load(Path(crd).read_text("utf-8")) for crd in sys.argv[2:]]
    sets = [crd for crd in read if crd["spec"]["names"]["kind"] == "ApplicationSet"]
    for crd in (crd for crd in read if crd not in sets):
        maker.add(crd)
    maker.add_sets(sets)
    maker.write()
