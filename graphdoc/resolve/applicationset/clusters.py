"""The clusters that an Argo CD would know: cluster Secrets in Git, and the inventory.

Of a Secret only the name, the server and the project are read, never the credentials.
"""

import base64
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple

from graphdoc.model.applicationset import Inventory
from graphdoc.model.argocd import SECRET_TYPE
from graphdoc.model.clone import Clone
from graphdoc.model.file_kinds import MANIFESTS
from graphdoc.model.grouping import once
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar
from graphdoc.model.resource import Resource
from graphdoc.parse.scalars import as_kubectl
from graphdoc.resolve.applicationset.parameters import make_mapping, make_texts, normalise_name
from graphdoc.resolve.evidence.comments import is_commented_out
from graphdoc.resolve.repositories.contents import read_bytes
from graphdoc.resolve.repositories.files import Files

__all__ = [
    "IN_CLUSTER", "Registered", "cluster_parameters", "find_registered", "known_to",
    "registered_repositories", "secret_for_argocd", "value_in_secret",
]  # fmt: skip

_IN_CLUSTER_SERVER = "https://kubernetes.default.svc"
_MARK = SECRET_TYPE.encode()


class Registered(NamedTuple):
    """One cluster; ``span`` is ``None`` for what only the inventory lists.

    ``namespace`` is that of the Secret, and so of the Argo CD that knows the cluster.
    """

    name: str
    server: str
    project: str
    labels: dict[str, str]
    annotations: dict[str, str]
    span: Span | None
    namespace: str = ""


IN_CLUSTER = Registered("in-cluster", _IN_CLUSTER_SERVER, "", {}, {}, None)


def find_registered(
    inventory: Inventory, clones: Iterable[Clone], files: Files
) -> tuple[Registered, ...]:
    """Every cluster by name; the inventory wins over Secrets of the same name."""
    found: dict[tuple[str, str], Registered] = {}
    listed_names = {listed.name for listed in inventory.clusters}
    for clone in clones:
        for cluster in _in_secrets(clone, files):
            if cluster.name not in listed_names:
                found.setdefault((cluster.name, cluster.namespace), cluster)
    for listed in inventory.clusters:
        found[listed.name, ""] = Registered(
            listed.name, listed.server, "", {SECRET_TYPE: "cluster", **dict(listed.labels)},
            dict(listed.annotations), None,
        )  # fmt: skip
    return tuple(found[key] for key in sorted(found))


def registered_repositories(resources: Iterable[Resource]) -> Iterator[str]:
    """The addresses of repositories that Secrets tell Argo CD of."""
    for resource in resources:
        template = secret_for_argocd(resource.manifest, "repository")
        yield from (value_in_secret(template, "url"),) if template is not None else ()


def known_to(namespace: str, registered: Iterable[Registered]) -> tuple[Registered, ...]:
    """The clusters that the Argo CD of a namespace knows.

    A Secret's file often leaves its namespace to a kustomization: where none is that of the Argo
    CD, no Secret is told from the others.
    """
    every = tuple(registered)
    if not any(one.namespace == namespace for one in every if one.namespace):
        return tuple(once(every, attrgetter("name")))
    near = (one for one in every if one.namespace in {"", namespace})
    return tuple(once(near, attrgetter("name")))


def cluster_parameters(cluster: Registered, span: Span, *, nested: bool) -> Mapping:
    """The parameters of one cluster."""
    place = cluster.span or span
    own = make_texts(
        {
            "name": cluster.name,
            "nameNormalized": normalise_name(cluster.name),
            "server": cluster.server,
            "project": cluster.project,
        },
        place,
    )
    metadata = {"annotations": cluster.annotations, "labels": cluster.labels}
    if not nested:
        flat = {
            f"metadata.{k}.{name}": t for k, texts in metadata.items() for name, t in texts.items()
        }
        return make_mapping({**own.entries, **make_texts(flat, place).entries}, place)
    if cluster is IN_CLUSTER:
        return own
    parts: dict[str, Node] = {k: make_texts(texts, place) for k, texts in metadata.items() if texts}
    return make_mapping({**own.entries, "metadata": make_mapping(parts, place)}, place)


def _in_secrets(clone: Clone, files: Files) -> Iterator[Registered]:
    for path in clone.files:
        if (
            not path.endswith(MANIFESTS)
            or "/templates/" in f"/{path}"
            or _MARK not in read_bytes(clone, path)
        ):
            continue
        for resource in files.parse(clone, path).resources:
            cluster = _read_secret(Resource(as_kubectl(resource.manifest)))
            if cluster is not None and not is_commented_out(clone, path):
                yield cluster


def _read_secret(resource: Resource) -> Registered | None:
    manifest = resource.manifest
    template = secret_for_argocd(manifest, "cluster")
    name = value_in_secret(template, "name") if template is not None else ""
    if template is None or not name:
        return None
    metadata = template.at("metadata")
    return Registered(
        name, value_in_secret(template, "server"), value_in_secret(template, "project"),
        _texts(metadata, "labels"), _texts(metadata, "annotations"), manifest.span,
        resource.namespace,
    )  # fmt: skip


def secret_for_argocd(manifest: Mapping, kind: str) -> Mapping | None:
    """A Secret that tells Argo CD of one; or the template of one that is made of it."""
    template = manifest if manifest.text("kind") == "Secret" else _secret_template(manifest)
    label = template.scalar("metadata", "labels", SECRET_TYPE) if template is not None else None
    return template if label is not None and label.value == kind else None


def _secret_template(manifest: Mapping) -> Mapping | None:
    return manifest.mapping("spec", "target", "template") or manifest.mapping("spec", "template")


def value_in_secret(secret: Mapping, key: str) -> str:
    """A value as text; what an operator fills in later is none."""
    text = secret.text("stringData", key)
    if text:
        return text
    data = secret.text("data", key)
    if "{{" in data or secret.text("kind") != "Secret":
        return "" if "{{" in data else data
    try:
        return base64.b64decode(data, validate=True).decode()
    except ValueError:  # not Base64, not ASCII, or not text below it
        return ""


def _texts(metadata: Mapping, key: str) -> dict[str, str]:
    return {
        name: child.value
        for name, child in metadata.at(key).entries.items()
        if isinstance(child, Scalar) and isinstance(child.value, str)
    }
