"""Sources that Helm renders: charts of a repository, and those of a chart repository at hand."""

from dataclasses import field, replace
from posixpath import join

from graphdoc.model.argocd import Application, Source
from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood, Problem
from graphdoc.model.helm import Release, ValueLayer
from graphdoc.model.location import Location, SourceFile, Span
from graphdoc.model.redact import without_user
from graphdoc.model.resource import Resource
from graphdoc.parse.semver import parse_version
from graphdoc.resolve.helm import (
    NO_ENGINE,
    WHATEVER_THE_VALUES,
    ChartRenderer,
    HelmEngine,
    Place,
    find_applications,
    is_all,
)
from graphdoc.resolve.helm.chart_cache import ArchiveError, ChartCache, not_at_hand
from graphdoc.resolve.helm.layering import layer_values, override_values
from graphdoc.resolve.helm.lock import find_stale_lock
from graphdoc.resolve.repositories.files import Files
from graphdoc.resolve.repositories.paths import files_below
from graphdoc.resolve.resolved import ChartUse, ResolvedSource, Tool
from graphdoc.resolve.source.environment import build_environment
from graphdoc.resolve.source.layers import find_defaults, find_overlay
from graphdoc.resolve.source.overrides import apply_overrides
from graphdoc.resolve.source.value_files import FindClone, Viewpoint

__all__ = ["NO_CHART", "ChartSources", "RenderSettings"]

NO_CHART = "the folder has no Chart.yaml, and what stands under helm makes it a chart"
_OCI = "oci://"


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """What Argo CD would learn from the cluster: its version and API versions."""

    kube_version: str = ""
    api_versions: tuple[str, ...] = ()

    @property
    def capabilities(self) -> tuple[str, tuple[str, ...]]:
        """Both, for whatever asks Helm."""
        return self.kube_version, self.api_versions


@dataclass(slots=True)
class ChartSources:
    """Renders charts with the values that an Application lays over them."""

    files: Files
    engine: HelmEngine | None
    find_clone: FindClone
    settings: RenderSettings = field(default_factory=RenderSettings)
    charts: ChartCache = field(default_factory=ChartCache)

    def resolve_local(
        self, application: Application, source: Source, clone: Clone, path: str
    ) -> ResolvedSource:
        """A chart in a directory of a clone."""
        use = self._use(clone, path, clone.name, source.node.span_at("path"))
        view = Viewpoint(
            application, source, clone, self.find_clone, build_environment(application, source)
        )
        resolved = _Settler(self.charts, use).settle(self._render(view, clone, path, use))
        below = frozenset(SourceFile(clone.name, name) for name in files_below(clone.files, path))
        return replace(resolved, clone=clone, files=resolved.files | below)

    def resolve_elsewhere(self, application: Application, source: Source) -> ResolvedSource:
        """A chart of a repository that is not at hand: the values that are laid over it."""
        environment = build_environment(application, source)
        view = Viewpoint(application, source, None, self.find_clone, environment)
        return self._layered(view, (), None)

    def resolve_remote(self, application: Application, source: Source) -> ResolvedSource:
        """A chart of a chart repository, rendered where it is at hand."""
        repository, name = _address(source)
        try:
            found = self.charts.find(repository, name, source.target_revision)
        except ArchiveError as error:
            reason = f"chart '{name}' of '{_public(repository)}' is not usable: {error}"
            return self._absent(application, source, reason)
        if found is None and source.chart is None and source.helm is None:
            return _artifact(source)
        if found is None:
            reason = not_at_hand(name, source.target_revision, _public(repository))
            return self._absent(application, source, reason)
        tree = found.tree
        overridden = apply_overrides(self.files, application, source, tree, "")
        source, span = overridden.source, source.node.span_at("chart")
        use = replace(
            self._use(tree, "", _public(repository), span),
            name=name, version=found.version, path=None,
        )  # fmt: skip
        environment = build_environment(application, source, found.version)
        view = Viewpoint(application, source, tree, self.find_clone, environment)
        return _Settler(self.charts, use).settle(self._render(view, tree, "", use))

    def _absent(self, application: Application, source: Source, reason: str) -> ResolvedSource:
        repository, name = _address(source)
        version = source.target_revision
        span = source.node.span_at("chart")
        use = ChartUse(name, version, _public(repository), None, None, span)
        exact = version if parse_version(version) is not None else None
        environment = build_environment(application, source, exact)
        resolved = self._layered(
            Viewpoint(application, source, None, self.find_clone, environment), (), use
        )
        values = override_values(resolved.layers)
        notes = list(resolved.not_understood)
        if not is_all(name, values):
            notes.append(NotUnderstood(span, reason))
        known = tuple(find_applications(name, values))
        return replace(resolved, resources=known, not_understood=tuple(notes))

    def _render(self, view: Viewpoint, clone: Clone, path: str, use: ChartUse) -> ResolvedSource:
        """The chart with its layers; a missing values file stops Argo CD, and the rest is shown."""
        resolved = self._layered(view, find_defaults(self.files, clone, path), use)
        if not clone.is_file(join(path, "Chart.yaml")):
            problem = Problem(NO_CHART, Location(view.source.node.span_at("path")))
            return replace(resolved, problems=(*resolved.problems, problem))
        if self.engine is None:
            note = NotUnderstood(
                view.source.node.span_at("repoURL"), f"no Helm engine: {NO_ENGINE}"
            )
            return replace(resolved, not_understood=(*resolved.not_understood, note))
        release = self._release(view.application, view.source)
        values = override_values(resolved.layers)
        renderer = ChartRenderer(self.engine, self.files, self.charts.find_required)
        render = renderer.render(Place(clone, path), release, values)
        problems = resolved.problems
        is_whole = all(b.ignored for b in resolved.broken) and not render.not_understood
        error = find_stale_lock(self.files, clone, path) or render.error
        if error is not None and (is_whole or error.fact.startswith(WHATEVER_THE_VALUES)):
            problems = (*problems, error)
        return replace(
            resolved,
            resources=render.resources,
            problems=problems,
            not_understood=(*resolved.not_understood, *render.not_understood),
        )

    def _layered(
        self, view: Viewpoint, defaults: tuple[ValueLayer, ...], use: ChartUse | None
    ) -> ResolvedSource:
        overlay = find_overlay(self.files, view)
        layers = (*defaults, *overlay.layers)
        return ResolvedSource(
            view.source,
            None,
            Tool.HELM,
            chart=use,
            value_files=overlay.value_files,
            layers=layers,
            values=layer_values(layers) if layers else None,
            files=overlay.files,
            broken=overlay.broken,
            problems=overlay.problems,
            not_understood=overlay.not_understood,
        )

    def _release(self, application: Application, source: Source) -> Release:
        helm = source.helm_options
        versions = (*self.settings.api_versions, *helm.api_versions)
        return Release(
            name=helm.release_name or application.name,
            namespace=helm.namespace or application.destination.namespace,
            kube_version=helm.kube_version or self.settings.kube_version,
            api_versions=tuple(dict.fromkeys(versions)),
            include_crds=not helm.skip_crds,
            skip_tests=helm.skip_tests,
            skip_schema_validation=helm.skip_schema_validation,
        )

    def _use(self, clone: Clone, path: str, repository: str, span: Span) -> ChartUse:
        metadata = self.files.chart(clone, path)
        return ChartUse(
            name=metadata.name if metadata else path.rpartition("/")[2],
            version=metadata.version if metadata else "",
            repository=repository,
            path=path,
            metadata=metadata,
            span=span,
        )


def _artifact(source: Source) -> ResolvedSource:
    """What nothing says to be a chart: plain manifests or a kustomization may be packed, too."""
    what = f"artifact '{_public(source.repo_url)}' of an OCI registry"
    reason = f"{what} is not at hand: if it is a chart, 'helm pull' it into the chart_cache"
    note = NotUnderstood(source.node.span_at("repoURL"), reason)
    return ResolvedSource(source, None, Tool.UNKNOWN, not_understood=(note,))


def _address(source: Source) -> tuple[str, str]:
    """The chart repository and the chart; ``oci://…`` alone may name both."""
    address = source.repo_url.rstrip("/")
    if source.chart is not None or not address.startswith(_OCI):
        return address, source.chart or ""
    repository, _, name = address.rpartition("/")
    return repository, name


@dataclass(frozen=True, slots=True)
class _Settler:
    """Gives what archives bring a place in the repositories."""

    charts: ChartCache
    use: ChartUse

    def settle(self, resolved: ResolvedSource) -> ResolvedSource:
        return replace(
            resolved,
            resources=tuple(map(self._resource, resolved.resources)),
            value_files=tuple(v for v in resolved.value_files if not self._is_foreign(v.file)),
            files=frozenset(file for file in resolved.files if not self._is_foreign(file)),
            problems=tuple(map(self._problem, resolved.problems)),
            not_understood=tuple(
                replace(note, location=self._span(note.location))
                for note in resolved.not_understood
            ),
        )

    def _is_foreign(self, file: SourceFile) -> bool:
        return self.charts.chart_of(file.repository) is not None

    def _resource(self, resource: Resource) -> Resource:
        span = self._span(resource.manifest.span)
        if span is resource.manifest.span:
            return resource
        return Resource(resource.manifest.moved_to(span))

    def _problem(self, problem: Problem) -> Problem:
        span = self._span(problem.primary.span)
        return problem if span is problem.primary.span else Problem(problem.message, Location(span))

    def _span(self, span: Span) -> Span:
        is_local = self.use.path is not None
        required = self.use.metadata.dependencies if is_local and self.use.metadata else ()
        return self.charts.settle(span, self.use.span, required)


def _public(url: str) -> str:
    return without_user(url).rstrip("/")
