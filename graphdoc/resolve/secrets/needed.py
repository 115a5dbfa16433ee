"""Secrets that well-known resources need, in the fields that their documentation names for them."""

import re
from collections.abc import Iterator

from graphdoc.model.node import Mapping, Scalar, mappings_along, nodes_within
from graphdoc.model.resource import Resource
from graphdoc.model.secret import ConsumerKind
from graphdoc.resolve.secrets.pods import Use, use_of
from graphdoc.resolve.secrets.reading import name_at

__all__ = ["BASIC_AUTH", "uses_of_known_kind"]

_S3 = ("accessKeyId", "secretAccessKey", "sessionToken")
_AZURE = ("connectionString", "storageAccount", "storageKey", "storageSasToken")
# Where Barman, which archives for CloudNativePG, has its credentials.
_STORE = (
    *(f"s3Credentials.{key}.name" for key in _S3),
    *(f"azureCredentials.{key}.name" for key in _AZURE),
    "googleCredentials.applicationCredentials.name", "endpointCA.name",
)  # fmt: skip
_REPLICATION = ("spec.restic.repository", "spec.rclone.rcloneConfig", "spec.rsyncTLS.keySecret")
_MARIADB = ("spec.passwordSecretKeyRef.name",)
_CONNECT = ("spec.tls.trustedCertificates.*.secretName",
            "spec.authentication.passwordSecret.secretName")  # fmt: skip

_TRIGGER = ("spec.secretTargetRef.*.name",)
# The way to each field; ``*`` is every item of a list. What is not named is made by the operator.
_NEEDED: dict[tuple[str, str], tuple[str, ...]] = {
    ("barmancloud.cnpg.io", "ObjectStore"): tuple(f"spec.configuration.{at}" for at in _STORE),
    ("cert-manager.io", "Certificate"): (
        "spec.keystores.jks.passwordSecretRef.name", "spec.keystores.pkcs12.passwordSecretRef.name",
    ),
    ("grafana.integreatly.org", "GrafanaDatasource"): (
        "spec.valuesFrom.*.valueFrom.secretKeyRef.name",
    ),
    ("k8s.keycloak.org", "Keycloak"): (
        "spec.db.usernameSecret.name", "spec.db.passwordSecret.name", "spec.http.tlsSecret",
    ),
    ("k8s.mariadb.com", "Connection"): _MARIADB,
    ("k8s.mariadb.com", "MariaDB"): (*_MARIADB, "spec.rootPasswordSecretKeyRef.name"),
    ("k8s.mariadb.com", "User"): _MARIADB,
    ("kafka.strimzi.io", "KafkaConnect"): _CONNECT,
    ("kafka.strimzi.io", "KafkaMirrorMaker2"): _CONNECT,
    ("kafka.strimzi.io", "KafkaUser"): (
        "spec.authentication.password.valueFrom.secretKeyRef.name",
    ),
    ("keda.sh", "ClusterTriggerAuthentication"): _TRIGGER,
    ("keda.sh", "TriggerAuthentication"): _TRIGGER,
    ("postgresql.cnpg.io", "Cluster"): (
        "spec.bootstrap.initdb.secret.name", "spec.bootstrap.pg_basebackup.secret.name",
        "spec.bootstrap.recovery.secret.name", "spec.superuserSecret.name",
        "spec.certificates.clientCASecret", "spec.certificates.replicationTLSSecret",
        "spec.certificates.serverCASecret", "spec.certificates.serverTLSSecret",
        "spec.imagePullSecrets.*.name", "spec.managed.roles.*.passwordSecret.name",
        *(f"spec.backup.barmanObjectStore.{at}" for at in _STORE),
    ),
    ("postgresql.cnpg.io", "Pooler"): ("spec.pgbouncer.authQuerySecret.name",),
    ("velero.io", "BackupStorageLocation"): ("spec.credential.name",),
    ("volsync.backube", "ReplicationDestination"): _REPLICATION,
    ("volsync.backube", "ReplicationSource"): _REPLICATION,
}  # fmt: skip
# Whose steps are containers like those of Pods.
_RUNNING = frozenset({"CronWorkflow", "Workflow", "WorkflowTemplate"})
_VOLUMES = ("controllerExpandSecretRef", "controllerPublishSecretRef", "nodePublishSecretRef",
            "nodeStageSecretRef")  # fmt: skip
# Where an Ingress names the users that ingress-nginx lets in.
BASIC_AUTH = "nginx.ingress.kubernetes.io/auth-secret"
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")


def uses_of_known_kind(resource: Resource) -> Iterator[Use]:
    """What a resource cannot do its work without, as far as its kind is known."""
    is_open = resource.kind == "ClusterTriggerAuthentication"  # read where the operator runs
    for way in _NEEDED.get((resource.group, resource.kind), ()):
        *route, last = way.split(".")
        for reference in mappings_along(resource.manifest, route):
            optional = is_open or reference.is_true("optional")
            yield from _named(name_at(reference, last), optional=optional)
    if resource.group == "argoproj.io" and resource.kind in _RUNNING:
        yield from _in_containers(resource.manifest)
    if (resource.group, resource.kind) == ("", "PersistentVolume"):
        yield from _of_volume(resource)
    if resource.kind == "Ingress":
        yield from _of_ingress(resource)


def _named(name: Scalar | None, *, optional: bool = False) -> Iterator[Use]:
    if name is not None and _NAME.fullmatch(str(name.value)):
        yield from use_of(name, ConsumerKind.CUSTOM_RESOURCE, optional=optional)


def _in_containers(manifest: Mapping) -> Iterator[Use]:
    for node in nodes_within(manifest):
        reference = node.mapping("valueFrom", "secretKeyRef") if isinstance(node, Mapping) else None
        if reference is not None:
            optional = reference.is_true("optional")
            yield from _named(name_at(reference, "name"), optional=optional)


def _of_volume(resource: Resource) -> Iterator[Use]:
    for key in _VOLUMES:
        reference = resource.manifest.at("spec", "csi", key)
        name, namespace = name_at(reference, "name"), reference.text("namespace")
        if name is not None and namespace:
            yield Use(str(name.value), ConsumerKind.VOLUME, name.span, namespace=namespace)


def _of_ingress(resource: Resource) -> Iterator[Use]:
    """The names and passwords that ingress-nginx asks for."""
    secret = resource.annotation(BASIC_AUTH)
    if secret is None:
        return
    namespace, _, name = str(secret.value).rpartition("/")
    if _NAME.fullmatch(name):
        yield Use(name, ConsumerKind.MIDDLEWARE, secret.span, namespace=namespace)
