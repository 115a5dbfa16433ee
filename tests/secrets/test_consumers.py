import pytest

from graphdoc.model.node import to_plain
from graphdoc.model.resource import Resource, ResourceId
from graphdoc.model.secret import ConsumerKind, SecretConsumer
from graphdoc.resolve.secrets import find_consumers, find_consumers_in_values
from tests.manifests import EXTERNAL_SECRETS, SEALED, deployment, manifest, resource


def used(one: Resource) -> list[tuple[str, str, str, bool]]:
    return [(c.namespace, c.name, c.how.value, c.optional) for c in find_consumers(one, "ns")]


POD = """
apiVersion: batch/v1
kind: CronJob
metadata: {name: x, namespace: prod}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          imagePullSecrets: [{name: pull}, {}]
          initContainers:
          - env:
            - {name: A, valueFrom: {secretKeyRef: {name: db, key: user}}}
            - {name: B, valueFrom: {secretKeyRef: {name: db, key: password}}}
            - {name: C, valueFrom: {secretKeyRef: {name: extra, key: c, optional: true}}}
            - {name: D, valueFrom: {configMapKeyRef: {name: d, key: d}}}
          containers:
          - envFrom: [{secretRef: {name: all}}, {configMapRef: {name: c}}]
          volumes:
          - secret: {secretName: files, items: [{key: k, path: p}]}
          - secret: {secretName: maybe, optional: true}
          - projected: {sources: [{secret: {name: projected}}, {configMap: {name: c}}]}
          - csi: {nodePublishSecretRef: {name: csi}}
          - azureFile: {secretName: azure}
          - emptyDir: {}
"""


def test_a_pod_uses_what_its_containers_volumes_and_pulls_name() -> None:
    consumers = find_consumers(resource(POD), "ns")
    assert [(c.name, c.how.value, c.optional) for c in consumers] == [
        ("db", "env", False),
        ("extra", "env", True),
        ("all", "envFrom", False),
        ("files", "volume", False),
        ("maybe", "volume", True),
        ("projected", "volume", False),
        ("csi", "volume", False),
        ("azure", "volume", False),
        ("pull", "imagePullSecret", False),
    ]
    assert {c.namespace for c in consumers} == {"prod"}
    assert consumers[0] == SecretConsumer(
        "prod", "db", ConsumerKind.ENV, consumers[0].span, optional=False,
        resource=ResourceId("batch", "CronJob", "prod", "x"),
    )  # fmt: skip
    assert consumers[0].span.line == 13


def test_one_use_that_is_not_optional_is_enough() -> None:
    uses = "{secretRef: {name: a, optional: true}}, {secretRef: {name: a}}"
    assert used(deployment(f"{{containers: [{{envFrom: [{uses}]}}]}}")) == [
        ("ns", "a", "envFrom", False)
    ]


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (
            manifest("v1", "ServiceAccount", "imagePullSecrets: [{name: a}], secrets: [{name: b}]"),
            [("ns", "a", "service-account", False), ("ns", "b", "service-account", True)],
        ),
        (
            manifest(
                "networking.k8s.io/v1",
                "Ingress",
                "spec: {tls: [{secretName: a}, {secretName: ''}]}",
            ),
            [("ns", "a", "ingress-tls", False)],
        ),
        (
            manifest("traefik.io/v1alpha1", "IngressRoute", "spec: {tls: {secretName: a}}"),
            [("ns", "a", "ingressroute-tls", False)],
        ),
        (
            manifest("traefik.io/v1alpha1", "Middleware", "spec: {basicAuth: {secret: a}}"),
            [("ns", "a", "middleware", False)],
        ),
        (
            manifest("traefik.io/v1alpha1", "ServersTransport", "spec: {rootCAsSecrets: [a]}"),
            [("ns", "a", "middleware", False)],
        ),
        (
            manifest(
                "route.openshift.io/v1", "Route", "spec: {tls: {externalCertificate: {name: a}}}"
            ),
            [("ns", "a", "route-tls", False)],
        ),
        (
            manifest(
                "gateway.networking.k8s.io/v1",
                "Gateway",
                "spec: {listeners: [{tls: "
                "{certificateRefs: [{name: a, namespace: b}, {kind: Other, name: c}, "
                "{kind: Secret, name: d}]}}]}",
            ),
            [("b", "a", "gateway-tls", False), ("ns", "d", "gateway-tls", False)],
        ),
        (
            manifest(
                "networking.istio.io/v1", "Gateway", "spec: {servers: [{tls: {credentialName: a}}]}"
            ),
            [("ns", "a", "gateway-tls", True)],
        ),
        (
            manifest(
                "cert-manager.io/v1",
                "Issuer",
                "spec: {acme: {privateKeySecretRef: {name: k}, "
                "solvers: [{dns01: {cloudflare: {apiTokenSecretRef: {name: a, key: t}}}}]}}",
            ),
            [("ns", "a", "issuer", False)],
        ),
        (
            manifest("cert-manager.io/v1", "ClusterIssuer", "spec: {ca: {secretName: a}}"),
            [("ns", "a", "issuer", True)],
        ),
        (
            manifest(
                EXTERNAL_SECRETS,
                "SecretStore",
                "spec: {provider: {vault: {auth: {tokenSecretRef: {name: a}}}}}",
            ),
            [("ns", "a", "secret-store", False)],
        ),
        (
            manifest(
                EXTERNAL_SECRETS,
                "ClusterSecretStore",
                "spec: {provider: {vault: {auth: {tokenSecretRef: "
                "{name: a, namespace: b}}}, other: {secretRef: {name: c}}}}",
            ),
            [("b", "a", "secret-store", False), ("ns", "c", "secret-store", True)],
        ),
        (
            manifest(EXTERNAL_SECRETS, "PushSecret", "spec: {selector: {secret: {name: a}}}"),
            [("ns", "a", "secret-store", False)],
        ),
        (
            manifest(
                EXTERNAL_SECRETS,
                "ExternalSecret",
                "spec: {secretStoreRef: {name: s}, target: {name: t}}",
            ),
            [],
        ),
        (
            manifest("v1", "ConfigMap", "data: {oidc: 'a: $oidc:clientSecret'}", name="argocd-cm"),
            [("ns", "argocd-secret", "argocd", True), ("ns", "oidc", "argocd", True)],
        ),
        (manifest("v1", "ConfigMap", "data: {secretName: a}"), []),
        (manifest("example.com/v1", "Widget", "status: {secretName: a}"), []),
        (
            manifest(
                "monitoring.coreos.com/v1",
                "ServiceMonitor",
                "spec: {endpoints: [{basicAuth: {password: {name: a, key: p}}}]}",
            ),
            [("ns", "a", "custom-resource", True)],
        ),
        (
            manifest(
                "example.org/v1",
                "Thing",
                "spec: {secretName: a, existingSecret: b, secretNames: "
                "[c], authSecretRef: {name: d, namespace: e}, secretStoreRef: {name: no}, "
                "caSecret: {kind: ConfigMap, name: no}, secretText: 'no', secret: 'No name', "
                "auth: {name: no, enabled: true}, token: {name: No}}",
            ),
            [
                ("ns", "a", "custom-resource", True),
                ("ns", "b", "custom-resource", True),
                ("ns", "c", "custom-resource", True),
                ("e", "d", "custom-resource", True),
            ],
        ),
        (
            manifest(
                "secrets.doppler.com/v1",
                "DopplerSecret",
                "spec: {tokenSecret: {name: t}, managedSecret: {name: m}}",
            ),
            [("ns", "t", "custom-resource", True)],
        ),
        (manifest("kyverno.io/v1", "ClusterPolicy", "spec: {secretName: a}"), []),
    ],
)
def test_each_kind_uses_the_secrets_it_names(
    one: Resource, expected: list[tuple[str, str, str, bool]]
) -> None:
    assert used(one) == expected


def test_a_repository_credential_is_used_by_its_label() -> None:
    text = (SEALED % "").replace("team: x", "argocd.argoproj.io/secret-type: repository")
    assert used(resource(text)) == [("b", "a", "argocd", False)]


def test_a_secret_that_argocd_looks_for_by_name_is_used() -> None:
    one = manifest("v1", "Secret", name="argocd-notifications-secret")
    assert used(one) == [("ns", "argocd-notifications-secret", "argocd", False)]


def test_fields_of_openshift_and_quotas() -> None:
    provider = "{htpasswd: {fileData: {name: a}}}"
    oauth = manifest(
        "config.openshift.io/v1", "OAuth", f"spec: {{identityProviders: [{provider}]}}"
    )
    host = manifest("metal3.io/v1", "BareMetalHost", "spec: {bmc: {credentialsName: b}}")
    quota = manifest("v1", "ResourceQuota", "spec: {hard: {secrets: '10'}}")
    assert [c[1] for one in (oauth, host, quota) for c in used(one)] == ["a", "b"]


def test_configured_annotations_name_secrets() -> None:
    pod = "spec: {template: {metadata: {annotations: {auth/secret: a, other: b}}, spec: {}}}"
    one = manifest("apps/v1", "Deployment", pod)
    found = find_consumers(resource(str(to_plain(one.manifest))), "ns", ("auth/secret",))
    assert [(c.name, c.how) for c in found] == [("a", ConsumerKind.CONFIGURED)]


def test_configured_keys_of_values_name_secrets_where_they_are_enabled() -> None:
    values = resource("{app: {envSecretName: a}, db: {enabled: false, envSecretName: b}, n: 1}")
    id_ = ResourceId("argoproj.io", "Application", "argocd", "shop")
    found = find_consumers_in_values(values.manifest, ("envSecretName",), "shop", id_)
    assert [(c.namespace, c.name, c.how, c.resource) for c in found] == [
        ("shop", "a", ConsumerKind.VALUES, id_)
    ]
