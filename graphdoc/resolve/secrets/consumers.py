"""The resources that use Secrets."""

from collections.abc import Callable, Collection, Iterable, Iterator

from graphdoc.model.argocd import SECRET_TYPE
from graphdoc.model.grouping import grouped
from graphdoc.model.node import Mapping, Scalar, strings
from graphdoc.model.resource import Resource, ResourceId, kept_by_resource
from graphdoc.model.secret import ConsumerKind, SecretConsumer
from graphdoc.parse.placeholders import is_unfilled
from graphdoc.resolve.resources.workloads import pod_spec_of
from graphdoc.resolve.secrets.custom import uses_in_argocd_settings, uses_in_custom_resource
from graphdoc.resolve.secrets.needed import uses_of_known_kind
from graphdoc.resolve.secrets.pods import Use, use_of, uses_in_pod
from graphdoc.resolve.secrets.producers import find_producers
from graphdoc.resolve.secrets.reading import (
    has_issuer,
    name_at,
    secret_metadata,
)

__all__ = ["find_consumers", "find_consumers_in_values"]

_INGRESS_CLASS = "kubernetes.io/ingress.class"
# Labels by which a program finds the Secrets that it uses.
_LABELS = {
    SECRET_TYPE: ConsumerKind.ARGOCD,
    "cluster.open-cluster-management.io/credentials": ConsumerKind.BY_LABEL,
    "grafana_dashboard": ConsumerKind.BY_LABEL,
    "grafana_datasource": ConsumerKind.BY_LABEL,
    "jenkins.io/credentials-type": ConsumerKind.BY_LABEL,
    "kargo.akuity.io/cred-type": ConsumerKind.BY_LABEL,
    "sealedsecrets.bitnami.com/sealed-secrets-key": ConsumerKind.BY_LABEL,
}
# What a program looks for under a name of its own.
_FIXED_NAMES = {
    "alertmanager-main": ConsumerKind.BY_LABEL,
    "argocd-image-updater-secret": ConsumerKind.ARGOCD,
    "argocd-notifications-secret": ConsumerKind.ARGOCD,
    "argocd-secret": ConsumerKind.ARGOCD,
    "pipelines-as-code-secret": ConsumerKind.BY_LABEL,
}
_BRINGING_ONE = frozenset({"ExternalSecret", "SealedSecret", "Secret"})


def find_consumers(
    resource: Resource, namespace: str = "", keys: Collection[str] = ()
) -> tuple[SecretConsumer, ...]:
    """The Secrets that a resource uses, each once for each way of using it.

    Args:
        resource: a rendered resource.
        namespace: where it lands if it does not say.
        keys: annotations, such as a policy reads, whose value names a Secret.
    """
    own = resource.namespace or namespace
    uses = [*_all_uses(resource), *_by_label(resource), *_by_keys(resource, keys)]
    return tuple(_consumers(uses, resource.id, own))


def find_consumers_in_values(
    values: Mapping, keys: Collection[str], namespace: str, resource: ResourceId
) -> tuple[SecretConsumer, ...]:
    """The Secrets that certain keys of values name, for a chart that cannot be rendered.

    What lies below an ``enabled: false`` is left out, and what cert-manager makes for an Ingress.
    """
    return tuple(
        SecretConsumer(
            namespace,
            str(name.value),
            ConsumerKind.VALUES,
            name.span,
            optional=False,
            resource=resource,
        )
        for name in _named_in(values, keys)
    )


def _named_in(values: Mapping, keys: Collection[str]) -> Iterator[Scalar]:
    enabled = values.scalar("enabled")
    is_off = enabled is not None and enabled.value is False
    if is_off or has_issuer(values.at("annotations")):
        return
    for key, node in values.entries.items():
        if isinstance(node, Mapping):
            yield from _named_in(node, keys)
        elif key in keys:
            yield from (name for name in strings((node,)) if not is_unfilled(str(name.value)))


@kept_by_resource
def _all_uses(resource: Resource) -> tuple[Use, ...]:
    return tuple(_uses(resource))


def _uses(resource: Resource) -> Iterator[Use]:
    pod = pod_spec_of(resource)
    if pod is not None:
        yield from uses_in_pod(pod)
        return
    find = _FINDERS.get((resource.group, resource.kind)) or _FINDERS.get((resource.group, ""))
    if find is not None:
        yield from find(resource)
        return
    made = {(one.namespace, one.name) for one in find_producers(resource)}
    for use in (*uses_of_known_kind(resource), *uses_in_custom_resource(resource)):
        if (use.namespace or resource.namespace, use.name) not in made:
            yield use


def _consumers(uses: Iterable[Use], resource: ResourceId, own: str) -> Iterator[SecretConsumer]:
    """One consumer for each Secret and way of using it."""
    groups = grouped(((use.namespace or own, use.name, use.how), use) for use in uses)
    for (namespace, name, how), same in groups.items():
        first = next((use for use in same if not use.optional), same[0])
        yield SecretConsumer(namespace, name, how, first.span, first.optional, resource)


def _by_label(resource: Resource) -> Iterator[Use]:
    """A Secret that a program finds by its label or by a fixed name is used where it lies."""
    labels = secret_metadata(resource).mapping("labels")
    found = [how for key, how in _LABELS.items() if labels and key in labels.entries]
    if not found and resource.kind not in _BRINGING_ONE:
        return
    for producer in find_producers(resource):
        how = found[0] if found else _FIXED_NAMES.get(producer.name)
        if how is not None:
            yield Use(producer.name, how, producer.span)


def _by_keys(resource: Resource, keys: Collection[str]) -> Iterator[Use]:
    wanted = frozenset(keys)
    if not wanted or wanted.isdisjoint(resource.keys):
        return
    for node in resource.mappings:
        for key in sorted(wanted & node.entries.keys()):
            yield from use_of(name_at(node, key), ConsumerKind.CONFIGURED)


def _service_account(resource: Resource) -> Iterator[Use]:
    for entry in resource.manifest.mappings_at("imagePullSecrets"):
        yield from use_of(name_at(entry, "name"), ConsumerKind.SERVICE_ACCOUNT)
    for entry in resource.manifest.mappings_at("secrets"):  # may be mounted, not must
        yield from use_of(name_at(entry, "name"), ConsumerKind.SERVICE_ACCOUNT, optional=True)


def _ingress(resource: Resource) -> Iterator[Use]:
    said = resource.annotation(_INGRESS_CLASS) or resource.manifest.scalar(
        "spec", "ingressClassName"
    )
    # Load balancers of AWS have certificates of AWS, and read no Secret.
    is_of_aws = said is not None and said.value == "alb"
    for entry in resource.manifest.mappings_at("spec", "tls") if not is_of_aws else ():
        yield from use_of(name_at(entry, "secretName"), ConsumerKind.INGRESS_TLS)
    yield from uses_of_known_kind(resource)


def _ingress_route(resource: Resource) -> Iterator[Use]:
    name = name_at(resource.manifest, "spec", "tls", "secretName")
    yield from use_of(name, ConsumerKind.INGRESS_ROUTE_TLS)


def _openshift_route(resource: Resource) -> Iterator[Use]:
    name = name_at(resource.manifest, "spec", "tls", "externalCertificate", "name")
    yield from use_of(name, ConsumerKind.ROUTE_TLS)


def _gateway(resource: Resource) -> Iterator[Use]:
    for listener in resource.manifest.mappings_at("spec", "listeners"):
        for reference in listener.mappings_at("tls", "certificateRefs"):
            name = name_at(reference, "name")
            if name is not None and reference.text("kind") in {"", "Secret"}:
                namespace = reference.text("namespace")
                how = ConsumerKind.GATEWAY_TLS
                yield Use(str(name.value), how, name.span, namespace=namespace)


def _istio_gateway(resource: Resource) -> Iterator[Use]:
    """In the namespace of the gateway's pods, which may be another."""
    for server in resource.manifest.mappings_at("spec", "servers"):
        name = name_at(server, "tls", "credentialName")
        yield from use_of(name, ConsumerKind.GATEWAY_TLS, optional=True)


def _middleware(resource: Resource) -> Iterator[Use]:
    """A middleware of Traefik, and what else of its kinds names Secrets."""
    routes = (
        ("basicAuth", "secret"), ("digestAuth", "secret"), ("forwardAuth", "tls", "caSecret"),
        ("forwardAuth", "tls", "certSecret"), ("defaultCertificate", "secretName"),
    )  # fmt: skip
    for route in routes:
        name = name_at(resource.manifest, "spec", *route)
        yield from use_of(name, ConsumerKind.MIDDLEWARE)
    spec = resource.manifest.at("spec")
    names = (
        *spec.items_at("clientAuth", "secretNames"),
        *spec.items_at("rootCAsSecrets"),
        *spec.items_at("certificatesSecrets"),
    )
    for name in strings(names):
        yield from use_of(name, ConsumerKind.MIDDLEWARE)


def _issuer(resource: Resource) -> Iterator[Use]:
    """What an issuer of cert-manager needs; its account key it makes itself.

    For one of the whole cluster the Secrets lie beside cert-manager, wherever that runs.
    """
    made = {producer.name for producer in find_producers(resource)}
    everywhere = resource.kind == "ClusterIssuer"
    for use in uses_in_custom_resource(resource):
        if use.name not in made:
            yield use._replace(how=ConsumerKind.ISSUER, optional=everywhere)


def _secret_store(resource: Resource) -> Iterator[Use]:
    for use in uses_in_custom_resource(resource):
        is_certain = bool(use.namespace) or resource.kind == "SecretStore"
        yield use._replace(how=ConsumerKind.SECRET_STORE, optional=not is_certain)


def _push_secret(resource: Resource) -> Iterator[Use]:
    name = name_at(resource.manifest, "spec", "selector", "secret", "name")
    yield from use_of(name, ConsumerKind.SECRET_STORE)


def _openshift_settings(resource: Resource) -> Iterator[Use]:
    """OpenShift's settings are of the whole cluster, and their Secrets lie in one namespace."""
    for use in uses_in_custom_resource(resource):
        yield use._replace(namespace=use.namespace or "openshift-config")


_FINDERS: dict[tuple[str, str], Callable[[Resource], Iterator[Use]]] = {
    ("", "ConfigMap"): uses_in_argocd_settings,
    ("", "ServiceAccount"): _service_account,
    ("cert-manager.io", "ClusterIssuer"): _issuer,
    ("cert-manager.io", "Issuer"): _issuer,
    ("config.openshift.io", ""): _openshift_settings,
    ("extensions", "Ingress"): _ingress,
    ("external-secrets.io", "ClusterSecretStore"): _secret_store,
    ("external-secrets.io", "PushSecret"): _push_secret,
    ("external-secrets.io", "SecretStore"): _secret_store,
    ("gateway.networking.k8s.io", "Gateway"): _gateway,
    ("networking.istio.io", "Gateway"): _istio_gateway,
    ("networking.k8s.io", "Ingress"): _ingress,
    ("route.openshift.io", "Route"): _openshift_route,
    **{
        (group, kind): find
        for group in ("traefik.containo.us", "traefik.io")
        for kind, find in {
            "IngressRoute": _ingress_route,
            "IngressRouteTCP": _ingress_route,
            "Middleware": _middleware,
            "ServersTransport": _middleware,
            "TLSOption": _middleware,
            "TLSStore": _middleware,
        }.items()
    },
}
