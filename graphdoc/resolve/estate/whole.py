"""The whole estate: its roots, and what they bring through app-of-apps, overlays and charts."""

import json
import re
from collections.abc import Iterator
from dataclasses import field, replace
from posixpath import basename, join

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.limits import Limits
from graphdoc.model.location import SourceFile, file_start
from graphdoc.model.mistake import nearest
from graphdoc.model.node import Mapping, Scalar
from graphdoc.model.resource import Resource
from graphdoc.model.secret import SecretHints
from graphdoc.parse.argocd import parse_application
from graphdoc.parse.placeholders import Bindings
from graphdoc.resolve.applicationset import Inventory, SetExpander
from graphdoc.resolve.applicationset.embedded import parse_embedded
from graphdoc.resolve.broken.kustomizations import file_of, find_tops
from graphdoc.resolve.estate.walk import Walk
from graphdoc.resolve.helm import HelmEngine
from graphdoc.resolve.helm.published_charts import PublishedCharts
from graphdoc.resolve.kustomize import Inflator, Kustomizer
from graphdoc.resolve.repositories.addresses import Repositories
from graphdoc.resolve.repositories.argocd_options import lifts_restrictions
from graphdoc.resolve.repositories.files import Files
from graphdoc.resolve.repositories.fixtures import is_fixture, is_of_tests, is_pattern
from graphdoc.resolve.repositories.paths import outer_charts
from graphdoc.resolve.repositories.renamed import guess_repositories
from graphdoc.resolve.resolved import Estate, ResolvedApplication, Root
from graphdoc.resolve.roots.choose import choose_roots
from graphdoc.resolve.roots.pattern import RootPattern
from graphdoc.resolve.roots.units import Units, brings_applications, discover_units, find_inflated
from graphdoc.resolve.source.render import RenderSettings, SourceResolver

__all__ = ["Request", "resolve_estate"]

_SILENT = "a chart that may bring Applications, with values that nothing here gives it"
_COPIED = "may bring Applications, and is there to be copied, or put away"
_VARIANT = re.compile(r"values[-.].+\.ya?ml")


@dataclass(frozen=True, slots=True)
class Request:
    """What to resolve, beside the clones: the configuration's part of the truth."""

    roots: tuple[RootPattern, ...] = ()
    inventory: Inventory = field(default_factory=Inventory)
    settings: RenderSettings = field(default_factory=RenderSettings)
    limits: Limits = field(default_factory=Limits)
    secrets: SecretHints = field(default_factory=SecretHints)
    charts: Clone | None = None
    placeholders: Bindings = field(default_factory=dict)


_PLAIN_REQUEST = Request()


def resolve_estate(
    clones: tuple[Clone, ...], engine: HelmEngine | None, request: Request = _PLAIN_REQUEST
) -> Estate:
    """Find the roots and follow them to everything that they bring.

    Addresses that are taken for a clone by what lies there are looked for after a first walk.
    """
    estate, known = _walk_estate(Repositories(clones), engine, request)
    guesses = guess_repositories(estate.repositories, known)
    if not guesses:
        return estate
    told = tuple((guess.identity, guess.clone) for guess in guesses)
    estate, _ = _walk_estate(Repositories(clones, told), engine, request)
    notes = (*(guess.note for guess in guesses), *estate.not_understood)
    return replace(estate, guesses=told, not_understood=notes)


def _walk_estate(
    repositories: Repositories, engine: HelmEngine | None, request: Request
) -> tuple[Estate, tuple[Resource, ...]]:
    """The estate, and every Application and ApplicationSet that was seen in it."""
    clones = repositories.clones
    files = Files(request.limits, request.placeholders)
    charts = PublishedCharts(request.charts, files, repositories=repositories)
    inflator = Inflator(engine, files, charts, *request.settings.capabilities)
    kustomizer = Kustomizer(
        files, repositories.find_revision, not lifts_restrictions(clones), inflator
    )
    resolver = SourceResolver(repositories, files, kustomizer, engine, request.settings, charts)
    units = discover_units(clones, files, kustomizer, engine)
    walk = Walk(resolver, SetExpander(repositories, files, request.inventory, engine))
    roots = choose_roots(units, repositories, request.roots, walk)
    estate = replace(walk.finish(clones, roots, units), secrets=request.secrets)
    known = walk.rendered | {(root.clone, root.path) for root in roots}
    known |= find_inflated(units.builds)
    silent = tuple(_find_silent(units, known))
    silent += () if request.roots else tuple(_find_copied(units, known))
    idle = tuple(_find_idle(request.roots, roots, units, repositories))
    estate = replace(estate, not_understood=(*estate.not_understood, *silent, *idle))
    estate = replace(estate, bare=_resolve_bare(estate, resolver))
    candidates = (*units.applications, *units.kustomizations, *units.charts)
    seen = [r for unit in candidates for r in unit.resources if brings_applications((r,))]
    seen += (entry.application.resource for entry in estate.applications)
    return estate, tuple(seen)


def _find_silent(units: Units, known: set[tuple[str, str]]) -> Iterator[NotUnderstood]:
    """Charts whose templates may bring Applications, and that nothing here renders so."""
    own = ((c, path) for c, path in units.bringing - known if not is_pattern(f"{path}/"))
    for clone, path in sorted(own):
        file = SourceFile(clone, join(path, "Chart.yaml"))
        yield NotUnderstood(file_start(file), _SILENT)


def _find_copied(units: Units, known: set[tuple[str, str]]) -> Iterator[NotUnderstood]:
    """Charts and kustomizations that would be starts, did they not lie in a folder of forms."""
    charts = ((clone, path, join(path, "Chart.yaml")) for clone, path in units.bringing)
    found = {(clone, path): file_start(SourceFile(clone, file)) for clone, path, file in charts}
    found |= {(u.clone.name, u.path): u.span for u in (*units.charts, *units.kustomizations)}
    for clone, path in sorted(found.keys() - known):
        if is_pattern(f"{path}/"):
            yield NotUnderstood(found[clone, path], _COPIED)


def _find_idle(
    patterns: tuple[RootPattern, ...],
    roots: tuple[Root, ...],
    units: Units,
    repositories: Repositories,
) -> Iterator[NotUnderstood]:
    """Roots that the configuration names and that are not there: a cluster may be left out."""
    for clone in repositories.clones:
        own = [pattern for pattern in patterns if pattern.repository == clone.name]
        for pattern in own:
            if all(pattern.match(root.clone, root.path) is None for root in roots):
                paths = {f"{unit.clone.name}/{unit.path}" for unit in units.all}
                text = f"{pattern.repository}/{pattern.pattern}"
                reason, hint = f"no root fits '{text}'", nearest(text, paths)
                place = pattern.span or file_start(SourceFile(clone.name, ""))
                yield NotUnderstood(place, f"{reason}, which the configuration names{hint}")


def _resolve_bare(estate: Estate, resolver: SourceResolver) -> tuple[ResolvedApplication, ...]:
    """What stands for the Applications that an estate has none of; nothing where it has any.

    Who applies it, nobody says here; that it can be rendered, and what it runs, can be judged.
    """
    if estate.applications or estate.application_sets or estate.orphans:
        return ()
    return tuple(_kustomizations(estate, resolver)) + tuple(_charts(estate, resolver))


def _kustomizations(estate: Estate, resolver: SourceResolver) -> Iterator[ResolvedApplication]:
    clones = estate.clones_by_name
    for build in find_tops(estate):
        if not build.problems and not is_of_tests(f"{build.path}/"):
            yield _stand_in(resolver, clones[build.clone], build.path, file_of(build), "")


def _charts(estate: Estate, resolver: SourceResolver) -> Iterator[ResolvedApplication]:
    for clone in estate.clones:
        for chart in sorted(c for c in outer_charts(clone.files) if not is_fixture(c)):
            file = SourceFile(clone.name, join(chart, "Chart.yaml"))
            names = [name for name in clone.children(chart) if _VARIANT.fullmatch(name)]
            for values in sorted(names) or [""]:
                yield _stand_in(resolver, clone, chart, file, values)


def _stand_in(
    resolver: SourceResolver, clone: Clone, path: str, file: SourceFile, values: str
) -> ResolvedApplication:
    name = basename(path) or clone.name
    source: dict[str, object] = {"repoURL": (*clone.urls, clone.name)[0], "path": path or "."}
    if values:
        source["helm"] = {"valueFiles": [values]}
    application = parse_application(_resource(name, source, file))
    kind = "chart" if file.path.endswith("Chart.yaml") else "kustomization"
    node = f"{kind}:{clone.name}/{path}".rstrip("/")
    resolved = resolver.resolve(application, application.sources[0])
    return ResolvedApplication(node, "", application, None, (resolved,))


def _resource(name: str, source: dict[str, object], file: SourceFile) -> Resource:
    """An Application that is written nowhere: all of it stands at the head of the folder's file."""
    destination = {"name": "in-cluster", "namespace": name}
    manifest = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": name, "namespace": "argocd"},
        "spec": {"source": source, "destination": destination},
    }
    start = file_start(file)
    text = json.dumps(manifest)
    root = parse_embedded(text, Scalar(text, start))
    assert isinstance(root, Mapping)
    return Resource(root)
