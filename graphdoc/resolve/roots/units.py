"""What in the clones could start a cluster's tree: Applications, kustomizations, charts."""

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import field
from functools import partial
from posixpath import basename, dirname, join

from graphdoc.model.argocd import is_argocd, is_whole
from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.file_kinds import MANIFESTS
from graphdoc.model.helm import LayerKind, Release, ValueLayer
from graphdoc.model.identity import chart_id, kustomization_id
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import SourceFile, Span, file_start
from graphdoc.model.resource import Resource
from graphdoc.parse.scalars import as_kubectl
from graphdoc.resolve.evidence.scripts import find_installed
from graphdoc.resolve.helm import (
    ARGOCD_CHART,
    ChartRenderer,
    HelmEngine,
    Place,
    find_applications,
)
from graphdoc.resolve.helm import brings_applications as has_applications
from graphdoc.resolve.helm.chart_cache import archive_of
from graphdoc.resolve.helm.layering import override_values
from graphdoc.resolve.helm.published_charts import publishers
from graphdoc.resolve.kustomize import Build, Kustomizer, is_kustomization
from graphdoc.resolve.repositories.addresses import url_identity
from graphdoc.resolve.repositories.contents import read_bytes
from graphdoc.resolve.repositories.files import Files
from graphdoc.resolve.repositories.paths import (
    chart_folders,
    files_below,
    outer_charts,
    required_folder,
)
from graphdoc.resolve.resolved import RootKind

__all__ = [
    "STEPS",
    "Unit",
    "Units",
    "brings_applications",
    "discover_units",
    "find_inflated",
    "written_at",
]

_MARK = b"argoproj.io/"
_BRINGING_KIND = re.compile(rb"^kind:\s*[\"']?(Application|ApplicationSet)\b", re.MULTILINE)
_CLUSTER_VALUES = re.compile(r"values-(.+)\.ya?ml")
# Other names of such files: evidence only where the chart would bring nothing else.
_OTHER_VALUES = re.compile(r"(?:(.+)[-_.]values|values[_.](.+))\.ya?ml")
# What all clusters share, or none has; any other word may be a cluster's name, even ``base``.
_OF_ALL = frozenset(
    {"all", "common", "default", "defaults", "example", "global", "sample", "seed", "shared"}
)

# What one cluster gets one after the other, the last being what stays.
STEPS = ("init", "initial", "full")


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that could be applied by hand; ``path`` is a file for an Application, or a folder.

    ``variant`` names the cluster of a chart that has a values file for each; ``in_values`` are the
    Applications that values for Argo CD itself hold.
    """

    kind: RootKind
    clone: Clone
    path: str
    name: str
    span: Span
    resources: tuple[Resource, ...]
    build: Build | None = None
    variant: str = ""
    in_values: bool = False

    @property
    def directory(self) -> str:
        """The folder that it stands in or is."""
        by_file = self.kind in {RootKind.APPLICATION, RootKind.APPLICATION_SET}
        return dirname(self.path) if by_file else self.path

    @property
    def id(self) -> str:
        """The node id of a root that is no Application."""
        spell = chart_id if self.kind is RootKind.CHART else kustomization_id
        return spell(self.clone.name, self.path)


@dataclass(frozen=True, slots=True)
class Units:
    """Every candidate, and every kustomization of the estate, built.

    ``bringing`` are the charts whose templates may bring Applications, be it with other values.
    """

    applications: tuple[Unit, ...]
    kustomizations: tuple[Unit, ...]
    charts: tuple[Unit, ...]
    builds: tuple[Build, ...]
    bringing: frozenset[tuple[str, str]] = frozenset()

    @property
    def all(self) -> tuple[Unit, ...]:
        """The candidates, by their kinds."""
        return (*self.applications, *self.kustomizations, *self.charts)


def brings_applications(resources: Iterable[Resource]) -> bool:
    """Whether any of the resources is an Application or an ApplicationSet."""
    return any(is_argocd(r, "Application", "ApplicationSet") for r in resources)


def find_inflated(builds: Iterable[Build]) -> frozenset[tuple[str, str]]:
    """The charts of clones that kustomizations inflate."""
    files = (file for build in builds for file in build.files)
    charts = {file for file in files if f"/{file.path}".endswith("/Chart.yaml")}
    return frozenset((file.repository, dirname(file.path)) for file in charts)


def written_at(resource: Resource) -> tuple[SourceFile, int]:
    """The file and line where a manifest was first written, before any patch."""
    first = resource.written
    return first.file, first.line


def discover_units(
    clones: tuple[Clone, ...], files: Files, kustomizer: Kustomizer, engine: HelmEngine | None
) -> Units:
    """Look through every clone."""
    search = _Search(files, kustomizer, engine)
    for clone in clones:
        search.look_through(clone)
    return Units(
        tuple(search.applications), tuple(search.kustomizations), tuple(search.charts),
        tuple(search.builds), frozenset(search.bringing),
    )  # fmt: skip


@dataclass(slots=True)
class _Search:
    files: Files
    kustomizer: Kustomizer
    engine: HelmEngine | None
    applications: list[Unit] = field(default_factory=list)
    kustomizations: list[Unit] = field(default_factory=list)
    charts: list[Unit] = field(default_factory=list)
    builds: list[Build] = field(default_factory=list)
    bringing: set[tuple[str, str]] = field(default_factory=set)

    def look_through(self, clone: Clone) -> None:
        inside = _ChartContents(chart_folders(clone.files))
        builds = self._build_all(clone, inside)
        self.builds += builds
        self.kustomizations += (_kustomization_unit(clone, build) for build in _starting(builds))
        self._look_for_charts(clone, find_inflated(builds))
        read = {file for build in builds for file in build.files}
        for path in clone.files:
            if not inside.has(path) and SourceFile(clone.name, path) not in read:
                self.applications += self._application_units(clone, path)

    def _look_for_charts(self, clone: Clone, inflated: Container[tuple[str, str]]) -> None:
        for directory in sorted(outer_charts(clone.files)):
            units = tuple(self._chart_units(clone, directory))
            # One that a kustomization inflates, or another chart requires, is no start of its own.
            if units and (clone.name, directory) not in inflated:
                is_part = self._is_required(clone, directory)
                self.charts += [unit for unit in units if unit.variant or not is_part]

    def _build_all(self, clone: Clone, inside: "_ChartContents") -> list[Build]:
        directories = {
            dirname(f) for f in clone.files if f.rpartition("/")[2] in KUSTOMIZATION_NAMES
        }
        return [
            self.kustomizer.build(clone, directory)
            for directory in sorted(directories)
            if not inside.has(f"{directory}/kustomization.yaml")
            and not self._is_component(clone, directory)
        ]

    def _is_component(self, clone: Clone, directory: str) -> bool:
        path = join(directory, is_kustomization(clone, directory) or "")
        root = self.files.parse(clone, path).mapping
        return root is not None and root.text("kind") == "Component"

    def _application_units(self, clone: Clone, path: str) -> Iterator[Unit]:
        if not path.endswith(MANIFESTS) or _MARK not in read_bytes(clone, path):
            return
        of_argocd = tuple(self._of_argocd(clone, path))
        for resource in (*self.files.parse(clone, path).resources, *of_argocd):
            kinds = {
                "Application": RootKind.APPLICATION,
                "ApplicationSet": RootKind.APPLICATION_SET,
            }
            kind = kinds.get(resource.kind)
            is_meant = is_whole(resource) and not _is_record(resource)
            if kind is not None and is_meant and resource.name:
                seen = Resource(as_kubectl(resource.manifest))
                yield Unit(
                    kind, clone, path, resource.name, resource.span, (seen,),
                    in_values=bool(of_argocd),
                )  # fmt: skip

    def _of_argocd(self, clone: Clone, path: str) -> Iterator[Resource]:
        """What values bring with which somebody installs Argo CD itself."""
        root = self.files.parse(clone, path).mapping
        is_of_chart = clone.is_file(join(dirname(path), "Chart.yaml"))
        if root is not None and "kind" not in root.entries and not is_of_chart:
            yield from find_applications(ARGOCD_CHART, root)

    def _chart_units(self, clone: Clone, directory: str) -> Iterator[Unit]:
        templates = files_below(clone.files, join(directory, "templates"))
        may_bring = any(_template_brings(clone, path) for path in templates)
        self.bringing |= {(clone.name, directory)} if may_bring else set()
        if self.engine is None or not (may_bring or self._requires_applications(clone, directory)):
            return
        bring = partial(self._bringing_units, clone, directory)
        given = _variants(clone, directory)
        if given:
            yield from bring(given)
        else:
            yield from (
                bring([("", ())])
                or bring(_installed(clone, directory))
                or bring(_steps(clone, directory))[-1:]
                or bring(_others(clone, directory))
            )

    def _bringing_units(
        self, clone: Clone, directory: str, given: "Iterable[tuple[str, tuple[str, ...]]]"
    ) -> list[Unit]:
        units = (self._chart_unit(clone, directory, variant, files) for variant, files in given)
        return [unit for unit in units if brings_applications(unit.resources)]

    def _requires_applications(self, clone: Clone, directory: str) -> bool:
        """Whether a chart requires one whose values may hold Applications."""
        chart = self.files.chart(clone, directory)
        return chart is not None and any(has_applications(d.name) for d in chart.dependencies)

    def _is_required(self, clone: Clone, directory: str) -> bool:
        """Whether another chart of the clone asks for this one, be it where it is published."""
        facts = self.files.chart(clone, directory)
        name = facts.name if facts is not None else ""
        others = ((path, self.files.chart(clone, path)) for path in outer_charts(clone.files))
        return any(
            dependency.name == name and _holds(clone, path, dependency.repository, directory)
            for path, other in others
            for dependency in (other.dependencies if other is not None else ())
        )

    def _chart_unit(
        self, clone: Clone, directory: str, variant: str, values: tuple[str, ...]
    ) -> Unit:
        assert self.engine is not None
        parsed = [(path, self.files.parse(clone, path).mapping) for path in values]
        layers = [
            ValueLayer(SourceFile(clone.name, path), LayerKind.FILE, root)
            for path, root in parsed
            if root is not None
        ]
        file = SourceFile(clone.name, values[-1] if values else join(directory, "Chart.yaml"))
        name = directory.rpartition("/")[2] or clone.name
        release = Release(name=name, namespace="argocd")
        renderer = ChartRenderer(self.engine, self.files)
        render = renderer.render(Place(clone, directory), release, override_values(layers))
        resources = tuple(map(_outside, render.resources))
        return Unit(
            RootKind.CHART, clone, directory, name, file_start(file), resources, variant=variant
        )


def _holds(clone: Clone, chart: str, repository: str, directory: str) -> bool:
    """Whether a directory of a clone is what a chart's requirement means by its repository."""
    if repository.startswith("file://"):
        return required_folder(chart, repository) == directory
    own = set(map(url_identity, clone.urls))
    return not own.isdisjoint(publishers(repository))


def _outside(resource: Resource) -> Resource:
    """Where one can look it up, for what a packed chart brings."""
    archive = archive_of(resource.span)
    return resource if archive is None else Resource(resource.manifest.moved_to(archive))


def _variants(clone: Clone, directory: str) -> list[tuple[str, tuple[str, ...]]]:
    """The values files of a chart that are called after clusters, by the cluster."""
    found = (
        match for name in clone.children(directory) if (match := _CLUSTER_VALUES.fullmatch(name))
    )
    own = sorted((match[1], match[0]) for match in found if match[1] not in {*_OF_ALL, *STEPS})
    return [(variant, (join(directory, name),)) for variant, name in own]


def _steps(clone: Clone, directory: str) -> list[tuple[str, tuple[str, ...]]]:
    """The values files of a chart that are called after steps of a rollout."""
    paths = (join(directory, f"values-{step}.yaml") for step in STEPS)
    return [("", (path,)) for path in paths if clone.is_file(path)]


def _others(clone: Clone, directory: str) -> list[tuple[str, tuple[str, ...]]]:
    """The values files of a chart that have a cluster's name before theirs, or after a dot."""
    found = filter(None, map(_OTHER_VALUES.fullmatch, clone.children(directory)))
    own = sorted((match[1] or match[2], match[0]) for match in found)
    several = len(own) > 1
    return [(name if several else "", (join(directory, file),)) for name, file in own]


def _installed(clone: Clone, directory: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The values files of each command that installs a chart, by the cluster that they are for."""
    given = sorted(set(find_installed(clone, directory)))
    for files in given:
        folder, name = files[-1].rpartition("/")[::2]
        match = _CLUSTER_VALUES.fullmatch(name)
        yield (match[1] if match else basename(folder)) if len(given) > 1 else "", files


class _ChartContents:
    """Which files are parts of a chart, and so no manifests of their own."""

    def __init__(self, charts: Iterable[str]) -> None:
        self._prefixes = tuple(
            join(chart, part, "") for chart in charts for part in ("templates", "crds", "charts")
        )

    def has(self, path: str) -> bool:
        return path.startswith(self._prefixes)


def _starting(builds: list[Build]) -> Iterator[Build]:
    """Those that bring Applications and that no other includes."""
    includes = (include for build in builds for part in build.parts for include in part.includes)
    included = {(found.clone, found.target) for found in includes}
    for build in builds:
        if (build.clone, build.path) not in included and brings_applications(build.resources):
            yield build


def _kustomization_unit(clone: Clone, build: Build) -> Unit:
    name = build.path.rpartition("/")[2] or clone.name
    file = SourceFile(clone.name, join(build.path, is_kustomization(clone, build.path) or ""))
    return Unit(
        RootKind.KUSTOMIZATION, clone, build.path, name, file_start(file), build.resources, build
    )


def _is_record(resource: Resource) -> bool:
    """Whether a manifest was read from a cluster, which alone gives such fields."""
    given = ("uid", "resourceVersion")
    return any(resource.manifest.find("metadata", key) is not None for key in given)


def _template_brings(clone: Clone, path: str) -> bool:
    data = read_bytes(clone, path)
    return _MARK in data and _BRINGING_KIND.search(data) is not None
