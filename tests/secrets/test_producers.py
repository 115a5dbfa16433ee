import pytest

from graphdoc.model.location import SourceFile
from graphdoc.model.resource import Resource, ResourceId
from graphdoc.model.secret import ProducerKind, SealedScope, SecretProducer
from graphdoc.resolve.secrets import find_producers
from tests.manifests import EXTERNAL_SECRETS, SEALED, deployment, manifest, resource


def made(one: Resource) -> list[tuple[str, str]]:
    return [(p.namespace, p.name) for p in find_producers(one, "ns")]


def test_a_secret_is_known_by_the_names_of_its_keys_alone() -> None:
    text = """
apiVersion: v1
kind: Secret
metadata: {name: a, namespace: b, labels: {allowedToBeCloned: "true"}}
data: {password: Y2FuYXJ5}
stringData: {user: canary}
"""
    (producer,) = find_producers(resource(text), "ns")
    assert producer == SecretProducer(
        "b", "a", ProducerKind.SECRET, producer.span, ("password", "user"),
        ResourceId("", "Secret", "b", "a"), (("allowedToBeCloned", "true"),),
    )  # fmt: skip
    assert (producer.span.file, producer.span.line) == (SourceFile("r", "a.yaml"), 2)
    assert "canary" not in repr(producer)
    assert "Y2FuYXJ5" not in repr(producer)


def test_a_record_of_a_helm_release_is_no_secret_of_anyones() -> None:
    assert made(manifest("v1", "Secret", "type: helm.sh/release.v1")) == []


@pytest.mark.parametrize(
    ("annotation", "scope"),
    [
        ("", SealedScope.STRICT),
        ("sealedsecrets.bitnami.com/namespace-wide: 'true'", SealedScope.NAMESPACE_WIDE),
        ("sealedsecrets.bitnami.com/cluster-wide: 'true'", SealedScope.CLUSTER_WIDE),
        ("sealedsecrets.bitnami.com/cluster-wide: 'false'", SealedScope.STRICT),
    ],
)
def test_a_sealed_secret_makes_the_secret_of_its_own_name(
    annotation: str, scope: SealedScope
) -> None:
    (producer,) = find_producers(resource(SEALED % annotation), "ns")
    assert (producer.namespace, producer.name, producer.scope) == ("b", "a", scope)
    assert (producer.keys, producer.labels) == (("password", "url"), (("team", "x"),))
    assert "AgCanary" not in repr(producer)


@pytest.mark.parametrize(
    ("body", "expected", "keys"),
    [
        ("spec: {data: [{secretKey: k}]}", [("ns", "x")], ("k",)),
        ("spec: {target: {name: t}, dataFrom: [{}]}", [("ns", "t")], ()),
        (
            "spec: {target: {template: {data: {a: b}}}, data: [{secretKey: k}]}",
            [("ns", "x")],
            ("a",),
        ),
        ("spec: {target: {creationPolicy: None}}", [], ()),
        ("spec: {target: {creationPolicy: Merge}}", [], ()),
        ("spec: {target: {manifest: {kind: ConfigMap}}}", [], ()),
    ],
)
def test_an_external_secret_makes_its_target(
    body: str, expected: list[tuple[str, str]], keys: tuple[str, ...]
) -> None:
    one = manifest(EXTERNAL_SECRETS, "ExternalSecret", body)
    assert made(one) == expected
    assert [producer.keys for producer in find_producers(one)] == [keys] * len(expected)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (manifest("cert-manager.io/v1", "Certificate", "spec: {secretName: t}"), [("ns", "t")]),
        (manifest("cert-manager.io/v1", "Certificate"), []),
        (
            manifest(
                "cert-manager.io/v1", "Issuer", "spec: {acme: {privateKeySecretRef: {name: k}}}"
            ),
            [("ns", "k")],
        ),
        (
            manifest(
                "cert-manager.io/v1",
                "ClusterIssuer",
                "spec: {acme: {privateKeySecretRef: {name: k}}}",
            ),
            [("cert-manager", "k")],
        ),
        (
            manifest(
                "networking.k8s.io/v1",
                "Ingress",
                "metadata: {annotations: "
                "{cert-manager.io/issuer: i}}, spec: {tls: [{secretName: t}, {hosts: []}]}",
            ),
            [("ns", "t")],
        ),
        (
            manifest(
                "networking.k8s.io/v1",
                "Ingress",
                "metadata: {annotations: "
                "{kubernetes.io/tls-acme: 'true'}}, spec: {tls: [{secretName: t}]}",
            ),
            [("ns", "t")],
        ),
        (manifest("networking.k8s.io/v1", "Ingress", "spec: {tls: [{secretName: t}]}"), []),
        (
            manifest(
                "gateway.networking.k8s.io/v1",
                "Gateway",
                "metadata: {annotations: "
                "{cert-manager.io/cluster-issuer: i}}, spec: {listeners: [{tls: {certificateRefs: "
                "[{name: t}]}}]}",
            ),
            [("ns", "t")],
        ),
        (
            manifest(
                "v1",
                "Service",
                "metadata: {annotations: {service.beta.openshift.io/serving-cert-secret-name: t}}",
            ),
            [("ns", "t")],
        ),
        (
            manifest(
                EXTERNAL_SECRETS,
                "ClusterExternalSecret",
                "spec: {externalSecretName: e, namespaces: [a, b]}",
            ),
            [("a", "e"), ("b", "e")],
        ),
        (manifest(EXTERNAL_SECRETS, "PushSecret", "spec: {selector: {secret: {name: s}}}"), []),
        (
            manifest("postgresql.cnpg.io/v1", "Cluster", "spec: {enableSuperuserAccess: true}"),
            [("ns", f"x-{part}") for part in ("app", "superuser", "ca", "server", "replication")],
        ),
        (
            manifest(
                "postgresql.cnpg.io/v1",
                "Cluster",
                "spec: {certificates: {serverCASecret: c, "
                "serverTLSSecret: s, replicationTLSSecret: r}, bootstrap: {initdb: {secret: "
                "{name: own}}}}",
            ),
            [],
        ),
        (
            manifest("acid.zalan.do/v1", "postgresql", "spec: {users: {my_app: []}}"),
            [
                ("ns", f"{user}.x.credentials.postgresql.acid.zalan.do")
                for user in ("postgres", "standby", "my-app")
            ],
        ),
        (
            manifest("postgres-operator.crunchydata.com/v1", "PostgresCluster"),
            [("ns", "x-cluster-cert"), ("ns", "x-pguser-x")],
        ),
        (
            manifest(
                "postgres-operator.crunchydata.com/v1",
                "PostgresCluster",
                "spec: {users: [{name: u}]}",
            ),
            [("ns", "x-cluster-cert"), ("ns", "x-pguser-u")],
        ),
        (manifest("kafka.strimzi.io/v1", "KafkaUser"), [("ns", "x")]),
        (manifest("access.strimzi.io/v1", "KafkaAccess"), [("ns", "x")]),
        (manifest("access.strimzi.io/v1", "KafkaAccess", "spec: {secretName: s}"), [("ns", "s")]),
        (
            manifest("psmdb.percona.com/v1", "PerconaServerMongoDB", "spec: {secrets: {users: s}}"),
            [("ns", "s")],
        ),
        (manifest("pxc.percona.com/v1", "PerconaXtraDBCluster"), [("ns", "x-secrets")]),
        (
            manifest("pxc.percona.com/v1", "PerconaXtraDBCluster", "spec: {secretsName: s}"),
            [("ns", "s")],
        ),
        (
            manifest(
                "mongodbcommunity.mongodb.com/v1",
                "MongoDBCommunity",
                "spec: {users: [{name: u, db: d, scramCredentialsSecretName: s}]}",
            ),
            [("ns", "x-d-u"), ("ns", "s-scram-credentials")],
        ),
        (
            manifest("ceph.rook.io/v1", "CephObjectStoreUser", "spec: {store: s}"),
            [("ns", "rook-ceph-object-user-s-x")],
        ),
        (
            manifest(
                "k8s.mariadb.com/v1",
                "MariaDB",
                "spec: {rootPasswordSecretKeyRef: {name: r, key: "
                "p, generate: true}, passwordSecretKeyRef: {name: u, key: p}, "
                "other: {generate: true}}",
            ),
            [("ns", "r")],
        ),
        (
            manifest(
                "secrets.hashicorp.com/v1", "VaultStaticSecret", "spec: {destination: {name: d}}"
            ),
            [("ns", "d")],
        ),
        (
            manifest(
                "secrets.infisical.com/v1",
                "InfisicalSecret",
                "spec: {managedSecretReference: {secretName: s, secretNamespace: other}}",
            ),
            [("other", "s")],
        ),
        (
            manifest(
                "isindir.github.com/v1", "SopsSecret", "spec: {secretTemplates: [{name: a}, {}]}"
            ),
            [("ns", "a")],
        ),
        (
            manifest(
                "s3.aws.upbound.io/v1",
                "Bucket",
                "spec: {writeConnectionSecretToRef: {name: c, namespace: other}}",
            ),
            [("other", "c")],
        ),
        (manifest("objectbucket.io/v1", "ObjectBucketClaim"), [("ns", "x")]),
    ],
)
def test_each_kind_brings_the_secrets_it_makes(
    one: Resource, expected: list[tuple[str, str]]
) -> None:
    assert made(one) == expected


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ("{command: [argocd, admin, redis-initial-password]}", [("ns", "argocd-redis")]),
        ("{image: kube-webhook-certgen, args: [create, --secret-name=a]}", [("ns", "a")]),
        ("{image: kube-webhook-certgen, args: [create, --secret-name, b]}", [("ns", "b")]),
        ("{image: other, args: [--secret-name=a]}", []),
        ("{env: [{name: METALLB_ML_SECRET_NAME, value: memberlist}]}", [("ns", "memberlist")]),
    ],
)
def test_programs_that_make_their_own_secrets_bring_them(
    container: str, expected: list[tuple[str, str]]
) -> None:
    assert made(deployment(f"{{initContainers: [{container}]}}")) == expected
