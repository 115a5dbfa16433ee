"""Small questions about a manifest that producers, consumers and copies share."""

from graphdoc.model.node import NOTHING, Mapping, Scalar
from graphdoc.model.resource import Resource

__all__ = [
    "has_cert_manager_issuer",
    "has_issuer",
    "name_at",
    "name_of_external",
    "namespace_beside",
    "secret_metadata",
]

_CERT_MANAGER_ANNOTATIONS = (
    "cert-manager.io/cluster-issuer",
    "cert-manager.io/issuer",
    "certmanager.k8s.io/cluster-issuer",
    "certmanager.k8s.io/issuer",
)
_TLS_ACME = "kubernetes.io/tls-acme"

# Where the metadata of the Secret stands that a resource makes.
_SECRET_METADATA: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "Secret"): ("metadata",),
    ("bitnami.com", "SealedSecret"): ("spec", "template", "metadata"),
    ("cert-manager.io", "Certificate"): ("spec", "secretTemplate"),
    ("external-secrets.io", "ExternalSecret"): ("spec", "target", "template", "metadata"),
}


def secret_metadata(resource: Resource) -> Mapping:
    """The labels and annotations that a produced Secret carries."""
    route = _SECRET_METADATA.get((resource.group, resource.kind))
    return resource.manifest.at(*route) if route else NOTHING


def has_cert_manager_issuer(resource: Resource) -> bool:
    """Whether cert-manager makes the certificates that an Ingress or Gateway names."""
    return has_issuer(resource.manifest.at("metadata", "annotations"))


def has_issuer(annotations: Mapping) -> bool:
    """Whether annotations tell cert-manager to make a certificate."""
    acme = annotations.scalar(_TLS_ACME)
    is_acme = acme is not None and str(acme.value).lower() == "true"
    return is_acme or any(annotations.scalar(key) for key in _CERT_MANAGER_ANNOTATIONS)


def namespace_beside(reference: Mapping) -> str:
    """The namespace that a mapping says beside the name of a Secret; empty where it says none."""
    return reference.text("namespace") or reference.text("secretNamespace")


def name_of_external(spec: Mapping, usual: str) -> str:
    """What the Secrets of a ClusterExternalSecret are called."""
    said = spec.text("externalSecretSpec", "target", "name") or spec.text("externalSecretName")
    return said or usual


def name_at(mapping: Mapping, *route: str) -> Scalar | None:
    """The string at the end of a route that names something; no placeholder, and not empty."""
    scalar = mapping.scalar(*route)
    if scalar is None or not isinstance(scalar.value, str) or not scalar.value.strip():
        return None
    return scalar
