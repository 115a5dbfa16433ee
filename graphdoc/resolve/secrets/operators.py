"""The Secrets that operators make for their custom resources, as their documentation names them.

``operators.json`` holds the names that follow from a resource's own (``by_name``), and where a
resource names the Secret that it makes (``at``; ``*`` is every item of a list).
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple

from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, mappings_along
from graphdoc.model.resource import Resource
from graphdoc.model.secret import ProducerKind
from graphdoc.model.shipped import shipped_table
from graphdoc.resolve.secrets.reading import name_at, namespace_beside

__all__ = ["Made", "made_by_operator"]


class Made(NamedTuple):
    """One Secret that a resource leads to; an empty namespace is the resource's own."""

    name: str
    how: ProducerKind
    span: Span
    namespace: str = ""
    keys: tuple[str, ...] = ()


# What is made with the resource's own name where the field is not set.
_OWN_NAME_BY_DEFAULT = frozenset({("access.strimzi.io", "KafkaAccess")})


def made_by_operator(resource: Resource) -> Iterator[Made]:
    """The Secrets that a controller makes for a custom resource."""
    kind = (resource.group, resource.kind)
    for template in _table()["by_name"].get("/".join(kind), ()):
        yield _own(resource, template.format(resource.name))
    for route in _table()["at"].get("/".join(kind), ()):
        yield from _at(resource.manifest, route)
    if kind in _OWN_NAME_BY_DEFAULT and name_at(resource.manifest, "spec", "secretName") is None:
        yield _own(resource, resource.name)
    if kind in _SPECIAL:
        yield from _SPECIAL[kind](resource)
    yield from _connection_secrets(resource)


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    table: dict[str, dict[str, list[str]]] = shipped_table(__package__, "operators.json")
    return table


def _own(resource: Resource, name: str, keys: tuple[str, ...] = ()) -> Made:
    return Made(name, ProducerKind.OPERATOR, resource.span, keys=keys)


def _at(mapping: Mapping, route: str) -> Iterator[Made]:
    *way, key = route.split("/")
    for parent in mappings_along(mapping, way):
        name = name_at(parent, key)
        if name is not None:
            namespace = namespace_beside(parent)
            yield Made(str(name.value), ProducerKind.OPERATOR, name.span, namespace)


def _connection_secrets(resource: Resource) -> Iterator[Made]:
    """What every managed resource of Crossplane may write."""
    spec = resource.manifest.entries.get("spec")
    for key in ("writeConnectionSecretToRef", "publishConnectionDetailsTo"):
        if isinstance(spec, Mapping) and key in spec.entries:
            yield from _at(spec, f"{key}/name")


def _cnpg_cluster(resource: Resource) -> Iterator[Made]:
    """CloudNativePG: credentials of the application and, where asked for, of the superuser."""
    spec = resource.manifest.at("spec")
    certificates = spec.at("certificates")
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
    users = resource.manifest.at("spec", "users").entries
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
    spec = resource.manifest.at("spec")
    for node in spec.entries.values():
        if isinstance(node, Mapping) and node.is_true("generate"):
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
