"""What one would want to change of an Application, with the line that sets it today."""

import re
from collections.abc import Iterator
from itertools import chain

from graphdoc.model.dataclass import dataclass
from graphdoc.model.helm import LayerKind
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, unescape_pointer, walk
from graphdoc.model.resource import SYNC_WAVE, Resource
from graphdoc.resolve.resolved import ResolvedApplication, ResolvedSource, Tool
from graphdoc.site.writing.shown_values import dotted

__all__ = ["SETTINGS", "Setting", "kind_of", "settings_of"]

SETTINGS = (
    "Image tag",
    "Replicas",
    "Host",
    "Secret name",
    "Resources",
    "Storage class",
    "Storage size",
    "Load balancer",
    "Chart version",
    "Revision",
    "Sync wave",
    "Namespace",
    "Sync policy",
    "Project",
)

_PATTERNS = tuple(
    (what, re.compile(pattern, re.IGNORECASE))
    for what, pattern in (
        ("Image tag", r"(^|/)(\w*image/tag|\w*imageTag|tag)$"),
        ("Replicas", r"(^|/)(replicas|replicaCount|(min|max)Replicas)$"),
        ("Host", r"(^|/)(host|hostname|domain|fqdn|hosts/\d+(/(host|name))?)$"),
        ("Secret name", r"(^|/)(\w*secretName|existingSecret|\w*imagePullSecrets/\d+/name)$"),
        ("Resources", r"(^|/)resources/(requests|limits)/(cpu|memory)$"),
        ("Storage class", r"(^|/)(storageClass|storageClassName)$"),
        ("Storage size", r"(^|/)(persistence|storage|persistentVolume)(/\w+)*/size$"),
        ("Load balancer", r"(load-?balancer)[^/]*$"),
    )
)
# What every reader asks for, even where only the chart says it.
_DEFAULTS_SHOWN = re.compile(r"/(tag|replicas|replicaCount)$")
_WORKLOADS = frozenset(
    {"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Rollout", "Pod"}
)
_IMAGE = re.compile(r"/(containers|initContainers)/\d+/image$")
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to change: what it is, its key and value, and where it stands, the place last.

    ``default`` marks what only the chart says: one changes it in the values of the Application.
    """

    what: str
    key: str
    value: str
    origins: tuple[Span, ...]
    default: bool = False

    @property
    def place(self) -> Span:
        """The line to change."""
        return self.origins[-1]


def settings_of(application: ResolvedApplication) -> tuple[Setting, ...]:
    """All settings of one Application on one cluster, in the order of ``SETTINGS``."""
    found = chain(
        _manifest_settings(application),
        *(_source_settings(source) for source in application.sources),
    )
    unique = {(s.what, s.key, s.place): s for s in found if s.place.file.path}
    return tuple(sorted(unique.values(), key=lambda s: (SETTINGS.index(s.what), s.key, s.place)))


def _manifest_settings(application: ResolvedApplication) -> Iterator[Setting]:
    manifest = application.manifest
    wave = manifest.scalar("metadata", "annotations", SYNC_WAVE)
    yield from _scalar("Sync wave", SYNC_WAVE, wave)
    yield from _scalar(
        "Namespace", "destination.namespace", manifest.scalar("spec", "destination", "namespace")
    )
    yield from _scalar("Project", "project", manifest.scalar("spec", "project"))
    automated = manifest.mapping("spec", "syncPolicy", "automated")
    if automated is not None:
        yield Setting("Sync policy", "syncPolicy.automated", _policy(automated), automated.origins)
    for source in application.application.sources:
        if source.ref is None or source.path or source.chart:
            what = "Chart version" if source.chart else "Revision"
            yield from _scalar(
                what, source.chart or source.path or "", source.node.scalar("targetRevision")
            )


def _policy(automated: Mapping) -> str:
    enabled = automated.scalar("enabled")
    if enabled is not None and enabled.value is False:
        return "by hand: enabled is false"
    switched = [word for word in ("prune", "selfHeal") if automated.is_true(word)]
    return ", ".join(["automated", *switched])


def _scalar(what: str, key: str, scalar: Scalar | None) -> Iterator[Setting]:
    if scalar is not None and scalar.value is not None and _said(scalar):
        yield Setting(what, key, _said(scalar), scalar.origins)


def _source_settings(source: ResolvedSource) -> Iterator[Setting]:
    if source.values is not None:
        yield from _value_settings(source, source.values)
    if source.tool is not Tool.HELM:
        for resource in source.resources:
            yield from _workload_settings(resource)


def _value_settings(source: ResolvedSource, values: Mapping) -> Iterator[Setting]:
    files = {layer.file for layer in source.layers if layer.kind is LayerKind.CHART_DEFAULTS}
    for pointer, node in walk(values):
        what = kind_of(pointer)
        if what and isinstance(node, Scalar) and _is_meant(what, values, pointer, node):
            default = node.span.file in files
            if not default or _is_default_shown(what, pointer):
                yield Setting(what, dotted(pointer), _said(node), node.origins, default)


def _is_default_shown(what: str, pointer: str) -> bool:
    return what in {"Image tag", "Replicas"} and bool(_DEFAULTS_SHOWN.search(pointer))


def kind_of(pointer: str) -> str:
    """What one calls the setting that a key of values makes; empty where it has no name."""
    return next((what for what, pattern in _PATTERNS if pattern.search(pointer)), "")


def _is_meant(what: str, values: Mapping, pointer: str, node: Scalar) -> bool:
    text = _said(node)
    if not text:
        return False
    if what == "Host":
        return "." in text and " " not in text
    if what == "Image tag" and pointer.rpartition("/")[2] == "tag":
        return _beside(values, pointer, ("repository", "image", "name", "registry"))
    return True


def _beside(values: Mapping, pointer: str, names: tuple[str, ...]) -> bool:
    """Whether one of the names stands next to a key, as a repository does beside a tag."""
    route = list(map(unescape_pointer, pointer.split("/")[1:-1]))
    around = values.mapping(*route)
    beside = around is not None and any(name in around.entries for name in names)
    return beside or bool(route and "image" in route[-1].lower())


def _workload_settings(resource: Resource) -> Iterator[Setting]:
    if resource.kind in {
        "Ingress",
        "IngressRoute",
        "HTTPRoute",
        "Gateway",
        "Route",
        "VirtualService",
    }:
        yield from _host_settings(resource)
    if resource.kind not in _WORKLOADS:
        return
    for pointer, node in walk(resource.manifest):
        if _IMAGE.search(pointer):
            yield from _leaf("Image tag", resource, node)
    yield from _leaf("Replicas", resource, resource.manifest.find("spec", "replicas"))


def _host_settings(resource: Resource) -> Iterator[Setting]:
    for pointer, node in walk(resource.manifest):
        if (
            re.search(r"/(host|hostname|hostnames/\d+|hosts/\d+|match)$", pointer)
            and "/tls/" not in pointer
        ):
            yield from _leaf("Host", resource, node)


def _leaf(what: str, resource: Resource, node: Node | None) -> Iterator[Setting]:
    if isinstance(node, Scalar) and _said(node):
        yield Setting(what, f"{resource.kind}/{resource.name}", _said(node), node.origins)


def _said(scalar: Scalar) -> str:
    if isinstance(scalar.value, bool):
        return "true" if scalar.value else "false"
    text = "" if scalar.value is None else str(scalar.value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
