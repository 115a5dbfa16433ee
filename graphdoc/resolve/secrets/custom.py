"""Secrets that resources name in fields whose meaning only their controllers know.

A field that is called after a Secret names one; whether the controller needs it or makes it is not
to be seen, so every such use is optional: it keeps a Secret from being an orphan, no more.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from graphdoc.model.node import Mapping, Node, Scalar, Sequence, strings
from graphdoc.model.resource import Resource
from graphdoc.model.secret import ConsumerKind
from graphdoc.resolve.secrets.pods import Use
from graphdoc.resolve.secrets.reading import name_at, namespace_beside

__all__ = ["uses_in_argocd_settings", "uses_in_custom_resource"]

# secretRef, apiTokenSecretRef, existingSecret, secretName, secretNames, credentialsName …
_FIELD = re.compile(
    r"(?:secret(?:s|name|names|ref|refs|keyref|key)?|credentialsname)$", re.IGNORECASE
)
# A mapping with a name, such as OpenShift's identity providers hold.
_ANY_REFERENCE = re.compile(
    r"(?:credentials?|password|token|auth|filedata)(?:ref|s)?$", re.IGNORECASE
)
_OF_REFERENCE = frozenset(["apiVersion", "group", "key", "kind", "name", "namespace", "optional"])
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
# Kinds that speak of Secrets without using any, or whose uses are found elsewhere.
_SILENT_KINDS = frozenset({
    "AppProject", "Application", "ApplicationSet", "ClusterExternalSecret", "ClusterPolicy",
    "ClusterRole", "Component", "ConfigMap", "CustomResourceDefinition", "ExternalSecret",
    "Kustomization", "LimitRange", "Policy", "ResourceQuota", "Role", "SealedSecret", "Secret",
})  # fmt: skip
# "$secret:key" in Argo CD's settings.
_ARGOCD_REFERENCE = re.compile(r"\$([a-z0-9][a-z0-9.-]*):[\w.-]+")
_ARGOCD_SECRETS = {
    "argocd-cm": "argocd-secret",
    "argocd-notifications-cm": "argocd-notifications-secret",
}


def uses_in_custom_resource(resource: Resource) -> Iterator[Use]:
    """What the fields of a resource name that are called after Secrets."""
    if resource.kind in _SILENT_KINDS or not _may_name_any(resource):
        return
    for key, node in resource.manifest.entries.items():
        if key not in {"metadata", "status"}:
            yield from _in_field(key, node)


def _may_name_any(resource: Resource) -> bool:
    """Whether any of its keys, or a kind within it, speaks of Secrets: most do not."""
    return any(map(_is_of_reference, resource.keys)) or any(
        node.text("kind") == "Secret" for node in resource.mappings if "kind" in node.entries
    )


def _in_field(key: str, node: Node) -> Iterator[Use]:
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _in_field(key, item)
        return
    if isinstance(node, Scalar):
        if _is_of_secret(key):
            yield from _named(node)
        return
    yield from _referenced(key, node)
    for name, child in node.entries.items():
        yield from _in_field(name, child)


@lru_cache(maxsize=4096)  # many resources have the same fields
def _is_of_secret(key: str) -> bool:
    return _FIELD.search(key) is not None


@lru_cache(maxsize=4096)
def _is_of_reference(key: str) -> bool:
    return _is_of_secret(key) or _ANY_REFERENCE.search(key) is not None


def _named(scalar: Scalar) -> Iterator[Use]:
    if isinstance(scalar.value, str) and _NAME.fullmatch(scalar.value):
        yield Use(scalar.value, ConsumerKind.CUSTOM_RESOURCE, scalar.span, optional=True)


def _referenced(key: str, node: Mapping) -> Iterator[Use]:
    name = name_at(node, "name")
    if name is None or not _is_reference(key, node):
        return
    namespace, how = namespace_beside(node), ConsumerKind.CUSTOM_RESOURCE
    if _NAME.fullmatch(str(name.value)):
        yield Use(str(name.value), how, name.span, optional=True, namespace=namespace)


def _is_reference(key: str, node: Mapping) -> bool:
    if node.text("kind") not in {"", "Secret"}:
        return False
    if _is_of_secret(key) or node.text("kind") == "Secret":
        return True
    return _is_of_reference(key) and node.entries.keys() <= _OF_REFERENCE


def uses_in_argocd_settings(resource: Resource) -> Iterator[Use]:
    """The Secrets that Argo CD's own ConfigMaps lead to."""
    how = ConsumerKind.ARGOCD
    if resource.name in _ARGOCD_SECRETS:
        yield Use(_ARGOCD_SECRETS[resource.name], how, resource.span, optional=True)
    if resource.name == "argocd-cm":
        values = (resource.manifest.mapping("data") or resource.manifest).entries.values()
        for scalar in strings(tuple(values)):
            for name in _ARGOCD_REFERENCE.findall(str(scalar.value)):
                yield Use(name, how, scalar.span, optional=True)
