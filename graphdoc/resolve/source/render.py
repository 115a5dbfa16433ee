"""One source of an Application to what it renders, as Argo CD's repository server would."""

import re
from dataclasses import field, replace
from functools import cached_property
from typing import NamedTuple

from graphdoc.model.argocd import (
    APPLICATION_KINDS,
    Application,
    DirectoryOptions,
    Source,
    is_argocd,
    is_passed_over,
)
from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood, Problem
from graphdoc.model.kustomize import KustomizeOptions
from graphdoc.model.location import Location, SourceFile
from graphdoc.model.node import Node, Scalar
from graphdoc.model.redact import without_user
from graphdoc.model.resource import Resource
from graphdoc.parse.placeholders import has_placeholder
from graphdoc.parse.semver import is_constraint
from graphdoc.resolve.helm import HelmEngine
from graphdoc.resolve.helm.chart_cache import ChartCache
from graphdoc.resolve.kustomize import Kustomizer, is_kustomization
from graphdoc.resolve.repositories.addresses import Match, Repositories
from graphdoc.resolve.repositories.contents import read_text
from graphdoc.resolve.repositories.files import Files
from graphdoc.resolve.repositories.paths import normalise
from graphdoc.resolve.repositories.revisions import explain_absence, is_taken_for
from graphdoc.resolve.repositories.submodules import find_empty_submodule
from graphdoc.resolve.resolved import BrokenReference, ReferenceFault, ResolvedSource, Tool
from graphdoc.resolve.source.charts import ChartSources, RenderSettings
from graphdoc.resolve.source.detection import detect_tool, find_named_tool
from graphdoc.resolve.source.directory import read_directory
from graphdoc.resolve.source.environment import build_environment
from graphdoc.resolve.source.overrides import apply_overrides
from graphdoc.resolve.source.plugins import builds_only, find_plugins, named_plugin
from graphdoc.resolve.source.spec import find_conflict, find_refusal

__all__ = ["RenderSettings", "SourceResolver"]


# As the documentation of Argo CD Vault Plugin names what pipes `kustomize build` into it.
_FILLING_IN = re.compile(r"(?:argocd-vault-plugin|avp)-kustomize")


class _Revision(NamedTuple):
    """A clone at the revision that a source names, or else why it is only the checkout."""

    clone: Clone
    certain: bool
    broken: tuple[BrokenReference, ...] = ()
    notes: tuple[NotUnderstood, ...] = ()


@dataclass
class SourceResolver:
    """Renders sources; files are parsed once, kustomizations built once, charts rendered once."""

    repositories: Repositories
    files: Files
    kustomizer: Kustomizer
    engine: HelmEngine | None
    settings: RenderSettings = field(default_factory=RenderSettings)
    charts: ChartCache = field(default_factory=ChartCache)

    def resolve_all(self, application: Application) -> tuple[ResolvedSource, ...]:
        """What each source renders to, and for the hydrator also what it reads."""
        found = (
            (self.resolve(application, source),)
            if source.dry is None
            else self._resolve_hydrated(application, source, source.dry)
            for source in application.sources
        )
        return tuple(resolved for several in found for resolved in several)

    def _resolve_hydrated(
        self, application: Application, source: Source, dry: Source
    ) -> tuple[ResolvedSource, ...]:
        """What the hydrator has written, beside what it reads, which stands in for what it has not.

        Argo CD makes the branch and the folder where they are not there.
        """
        read = self.resolve(application, dry)
        match = self._match(source)
        branch, path = source.target_revision, source.path or ""
        wet = match.clone.at(branch) if match is not None else None
        if match is None or (wet is not None and wet.is_directory(normalise(path) or "")):
            return self.resolve(application, source), replace(read, resources=())
        reason = (
            f"'{path}' of branch '{branch}' is not in the clone of {match.clone.name}; "
            "what it is hydrated from was rendered instead"
        )
        note = NotUnderstood(source.node.span_at("targetRevision"), reason)
        return (replace(read, not_understood=(note, *read.not_understood)),)

    def resolve(self, application: Application, source: Source) -> ResolvedSource:
        """What one source renders to; what cannot be had is in ``broken`` or ``not_understood``."""
        refusal = find_refusal(application, source) or self._chart_of_git(source)
        if refusal is not None:
            return ResolvedSource(source, None, Tool.UNKNOWN, problems=(refusal,))
        resolved = self._resolve(application, source)
        conflict = find_conflict(application, source, self.find_clone)
        problems = (conflict,) if conflict is not None else ()
        applied = tuple([one for one in resolved.resources if not is_passed_over(one)])
        return replace(resolved, resources=applied, problems=(*problems, *resolved.problems))

    def _chart_of_git(self, source: Source) -> Problem | None:
        """A chart is asked of a Helm repository, whatever path stands beside it."""
        clone = self.repositories.find_git(source.repo_url) if source.chart is not None else None
        if clone is None:
            return None
        fact = f"chart '{source.chart}' is asked of {clone.name}, which is a Git repository"
        return Problem(fact, Location(source.node.span_at("chart")))

    def _resolve(self, application: Application, source: Source) -> ResolvedSource:
        match = self._match(source) if source.chart is None else None
        if source.chart is not None or (match is None and source.is_oci):
            return self._chart_sources.resolve_remote(application, source)
        is_reference = bool(source.ref) and not source.path
        if match is None:
            url = without_user(source.repo_url)
            reason = f"repository '{url}' is not among the analysed clones"
            return self._resolve_elsewhere(application, source, _skipped(source, reason))
        found = self._revision(match, source)
        if is_reference:
            resolved = ResolvedSource(source, found.clone, Tool.REFERENCE)
        else:
            resolved = self._resolve_path(application, source, found)
        kept = filter(_is_of_argocd, resolved.resources) if found.broken else resolved.resources
        return replace(
            resolved,
            resources=tuple(kept),
            broken=(*found.broken, *resolved.broken),
            not_understood=(*found.notes, *resolved.not_understood),
        )

    def _resolve_elsewhere(
        self, application: Application, source: Source, note: NotUnderstood
    ) -> ResolvedSource:
        """What the Application itself says of a source whose repository is not at hand."""
        if source.ref and not source.path:
            return ResolvedSource(source, None, Tool.REFERENCE, not_understood=(note,))
        match find_named_tool(source):
            case Problem() as problem:
                resolved = ResolvedSource(source, None, Tool.UNKNOWN, problems=(problem,))
            case Tool.HELM:
                resolved = self._chart_sources.resolve_elsewhere(application, source)
            case _:
                resolved = ResolvedSource(source, None, Tool.UNKNOWN)
        return replace(resolved, not_understood=(note, *resolved.not_understood))

    def _match(self, source: Source) -> Match | None:
        """The clone of a source; one that names itself by a fork's address surely means itself."""
        written_in = source.node.origins[0].file.repository
        path = normalise(source.path or "")
        match = self.repositories.find_source(source.repo_url, written_in, path)
        if match is None or match.certain or match.guessed or has_placeholder(source.repo_url):
            return match
        return match._replace(certain=written_in == match.clone.name)

    @property
    def _chart_sources(self) -> ChartSources:
        return ChartSources(self.files, self.engine, self.find_clone, self.settings, self.charts)

    def _resolve_path(
        self, application: Application, source: Source, found: _Revision
    ) -> ResolvedSource:
        given = source.path or ""
        path = normalise(given)
        if path is None or given.startswith("/") or not found.clone.is_directory(path):
            return self._missing_path(source, found.clone, certain=found.certain)
        overridden = apply_overrides(self.files, application, source, found.clone, path)
        resolved = self._render(application, overridden.source, found.clone, path)
        return replace(
            resolved,
            files=resolved.files | overridden.files,
            problems=(*overridden.problems, *resolved.problems),
        )

    @staticmethod
    def _revision(match: Match, source: Source) -> "_Revision":
        """The clone at the source's revision; without that revision, the checkout.

        Argo CD renders nothing then, but the Applications that it brought before are still there:
        of a revision that surely does not exist, only they are taken (docs_src/decisions/0009).
        """
        clone, revision = match.clone, source.target_revision
        found = clone.at(revision)
        if found is not None or is_taken_for(clone, revision):
            return _Revision(found or clone, match.certain)
        scalar = source.node.scalar("targetRevision")
        is_certain = match.certain and not source.node.text("tagPrefix")
        is_form = re.search(r"\s", revision) is not None or has_placeholder(revision)
        is_name = not is_form or is_constraint(revision)
        if scalar is not None and is_certain and is_name and clone.knows_all_revisions:
            fault = ReferenceFault.UNKNOWN_REVISION
            broken = BrokenReference(fault, scalar, revision, clone.name)
            return _Revision(clone, certain=False, broken=(broken,))
        reason = f"{explain_absence(clone, revision)}; its checkout was read instead"
        note = NotUnderstood(source.node.span_at("targetRevision"), reason)
        return _Revision(clone, certain=False, notes=(note,))

    def find_clone(self, source: Source) -> Match | None:
        """The clone of a source at its revision, for ``$ref`` paths."""
        match = self._match(source)
        if match is None:
            return None
        found = self._revision(match, source)
        return match._replace(clone=found.clone, certain=found.certain)

    def text(self, file: SourceFile) -> str:
        """A file of a clone; empty where it cannot be read."""
        named = (clone for clone in self.repositories.clones if clone.name == file.repository)
        clone = next(named, None)
        return read_text(clone, file.path) if clone is not None else ""

    @staticmethod
    def _missing_path(source: Source, clone: Clone, *, certain: bool) -> ResolvedSource:
        scalar = source.node.scalar("path")
        inner = find_empty_submodule(clone, normalise(source.path or "") or "")
        if scalar is not None and certain and not inner:
            leaves = normalise(source.path or "") is None
            fault = ReferenceFault.LEAVES_REPOSITORY if leaves else ReferenceFault.MISSING_PATH
            broken = BrokenReference(fault, scalar, source.path or "", clone.name)
            return ResolvedSource(source, clone, Tool.UNKNOWN, broken=(broken,))
        reason = f"path '{source.path or ''}' is not in the clone of {clone.name}"
        if inner:
            reason = f"path '{source.path}' lies in submodule '{inner}', which is not checked out"
        note = _skipped(source, reason)
        return ResolvedSource(source, clone, Tool.UNKNOWN, not_understood=(note,))

    def _render(
        self, application: Application, source: Source, clone: Clone, path: str
    ) -> ResolvedSource:
        match detect_tool(source, clone, path):
            case Problem() as problem:
                return ResolvedSource(source, clone, Tool.UNKNOWN, problems=(problem,))
            case Tool.HELM:
                return self._chart_sources.resolve_local(application, source, clone, path)
            case Tool.KUSTOMIZE:
                return self._resolve_kustomization(application, source, clone, path)
            case Tool.DIRECTORY:
                return self._resolve_directory(source, clone, path)
            case tool if not is_kustomization(clone, path) or not self._is_plain_build(source):
                resolved = self._resolve_filled_in(application, source, clone, path)
                note = _skipped(source, f"rendered by {named_plugin(source)}, which is not run")
                notes = (note, *resolved.not_understood)
                return replace(resolved, tool=tool, not_understood=notes)
            case _:
                return self._resolve_kustomization(application, source, clone, path)

    @cached_property
    def _plugins(self) -> dict[str, set[str]]:
        return find_plugins(self.repositories.clones, self.files)

    def _is_plain_build(self, source: Source) -> bool:
        return builds_only(self._plugins.get(source.node.text("plugin", "name"), set()))

    def _resolve_filled_in(
        self, application: Application, source: Source, clone: Clone, path: str
    ) -> ResolvedSource:
        """What Argo CD Vault Plugin fills values into: it adds no resource and leaves none out."""
        name = source.node.text("plugin", "name")
        if _FILLING_IN.fullmatch(name) and is_kustomization(clone, path):
            return self._resolve_kustomization(application, source, clone, path)
        return ResolvedSource(source, clone, Tool.PLUGIN)

    def _resolve_kustomization(
        self, application: Application, source: Source, clone: Clone, path: str
    ) -> ResolvedSource:
        options, notes = _with_environment(application, source)
        build = self.kustomizer.build(clone, path, options)
        return ResolvedSource(
            source,
            clone,
            Tool.KUSTOMIZE,
            resources=build.resources,
            build=build,
            files=build.files,
            problems=tuple(Problem(p.message, Location(p.span)) for p in build.problems),
            not_understood=(*notes, *build.not_understood),
        )

    def _resolve_directory(self, source: Source, clone: Clone, path: str) -> ResolvedSource:
        options = source.directory or DirectoryOptions()
        content = read_directory(self.files, clone, path, options)
        return ResolvedSource(
            source,
            clone,
            Tool.DIRECTORY,
            resources=tuple(content.resources),
            files=frozenset(content.files),
            problems=tuple(content.problems),
            not_understood=tuple(content.not_understood),
        )


def _with_environment(
    application: Application, source: Source
) -> tuple[KustomizeOptions | None, tuple[NotUnderstood, ...]]:
    """The options with the variables in their annotations put in, where the source asks for it."""
    options = source.kustomize
    switch = source.node.scalar("kustomize", "commonAnnotationsEnvsubst")
    if options is None or options.common_annotations is None or not (switch and switch.value):
        return options, ()
    environment = build_environment(application, source)
    annotations = options.common_annotations
    entries: dict[str, Node] = dict(annotations.entries)
    notes: list[NotUnderstood] = []
    for key, node in annotations.entries.items():
        if isinstance(node, Scalar) and isinstance(node.value, str):
            expanded = environment.expand(node.value)
            entries[key] = node._replace(value=expanded.text, text=expanded.text)
            notes += (
                NotUnderstood(node.span, f"needs {name}, which only the cluster knows")
                for name in expanded.unknown
            )
    filled = replace(options, common_annotations=annotations.with_entries(entries))
    return filled, tuple(notes)


def _is_of_argocd(resource: Resource) -> bool:
    return any(is_argocd(resource, kind) for kind in APPLICATION_KINDS)


def _skipped(source: Source, reason: str) -> NotUnderstood:
    return NotUnderstood(source.node.span_at("repoURL"), reason)
