"""What one would want to change of an Application, with the line that sets it today."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, product

from graphdoc.model.dataclass import dataclass
from graphdoc.model.helm import ChartDependency, LayerKind
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Node, Scalar, unescape_pointer, walk
from graphdoc.model.resource import SYNC_WAVE, Resource
from graphdoc.resolve.resolved import ResolvedApplication, ResolvedSource, Tool
from graphdoc.resolve.resources.workloads import containers_of, pod_spec_of
from graphdoc.resolve.secrets.known import KnownSecrets
from graphdoc.site.writing.shown_values import dotted
from graphdoc.site.writing.text import shortened

__all__ = ["SETTINGS", "Setting", "default_files", "kind_of", "settings_of"]

SETTINGS = (
    "Image tag",
    "Replicas",
    "Host",
    "Secret name",
    "Storage class",
    "Storage size",
    "Load balancer",
    "Chart version",
    "Revision",
    "Sync wave",
    "Namespace",
    "Sync policy",
    "Project",
    "Resources",
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
# These one finds in the templates of a chart whose values do not say them.
_ASKED = frozenset({"Image tag", "Replicas", "Host"})
_STORAGE_CLASS = frozenset({"storageClass", "storageClassName"})
_TEMPLATE = re.compile(r"/spec/volumeClaimTemplates/(\d+)/")
# These have no storage, but schemas, texts and values about it.
_NOT_STORED = frozenset(
    {"Application", "ApplicationSet", "ConfigMap", "CustomResourceDefinition", "Secret"}
)
# What says how many Pods there are without a Pod of its own, or in spite of the one that has it.
_SCALED = {
    "Rollout": ("replicas",),
    "HorizontalPodAutoscaler": ("minReplicas", "maxReplicas"),
    "ScaledObject": ("minReplicaCount", "maxReplicaCount"),
}
_LONGEST = 120
_LONGEST_KEY = 1000  # a key with all above it


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to change: what it is, its key and value, and where it stands, the place last.

    ``default`` marks what only the chart says: one changes it in the values of the Application;
    ``is_rendered`` what stands in a manifest or a template, and in no value.
    """

    what: str
    key: str
    value: str
    origins: tuple[Span, ...]
    default: bool = False
    is_rendered: bool = False

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
    known = KnownSecrets(application.resources)
    unique = {(s.what, s.key, s.place): _hidden(s, known) for s in found if s.place.file.path}
    return tuple(sorted(unique.values(), key=lambda s: (SETTINGS.index(s.what), s.key, s.place)))


def _hidden(setting: Setting, known: KnownSecrets) -> Setting:
    """A tag without what a kustomization takes from a Secret for it."""
    is_tag = setting.what == "Image tag" and known
    return replace(setting, value=known.text(setting.value)) if is_tag else setting


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
    yield from _chart_versions(source)
    values = source.values
    valued = tuple(_value_settings(source, values)) if values is not None else ()
    yield from valued
    for request in source.built.charts:
        yield from _value_settings(source, request.values)
    rendered = chain.from_iterable(map(_workload_settings, source.resources))
    if source.tool is not Tool.HELM:
        yield from rendered
    else:
        missing = _ASKED - {setting.what for setting in valued}
        found = (setting for setting in rendered if setting.what in missing)
        yield from (_from_values(source, setting) for setting in found)


def _chart_versions(source: ResolvedSource) -> Iterator[Setting]:
    """Of the charts that a chart in Git requires, or a kustomization has Helm render."""
    for required in _required(source):
        if required.version_span is not None and not required.is_local:
            span = required.version_span
            yield Setting("Chart version", required.name, required.version, (span,))
    for request in source.built.charts:
        if request.version and not request.folder:
            yield Setting("Chart version", request.name, request.version, (request.span,))


def _required(source: ResolvedSource) -> tuple[ChartDependency, ...]:
    chart = source.chart
    if chart is None or chart.path is None or chart.metadata is None:
        return ()
    return chart.metadata.dependencies


def _from_values(source: ResolvedSource, setting: Setting) -> Setting:
    """What a chart's templates say, where they took it whole from a value as that value."""
    for pointer, node in walk(source.values) if source.values is not None else ():
        is_whole = isinstance(node, Scalar) and _said(node) == setting.value
        if is_whole and not setting.value.isdigit():
            default = node.span.file in default_files(source)
            return Setting(setting.what, dotted(pointer), setting.value, node.origins, default)
    return setting


def default_files(source: ResolvedSource) -> frozenset[SourceFile | None]:
    """The values files that only the chart says: neither named by the Application, nor all it has.

    Whoever wraps other charts in one of their own writes the values of these into its values.yaml.
    """
    defaults, folder = LayerKind.CHART_DEFAULTS, source.chart_folder
    said = {layer.file for layer in source.layers if layer.kind is not defaults}
    if folder is not None and not said and _required(source):
        said = {SourceFile(folder[0], f"{folder[1]}/values.yaml".lstrip("/"))}
    return frozenset(layer.file for layer in source.layers if layer.kind is defaults) - said


def _value_settings(source: ResolvedSource, values: Mapping) -> Iterator[Setting]:
    files = default_files(source)
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
    if len(pointer) > _LONGEST_KEY:
        return ""
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
    around = values.at(*route).entries
    return not around.keys().isdisjoint(names) or bool(route and "image" in route[-1].lower())


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
    pod = pod_spec_of(resource)
    for key in _SCALED.get(resource.kind, ("replicas",) if pod is not None else ()):
        within = "" if key == "replicas" else key
        yield from _leaf("Replicas", resource, resource.manifest.find("spec", key), within)
    if pod is not None:
        yield from _pod_settings(resource, pod)
    if resource.kind == "Service":
        yield from _balancer_settings(resource)
    if resource.kind not in _NOT_STORED:
        yield from _storage_settings(resource)


def _pod_settings(resource: Resource, pod: Mapping) -> Iterator[Setting]:
    """What each container runs and may use; of several each is named."""
    containers = tuple(containers_of(pod))
    for container in containers:
        name = container.text("name") if len(containers) > 1 else ""
        yield from _leaf("Image tag", resource, container.find("image"), name)
        for bound, what in product(("requests", "limits"), ("cpu", "memory")):
            key = f"{name} {bound}.{what}".strip()
            yield from _leaf("Resources", resource, container.find("resources", bound, what), key)


def _balancer_settings(resource: Resource) -> Iterator[Setting]:
    """What makes a Service one with an address of the cloud, and what it asks of that."""
    if resource.manifest.text("spec", "type") != "LoadBalancer":
        return
    for pointer, node in walk(resource.manifest):
        if pointer == "/spec/type" or kind_of(pointer) == "Load balancer":
            yield from _leaf(
                "Load balancer", resource, node, unescape_pointer(pointer.rpartition("/")[2])
            )


def _storage_settings(resource: Resource) -> Iterator[Setting]:
    """The classes and sizes of claims, also of an operator's; of several each is named."""
    found = list(_stored(resource.manifest))
    is_one = len({pointer for pointer, *_ in found}) == 1
    for pointer, what, node in found:
        key = "" if is_one else _claim(resource.manifest, pointer)
        yield from _leaf(what, resource, node, key)


def _stored(manifest: Mapping) -> Iterator[tuple[str, str, Node | None]]:
    """What says where and how much is stored, with the pointer to the mapping that holds it."""
    for pointer, node in walk(manifest):
        if isinstance(node, Mapping):
            for key in sorted(_STORAGE_CLASS & node.entries.keys()):
                yield pointer, "Storage class", node.entries[key]
            if pointer.endswith(("/storage", "Storage")) and "size" in node.entries:
                yield pointer, "Storage size", node.entries["size"]
            size = node.find("resources", "requests", "storage")
            if size is not None:
                yield pointer, "Storage size", size


def _claim(manifest: Mapping, pointer: str) -> str:
    """What a claim goes by in its resource: its name in a set, else the keys above it."""
    template = _TEMPLATE.match(pointer)
    if template:
        claim = manifest.items_at("spec", "volumeClaimTemplates")[int(template[1])]
        return claim.text("metadata", "name") if isinstance(claim, Mapping) else ""
    return dotted(pointer.removeprefix("/spec").removesuffix("/spec"))


def _host_settings(resource: Resource) -> Iterator[Setting]:
    for pointer, node in walk(resource.manifest):
        if (
            re.search(r"/(host|hostname|hostnames/\d+|hosts/\d+|match)$", pointer)
            and "/tls/" not in pointer
        ):
            yield from _leaf("Host", resource, node)


def _leaf(what: str, resource: Resource, node: Node | None, key: str = "") -> Iterator[Setting]:
    if isinstance(node, Scalar) and _said(node):
        within = f"{resource.kind}/{resource.name} {key}".strip()
        yield Setting(what, within, _said(node), node.origins, is_rendered=True)


def _said(scalar: Scalar) -> str:
    if isinstance(scalar.value, bool):
        return "true" if scalar.value else "false"
    return shortened("" if scalar.value is None else str(scalar.value), _LONGEST)
