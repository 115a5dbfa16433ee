"""The resources that bring Secrets into a namespace."""

from collections.abc import Callable, Iterator

from graphdoc.model.node import Mapping, Scalar, strings
from graphdoc.model.resource import Resource, kept_by_resource
from graphdoc.model.secret import ProducerKind, SealedScope, SecretProducer
from graphdoc.resolve.resources.workloads import containers_of, pod_spec_of
from graphdoc.resolve.secrets.operators import Made, made_by_operator
from graphdoc.resolve.secrets.reading import (
    has_cert_manager_issuer,
    name_at,
    name_of_external,
    secret_metadata,
)

__all__ = ["find_producers"]

_CERTIFICATE_KEYS = ("ca.crt", "tls.crt", "tls.key")
_ISSUER_NAMESPACE = "cert-manager"
_SERVICE_CERTIFICATES = (
    "service.beta.openshift.io/serving-cert-secret-name",
    "service.alpha.openshift.io/serving-cert-secret-name",
)
_SCOPES = {
    "sealedsecrets.bitnami.com/cluster-wide": SealedScope.CLUSTER_WIDE,
    "sealedsecrets.bitnami.com/namespace-wide": SealedScope.NAMESPACE_WIDE,
}
_NOT_CREATING = frozenset({"Merge", "None"})


def find_producers(resource: Resource, namespace: str = "") -> tuple[SecretProducer, ...]:
    """The Secrets that a resource brings; ``namespace`` is where it lands if it does not say."""
    made, own = _all_made(resource), resource.namespace or namespace
    if not made:
        return ()
    labels = secret_metadata(resource).pairs_at("labels")
    scope = _sealed_scope(resource) if resource.kind == "SealedSecret" else None
    producers = (
        SecretProducer(
            one.namespace or own, one.name, one.how, one.span, one.keys, resource.id, labels, scope
        )
        for one in made
        if one.name
    )
    return tuple(dict.fromkeys(producers))


@kept_by_resource
def _all_made(resource: Resource) -> tuple[Made, ...]:
    find = _FINDERS.get((resource.group, resource.kind))
    known = find(resource) if find else ()
    return (*known, *_by_containers(resource), *made_by_operator(resource))


def _secret(resource: Resource) -> Iterator[Made]:
    if resource.manifest.text("type").startswith("helm.sh/release"):
        return
    keys = {key for part in ("data", "stringData") for key in resource.manifest.at(part).entries}
    yield Made(resource.name, ProducerKind.SECRET, resource.span, keys=tuple(sorted(keys)))


def _sealed_secret(resource: Resource) -> Iterator[Made]:
    """The controller gives the Secret the name and namespace of the SealedSecret.

    What ``spec.template.metadata`` says of them is overwritten.
    """
    spec = resource.manifest.at("spec")
    keys = {
        key
        for route in (("encryptedData",), ("template", "data"))
        for key in spec.at(*route).entries
    }
    yield Made(resource.name, ProducerKind.SEALED_SECRET, resource.span, keys=tuple(sorted(keys)))


def _sealed_scope(resource: Resource) -> SealedScope:
    for key, scope in _SCOPES.items():
        annotation = resource.annotation(key)
        if annotation is not None and str(annotation.value).lower() == "true":
            return scope
    return SealedScope.STRICT


def _external_secret(resource: Resource) -> Iterator[Made]:
    spec = resource.manifest.at("spec")
    other_kind = spec.text("target", "manifest", "kind") not in {"", "Secret"}
    if other_kind or spec.text("target", "creationPolicy") in _NOT_CREATING:
        return
    name = name_at(spec, "target", "name")
    keys = _external_keys(spec)
    how = ProducerKind.EXTERNAL_SECRET
    yield Made(str(name.value) if name else resource.name, how, resource.span, keys=keys)


def _external_keys(spec: Mapping) -> tuple[str, ...]:
    """The keys, where the whole of them stands in Git."""
    template = spec.at("target", "template")
    if spec.items_at("dataFrom") or template.items_at("templateFrom"):
        return ()
    made = set(template.at("data").entries)
    given = {entry.text("secretKey") for entry in spec.mappings_at("data")} - {""}
    is_merged = template.text("mergePolicy") == "Merge"
    return tuple(sorted(made | given if is_merged else made or given))


def _cluster_external_secret(resource: Resource) -> Iterator[Made]:
    """In the namespaces that it lists; those that it selects are a matter of :mod:`clones`."""
    spec = resource.manifest.at("spec")
    name = name_of_external(spec, resource.name)
    for namespace in strings(spec.items_at("namespaces")):
        how = ProducerKind.EXTERNAL_SECRET
        yield Made(name, how, resource.span, namespace=str(namespace.value))


def _certificate(resource: Resource) -> Iterator[Made]:
    name = name_at(resource.manifest, "spec", "secretName")
    yield from _made(name, ProducerKind.CERTIFICATE, _CERTIFICATE_KEYS)


def _issuer(resource: Resource) -> Iterator[Made]:
    """The account's key, which cert-manager creates; for all of a cluster beside itself."""
    name = name_at(resource.manifest, "spec", "acme", "privateKeySecretRef", "name")
    namespace = _ISSUER_NAMESPACE if resource.kind == "ClusterIssuer" else ""
    yield from _made(name, ProducerKind.ISSUER, ("tls.key",), namespace)


def _ingress(resource: Resource) -> Iterator[Made]:
    if not has_cert_manager_issuer(resource):
        return
    for entry in resource.manifest.mappings_at("spec", "tls"):
        name = name_at(entry, "secretName")
        yield from _made(name, ProducerKind.INGRESS_CERTIFICATE, _CERTIFICATE_KEYS)


def _gateway(resource: Resource) -> Iterator[Made]:
    if not has_cert_manager_issuer(resource):
        return
    for listener in resource.manifest.mappings_at("spec", "listeners"):
        for reference in listener.mappings_at("tls", "certificateRefs"):
            name = name_at(reference, "name")
            yield from _made(name, ProducerKind.INGRESS_CERTIFICATE, _CERTIFICATE_KEYS)


def _service(resource: Resource) -> Iterator[Made]:
    """OpenShift's service CA signs a certificate for a Service that asks for it."""
    for key in _SERVICE_CERTIFICATES:
        name = resource.annotation(key)
        yield from _made(name, ProducerKind.SERVICE_CERTIFICATE, ("tls.crt", "tls.key"))


def _by_containers(resource: Resource) -> Iterator[Made]:
    """What well-known programs create when they start."""
    pod = pod_spec_of(resource)
    for container in containers_of(pod) if pod else ():
        words = [
            str(w.value) for part in ("command", "args") for w in strings(container.items_at(part))
        ]
        yield from _by_command(container, words)
        for variable in container.mappings_at("env"):
            if variable.text("name") == "METALLB_ML_SECRET_NAME":
                yield Made(variable.text("value"), ProducerKind.JOB, variable.span)


def _by_command(container: Mapping, words: list[str]) -> Iterator[Made]:
    if "redis-initial-password" in words:  # argocd admin redis-initial-password
        yield Made("argocd-redis", ProducerKind.JOB, container.span, keys=("auth",))
    if "certgen" not in container.text("image"):  # ingress-nginx and Prometheus' webhooks
        return
    for word, following in zip(words, [*words[1:], ""], strict=True):
        name, equals, value = word.partition("=")
        if name == "--secret-name":
            yield Made(value if equals else following, ProducerKind.JOB, container.span)


def _made(
    name: Scalar | None, how: ProducerKind, keys: tuple[str, ...], namespace: str = ""
) -> Iterator[Made]:
    if name is not None:
        yield Made(str(name.value), how, name.span, namespace, keys)


_FINDERS: dict[tuple[str, str], Callable[[Resource], Iterator[Made]]] = {
    ("", "Secret"): _secret,
    ("", "Service"): _service,
    ("bitnami.com", "SealedSecret"): _sealed_secret,
    ("cert-manager.io", "Certificate"): _certificate,
    ("cert-manager.io", "ClusterIssuer"): _issuer,
    ("cert-manager.io", "Issuer"): _issuer,
    ("extensions", "Ingress"): _ingress,
    ("external-secrets.io", "ClusterExternalSecret"): _cluster_external_secret,
    ("external-secrets.io", "ExternalSecret"): _external_secret,
    ("gateway.networking.k8s.io", "Gateway"): _gateway,
    ("networking.k8s.io", "Ingress"): _ingress,
}
