"""What speaks against a Secret or ConfigMap being missing: what was not understood may make it."""

import re
from collections.abc import Iterable, Iterator
from copy import copy
from functools import cached_property, lru_cache
from posixpath import dirname, join

from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping, Node, nodes_within, texts_within
from graphdoc.model.resource import Resource
from graphdoc.resolve.evidence.told import ARGUMENT, lines_about
from graphdoc.resolve.kustomize import (
    DOUBLED_ANNOTATIONS,
    ENCRYPTED,
    UNFETCHED,
    BuildProblem,
    BuildProblemKind,
    Hidden,
)
from graphdoc.resolve.names.spelling import has_word, heads_of
from graphdoc.resolve.orphans.folders import find_unused_charts
from graphdoc.resolve.repositories.contents import skim_text
from graphdoc.resolve.resolved import Estate, ResolvedApplication, ResolvedSource, Tool
from graphdoc.resolve.secrets import find_consumers, find_producers
from graphdoc.resolve.secrets.makers import Makers
from graphdoc.resolve.secrets.needed import BASIC_AUTH
from graphdoc.resolve.secrets.unrendered import is_made_by_unrendered_chart

__all__ = ["Evidence", "is_rendered", "is_unsure", "unknown_namespaces", "unlisted_namespaces"]

# Kinds of these groups say which Secrets they use or protect, and make none.
_CONSUMING_GROUPS = (
    "argoproj.io", "bitnami.com", "gateway.networking.k8s.io", "kyverno.io", "traefik.containo.us",
    "traefik.io",
)  # fmt: skip
# What these groups make is known by name.
_KNOWN_MAKERS = ("cert-manager.io", "cnpg.io", "external-secrets.io", "keda.sh")
_MONITORS = frozenset({"PodMonitor", "PrometheusRule", "Probe", "ScrapeConfig", "ServiceMonitor"})
# Which of two annotations counts is not known, nor any value, but all resources and their keys are.
_HARMLESS = frozenset({DOUBLED_ANNOTATIONS, ENCRYPTED})
# A Pod in a ConfigMap (Airflow's template of a worker) uses a Secret and makes none.
_USING = re.compile(
    r"secret(?<!\wsecret)"  # a word that begins so: letters first, which are found fast
    r"(?:(?:KeyRef|Ref):[^\S\n]*\n(?:\s*(?:key|optional):.*\n)*\s*name:.*|Name:.*)"
)


class Evidence:
    """Asked about one cluster's Secrets, or ConfigMaps, that nothing analysed produces."""

    def __init__(
        self,
        estate: Estate,
        applications: tuple[ResolvedApplication, ...],
        placed: Iterable[tuple[Resource, str]],
    ) -> None:
        self._estate = estate
        self._kind = "Secret"
        self._clones = estate.clones
        self._used = [(entry, source) for entry in applications for source in entry.sources]
        self._opaque = [(entry, source) for entry, source in self._used if not is_rendered(source)]
        self._said = {text for _, source in self._opaque for text in _handed_to(source)}
        self._sentences: list[str] = []
        self._told: list[str] = []
        self._makers: dict[str, set[str]] = {}
        self._placed = tuple(placed)
        for resource, namespace in self._placed:
            self._note(resource, namespace)

    def about_config_maps(self) -> "Evidence":
        """What speaks against a ConfigMap of the cluster being missing."""
        other = copy(self)
        other._kind = "ConfigMap"
        for name in ("_permitted", "_arguments"):
            other.__dict__.pop(name, None)
        return other

    @cached_property
    def _releases(self) -> list[tuple[str, str, str]]:
        """The namespace, the Application and the release of what could not be rendered."""
        return [
            (namespace, entry.id, _release(entry, source))
            for entry, source in self._opaque
            for namespace in sorted(_targets(entry, source))
        ]

    @cached_property
    def _foreign(self) -> frozenset[str]:
        return frozenset(
            entry.application.destination.namespace
            for entry, source in self._used
            if source.clone is None and source.source.path and not source.source.chart
        )

    @cached_property
    def _umbrellas(self) -> frozenset[tuple[str, str]]:
        return frozenset(
            (entry.id, name)
            for entry, source in self._opaque
            for name in _umbrella_names(entry, source)
        )

    @cached_property
    def _permitted(self) -> Makers:
        return Makers(self._placed, f"{self._kind.lower()}s")

    @cached_property
    def _arguments(self) -> str:
        about = ARGUMENT[self._kind]
        return "\n".join(text for text in self._told if about.search(text))

    @cached_property
    def _sentence(self) -> str:
        return "\n".join(self._sentences)

    @cached_property
    def _unlisted(self) -> set[str]:
        return unlisted_namespaces(entry for entry, _ in self._opaque)

    @cached_property
    def _unsure(self) -> set[str]:
        return {entry.id for entry, _ in self._opaque if is_unsure(entry)}

    def is_opaque(self, namespace: str, owner: str) -> bool:
        """Whether more may go to the namespace, or what the owner brings is known by name alone."""
        return owner in self._unsure or not self._unlisted.isdisjoint({namespace, ""})

    def is_foreign(self, namespace: str) -> bool:
        """Whether a folder of a repository that is not analysed goes into the namespace, or any."""
        return not self._foreign.isdisjoint({namespace, ""})

    def belongs_to_another_release(self, namespace: str, name: str, owner: str) -> bool:
        """Whether a release that could not be rendered, not the owner's, may make the Secret.

        What begins like the owner's release is not called after one with a shorter name.
        """
        named = [
            (len(release), id_)
            for target, id_, release in self._releases
            if target == namespace and name.startswith(release)
        ]
        return max(named, default=(0, owner))[1] != owner

    def may_be_of_a_sibling(self, name: str, owner: str) -> bool:
        """Whether another part of the owner's chart, called after the release, may make it."""
        return any(id_ == owner and name.startswith(f"{n}-") for id_, n in self._umbrellas)

    def is_mentioned(self, namespace: str, name: str) -> bool:
        """Whether something else than its consumers speaks of the Secret, or is named like it."""
        if (
            self._permitted.explain(namespace, name)
            or name in self._said
            or has_word(self._sentence, name)
            or self.is_argument(name)
        ):
            return True
        makers = self._makers.get(namespace, set())
        return any(head in makers for head in heads_of(name))

    def is_argument(self, name: str) -> bool:
        """Whether a program is told of it when it starts, and so may make it."""
        return has_word(self._arguments, name)

    def is_written(self, name: str) -> bool:
        """Whether a file of the repositories that could not be rendered speaks of it."""
        return has_word(self._unrendered_text, name) or is_made_by_unrendered_chart(
            self._estate, self._kind, name
        )

    @cached_property
    def _unrendered_text(self) -> str:
        clones = {clone.name: clone for clone in self._clones}
        unrendered = {
            file
            for _, source in self._opaque
            for file in source.files - _given(source)
            if source.tool is not Tool.HELM or "/templates/" in f"/{file.path}"
        }
        files = sorted(unrendered | _idle_templates(self._estate))
        known = (file for file in files if file.repository in clones)
        return "\n".join(skim_text(clones[file.repository], file.path) for file in known)

    def is_made_by_script(self, name: str) -> bool:
        """Whether a script of the repositories makes it, or somebody is told to."""
        return has_word(lines_about(self._clones, self._kind), name)

    def _note(self, resource: Resource, namespace: str) -> None:
        annotations = resource.manifest.pairs_at("metadata", "annotations")
        self._said.update(text for key, text in annotations if key != BASIC_AUTH)
        if resource.kind in {"Role", "ClusterRole"}:
            self._said.update(_strings(resource.manifest.find("rules")))
        elif _is_custom(resource):
            self._note_custom(resource, namespace)
        elif resource.kind == "ConfigMap":
            data = _strings(resource.manifest.find("data"))
            self._sentences += (_USING.sub("", text) for text in data)
        else:
            self._told += _commands(resource)

    def _note_custom(self, resource: Resource, namespace: str) -> None:
        used = {use.name for use in find_consumers(resource, namespace) if not use.optional}
        if resource.group.endswith(_KNOWN_MAKERS):
            used |= {made.name for made in find_producers(resource, namespace)}
        else:
            self._makers.setdefault(namespace, set()).add(resource.name)
        parts = (v for key, v in resource.manifest.entries.items() if key != "metadata")
        self._said.update({text for part in parts for text in _strings(part)} - used)


@lru_cache(maxsize=2)  # every cluster asks
def _idle_templates(estate: Estate) -> frozenset[SourceFile]:
    """The templates of charts that nothing renders: the one finding is that nothing does."""
    clones = estate.clones_by_name
    return frozenset(
        SourceFile(chart.repository, path)
        for chart in find_unused_charts(estate)
        for path in clones[chart.repository].files
        if path.startswith(join(dirname(chart.path), "templates/"))
    )


def is_rendered(source: ResolvedSource) -> bool:
    """Whether all that a source brings is known; a plugin may fill values into it still.

    Without a values file that it names Argo CD renders nothing, and what other values would bring
    is not known.
    """
    return _hidden(source) is Hidden.NOTHING


def _hidden(source: ResolvedSource) -> Hidden:
    if source.tool is Tool.REFERENCE:
        return Hidden.NOTHING
    filled_in = source.build if source.tool is Tool.PLUGIN else None
    gaps = (filled_in or source).not_understood
    if source.lacks or any(gap.reason not in _HARMLESS for gap in gaps):
        return Hidden.RESOURCES
    refused = source.built.problems
    if len(refused) != len(source.problems):
        return Hidden.RESOURCES
    return max((_hidden_by(problem, source) for problem in refused), default=Hidden.NOTHING)


def _hidden_by(problem: BuildProblem, source: ResolvedSource) -> Hidden:
    """What nobody can read may be what a custom resource makes: its fields name that."""
    is_absent = problem.kind is not BuildProblemKind.INVALID
    if problem.hides is Hidden.FIELDS and is_absent and any(map(_is_custom, source.resources)):
        return Hidden.RESOURCES
    return problem.hides


def unknown_namespaces(entries: Iterable[ResolvedApplication]) -> set[str]:
    """Into which namespaces Applications bring what could not be rendered."""
    return _namespaces(entries, Hidden.FIELDS)


def unlisted_namespaces(entries: Iterable[ResolvedApplication]) -> set[str]:
    """Into which namespaces Applications bring resources that are not known by name."""
    return _namespaces(entries, Hidden.RESOURCES)


def is_unsure(entry: ResolvedApplication) -> bool:
    """Whether its resources are known by name alone, for what would patch them fails."""
    return any(_hidden(source) is Hidden.FIELDS for source in entry.sources)


def _namespaces(entries: Iterable[ResolvedApplication], least: Hidden) -> set[str]:
    sources = ((entry, source) for entry in entries for source in entry.sources)
    return {
        namespace
        for entry, source in sources
        if _hidden(source) >= least
        for namespace in _targets(entry, source)
    }


def _targets(entry: ResolvedApplication, source: ResolvedSource) -> set[str]:
    """The Application's, and those that what a kustomization brings says it lies in, or makes.

    What is remote goes where the kustomization lays everything, if it does.
    """
    gaps = [gap.reason for gap in source.not_understood if gap.reason not in _HARMLESS]
    is_remote = not source.problems and all(reason.startswith(UNFETCHED) for reason in gaps)
    if source.built.namespace and gaps and is_remote:
        return {source.built.namespace}
    brought = source.resources if source.build else ()
    said = {r.name if r.kind == "Namespace" else r.namespace for r in brought}
    return {entry.application.destination.namespace, *filter(None, said)}


def _release(entry: ResolvedApplication, source: ResolvedSource) -> str:
    return source.source.helm_options.release_name or entry.name


def _given(source: ResolvedSource) -> set[SourceFile]:
    """The values files of a kustomization's charts: they say what charts use, as Helm's do."""
    charts = source.built.charts
    nodes = (node for chart in charts for node in nodes_within(chart.values))
    return {span.file for node in nodes for span in node.origins} - {c.span.file for c in charts}


def _handed_to(source: ResolvedSource) -> Iterator[str]:
    """What the manifests say that are handed to charts among their values."""
    for values in (source.values, *(chart.values for chart in source.built.charts)):
        for manifest in _manifests_in(values):
            yield from _strings(manifest)


def _umbrella_names(entry: ResolvedApplication, source: ResolvedSource) -> Iterator[str]:
    """What the parts of a chart that is made of several charts call their resources after."""
    metadata = source.chart.metadata if source.chart is not None else None
    if metadata is not None and len(metadata.dependencies) > 1:
        yield from {_release(entry, source), metadata.name}


def _manifests_in(values: Node | None) -> Iterator[Node]:
    """Manifests that are handed to a chart among its values (``extraDeploy``, ``extraObjects``).

    What it is to make a SealedSecret of is as good as one.
    """
    for node in nodes_within(values) if values is not None else ():
        if isinstance(node, Mapping) and (_is_manifest(node) or _is_sealed(node)):
            yield node


def _is_manifest(node: Mapping) -> bool:
    return bool(node.text("kind") and node.text("metadata", "name"))


def _is_sealed(node: Mapping) -> bool:
    return "encryptedData" in node.entries and bool(node.text("name"))


def _is_custom(resource: Resource) -> bool:
    """Whether a controller that is not analysed may act on the resource."""
    group = resource.group
    if "." not in group or resource.kind in _MONITORS:
        return False
    return not group.endswith((".k8s.io", *_CONSUMING_GROUPS))


def _strings(node: Node | None) -> Iterator[str]:
    return (text for text, _ in texts_within(node))


def _commands(resource: Resource) -> Iterator[str]:
    """What the containers of a workload are told."""
    if resource.kind not in _WORKLOADS or _SPEAKING.isdisjoint(resource.keys):
        return
    for within in resource.mappings:
        if _SPEAKING.isdisjoint(within.entries):
            continue
        for variable in within.mappings_at("env"):
            yield f"{variable.text('name')}={variable.text('value')}"
        words = (*within.scalars_at("args"), *within.scalars_at("command"))
        yield from (word.value for word in words if isinstance(word.value, str))


_WORKLOADS = frozenset(
    {"CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "StatefulSet"}
)
_SPEAKING = frozenset({"args", "command", "env"})
