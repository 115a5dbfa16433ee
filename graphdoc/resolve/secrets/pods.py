"""The Secrets and ConfigMaps that a pod names."""

from collections.abc import Iterator
from typing import NamedTuple

from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Scalar
from graphdoc.model.secret import ConsumerKind
from graphdoc.resolve.resources.workloads import containers_of
from graphdoc.resolve.secrets.reading import name_at

__all__ = ["Reference", "Use", "needed_config_maps", "references_in_pod", "use_of", "uses_in_pod"]

# By what variables, environments and volumes name it, and the key of the name in a volume.
_NAMED_BY = {
    "ConfigMap": ("configMapKeyRef", "configMapRef", "configMap", "name"),
    "Secret": ("secretKeyRef", "secretRef", "secret", "secretName"),
}

# Volumes of storage systems that name their credentials: {secretRef: {name}}.
_SECRET_REF_VOLUMES = ("cephfs", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos")


class Use(NamedTuple):
    """One mention of a Secret; an empty namespace is the resource's own."""

    name: str
    how: ConsumerKind
    span: Span
    optional: bool = False
    namespace: str = ""


class Reference(NamedTuple):
    """Where a pod names one; ``volume`` is what the volume is called that shows it alone."""

    how: ConsumerKind
    at: Mapping
    name: Scalar
    volume: str | None = None

    @property
    def is_optional(self) -> bool:
        """Whether the pod starts without it."""
        return self.at.is_true("optional")


def references_in_pod(pod: Mapping, kind: str) -> Iterator[Reference]:
    """Every place where containers and volumes name something of the kind."""
    variable_by, environment_by, volume_by, name = _NAMED_BY[kind]
    for container in containers_of(pod):
        for variable in container.mappings_at("env"):
            reference = variable.mapping("valueFrom", variable_by)
            if reference is not None:
                yield from _reference(ConsumerKind.ENV, reference)
        for entry in container.mappings_at("envFrom"):
            yield from _reference(ConsumerKind.ENV_FROM, entry.at(environment_by))
    for volume in pod.mappings_at("volumes"):
        own = volume.at(volume_by)
        yield from _reference(ConsumerKind.VOLUME, own, name, volume.text("name"))
        for source in volume.mappings_at("projected", "sources"):
            yield from _reference(ConsumerKind.VOLUME, source.at(volume_by))


def _reference(
    how: ConsumerKind, at: Mapping, key: str = "name", volume: str | None = None
) -> Iterator[Reference]:
    name = name_at(at, key)
    if name is not None:
        yield Reference(how, at, name, volume)


def needed_config_maps(pod: Mapping) -> Iterator[Scalar]:
    """The ConfigMaps that a pod needs; what is optional it does not need."""
    found = references_in_pod(pod, "ConfigMap")
    return (reference.name for reference in found if not reference.is_optional)


def uses_in_pod(pod: Mapping) -> Iterator[Use]:
    """Every Secret that containers, volumes and image pulls name."""
    for how, at, name, _ in references_in_pod(pod, "Secret"):
        yield from use_of(name, how, optional=at.is_true("optional"))
    for volume in pod.mappings_at("volumes"):
        yield from _in_storage(volume)
    for entry in pod.mappings_at("imagePullSecrets"):
        yield from use_of(name_at(entry, "name"), ConsumerKind.IMAGE_PULL)


def use_of(name: Scalar | None, how: ConsumerKind, *, optional: bool = False) -> Iterator[Use]:
    """The use that a scalar makes by naming a Secret."""
    if name is not None:
        yield Use(str(name.value), how, name.span, optional)


def _in_storage(volume: Mapping) -> Iterator[Use]:
    for kind in _SECRET_REF_VOLUMES:
        yield from use_of(name_at(volume, kind, "secretRef", "name"), ConsumerKind.VOLUME)
    yield from use_of(name_at(volume, "csi", "nodePublishSecretRef", "name"), ConsumerKind.VOLUME)
    yield from use_of(name_at(volume, "azureFile", "secretName"), ConsumerKind.VOLUME)
