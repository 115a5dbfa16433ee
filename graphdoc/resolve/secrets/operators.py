"""The Secrets that operators make for their custom resources, as their documentation names them."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from graphdoc.model.location import Span
from graphdoc.model.node import Mapping
from graphdoc.model.resource import Resource
from graphdoc.model.secret import ProducerKind
from graphdoc.resolve.secrets.reading import NOTHING, name_at

__all__ = ["Made", "made_by_operator"]


class Made(NamedTuple):
    """One Secret that a resource leads to; an empty namespace is the resource's own."""

    name: str
    how: ProducerKind
    span: Span
    namespace: str = ""
    keys: tuple[str, ...] = ()


# Names that follow from the resource's own.
_BY_NAME: dict[tuple[str, str], tuple[str, ...]] = {
    ("argoproj.io", "ArgoCD"): ("{}-cluster", "argocd-secret", "{}-ca", "{}-tls",
                                "{}-redis-initial-password", "{}-default-cluster-config"),
    ("ceph.rook.io", "CephCluster"): (
        "rook-ceph-mon", "rook-ceph-admin-keyring", "rook-ceph-dashboard-password",
        "rook-csi-cephfs-node", "rook-csi-cephfs-provisioner", "rook-csi-rbd-node",
        "rook-csi-rbd-provisioner",
    ),
    ("craftypath.github.io", "SopsSecret"): ("{}",),
    ("elasticsearch.k8s.elastic.co", "Elasticsearch"): (
        "{}-es-elastic-user", "{}-es-http-certs-public", "{}-es-http-certs-internal",
        "{}-es-http-ca-internal", "{}-es-transport-certs-public",
    ),
    ("gafaelfawr.lsst.io", "GafaelfawrServiceToken"): ("{}",),
    ("grafana.integreatly.org", "Grafana"): ("{}-admin-credentials",),
    ("k8s.keycloak.org", "Keycloak"): ("{}-initial-admin",),
    ("kafka.strimzi.io", "Kafka"): (
        "{}-cluster-ca", "{}-cluster-ca-cert", "{}-clients-ca", "{}-clients-ca-cert",
    ),
    ("kafka.strimzi.io", "KafkaUser"): ("{}",),
    ("kibana.k8s.elastic.co", "Kibana"): ("{}-kb-http-certs-public", "{}-kb-es-ca"),
    ("noobaa.io", "NooBaa"): ("noobaa-admin", "noobaa-operator", "noobaa-server"),
    ("noobaa.io", "NooBaaAccount"): ("noobaa-account-{}",),
    ("objectbucket.io", "ObjectBucketClaim"): ("{}",),
    ("onepassword.com", "OnePasswordItem"): ("{}",),
    ("postgres-operator.crunchydata.com", "PostgresCluster"): ("{}-cluster-cert",),
    ("rabbitmq.com", "RabbitmqCluster"): ("{}-default-user", "{}-erlang-cookie"),
    ("ricoberger.de", "VaultSecret"): ("{}",),
    ("roundtable.lsst.codes", "StrimziSchemaRegistry"): ("{}", "{}-jks"),
    ("secretgen.carvel.dev", "SecretImport"): ("{}",),
    ("secretgen.carvel.dev", "SecretTemplate"): ("{}",),
    ("secretgen.k14s.io", "Certificate"): ("{}",),
    ("secretgen.k14s.io", "Password"): ("{}",),
    ("secretgen.k14s.io", "RSAKey"): ("{}",),
    ("secretgen.k14s.io", "SSHKey"): ("{}",),
    ("secretgenerator.mittwald.de", "BasicAuth"): ("{}",),
    ("secretgenerator.mittwald.de", "SSHKeyPair"): ("{}",),
    ("secretgenerator.mittwald.de", "StringSecret"): ("{}",),
}  # fmt: skip

# Where a resource names the Secret that it makes; ``*`` is every item of a list.
_AT: dict[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    ("access.strimzi.io", "KafkaAccess"): (("spec", "secretName"),),
    ("infra.contrib.fluxcd.io", "Terraform"): (("spec", "writeOutputsToSecret", "name"),),
    ("isindir.github.com", "SopsSecret"): (("spec", "secretTemplates", "*", "name"),),
    ("k8s.bitwarden.com", "BitwardenSecret"): (("spec", "secretName"),),
    ("secrets.doppler.com", "DopplerSecret"): (("spec", "managedSecret", "name"),),
    ("secrets.hashicorp.com", "HCPVaultSecretsApp"): (("spec", "destination", "name"),),
    ("secrets.hashicorp.com", "VaultDynamicSecret"): (("spec", "destination", "name"),),
    ("secrets.hashicorp.com", "VaultPKISecret"): (("spec", "destination", "name"),),
    ("secrets.hashicorp.com", "VaultStaticSecret"): (("spec", "destination", "name"),),
    ("secrets.infisical.com", "InfisicalSecret"): (
        ("spec", "managedSecretReference", "secretName"),
        ("spec", "managedKubeSecretReferences", "*", "secretName"),
    ),
    ("secrets-store.csi.x-k8s.io", "SecretProviderClass"): (
        ("spec", "secretObjects", "*", "secretName"),
    ),
    ("spv.no", "AzureKeyVaultSecret"): (("spec", "output", "secret", "name"),),
}  # fmt: skip

# The same, with the resource's own name where the field is not set.
_OWN_NAME_BY_DEFAULT = frozenset({("access.strimzi.io", "KafkaAccess")})
_NAMESPACE_KEYS = ("namespace", "secretNamespace")


def made_by_operator(resource: Resource) -> Iterator[Made]:
    """The Secrets that a controller makes for a custom resource."""
    kind = (resource.group, resource.kind)
    for template in _BY_NAME.get(kind, ()):
        yield _own(resource, template.format(resource.name))
    for route in _AT.get(kind, ()):
        yield from _at(resource.manifest, route)
    if kind in _OWN_NAME_BY_DEFAULT and name_at(resource.manifest, "spec", "secretName") is None:
        yield _own(resource, resource.name)
    if kind in _SPECIAL:
        yield from _SPECIAL[kind](resource)
    yield from _connection_secrets(resource)


def _own(resource: Resource, name: str, keys: tuple[str, ...] = ()) -> Made:
    return Made(name, ProducerKind.OPERATOR, resource.span, keys=keys)


def _at(mapping: Mapping, route: tuple[str, ...]) -> Iterator[Made]:
    if "*" in route:
        split = route.index("*")
        for item in mapping.mappings_at(*route[:split]):
            yield from _at(item, route[split + 1 :])
        return
    name = name_at(mapping, *route)
    parent = mapping.mapping(*route[:-1])
    if name is not None and parent is not None:
        namespace = next((n for key in _NAMESPACE_KEYS if (n := parent.text(key))), "")
        yield Made(str(name.value), ProducerKind.OPERATOR, name.span, namespace)


def _connection_secrets(resource: Resource) -> Iterator[Made]:
    """What every managed resource of Crossplane may write."""
    for key in ("writeConnectionSecretToRef", "publishConnectionDetailsTo"):
        yield from _at(resource.manifest, ("spec", key, "name"))


def _cnpg_cluster(resource: Resource) -> Iterator[Made]:
    """CloudNativePG: credentials of the application and, where asked for, of the superuser."""
    spec = resource.manifest.mapping("spec") or NOTHING
    certificates = spec.mapping("certificates") or NOTHING
    suffixes = {
        "-app": not spec.text("bootstrap", "initdb", "secret", "name"),
        "-superuser": spec.is_true("enableSuperuserAccess")
        and not spec.text("superuserSecret", "name"),
        "-ca": not certificates.text("serverCASecret"),
        "-server": not certificates.text("serverTLSSecret"),
        "-replication": not certificates.text("replicationTLSSecret"),
    }
    for suffix, is_made in suffixes.items():
        if is_made:
            yield _own(resource, f"{resource.name}{suffix}")


def _zalando_cluster(resource: Resource) -> Iterator[Made]:
    users = (resource.manifest.mapping("spec", "users") or NOTHING).entries
    for user in ("postgres", "standby", *users):
        name = f"{user.replace('_', '-')}.{resource.name}.credentials.postgresql.acid.zalan.do"
        yield _own(resource, name, ("password", "username"))


def _crunchy_cluster(resource: Resource) -> Iterator[Made]:
    users = [user.text("name") for user in resource.manifest.mappings_at("spec", "users")]
    for user in users or [resource.name]:
        yield _own(resource, f"{resource.name}-pguser-{user}")


def _percona_cluster(resource: Resource) -> Iterator[Made]:
    given = resource.manifest.text("spec", "secretsName")
    given = given or resource.manifest.text("spec", "secrets", "users")
    yield _own(resource, given or f"{resource.name}-secrets")


def _mongodb(resource: Resource) -> Iterator[Made]:
    for user in resource.manifest.mappings_at("spec", "users"):
        given = user.text("connectionStringSecretName")
        database, name = user.text("db") or "admin", user.text("name")
        yield _own(resource, given or f"{resource.name}-{database}-{name}")
        if user.text("scramCredentialsSecretName"):
            yield _own(resource, f"{user.text('scramCredentialsSecretName')}-scram-credentials")


def _ceph_user(resource: Resource) -> Iterator[Made]:
    store = resource.manifest.text("spec", "store")
    yield _own(resource, f"rook-ceph-object-user-{store}-{resource.name}")


def _mariadb(resource: Resource) -> Iterator[Made]:
    """MariaDB's operator makes the passwords that are marked ``generate``."""
    spec = resource.manifest.mapping("spec") or NOTHING
    for node in spec.entries.values():
        if isinstance(node, Mapping) and node.is_true("generate") and name_at(node, "name"):
            yield Made(
                node.text("name"), ProducerKind.OPERATOR, node.span, keys=(node.text("key"),)
            )


_SPECIAL: dict[tuple[str, str], Callable[[Resource], Iterator[Made]]] = {
    ("acid.zalan.do", "postgresql"): _zalando_cluster,
    ("ceph.rook.io", "CephObjectStoreUser"): _ceph_user,
    ("k8s.mariadb.com", "MariaDB"): _mariadb,
    ("k8s.mariadb.com", "User"): _mariadb,
    ("mongodbcommunity.mongodb.com", "MongoDBCommunity"): _mongodb,
    ("postgres-operator.crunchydata.com", "PostgresCluster"): _crunchy_cluster,
    ("postgresql.cnpg.io", "Cluster"): _cnpg_cluster,
    ("psmdb.percona.com", "PerconaServerMongoDB"): _percona_cluster,
    ("pxc.percona.com", "PerconaXtraDBCluster"): _percona_cluster,
}
