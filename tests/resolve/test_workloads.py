import pytest

from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping
from graphdoc.model.resource import Resource
from graphdoc.parse.yaml import parse_documents
from graphdoc.resolve.resources.workloads import hosts_of, images_of, pod_spec_of


def resource(text: str) -> Resource:
    root = parse_documents(text.encode(), SourceFile("r", "a.yaml"))[0].root
    assert isinstance(root, Mapping)
    return Resource(root)


def hosts(text: str) -> list[tuple[str, str | None]]:
    return [(fact.host, fact.tls_secret) for fact in hosts_of(resource(text))]


POD = (
    "{initContainers: [{image: a}], containers: [{image: b:1}, {name: x}],"
    " ephemeralContainers: [{image: c}]}"
)


@pytest.mark.parametrize(
    "text",
    [
        f"{{apiVersion: v1, kind: Pod, spec: {POD}}}",
        f"{{apiVersion: apps/v1, kind: Deployment, spec: {{template: {{spec: {POD}}}}}}}",
        f"{{apiVersion: argoproj.io/v1alpha1, kind: Rollout, spec: {{template: {{spec: {POD}}}}}}}",
        f"{{apiVersion: serving.knative.dev/v1, kind: Service, spec: {{template: {{spec: {POD}"
        "}}}",
        "{apiVersion: batch/v1, kind: CronJob, spec: {jobTemplate: {spec: {template: {spec: "
        f"{POD}}}}}}}}}}}",
    ],
)
def test_a_workload_runs_the_images_of_all_its_containers(text: str) -> None:
    assert [image.value for image in images_of(resource(text))] == ["a", "b:1", "c"]


def test_what_runs_no_pod_has_no_images() -> None:
    service = resource("{apiVersion: v1, kind: Service, spec: {template: {spec: {}}}}")
    assert (pod_spec_of(service), images_of(service)) == (None, ())
    by_reference = (
        "{apiVersion: argoproj.io/v1alpha1, kind: Rollout, spec: {workloadRef: {name: a}}}"
    )
    assert images_of(resource(by_reference)) == ()


def test_an_ingress_serves_the_hosts_of_its_rules_with_their_certificates() -> None:
    text = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  annotations: {nginx.ingress.kubernetes.io/server-alias: "www.a.io, old.a.io"}
spec:
  tls:
  - {hosts: [a.io], secretName: a-tls}
  - {hosts: ["*.b.io"], secretName: b-tls}
  rules: [{host: A.io}, {host: a.io}, {host: x.b.io}, {host: c.io}, {http: {}}]
"""
    assert hosts(text) == [
        ("a.io", None), ("x.b.io", "b-tls"), ("c.io", None), ("www.a.io", None), ("old.a.io", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        ("Host(`a.io`) && PathPrefix(`/b.io`)", ["a.io"]),
        ("Host(`a.io`, `b.io`) || Host(`c.io`)", ["a.io", "b.io", "c.io"]),
        ('Host("a.io")', ["a.io"]),
        ("!Host(`a.io`) && Host(`b.io`)", ["b.io"]),
        ("HostRegexp(`.+`)", []),
        ("HostSNI(`*`)", []),
        ("HostSNI(`a.io`)", ["a.io"]),
        ("PathPrefix(`/`)", []),
    ],
)
def test_a_traefik_route_serves_the_hosts_that_it_matches(match: str, expected: list[str]) -> None:
    text = (
        "apiVersion: traefik.io/v1alpha1\nkind: IngressRoute\nspec:\n"
        f"  routes:\n  - match: {match!r}\n  - {{}}\n  tls: {{secretName: s}}\n"
    )
    assert hosts(text) == [(host, "s") for host in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, spec: {hostnames: [a.io]}}",
         [("a.io", None)]),
        ("{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, spec: {listeners: [{hostname: "
         "'*.a.io', tls: {certificateRefs: [{name: s}]}}, {hostname: b.io}, {name: all}]}}",
         [("*.a.io", "s"), ("b.io", None)]),
        ("{apiVersion: route.openshift.io/v1, kind: Route, spec: {host: a.io, tls: "
         "{externalCertificate: {name: s}}}}", [("a.io", "s")]),
        ("{apiVersion: route.openshift.io/v1, kind: Route, spec: {}}", []),
        ("{apiVersion: networking.istio.io/v1, kind: Gateway, spec: {servers: [{hosts: [x/a.io, "
         "'*'], tls: {credentialName: s}}]}}", [("a.io", "s")]),
        ("{apiVersion: networking.istio.io/v1, kind: VirtualService, spec: {gateways: [g, mesh], "
         "hosts: [a.io, reviews, x.y.svc.cluster.local]}}", [("a.io", None)]),
        ("{apiVersion: networking.istio.io/v1, kind: VirtualService, spec: {hosts: [a.io]}}", []),
        ("{apiVersion: projectcontour.io/v1, kind: HTTPProxy, spec: {virtualhost: {fqdn: a.io, "
         "tls: {secretName: s}}}}", [("a.io", "s")]),
        ("{apiVersion: projectcontour.io/v1, kind: HTTPProxy, spec: {}}", []),
        ("{apiVersion: serving.knative.dev/v1, kind: DomainMapping, metadata: {name: a.io}}",
         [("a.io", None)]),
        ("{apiVersion: serving.knative.dev/v1, kind: DomainMapping}", []),
        ("{apiVersion: v1, kind: Service, metadata: {annotations: "
         "{external-dns.alpha.kubernetes.io/hostname: 'a.io,b.io.'}}}",
         [("a.io", None), ("b.io", None)]),
        ("{apiVersion: gafaelfawr.lsst.io/v1alpha1, kind: GafaelfawrIngress, template: {spec: "
         "{rules: [{host: a.io}], tls: [{hosts: [a.io], secretName: s}]}}}", [("a.io", "s")]),
        ("{apiVersion: gafaelfawr.lsst.io/v1alpha1, kind: GafaelfawrIngress}", []),
        ("{apiVersion: cert-manager.io/v1, kind: Certificate, spec: {dnsNames: [a.io]}}", []),
    ],
)  # fmt: skip
def test_each_kind_of_route_serves_its_hosts(text: str, expected: list[tuple[str, str]]) -> None:
    assert hosts(text) == expected


def test_a_host_stands_where_it_is_written() -> None:
    text = "apiVersion: route.openshift.io/v1\nkind: Route\nspec:\n  host: a.io\n"
    assert [str(fact.span) for fact in hosts_of(resource(text))] == ["r/a.yaml:4:9"]
