"""``helmCharts``: charts that Kustomize has Helm render, where they are at hand.

Kustomize does so only when it is told to (``--enable-helm``), and fetches what is not there; here a
chart must lie in the kustomization's ``charts`` or among the charts at hand.
"""

import posixpath
from collections.abc import Callable
from dataclasses import field
from functools import partial, reduce
from typing import NamedTuple

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.helm import Release
from graphdoc.model.identity import chart_id
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import NOTHING, Mapping, Plain, Scalar, to_plain
from graphdoc.model.resource import HELM_HOOK
from graphdoc.parse.scalars import as_kubectl
from graphdoc.resolve.helm import NO_ENGINE, ChartDocuments, ChartRenderer, HelmEngine, Place
from graphdoc.resolve.helm.chart_cache import ArchiveError, ChartCache, not_at_hand
from graphdoc.resolve.helm.layering import merge_values
from graphdoc.resolve.kustomize.files.loader import Sources, manifests_in
from graphdoc.resolve.kustomize.files.record import LoadError, Record
from graphdoc.resolve.kustomize.files.result import BuildProblemKind, ChartRequest, Inflation
from graphdoc.resolve.kustomize.files.roots import Root, resolve
from graphdoc.resolve.kustomize.patches.merge import merge
from graphdoc.resolve.kustomize.resources.ids import Item
from graphdoc.resolve.kustomize.resources.trees import (
    KustomizeError,
    NotUnderstoodError,
    put,
    text_of,
)
from graphdoc.resolve.repositories.files import Files

__all__ = ["ChartPlace", "Inflator", "inflate", "requested_charts"]

_HOME = "charts"
_TESTS = frozenset({"test", "test-success"})
_MADE_UP = ("one-made-up", "another-name")
_MERGES = frozenset({"", "override", "merge", "replace"})
# What the oldest way to ask for charts calls the fields.
_OLD_FIELDS = {
    "chartName": "name",
    "chartVersion": "version",
    "chartRepoUrl": "repo",
    "values": "valuesFile",
    "valuesLocal": "valuesInline",
    "valuesMerge": "valuesMerge",
    "releaseName": "releaseName",
}


@dataclass(frozen=True, slots=True)
class Inflator:
    """What renders charts, and the charts that lie in no repository."""

    engine: HelmEngine | None
    files: Files
    charts: ChartCache = field(default_factory=ChartCache)
    kube_version: str = ""
    api_versions: tuple[str, ...] = ()


class ChartPlace(NamedTuple):
    """The kustomization that asks for a chart."""

    root: Root
    sources: Sources
    record: Record


class _Chart(NamedTuple):
    clone: Clone
    path: str
    defaults: str


def requested_charts(root: Mapping) -> list[tuple[Mapping, str]]:
    """Every chart that a kustomization asks for, and the directory where its charts lie."""
    home = root.text("helmGlobals", "chartHome")
    old = root.mappings_at("helmChartInflationGenerator")
    if "helmGlobals" not in root.entries:
        homes = [entry.text("chartHome") for entry in old]
        home = next((found for found in reversed(homes) if found), "")
    charts = (*root.mappings_at("helmCharts"), *map(_from_old, old))
    return [(chart, home or _HOME) for chart in charts]


def _from_old(entry: Mapping) -> Mapping:
    chart = Mapping({}, {}, entry.span)
    for old, new in _OLD_FIELDS.items():
        if old in entry.entries:
            chart = put(chart, new, entry.entries[old], entry.keys[old])
    return chart


def inflate(
    inflator: Inflator, place: ChartPlace, chart: Mapping, home: str, namespace: str
) -> list[Item]:
    """The resources that one chart renders to.

    Raises:
        KustomizeError: Kustomize or Helm would refuse it.
        NotUnderstoodError: the chart is not at hand, or nothing is there to render it.
    """
    if not chart.text("name"):
        raise KustomizeError("chart name cannot be empty", chart.span)
    for entry in _written(chart):  # whatever the chart, it does not render without them
        place.sources.find(place.root, entry, "values file")
    place.record.charts.append(_request(place, chart, home, namespace))
    if inflator.engine is None:
        raise NotUnderstoodError(f"no Helm engine to render helmCharts: {NO_ENGINE}", chart.span)
    found = _find(inflator, place.root, chart, home)
    values = _values(inflator, place, chart, found)
    renderer = ChartRenderer(inflator.engine, inflator.files, inflator.charts.find_required)
    rendered, *others = (
        renderer.print(Place(found.clone, found.path), release, values)
        for release in _releases(inflator, chart, namespace)
    )
    if found.clone is place.root.clone:
        file = SourceFile(found.clone.name, posixpath.join(found.path, "Chart.yaml"))
        place.record.files[file] = None
        place.record.inflations.append(Inflation(found.clone.name, found.path, values))
    if any(_plain(other) != _plain(rendered) for other in others):
        reason = "a release without a name: Helm makes one up at every build"
        raise NotUnderstoodError(reason, chart.span)
    facts = inflator.files.chart(found.clone, found.path)
    is_local = found.clone is place.root.clone
    settle = partial(
        inflator.charts.settle,
        use=place.record.charts[-1].mark,
        required=facts.dependencies if is_local and facts else (),
    )
    return _items(place.record, chart, rendered, settle)


def _request(place: ChartPlace, chart: Mapping, home: str, namespace: str) -> ChartRequest:
    """A file that is no YAML tells nothing here: whoever renders the chart refuses it."""
    name, version, repository = map(chart.text, ("name", "version", "repo"))
    written = chart.scalar("version") or chart.scalar("name")
    span = written.span if written is not None else chart.span
    found = _local(place.root, chart, home)
    folder = chart_id(place.root.clone.name, found[0]) if found is not None else None
    try:
        values = _told(place, chart)
    except KustomizeError:
        values = NOTHING
    goes = chart.text("namespace") or namespace
    return ChartRequest(name, version, repository, folder, values, span, goes)


def _told(place: ChartPlace, chart: Mapping) -> Mapping:
    """The values that the kustomization brings."""
    inline, how, own = chart.at("valuesInline"), chart.text("valuesMerge"), _own_file(chart)
    file = _values_file(place, own) if own is not None and how != "replace" else NOTHING
    layers = [inline, file] if how == "merge" else [file, inline]
    layers += [_values_file(place, entry) for entry in chart.scalars_at("additionalValuesFiles")]
    return reduce(merge_values, map(as_kubectl, layers))


def _plain(rendered: ChartDocuments) -> list[Plain]:
    roots = (document.root for document in rendered.documents)
    return [to_plain(root) for root in roots if root is not None]


def _find(inflator: Inflator, root: Root, chart: Mapping, home: str) -> _Chart:
    name, version, repository = map(chart.text, ("name", "version", "repo"))
    local = _local(root, chart, home)
    if local is not None:
        path, written = local
        return _Chart(root.clone, path, posixpath.join(written, "values.yaml"))
    if not repository:
        written = _folder(chart, home)
        raise KustomizeError(f"no repo specified for pull, no chart found at '{written}'")
    try:
        cached = inflator.charts.find(repository, name, version)
    except ArchiveError as error:
        raise NotUnderstoodError(f"chart {name}: {error}", chart.span) from error
    if cached is None:
        raise NotUnderstoodError(not_at_hand(name, version, repository), chart.span)
    return _Chart(cached.tree, "", "")


def _local(root: Root, chart: Mapping, home: str) -> tuple[str, str] | None:
    """The folder of a chart in the kustomization's repository, and how it is written."""
    written = _folder(chart, home)
    path = resolve(root.directory, written)
    found = path is not None and root.clone.is_directory(path)
    return (path, written) if found and path is not None else None


def _folder(chart: Mapping, home: str) -> str:
    name, version, repository = map(chart.text, ("name", "version", "repo"))
    folder = posixpath.join(home, f"{name}-{version}") if version and repository else home
    return posixpath.join(folder, name)


def _releases(inflator: Inflator, chart: Mapping, namespace: str) -> list[Release]:
    """The release; for want of a name two, which tell whether the chart makes any use of it."""
    name = chart.text("nameTemplate") or chart.text("releaseName")
    names = _MADE_UP if not name or "{{" in name else (name,)
    return [_release(inflator, chart, namespace, one) for one in names]


def _release(inflator: Inflator, chart: Mapping, namespace: str, name: str) -> Release:
    versions = tuple(map(text_of, chart.items_at("apiVersions")))
    return Release(
        name=name,
        namespace=chart.text("namespace") or namespace or "default",
        kube_version=chart.text("kubeVersion") or inflator.kube_version,
        api_versions=versions or inflator.api_versions,
        include_crds=chart.is_true("includeCRDs"),
    )


def _values(inflator: Inflator, place: ChartPlace, chart: Mapping, found: _Chart) -> Mapping:
    """What is laid over the chart's own defaults."""
    how = chart.text("valuesMerge")
    if how not in _MERGES:
        raise KustomizeError("valuesMerge must be one of merge, override, replace", chart.span)
    inline, own = chart.at("valuesInline"), _own_file(chart)
    layers = [_values_file(place, entry) for entry in chart.scalars_at("additionalValuesFiles")]
    if not inline.entries:
        base = _values_file(place, own) if own else NOTHING
        if found.defaults and not own:  # Kustomize reads the chart's own itself, by its own rules
            place.sources.find_path(place.root, found.defaults, "values file", chart.span)
    elif how == "replace":
        base = inline
    else:
        file = _values_file(place, own) if own else _defaults(inflator, found)
        if file is NOTHING:
            raise KustomizeError("could not parse values file: it is empty", inline.span)
        merged = merge(inline, file, None) if how == "merge" else merge(file, inline, None)
        base = merged if isinstance(merged, Mapping) else NOTHING
    return reduce(merge_values, (as_kubectl(layer) for layer in (base, *layers)))


def _written(chart: Mapping) -> list[Scalar]:
    own = chart.scalar("valuesFile")
    return [
        *([own] if own is not None and own.value else []),
        *chart.scalars_at("additionalValuesFiles"),
    ]


def _own_file(chart: Mapping) -> Scalar | None:
    return chart.scalar("valuesFile") if chart.text("valuesFile") else None


def _values_file(place: ChartPlace, entry: Scalar) -> Mapping:
    path = place.sources.find(place.root, entry, "values file")
    documents = place.sources.documents(place.root, path, entry.span, place.record)
    root = documents[0].root if documents else None
    return root if isinstance(root, Mapping) else NOTHING


def _defaults(inflator: Inflator, found: _Chart) -> Mapping:
    path = posixpath.join(found.path, "values.yaml")
    return inflator.files.parse(found.clone, path).mapping or NOTHING


def _items(
    record: Record, chart: Mapping, rendered: ChartDocuments, settle: Callable[[Span], Span]
) -> list[Item]:
    for note in rendered.not_understood:
        record.skip(settle(note.location), note.reason)
    if rendered.error is not None:
        problem = rendered.error
        span = settle(problem.primary.span)
        raise LoadError(BuildProblemKind.INVALID, problem.message, span, problem.related)
    manifests = (m for m in manifests_in(rendered.documents) if not _is_skipped(m, chart))
    return [Item(_at(m, settle(m.span)), is_from_helm=True) for m in manifests]


def _at(manifest: Mapping, span: Span) -> Mapping:
    return manifest if span is manifest.span else manifest.moved_to(span)


def _is_skipped(manifest: Mapping, chart: Mapping) -> bool:
    hook = text_of(manifest.find("metadata", "annotations", HELM_HOOK))
    if not hook:
        return False
    events = {event.strip() for event in hook.split(",")}
    return chart.is_true("skipHooks") or (chart.is_true("skipTests") and bool(events & _TESTS))
