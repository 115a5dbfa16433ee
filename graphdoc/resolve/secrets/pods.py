"""The Secrets that a pod needs to start."""

from collections.abc import Iterator
from typing import NamedTuple

from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Scalar
from graphdoc.model.secret import ConsumerKind
from graphdoc.resolve.resources.workloads import containers_of
from graphdoc.resolve.secrets.reading import name_at

__all__ = ["Use", "use_of", "uses_in_pod"]

# Volumes of storage systems that name their credentials: {secretRef: {name}}.
_SECRET_REF_VOLUMES = ("cephfs", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos")


class Use(NamedTuple):
    """One mention of a Secret; an empty namespace is the resource's own."""

    name: str
    how: ConsumerKind
    span: Span
    optional: bool = False
    namespace: str = ""


def uses_in_pod(pod: Mapping) -> Iterator[Use]:
    """Every Secret that containers, volumes and image pulls name."""
    for container in containers_of(pod):
        yield from _in_environment(container)
    for volume in pod.mappings_at("volumes"):
        yield from _in_volume(volume)
    for entry in pod.mappings_at("imagePullSecrets"):
        yield from use_of(name_at(entry, "name"), ConsumerKind.IMAGE_PULL)


def use_of(name: Scalar | None, how: ConsumerKind, *, optional: bool = False) -> Iterator[Use]:
    """The use that a scalar makes by naming a Secret."""
    if name is not None:
        yield Use(str(name.value), how, name.span, optional)


def _in_environment(container: Mapping) -> Iterator[Use]:
    for variable in container.mappings_at("env"):
        reference = variable.mapping("valueFrom", "secretKeyRef")
        if reference is not None:
            yield from _by_reference(reference, ConsumerKind.ENV)
    for entry in container.mappings_at("envFrom"):
        yield from _by_reference(entry.at("secretRef"), ConsumerKind.ENV_FROM)


def _by_reference(reference: Mapping, how: ConsumerKind, key: str = "name") -> Iterator[Use]:
    yield from use_of(name_at(reference, key), how, optional=reference.is_true("optional"))


def _in_volume(volume: Mapping) -> Iterator[Use]:
    yield from _by_reference(volume.at("secret"), ConsumerKind.VOLUME, "secretName")
    for source in volume.mappings_at("projected", "sources"):
        yield from _by_reference(source.at("secret"), ConsumerKind.VOLUME)
    for kind in _SECRET_REF_VOLUMES:
        yield from use_of(name_at(volume, kind, "secretRef", "name"), ConsumerKind.VOLUME)
    yield from use_of(name_at(volume, "csi", "nodePublishSecretRef", "name"), ConsumerKind.VOLUME)
    yield from use_of(name_at(volume, "azureFile", "secretName"), ConsumerKind.VOLUME)
