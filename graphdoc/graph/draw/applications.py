"""Applications and ApplicationSets as nodes, and what they render, layer and read as edges."""

import hashlib
import json
from collections import Counter
from functools import partial
from itertools import chain
from posixpath import dirname

from graphdoc.graph.draw.drawing import Drawing
from graphdoc.graph.repo_graph import EdgeKind
from graphdoc.model.argocd import SUBSCRIPTION, Source
from graphdoc.model.identity import kustomization_id
from graphdoc.model.location import SourceFile, Span, file_start
from graphdoc.model.node import Mapping, Plain, texts, to_plain
from graphdoc.model.redact import hide_credentials, redact_text, to_public
from graphdoc.model.resource import HELM_HOOK, HOOK, Resource
from graphdoc.resolve.applications.owners import Owners
from graphdoc.resolve.kustomize import Build
from graphdoc.resolve.repositories.paths import normalise
from graphdoc.resolve.resolved import (
    ResolvedApplication,
    ResolvedApplicationSet,
    ResolvedSource,
    Tool,
)
from graphdoc.resolve.roots.units import brings_applications
from graphdoc.resolve.secrets.known import KnownSecrets

__all__ = ["draw_application", "draw_application_set", "kustomization_starts"]

# What of a source reaches resources.
_GIVEN = frozenset(
    {
        "commonAnnotations",
        "elements",
        "elementsYaml",
        "env",
        "parameters",
        "patches",
        "values",
        "valuesObject",
    }
)
_CANONICAL = json.JSONEncoder(sort_keys=True, default=str).encode


def draw_application(drawing: Drawing, entry: ResolvedApplication, owners: Owners) -> None:
    """One rendered Application; a second one of the same id only adds its places."""
    drawing.node(
        entry.id,
        entry.name,
        entry.manifest.origins,
        cluster=entry.cluster,
    )
    drawing.add_later(entry.id, partial(_attributes, entry, owners))
    cluster = f"cluster:{entry.cluster}"
    destination = entry.manifest.mapping("spec", "destination")
    spans = destination.origins if destination else (entry.application.resource.span,)
    drawing.edge(entry.id, EdgeKind.TARGETS, cluster, spans)
    for source in entry.sources:
        _draw_source(drawing, entry, source)


def draw_application_set(
    drawing: Drawing, made: ResolvedApplicationSet, by_id: dict[str, ResolvedApplication]
) -> None:
    """One rendered ApplicationSet."""
    drawing.node(
        made.id,
        made.resource.name,
        made.resource.manifest.origins,
        cluster=made.cluster,
    )
    drawing.add_later(made.id, partial(_set_attributes, made, by_id))


def _set_attributes(
    made: ResolvedApplicationSet, by_id: dict[str, ResolvedApplication]
) -> dict[str, Plain]:
    applications = (by_id[id_] for id_ in made.applications if id_ in by_id)
    known = KnownSecrets(chain.from_iterable(entry.resources for entry in applications))
    generators = made.resource.manifest.items_at("spec", "generators")
    kinds = [key for item in generators if isinstance(item, Mapping) for key in item.entries]
    attributes: dict[str, Plain] = {
        "manifest": _manifest(made.resource, known),
        "namespace": made.resource.namespace,
        "generators": texts(kind for kind in kinds if kind != "selector"),
        "applications": texts(made.applications),
        "wave": made.resource.sync_wave,
        "parent": made.parent,
    }
    if made.steps:
        attributes["steps"] = dict(made.steps)
    return attributes


def kustomization_starts(build: Build) -> dict[SourceFile, SourceFile]:
    """The kustomization of each folder that a build reads, by the folder."""
    files = build.kustomizations
    return {SourceFile(f.repository, dirname(f.path)): f for f in files}


def _attributes(entry: ResolvedApplication, owners: Owners) -> dict[str, Plain]:
    application = entry.application
    resources = entry.resources
    charts = [chart for source in entry.sources if (chart := _chart(source)) is not None]
    attributes: dict[str, Plain] = {
        "manifest": _manifest(application.resource, KnownSecrets(resources)),
        "namespace": application.namespace,
        "destination": {
            "server": application.destination.server,
            "name": application.destination.name,
            "namespace": application.destination.namespace,
        },
        "project": application.project,
        "wave": application.resource.sync_wave,
        "root": entry.is_root,
        "app_of_apps": brings_applications(resources),
        "parent": entry.parent,
        "tools": texts(
            sorted({s.tool.value for s in entry.sources if s.tool is not Tool.REFERENCE})
        ),
        "sources": [_source(source) for source in entry.sources],
        "values": [f"values:{layer.file}" for s in entry.sources for layer in s.value_files],
        "sync": _sync(entry),
        "notifications": _notifications(application.resource),
        "finalizers": _plain_list(application.resource, "finalizers"),
        "hooks": _hooks(resources),
        "rendered": _rendered(entry),
        "resolved": entry.is_resolved,
    }
    owned_by = owners.of(entry)
    if owned_by:
        attributes["owners"] = texts(owned_by)
    if entry.is_assumed:
        attributes["assumed"] = True
    if charts:
        attributes["chart"] = charts[0]
    if len(charts) > 1:
        attributes["charts"] = list(charts)
    return attributes


def _manifest(resource: Resource, known: KnownSecrets) -> Plain:
    """The Application as it is written, without what its charts and patches give to Secrets."""
    shown = hide_credentials(to_public(resource.manifest))
    return _without_given(shown, known) if known else shown


def _without_given(value: Plain, known: KnownSecrets) -> Plain:
    if isinstance(value, list):
        return [_without_given(item, known) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: known.plain(item) if key in _GIVEN else _without_given(item, known)
        for key, item in value.items()
    }


def _chart(source: ResolvedSource) -> dict[str, Plain] | None:
    chart = source.chart
    if chart is None:
        return None
    return {
        "id": chart.id,
        "name": chart.name,
        "version": chart.version,
        "repository": chart.repository,
    }


def _source(resolved: ResolvedSource) -> dict[str, Plain]:
    source = resolved.source
    facts: dict[str, Plain] = {
        "index": source.index,
        "repoURL": redact_text(source.repo_url),
        "repository": resolved.clone.name if resolved.clone is not None else None,
        "path": source.path,
        "chart": source.chart,
        "targetRevision": source.target_revision,
        "ref": source.ref,
        "tool": resolved.tool.value,
    }
    return {key: value for key, value in facts.items() if value is not None or key == "repository"}


def _sync(entry: ResolvedApplication) -> dict[str, Plain]:
    by_itself, retry = entry.automation, entry.manifest.mapping("spec", "syncPolicy", "retry")
    options = entry.manifest.texts_at("spec", "syncPolicy", "syncOptions")
    facts: dict[str, Plain] = {key: key in by_itself for key in ("automated", "prune", "selfHeal")}
    facts["options"] = texts(options)
    return facts | ({"retry": to_plain(retry)} if retry is not None else {})


def _notifications(resource: Resource) -> list[Plain]:
    names = resource.manifest.at("metadata", "annotations").entries
    subscribed = (name for name in names if name.startswith(SUBSCRIPTION))
    return texts(sorted(name.removeprefix(SUBSCRIPTION) for name in subscribed))


def _plain_list(resource: Resource, key: str) -> list[Plain]:
    return [to_plain(item) for item in resource.manifest.items_at("metadata", key)]


def _hooks(resources: tuple[Resource, ...]) -> dict[str, Plain]:
    phases = Counter[str]()
    for resource in resources:
        hook = resource.annotation(HOOK) or resource.annotation(HELM_HOOK)
        if hook is not None:
            phases.update(phase.strip() for phase in str(hook.value).split(","))
    return dict(sorted(phases.items()))


def _rendered(entry: ResolvedApplication) -> dict[str, Plain]:
    resources = entry.resources
    kinds = Counter(resource.kind for resource in resources)
    digest = hashlib.sha256()
    pending = (p for source in entry.sources if source.build for p in source.build.pending)
    lines = sorted(_CANONICAL(to_public(resource.manifest)) for resource in resources)
    for line in (*lines, *pending):
        digest.update(line.encode("utf-8", "surrogatepass"))
    return {"kinds": dict(sorted(kinds.items())), "digest": digest.hexdigest()}


def _draw_source(drawing: Drawing, entry: ResolvedApplication, resolved: ResolvedSource) -> None:
    if resolved.clone is not None:
        scalar = resolved.source.node.scalar("repoURL")
        spans = scalar.origins if scalar is not None else (resolved.source.span,)
        revision: dict[str, Plain] = {"revision": resolved.source.target_revision}
        drawing.edge(entry.id, EdgeKind.READS, f"repository:{resolved.clone.name}", spans, revision)
    for layer in resolved.value_files:
        id_ = f"values:{layer.file}"
        drawing.node(id_, layer.file.path, [file_start(layer.file)], attributes={"reached": True})
        drawing.edge(
            entry.id, EdgeKind.LAYERS, id_, layer.reference.origins, {"order": layer.order}
        )
    if resolved.chart is not None:
        _draw_chart_use(drawing, entry, resolved)
    elif resolved.tool in {Tool.KUSTOMIZE, Tool.DIRECTORY}:
        _draw_rendered_path(drawing, entry, resolved)


def _draw_chart_use(drawing: Drawing, entry: ResolvedApplication, resolved: ResolvedSource) -> None:
    chart = resolved.chart
    assert chart is not None
    attributes: dict[str, Plain] = {
        "version": chart.version, "repository": chart.repository, "local": chart.path is not None,
    }  # fmt: skip
    drawing.node(chart.id, chart.name, [chart.span], attributes=attributes)
    drawing.edge(entry.id, EdgeKind.RENDERS, chart.id, _origins(resolved.source))


def _draw_rendered_path(
    drawing: Drawing, entry: ResolvedApplication, resolved: ResolvedSource
) -> None:
    assert resolved.clone is not None
    spans = _origins(resolved.source)
    if resolved.tool is Tool.KUSTOMIZE:
        path = normalise(resolved.source.path or "") or ""
        id_ = kustomization_id(resolved.clone.name, path)
        place = SourceFile(resolved.clone.name, path)
        starts = kustomization_starts(resolved.built)
        drawing.node(id_, path or resolved.clone.name, [file_start(starts.get(place, place))])
        drawing.edge(entry.id, EdgeKind.RENDERS, id_, spans)
        _draw_requests(drawing, entry, resolved)
        return
    for file in sorted(resolved.files):
        id_ = drawing.node(
            f"file:{file}",
            file.path.rpartition("/")[2],
            [file_start(file)],
            attributes={"kind": "manifest"},
        )
        drawing.edge(entry.id, EdgeKind.RENDERS, id_, spans)


def _draw_requests(drawing: Drawing, entry: ResolvedApplication, resolved: ResolvedSource) -> None:
    """The charts that its kustomization has Helm render."""
    for request in (r for r in resolved.built.charts if r.folder or r.repository):
        attributes: dict[str, Plain] = {
            "version": request.version, "repository": request.repository, "local": False,
        }  # fmt: skip
        new = None if request.folder else attributes
        drawing.node(request.id, request.name, [request.span], attributes=new)
        drawing.edge(entry.id, EdgeKind.RENDERS, request.id, [request.span])


def _origins(source: Source) -> tuple[Span, ...]:
    scalar = source.node.scalar("chart") or source.node.scalar("path")
    return scalar.origins if scalar is not None else (source.span,)
