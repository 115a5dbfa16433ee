"""One source of an Application to what it renders, as Argo CD's repository server would."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from graphdoc.model.argocd import Application, DirectoryOptions, Source
from graphdoc.model.clone import Clone
from graphdoc.model.finding import NotUnderstood, Problem
from graphdoc.model.helm import LayerKind, Release, ValueLayer
from graphdoc.model.location import Location, SourceFile, Span
from graphdoc.model.node import Mapping, Scalar
from graphdoc.model.resource import Resource
from graphdoc.parse.chart import parse_chart
from graphdoc.parse.scalars import as_kubectl
from graphdoc.parse.yaml import YamlError
from graphdoc.resolve.files import Files
from graphdoc.resolve.helm import HelmEngine, render_chart
from graphdoc.resolve.kustomize import Kustomizer, is_kustomization
from graphdoc.resolve.paths import matches_glob, normalise
from graphdoc.resolve.repositories import Match, Repositories
from graphdoc.resolve.resolved import (
    BrokenReference,
    ChartUse,
    ReferenceFault,
    ResolvedSource,
    Tool,
)
from graphdoc.resolve.strvals import ParameterError, parameter_layer
from graphdoc.resolve.value_files import (
    FoundClone,
    ValueFiles,
    build_environment,
    find_value_files,
    substitute,
)
from graphdoc.resolve.values import layer_values, override_values, parse_inline_values

__all__ = ["RenderSettings", "SourceResolver"]

_MANIFEST_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """What Argo CD would learn from the cluster: its version and API versions."""

    kube_version: str = ""
    api_versions: tuple[str, ...] = ()


class _Revision(NamedTuple):
    """A clone at the revision that a source names, or else why it is only the checkout."""

    clone: Clone
    certain: bool
    broken: tuple[BrokenReference, ...] = ()
    notes: tuple[NotUnderstood, ...] = ()


@dataclass(slots=True)
class SourceResolver:
    """Renders sources; files are parsed once, kustomizations built once, charts rendered once."""

    repositories: Repositories
    files: Files
    kustomizer: Kustomizer
    engine: HelmEngine | None
    settings: RenderSettings = field(default_factory=RenderSettings)

    def resolve(self, application: Application, source: Source) -> ResolvedSource:
        """What one source renders to; what cannot be had is in ``broken`` or ``not_understood``."""
        if source.chart is not None:
            return self._resolve_remote_chart(application, source)
        match = self.repositories.find(source.repo_url)
        if match is None:
            reason = f"repository '{_public(source.repo_url)}' is not among the analysed clones"
            tool = Tool.REFERENCE if source.ref and not source.path else Tool.UNKNOWN
            return ResolvedSource(source, None, tool, not_understood=(_skipped(source, reason),))
        found = self._revision(match, source)
        if source.ref and not source.path:
            resolved = ResolvedSource(source, found.clone, Tool.REFERENCE)
        else:
            resolved = self._resolve_path(application, source, found)
        return replace(
            resolved,
            broken=(*found.broken, *resolved.broken),
            not_understood=(*found.notes, *resolved.not_understood),
        )

    def _resolve_path(
        self, application: Application, source: Source, found: "_Revision"
    ) -> ResolvedSource:
        path = normalise(source.path or "")
        if path is None or not found.clone.is_directory(path):
            return self._missing_path(source, found.clone, certain=found.certain)
        return self._render(application, source, found.clone, path)

    @staticmethod
    def _revision(match: Match, source: Source) -> "_Revision":
        """The clone at the source's revision; without that revision, the checkout.

        Argo CD renders nothing then, but what the Application brought before is still there.
        """
        clone, revision = match.clone, source.target_revision
        found = clone.at(revision)
        if found is not None or clone.commit is None:
            return _Revision(found or clone, match.certain)
        scalar = source.node.scalar("targetRevision")
        if scalar is not None and match.certain and clone.knows_all_revisions:
            fault = ReferenceFault.UNKNOWN_REVISION
            broken = BrokenReference(fault, scalar, revision, clone.name)
            return _Revision(clone, certain=False, broken=(broken,))
        reason = (
            f"revision '{revision}' is not in the clone of {clone.name}; "
            "its checkout was read instead"
        )
        note = NotUnderstood(scalar.span if scalar else source.span, reason)
        return _Revision(clone, certain=False, notes=(note,))

    def find_clone(self, source: Source) -> FoundClone | None:
        """The clone of a source at its revision, for ``$ref`` paths."""
        match = self.repositories.find(source.repo_url)
        if match is None:
            return None
        found = self._revision(match, source)
        return FoundClone(found.clone, found.certain)

    def _missing_path(self, source: Source, clone: Clone, *, certain: bool) -> ResolvedSource:
        scalar = source.node.scalar("path")
        if scalar is None or not certain:
            note = _skipped(
                source, f"path '{source.path or ''}' is not in the clone of {clone.name}"
            )
            return ResolvedSource(source, clone, Tool.UNKNOWN, not_understood=(note,))
        leaves = normalise(source.path or "") is None
        fault = ReferenceFault.LEAVES_REPOSITORY if leaves else ReferenceFault.MISSING_PATH
        broken = BrokenReference(fault, scalar, source.path or "", clone.name)
        return ResolvedSource(source, clone, Tool.UNKNOWN, broken=(broken,))

    def _render(
        self, application: Application, source: Source, clone: Clone, path: str
    ) -> ResolvedSource:
        match _tool(source, clone, path):
            case Tool.HELM:
                return self._resolve_chart(application, source, clone, path)
            case Tool.KUSTOMIZE:
                return self._resolve_kustomization(source, clone, path)
            case Tool.DIRECTORY:
                return self._resolve_directory(source, clone, path)
            case tool:
                note = _skipped(source, "rendered by a config management plugin")
                return ResolvedSource(source, clone, tool, not_understood=(note,))

    def _resolve_kustomization(self, source: Source, clone: Clone, path: str) -> ResolvedSource:
        build = self.kustomizer.build(clone, path, source.kustomize)
        return ResolvedSource(
            source,
            clone,
            Tool.KUSTOMIZE,
            resources=build.resources,
            build=build,
            files=build.files,
            problems=tuple(Problem(p.message, Location(p.span)) for p in build.problems),
            not_understood=build.not_understood,
        )

    def _resolve_directory(self, source: Source, clone: Clone, path: str) -> ResolvedSource:
        options = source.directory or DirectoryOptions()
        if options.jsonnet:
            note = _skipped(source, "Jsonnet is not evaluated")
            return ResolvedSource(source, clone, Tool.DIRECTORY, not_understood=(note,))
        resources: list[Resource] = []
        problems: list[Problem] = []
        notes: list[NotUnderstood] = []
        names = tuple(directory_files(clone, path, options))
        for name in names:
            if name.endswith(".jsonnet"):
                span = Span(SourceFile(clone.name, name), 1, 1, 1, 1)
                notes.append(NotUnderstood(span, "Jsonnet is not evaluated"))
                continue
            parsed = self.files.parse(clone, name)
            problems += [parsed.problem] if parsed.problem is not None else []
            resources += (Resource(as_kubectl(r.manifest)) for r in parsed.resources)
        return ResolvedSource(
            source,
            clone,
            Tool.DIRECTORY,
            resources=tuple(resources),
            files=frozenset(SourceFile(clone.name, name) for name in names),
            problems=tuple(problems),
            not_understood=tuple(notes),
        )

    def _resolve_remote_chart(self, application: Application, source: Source) -> ResolvedSource:
        found = find_value_files(application, source, None, self.find_clone)
        layers, problems = self._layers(application, source, found)
        chart = ChartUse(
            name=source.chart or "",
            version=source.target_revision,
            repository=_public(source.repo_url).rstrip("/"),
            path=None,
            metadata=None,
            span=_span_of(source, "chart"),
        )
        reason = f"chart '{chart.name}' of '{chart.repository}' is not at hand"
        return ResolvedSource(
            source,
            None,
            Tool.HELM,
            chart=chart,
            value_files=found.found,
            layers=layers,
            values=layer_values(layers) if layers else None,
            files=frozenset(layered.file for layered in found.found),
            broken=found.broken,
            problems=problems,
            not_understood=(*found.not_understood, NotUnderstood(chart.span, reason)),
        )

    def _resolve_chart(
        self, application: Application, source: Source, clone: Clone, path: str
    ) -> ResolvedSource:
        found = find_value_files(application, source, clone, self.find_clone)
        defaults = self._defaults(clone, path)
        overrides, problems = self._layers(application, source, found)
        layers = (*defaults, *overrides)
        resolved = ResolvedSource(
            source,
            clone,
            Tool.HELM,
            chart=self._chart_use(source, clone, path),
            value_files=found.found,
            layers=layers,
            values=layer_values(layers) if layers else None,
            files=frozenset(layered.file for layered in found.found) | _files_below(clone, path),
            broken=found.broken,
            problems=problems,
            not_understood=found.not_understood,
        )
        # Argo CD renders nothing where a values file is missing; the rest is still worth a look.
        return self._rendered_chart(application, resolved, clone, path)

    def _rendered_chart(
        self, application: Application, resolved: ResolvedSource, clone: Clone, path: str
    ) -> ResolvedSource:
        if self.engine is None:
            reason = "no Helm engine: install graphdoc[helm], or helm on the PATH"
            note = _skipped(resolved.source, reason)
            return replace(resolved, not_understood=(*resolved.not_understood, note))
        values = override_values(resolved.layers)
        release = self._release(application, resolved.source)
        render = render_chart(self.engine, self.files, clone, path, release, values)
        problems = resolved.problems
        if render.error is not None and not resolved.broken and not render.not_understood:
            problems = (*problems, render.error)
        return replace(
            resolved,
            resources=render.resources,
            problems=problems,
            not_understood=(*resolved.not_understood, *render.not_understood),
        )

    def _release(self, application: Application, source: Source) -> Release:
        helm = source.helm
        versions = (*self.settings.api_versions, *(helm.api_versions if helm else ()))
        return Release(
            name=(helm.release_name if helm else "") or application.name,
            namespace=(helm.namespace if helm else "") or application.destination.namespace,
            kube_version=(helm.kube_version if helm else "") or self.settings.kube_version,
            api_versions=tuple(dict.fromkeys(versions)),
            include_crds=not (helm.skip_crds if helm else False),
            skip_tests=helm.skip_tests if helm else False,
            skip_schema_validation=helm.skip_schema_validation if helm else False,
        )

    def _chart_use(self, source: Source, clone: Clone, path: str) -> ChartUse:
        file = f"{path}/Chart.yaml" if path else "Chart.yaml"
        roots = self.files.parse(clone, file).roots
        root = roots[0] if roots and isinstance(roots[0], Mapping) else None
        metadata = parse_chart(root) if root is not None else None
        return ChartUse(
            name=metadata.name if metadata else path.rpartition("/")[2],
            version=metadata.version if metadata else "",
            repository=clone.name,
            path=path,
            metadata=metadata,
            span=_span_of(source, "path"),
        )

    def _defaults(self, clone: Clone, path: str) -> tuple[ValueLayer, ...]:
        file = f"{path}/values.yaml" if path else "values.yaml"
        if not clone.is_file(file):
            return ()
        root = self._values_root(clone, file)
        if root is None:
            return ()
        return (ValueLayer(SourceFile(clone.name, file), LayerKind.CHART_DEFAULTS, root),)

    def _values_root(self, clone: Clone, file: str) -> Mapping | None:
        roots = self.files.parse(clone, file).roots
        return as_kubectl(roots[0]) if roots and isinstance(roots[0], Mapping) else None

    def _layers(
        self, application: Application, source: Source, found: ValueFiles
    ) -> tuple[tuple[ValueLayer, ...], tuple[Problem, ...]]:
        layers: list[ValueLayer] = []
        problems: list[Problem] = []
        for layered, clone in zip(found.found, found.clones, strict=True):
            parsed = self.files.parse(clone, layered.file.path)
            problems += [parsed.problem] if parsed.problem is not None else []
            root = self._values_root(clone, layered.file.path)
            if root is not None:
                layers.append(
                    ValueLayer(layered.file, LayerKind.FILE, root, layered.reference.span)
                )
        inline, trouble = self._inline_layer(source)
        layers += [inline] if inline is not None else []
        set_, refused = self._parameter_layer(application, source, layers)
        layers += [set_] if set_ is not None else []
        return tuple(layers), (*problems, *trouble, *refused)

    @staticmethod
    def _inline_layer(source: Source) -> tuple[ValueLayer | None, tuple[Problem, ...]]:
        """``valuesObject``, or else ``values``: Argo CD takes the object where both are given."""
        helm = source.helm
        if helm is None:
            return None, ()
        inline = helm.values_object
        if inline is not None and inline.entries:
            return ValueLayer(None, LayerKind.VALUES_OBJECT, inline, inline.span), ()
        if helm.values is None:
            return None, ()
        try:
            root = parse_inline_values(helm.values)
        except YamlError as error:
            return None, (Problem(f"values: {error.problem}", Location(error.span)),)
        return ValueLayer(None, LayerKind.VALUES, root, helm.values.span), ()

    @staticmethod
    def _parameter_layer(
        application: Application, source: Source, below: list[ValueLayer]
    ) -> tuple[ValueLayer | None, tuple[Problem, ...]]:
        if source.helm is None or not source.helm.parameters:
            return None, ()
        environment = build_environment(application, source)
        parameters = [
            p._replace(value=substitute(p.value, environment)) for p in source.helm.parameters
        ]
        try:
            return parameter_layer(parameters, override_values(below)), ()
        except ParameterError as error:
            return None, (Problem(f"parameters: {error.problem}", Location(error.span)),)


def directory_files(clone: Clone, path: str, options: DirectoryOptions) -> Iterable[str]:
    """The files that Argo CD applies from a plain directory, in its order."""
    prefix = f"{path}/" if path else ""
    for name in clone.files:
        inside = name.removeprefix(prefix)
        if not name.startswith(prefix) or ("/" in inside and not options.recurse):
            continue
        if not name.endswith((*_MANIFEST_SUFFIXES, ".jsonnet")):
            continue
        if options.exclude and matches_glob(inside, options.exclude):
            continue
        if not options.include or matches_glob(inside, options.include):
            yield name


def _tool(source: Source, clone: Clone, path: str) -> Tool:
    """Argo CD takes an explicit block first, then Helm, then Kustomize, then a plain directory."""
    if source.plugin:
        return Tool.PLUGIN
    has_chart = clone.is_file(f"{path}/Chart.yaml" if path else "Chart.yaml")
    if has_chart and source.kustomize is None and source.directory is None:
        return Tool.HELM
    if source.directory is None and is_kustomization(clone, path) is not None:
        return Tool.KUSTOMIZE
    return Tool.HELM if has_chart and source.directory is None else Tool.DIRECTORY


def _files_below(clone: Clone, path: str) -> frozenset[SourceFile]:
    prefix = f"{path}/" if path else ""
    return frozenset(
        SourceFile(clone.name, name) for name in clone.files if name.startswith(prefix)
    )


def _skipped(source: Source, reason: str) -> NotUnderstood:
    scalar = source.node.scalar("repoURL")
    return NotUnderstood(scalar.span if scalar is not None else source.span, reason)


def _span_of(source: Source, key: str) -> Span:
    scalar: Scalar | None = source.node.scalar(key)
    return scalar.span if scalar is not None else source.span


def _public(url: str) -> str:
    """An address without credentials."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return url
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}"
