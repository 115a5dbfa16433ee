"""What a rendered resource runs and serves: pod templates, images and host names."""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from graphdoc.model.location import Span
from graphdoc.model.node import NOTHING, Mapping, Scalar, strings
from graphdoc.model.resource import Resource, kept_by_resource

__all__ = ["HostFact", "containers_of", "hosts_of", "images_of", "pod_metadata_of", "pod_spec_of"]

_TEMPLATE = ("spec", "template", "spec")
_POD_SPECS: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "Pod"): ("spec",),
    ("", "PodTemplate"): ("template", "spec"),
    ("", "ReplicationController"): _TEMPLATE,
    ("apps", "DaemonSet"): _TEMPLATE,
    ("apps", "Deployment"): _TEMPLATE,
    ("apps", "ReplicaSet"): _TEMPLATE,
    ("apps", "StatefulSet"): _TEMPLATE,
    ("apps.kruise.io", "CloneSet"): _TEMPLATE,
    ("apps.openshift.io", "DeploymentConfig"): _TEMPLATE,
    ("argoproj.io", "Rollout"): _TEMPLATE,
    ("batch", "CronJob"): ("spec", "jobTemplate", *_TEMPLATE),
    ("batch", "Job"): _TEMPLATE,
    ("extensions", "DaemonSet"): _TEMPLATE,
    ("extensions", "Deployment"): _TEMPLATE,
    ("keda.sh", "ScaledJob"): ("spec", "jobTargetRef", "template", "spec"),
    ("serving.knative.dev", "Configuration"): _TEMPLATE,
    ("serving.knative.dev", "Service"): _TEMPLATE,
}
_CONTAINERS = ("initContainers", "containers", "ephemeralContainers")
# Traefik: Host(`a`, `b`) && PathPrefix(`/x`); a negated matcher serves everything but the host.
_TRAEFIK_HOST = re.compile(r"(!\s*)?\b(?:Host|HostHeader|HostSNI)\(([^()]*)\)")
_QUOTED = re.compile(r"[`\"']([^`\"']+)[`\"']")
_ALIASES = "nginx.ingress.kubernetes.io/server-alias"
_EXTERNAL_DNS = "external-dns.alpha.kubernetes.io/hostname"


class HostFact(NamedTuple):
    """A host that a resource serves; ``tls_secret`` names the Secret with its certificate."""

    host: str
    span: Span
    tls_secret: str | None = None


@kept_by_resource
def pod_spec_of(resource: Resource) -> Mapping | None:
    """The pod that a workload runs; ``None`` for what runs none."""
    route = _POD_SPECS.get((resource.group, resource.kind))
    return resource.manifest.mapping(*route) if route else None


def pod_metadata_of(resource: Resource) -> Mapping:
    """The labels and annotations of the pods that a workload runs, with what stands beside them."""
    route = _POD_SPECS.get((resource.group, resource.kind))
    return resource.manifest.at(*route[:-1], "metadata") if route else NOTHING


def containers_of(pod: Mapping) -> Iterator[Mapping]:
    """Every container of a pod: those that set it up, run in it and look into it."""
    for key in _CONTAINERS:
        if key in pod.entries:
            yield from pod.mappings_at(key)


def images_of(resource: Resource) -> tuple[Scalar, ...]:
    """The image of every container that a workload runs, and of every volume that is one."""
    pod = pod_spec_of(resource)
    if not pod:
        return ()
    images = [container.scalar("image") for container in containers_of(pod)]
    images += [volume.scalar("image", "reference") for volume in pod.mappings_at("volumes")]
    return tuple(
        image for image in images if image and isinstance(image.value, str) and image.value
    )


def hosts_of(resource: Resource) -> tuple[HostFact, ...]:
    """The host names that a resource makes reachable, each once; ``*`` is none."""
    find = _HOSTS.get((resource.group, resource.kind))
    facts = find(resource) if find else ()
    by_host: dict[str, HostFact] = {}
    for fact in facts:
        host = fact.host.strip().rstrip(".").lower()
        if host and host != "*" and " " not in host:
            by_host.setdefault(host, fact._replace(host=host))
    return tuple(by_host.values())


def _ingress_hosts(resource: Resource) -> Iterator[HostFact]:
    yield from _hosts_in_ingress(resource.manifest.mapping("spec"))
    yield from _in_annotation(resource, _ALIASES)


def _gafaelfawr_hosts(resource: Resource) -> Iterator[HostFact]:
    """An Ingress within a resource that adds authentication to it."""
    yield from _hosts_in_ingress(resource.manifest.mapping("template", "spec"))


def _hosts_in_ingress(spec: Mapping | None) -> Iterator[HostFact]:
    if spec is None:
        return
    secrets: dict[str, str] = {}
    for entry in spec.mappings_at("tls"):
        for name in strings(entry.items_at("hosts")):
            secrets[str(name.value)] = entry.text("secretName")
    for rule in spec.mappings_at("rules"):
        host_scalar = rule.scalar("host")
        if host_scalar is not None:
            host = str(host_scalar.value)
            yield HostFact(host, host_scalar.span, _secret_for(host, secrets))


def _secret_for(host: str, secrets: dict[str, str]) -> str | None:
    wildcard = f"*.{host.partition('.')[2]}"
    return secrets.get(host) or secrets.get(wildcard) or None


def _traefik_hosts(resource: Resource) -> Iterator[HostFact]:
    secret = resource.manifest.text("spec", "tls", "secretName") or None
    for route in resource.manifest.mappings_at("spec", "routes"):
        match = route.scalar("match")
        for negated, names in _TRAEFIK_HOST.findall(str(match.value)) if match else ():
            if match is not None and not negated:
                yield from (HostFact(name, match.span, secret) for name in _QUOTED.findall(names))


def _route_hosts(resource: Resource) -> Iterator[HostFact]:
    """A route of the Gateway API."""
    for host in strings(resource.manifest.items_at("spec", "hostnames")):
        yield HostFact(str(host.value), host.span)


def _gateway_hosts(resource: Resource) -> Iterator[HostFact]:
    for listener in resource.manifest.mappings_at("spec", "listeners"):
        host = listener.scalar("hostname")
        certificates = listener.mappings_at("tls", "certificateRefs")
        if host is not None:
            secret = certificates[0].text("name") if certificates else ""
            yield HostFact(str(host.value), host.span, secret or None)


def _openshift_hosts(resource: Resource) -> Iterator[HostFact]:
    host = resource.manifest.scalar("spec", "host")
    secret = resource.manifest.text("spec", "tls", "externalCertificate", "name")
    if host is not None:
        yield HostFact(str(host.value), host.span, secret or None)


def _istio_gateway_hosts(resource: Resource) -> Iterator[HostFact]:
    for server in resource.manifest.mappings_at("spec", "servers"):
        secret = server.text("tls", "credentialName") or None
        for host in strings(server.items_at("hosts")):  # "namespace/host" or "host"
            yield HostFact(str(host.value).rpartition("/")[2], host.span, secret)


def _virtual_service_hosts(resource: Resource) -> Iterator[HostFact]:
    """The hosts behind a gateway; within the mesh they are names of Services."""
    gateways = {str(name.value) for name in strings(resource.manifest.items_at("spec", "gateways"))}
    if not gateways - {"mesh"}:
        return
    for host in strings(resource.manifest.items_at("spec", "hosts")):
        if "." in str(host.value) and not str(host.value).endswith((".svc", ".cluster.local")):
            yield HostFact(str(host.value), host.span)


def _contour_hosts(resource: Resource) -> Iterator[HostFact]:
    host = resource.manifest.scalar("spec", "virtualhost", "fqdn")
    if host is not None:
        secret = resource.manifest.text("spec", "virtualhost", "tls", "secretName")
        yield HostFact(str(host.value), host.span, secret or None)


def _knative_hosts(resource: Resource) -> Iterator[HostFact]:
    name = resource.manifest.scalar("metadata", "name")
    if name is not None:
        secret = resource.manifest.text("spec", "tls", "secretName")
        yield HostFact(str(name.value), name.span, secret or None)


def _service_hosts(resource: Resource) -> Iterator[HostFact]:
    yield from _in_annotation(resource, _EXTERNAL_DNS)


def _in_annotation(resource: Resource, key: str) -> Iterator[HostFact]:
    names = resource.annotation(key)
    if names is not None:
        yield from (HostFact(name, names.span) for name in str(names.value).split(","))


_HOSTS: dict[tuple[str, str], Callable[[Resource], Iterator[HostFact]]] = {
    ("", "Service"): _service_hosts,
    ("extensions", "Ingress"): _ingress_hosts,
    ("gafaelfawr.lsst.io", "GafaelfawrIngress"): _gafaelfawr_hosts,
    ("gateway.networking.k8s.io", "Gateway"): _gateway_hosts,
    ("gateway.networking.k8s.io", "GRPCRoute"): _route_hosts,
    ("gateway.networking.k8s.io", "HTTPRoute"): _route_hosts,
    ("gateway.networking.k8s.io", "TLSRoute"): _route_hosts,
    ("networking.istio.io", "Gateway"): _istio_gateway_hosts,
    ("networking.istio.io", "VirtualService"): _virtual_service_hosts,
    ("networking.k8s.io", "Ingress"): _ingress_hosts,
    ("projectcontour.io", "HTTPProxy"): _contour_hosts,
    ("route.openshift.io", "Route"): _openshift_hosts,
    ("serving.knative.dev", "DomainMapping"): _knative_hosts,
    ("traefik.containo.us", "IngressRoute"): _traefik_hosts,
    ("traefik.containo.us", "IngressRouteTCP"): _traefik_hosts,
    ("traefik.io", "IngressRoute"): _traefik_hosts,
    ("traefik.io", "IngressRouteTCP"): _traefik_hosts,
}
