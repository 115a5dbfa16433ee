"""Kubernetes resources, as Argo CD would apply them."""

import re
from collections.abc import Callable
from functools import cached_property, wraps
from typing import NamedTuple, TypeVar

from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, mappings_within

__all__ = [
    "HELM_HOOK", "HOOK", "INTEGER", "SYNC_WAVE", "NamespacedName", "Resource", "ResourceId",
    "kept_by_resource", "lasting_id", "lasting_name",
]  # fmt: skip

T = TypeVar("T")

HELM_HOOK = "helm.sh/hook"
_NONE = frozenset[str]()
HOOK = "argocd.argoproj.io/hook"
SYNC_WAVE = "argocd.argoproj.io/sync-wave"

# What Go's strconv.Atoi accepts. Python's int() also takes "1_0" and " 5 ", which Argo CD does not.
INTEGER = re.compile(r"[+-]?0*[0-9]{1,18}")
# What Kustomize appends to generated names: hexadecimal digits without those that could form words.
_HASH = re.compile("-[2456789bcdfghkmt]{10}$")
_HASHED = frozenset({"ConfigMap", "Secret"})


class NamespacedName(NamedTuple):
    """What makes a resource unique among those of its type."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}" if self.namespace else self.name


class ResourceId(NamedTuple):
    """What makes a resource unique in a cluster (the version does not)."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        where = f"{self.namespace}/" if self.namespace else ""
        return f"{self.kind}/{where}{self.name}"


@dataclass(frozen=True)  # no slots: what every stage asks for is looked up once
class Resource:
    """One rendered or written manifest."""

    manifest: Mapping

    @cached_property
    def api_version(self) -> str:
        """``apiVersion`` as written."""
        return self.manifest.text("apiVersion")

    @cached_property
    def group(self) -> str:
        """The API group; empty for the core group."""
        group, slash, _ = self.api_version.partition("/")
        return group if slash else ""

    @cached_property
    def kind(self) -> str:
        """``kind`` as written."""
        return self.manifest.text("kind")

    @cached_property
    def name(self) -> str:
        """``metadata.name``; empty where only ``generateName`` is set."""
        return self.manifest.text("metadata", "name")

    @cached_property
    def namespace(self) -> str:
        """``metadata.namespace``; empty where it is not set."""
        return self.manifest.text("metadata", "namespace")

    @cached_property
    def id(self) -> ResourceId:
        """What makes it unique in a cluster."""
        return ResourceId(self.group, self.kind, self.namespace, self.name)

    @cached_property
    def mappings(self) -> list[Mapping]:
        """Every mapping of the manifest, gathered once for all who look through it.

        What a definition of custom resources says of their fields is left out: it names nothing.
        """
        is_schema = self.kind == "CustomResourceDefinition"
        return [self.manifest] if is_schema else mappings_within(self.manifest)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The keys of all these."""
        return frozenset[str]().union(*[mapping.entries for mapping in self.mappings])

    @property
    def span(self) -> Span:
        """Where the manifest starts."""
        return self.manifest.span

    @property
    def written(self) -> Span:
        """Where the manifest was first written, whatever patched it since."""
        return self.manifest.origins[0]

    def annotation(self, key: str) -> Scalar | None:
        """One annotation, with its place."""
        found = self._annotations.get(key)
        return found if isinstance(found, Scalar) else None

    @cached_property
    def _annotations(self) -> dict[str, Node]:
        return self.manifest.at("metadata", "annotations").entries

    @property
    def helm_events(self) -> frozenset[str]:
        """The events of Helm that it is a hook for."""
        hook = self.annotation(HELM_HOOK)
        return frozenset(event.strip() for event in str(hook.value).split(",")) if hook else _NONE

    @property
    def sync_wave(self) -> int:
        """The wave Argo CD applies this resource in.

        Argo CD reads a wave that is not an integer as one that is not there.
        """
        return int(self._wave) if INTEGER.fullmatch(self._wave) else 0

    @property
    def is_wave_misread(self) -> bool:
        """Whether a wave is written that is not an integer."""
        return bool(self._wave) and not INTEGER.fullmatch(self._wave)

    @property
    def _wave(self) -> str:
        wave = self.annotation(SYNC_WAVE)
        return str(wave.value) if wave and wave.value is not None else ""


def kept_by_resource(ask: Callable[[Resource], T]) -> Callable[[Resource], T]:
    """Let a resource keep the answer to a question that many ask of it."""
    name = f"{ask.__module__}.{ask.__qualname__}"

    @wraps(ask)
    def recall(resource: Resource) -> T:
        kept: dict[str, T] = resource.__dict__
        if name not in kept:
            kept[name] = ask(resource)
        return kept[name]

    return recall


def lasting_id(resource: Resource) -> ResourceId:
    """The id without the hash of the content, of which every release makes another."""
    id_ = resource.id
    return id_._replace(name=lasting_name(id_.name)) if id_.kind in _HASHED else id_


def lasting_name(name: str) -> str:
    """A name without such a hash."""
    return _HASH.sub("", name)
