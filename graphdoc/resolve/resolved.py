"""What resolving yields: every Application of every cluster, with all that its sources render."""

from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from graphdoc.model.argocd import Application, Source
from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood, Problem
from graphdoc.model.grouping import grouped
from graphdoc.model.helm import ChartMetadata, ValueLayer
from graphdoc.model.identity import chart_id, remote_chart_id
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import NOTHING, Mapping, Scalar
from graphdoc.model.resource import Resource
from graphdoc.model.secret import SecretHints
from graphdoc.resolve.kustomize import Build
from graphdoc.resolve.repositories.addresses import Repositories
from graphdoc.resolve.repositories.files import Files

__all__ = [
    "BrokenReference", "ChartUse", "Estate", "LayeredFile", "Manages", "Orphan", "ReferenceFault",
    "RegisteredCluster", "ResolvedApplication", "ResolvedApplicationSet", "ResolvedSource", "Root",
    "RootKind", "Tool",
]  # fmt: skip


_NOTHING_BUILT = Build("", "")


class Tool(StrEnum):
    """What Argo CD renders a source with."""

    KUSTOMIZE = "kustomize"
    HELM = "helm"
    DIRECTORY = "directory"
    PLUGIN = "plugin"
    REFERENCE = "reference"
    UNKNOWN = "unknown"


class ReferenceFault(StrEnum):
    """Why something that an Application names cannot be had."""

    MISSING_VALUES_FILE = "missing-values-file"
    UNDECLARED_REF = "undeclared-source-ref"
    MISSING_PATH = "missing-source-path"
    UNKNOWN_REVISION = "unknown-revision"
    LEAVES_REPOSITORY = "leaves-repository"


@dataclass(frozen=True, slots=True)
class BrokenReference:
    """A name in an Application that leads nowhere; ``scalar`` is the name with its origins.

    ``ignored`` marks a values file that ``ignoreMissingValueFiles`` hides.
    """

    fault: ReferenceFault
    scalar: Scalar
    wanted: str
    repository: str
    ignored: bool = False

    @property
    def fate(self) -> str:
        """What became of the name, for a message."""
        leaves = self.fault is ReferenceFault.LEAVES_REPOSITORY
        return "leaves the repository" if leaves else "does not exist"


@dataclass(frozen=True, slots=True)
class LayeredFile:
    """One values file of a source, in its order; ``reference`` is the entry of ``valueFiles``."""

    order: int
    reference: Scalar
    file: SourceFile


@dataclass(frozen=True, slots=True)
class ChartUse:
    """The chart that a source renders; ``repository`` is a clone's name or a Helm repository."""

    name: str
    version: str
    repository: str
    path: str | None
    metadata: ChartMetadata | None
    span: Span

    @property
    def id(self) -> str:
        """The chart's node id."""
        if self.path is not None:
            return chart_id(self.repository, self.path)
        return remote_chart_id(self.repository, self.name, self.version)


@dataclass(frozen=True, slots=True)
class ResolvedSource:
    """One source and what it renders to.

    ``clone`` is ``None`` where the repository is not among the analysed ones; ``layers`` holds the
    value layers in Helm's order, ``values`` what they come to.
    """

    source: Source
    clone: Clone | None
    tool: Tool
    resources: tuple[Resource, ...] = ()
    build: Build | None = None
    chart: ChartUse | None = None
    value_files: tuple[LayeredFile, ...] = ()
    layers: tuple[ValueLayer, ...] = ()
    values: Mapping | None = None
    files: frozenset[SourceFile] = frozenset()
    broken: tuple[BrokenReference, ...] = ()
    problems: tuple[Problem, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()

    @property
    def chart_folder(self) -> tuple[str, str] | None:
        """The clone and the folder of the chart, where it lies in a clone."""
        chart = self.chart
        return (chart.repository, chart.path) if chart and chart.path is not None else None

    @property
    def built(self) -> Build:
        """Its build; an empty one where Kustomize builds nothing of it."""
        return self.build or _NOTHING_BUILT

    @property
    def layered_files(self) -> tuple[SourceFile, ...]:
        """The values files that it layers, in their order."""
        return tuple([layered.file for layered in self.value_files])

    @property
    def lacks(self) -> tuple[BrokenReference, ...]:
        """The names without which Argo CD does not render it."""
        return tuple(broken for broken in self.broken if not broken.ignored)


@dataclass(frozen=True, slots=True)
class ResolvedApplication:
    """One rendered Application on one cluster; ``parent`` is the id of what rendered it.

    ``is_assumed``: an ApplicationSet makes it for a cluster that is registered nowhere in sight.
    """

    id: str
    cluster: str
    application: Application
    parent: str | None
    sources: tuple[ResolvedSource, ...]
    is_root: bool = False
    is_assumed: bool = False

    @property
    def name(self) -> str:
        """``metadata.name``."""
        return self.application.name

    @property
    def manifest(self) -> Mapping:
        """The Application itself, as it is rendered."""
        return self.application.resource.manifest

    @property
    def written(self) -> Span:
        """Where it was first written, whatever patched it since."""
        return self.application.resource.written

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Everything that its sources render, in their order."""
        return tuple(chain.from_iterable([source.resources for source in self.sources]))

    @property
    def automation(self) -> frozenset[str]:
        """What of its sync goes by itself: ``automated``, ``prune``, ``selfHeal``."""
        automated = self.manifest.at("spec", "syncPolicy", "automated")
        enabled = automated.scalar("enabled")
        if automated is NOTHING or (enabled is not None and enabled.value is False):
            return frozenset()
        return frozenset({"automated", *filter(automated.is_true, ("prune", "selfHeal"))})

    @property
    def is_resolved(self) -> bool:
        """Whether every source was found and rendered whole."""
        return all(
            not s.lacks and not s.problems and not s.not_understood and s.tool is not Tool.UNKNOWN
            for s in self.sources
        )


@dataclass(frozen=True, slots=True)
class ResolvedApplicationSet:
    """One rendered ApplicationSet, and the ids of the Applications that it makes.

    ``items`` says by an Application's name where its generator's item stands;
    ``assumes_clusters`` that clusters are meant which nothing in sight registers.
    """

    id: str
    cluster: str
    resource: Resource
    parent: str | None
    applications: tuple[str, ...]
    not_understood: tuple[NotUnderstood, ...] = ()
    files: frozenset[SourceFile] = frozenset()
    steps: tuple[tuple[str, int], ...] = ()
    problems: tuple[Problem, ...] = ()
    items: tuple[tuple[str, Span], ...] = ()
    assumes_clusters: bool = False


class RootKind(StrEnum):
    """What starts a cluster's tree."""

    APPLICATION = "application"
    APPLICATION_SET = "applicationset"
    KUSTOMIZATION = "kustomization"
    DIRECTORY = "directory"
    CHART = "chart"


@dataclass(frozen=True, slots=True)
class Root:
    """Where a cluster's tree starts; ``node`` is its id in the graph, ``script`` what applies it.

    ``resources`` are what the root itself applies: for an Application, the Application alone.
    """

    cluster: str
    kind: RootKind
    node: str
    span: Span
    clone: str
    path: str
    resources: tuple[Resource, ...] = ()
    build: Build | None = None
    script: Span | None = None

    @property
    def is_open(self) -> bool:
        """Whether it is a chart to which whoever installs it gives values that are not in Git."""
        is_chart = self.kind is RootKind.CHART
        return is_chart and self.span.file.path.endswith("Chart.yaml")


class RegisteredCluster(NamedTuple):
    """The name and the server under which an Argo CD knows one cluster."""

    name: str
    server: str


class Manages(NamedTuple):
    """One Application, ApplicationSet, kustomization or chart that renders an Application."""

    parent: str
    child: str
    span: Span


@dataclass(frozen=True, slots=True)
class Orphan:
    """An Application manifest, or an overlay, that no root leads to."""

    kind: str
    name: str
    span: Span


@dataclass(frozen=True, eq=False)
class Estate:
    """All repositories analysed together, resolved; one estate equals itself alone.

    ``documents`` are handwritten pages that lie in none of them, ``guesses`` the addresses that are
    taken for a clone without being its own, ``bare`` what stands for Applications where there are
    none: each kustomization and chart on its own.
    """

    clones: tuple[Clone, ...]
    roots: tuple[Root, ...]
    applications: tuple[ResolvedApplication, ...]
    application_sets: tuple[ResolvedApplicationSet, ...]
    builds: tuple[Build, ...]
    orphans: tuple[Orphan, ...]
    manages: tuple[Manages, ...]
    not_understood: tuple[NotUnderstood, ...]
    files: Files
    secrets: SecretHints = SecretHints()
    registered: tuple[RegisteredCluster, ...] = ()
    documents: tuple[Clone, ...] = ()
    guesses: tuple[tuple[str, str], ...] = ()
    bare: tuple[ResolvedApplication, ...] = ()

    @cached_property
    def by_id(self) -> dict[str, ResolvedApplication]:
        """The Applications by their ids; of several with one id the first."""
        groups = grouped((entry.id, entry) for entry in self.applications)
        return {id_: same[0] for id_, same in groups.items()}

    @cached_property
    def sets_by_id(self) -> dict[str, ResolvedApplicationSet]:
        """The ApplicationSets by their ids."""
        return {made.id: made for made in self.application_sets}

    @cached_property
    def parents(self) -> dict[str, str | None]:
        """What rendered each Application and ApplicationSet, by their ids."""
        found = {entry.id: entry.parent for entry in self.applications}
        return found | {made.id: made.parent for made in self.application_sets}

    @property
    def sources(self) -> Iterator[ResolvedSource]:
        """Every source of every Application."""
        return (source for entry in self.applications for source in entry.sources)

    @property
    def application_sources(self) -> Iterator[tuple[ResolvedApplication, ResolvedSource]]:
        """Every source of every Application, each with its Application."""
        return ((entry, source) for entry in self.applications for source in entry.sources)

    @cached_property
    def clones_by_name(self) -> dict[str, Clone]:
        """The clones by the short names that node ids use."""
        return {clone.name: clone for clone in self.clones}

    def clones_as_read_by(self, source: ResolvedSource) -> dict[str, Clone]:
        """The clones by name, that of a source at the revision that the source follows."""
        own = {} if source.clone is None else {source.clone.name: source.clone}
        return self.clones_by_name | own

    def clone(self, name: str) -> Clone | None:
        """The clone of a short name, if there is one."""
        return self.clones_by_name.get(name)

    @property
    def rendered(self) -> tuple[ResolvedApplication, ...]:
        """The Applications, or where there are none what stands for them."""
        return self.applications or self.bare

    @cached_property
    def repositories(self) -> Repositories:
        """The clones by address, as the estate was resolved."""
        return Repositories(self.clones, self.guesses)

    @cached_property
    def document_clones(self) -> tuple[Clone, ...]:
        """Wherever handwritten documents may be."""
        return (*self.clones, *self.documents)

    @cached_property
    def clusters(self) -> tuple[str, ...]:
        """The names of all clusters, sorted."""
        return tuple(sorted({root.cluster for root in self.roots}))

    @cached_property
    def applied(self) -> tuple[tuple[str, str, Resource], ...]:
        """Every resource on every cluster: the cluster, the id of what brings it, itself."""
        return tuple(
            (cluster, owner, resource)
            for cluster in self.clusters
            for owner, resource in self.cluster_resources(cluster)
        )

    def cluster_resources(self, cluster: str) -> tuple[tuple[str, Resource], ...]:
        """Every resource applied on a cluster, each with the id of what brings it."""
        by_root = ((root.node, res) for root in self.roots_on(cluster) for res in root.resources)
        entries = self.applications_on(cluster)
        return (*by_root, *((entry.id, res) for entry in entries for res in entry.resources))

    def applications_on(self, cluster: str) -> tuple[ResolvedApplication, ...]:
        """The Applications of a cluster."""
        return self._applications_by_cluster.get(cluster, ())

    def roots_on(self, cluster: str) -> tuple[Root, ...]:
        """The roots of a cluster."""
        return self._roots_by_cluster.get(cluster, ())

    @cached_property
    def _applications_by_cluster(self) -> dict[str, tuple[ResolvedApplication, ...]]:
        return grouped((entry.cluster, entry) for entry in self.applications)

    @cached_property
    def _roots_by_cluster(self) -> dict[str, tuple[Root, ...]]:
        return grouped((root.cluster, root) for root in self.roots)
