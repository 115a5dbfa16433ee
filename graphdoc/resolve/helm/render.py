"""A chart, a release and values in; the resources that Argo CD would apply out."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field, replace
from typing import TypeVar

from graphdoc.model.argocd import TESTS, is_passed_over
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood, Problem
from graphdoc.model.grouping import grouped
from graphdoc.model.helm import ChartDependency, Release
from graphdoc.model.identity import chart_id
from graphdoc.model.limits import Limits
from graphdoc.model.location import Location, Span, file_start
from graphdoc.model.node import NOTHING, Mapping, Plain, Scalar, node_at, walk
from graphdoc.model.resource import Resource
from graphdoc.parse.yaml import Document, YamlError
from graphdoc.resolve.helm.argocd_apps import find_applications, is_all
from graphdoc.resolve.helm.bundle import (
    UNREAD,
    BundledChart,
    ChartBundle,
    ChartError,
    FindChart,
    Place,
    bundle_chart,
)
from graphdoc.resolve.helm.chart_cache import not_at_hand
from graphdoc.resolve.helm.engine import (
    HelmEngine,
    HelmError,
    RememberingEngine,
    RenderedTemplate,
)
from graphdoc.resolve.helm.layering import coalesce, merge_values, to_helm
from graphdoc.resolve.helm.lock import UNFETCHED
from graphdoc.resolve.helm.manifests import ManifestReader
from graphdoc.resolve.repositories.files import Files

__all__ = ["REFUSALS", "WHATEVER_THE_VALUES", "ChartDocuments", "ChartRender", "ChartRenderer"]

T = TypeVar("T")
_UNPARSED = "Helm cannot parse the chart"
_UNRENDERED = "Helm cannot render the chart"
_NO_YAML = "renders text that is not YAML"
# How each error begins that no values mend, and every error of a chart.
WHATEVER_THE_VALUES = (_UNPARSED, UNFETCHED, UNREAD)
REFUSALS = (*WHATEVER_THE_VALUES, _UNRENDERED, _NO_YAML)

_UNSERVED = "renders only where the cluster serves what 'helm.api_versions' can name:"
_ASKED = re.compile(rb"\bAPIVersions\.Has[\s(]+[\"`]([\w./-]+)")
_SECRETIVE = re.compile(
    r"passw|secret|token|credential|private|api_?key|auth|pwd|(?<![a-z])pw(?![a-z])", re.IGNORECASE
)
_SHORTEST_SECRET = 4
_MISFIT = re.compile(
    r"(?:(?P<chart>(?<!\S)\S+): )?- at '(?P<pointer>[^']*)': (?P<fault>(?:(?! - at ').)*)"
)
_MISMATCH = re.compile(r"type mismatch on ([^:]+):")
_ADDITIONAL = re.compile(r"additional propert\w+ '([^']+)'")


@dataclass(frozen=True, slots=True)
class ChartRender:
    """What a chart renders to; with an ``error`` or a missing chart there are no resources."""

    resources: tuple[Resource, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
    error: Problem | None = None


@dataclass(frozen=True, slots=True)
class ChartDocuments:
    """What a chart renders to as Helm prints it: hooks too, and nothing read as a resource."""

    documents: tuple[Document, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()
    error: Problem | None = None


@dataclass(frozen=True, slots=True)
class ChartRenderer:
    """Renders charts of clones.

    ``engine`` is from ``find_engine`` and remembers what it has rendered; ``find_chart`` looks for
    the charts of Helm repositories that a chart requires.
    """

    engine: HelmEngine
    files: Files
    find_chart: FindChart | None = None

    def render(self, place: Place, release: Release, values: Mapping) -> ChartRender:
        """The resources that Argo CD would apply.

        Args:
            place: the folder of ``Chart.yaml``.
            release: what Argo CD passes beside the values.
            values: what lies over the chart's own defaults, ``null`` included
                (``override_values``).
        """
        try:
            return self._start(place, release, values).run()
        except ChartError as error:
            return ChartRender(error=error.problem)

    def print(self, place: Place, release: Release, values: Mapping) -> ChartDocuments:
        """What ``helm template`` prints, for a program that goes on with its output."""
        try:
            return self._start(place, release, values).print()
        except ChartError as error:
            return ChartDocuments(error=error.problem)

    def _start(self, place: Place, release: Release, values: Mapping) -> "_Rendering":
        engine, reader, find_bundle = self.engine, ManifestReader(), bundle_chart
        if isinstance(engine, RememberingEngine):
            reader, find_bundle = engine.reader, engine.bundle
        bundle = find_bundle(self.files, *place, self.find_chart)
        return _Rendering(engine, bundle, release, values, self.files.limits, reader)


@dataclass(slots=True)
class _Rendering:
    engine: HelmEngine
    bundle: ChartBundle
    release: Release
    values: Mapping
    limits: Limits
    reader: ManifestReader
    notes: list[NotUnderstood] = field(default_factory=list)

    def run(self) -> ChartRender:
        self.notes += self.bundle.not_understood
        absent = tuple(_absent(self.bundle.chart, self.values))
        known = tuple(self._known(absent))
        resources, problem = self._read(self._resources, absent)
        return ChartRender((*resources, *known), tuple(self.notes), problem)

    def print(self) -> ChartDocuments:
        self.notes += self.bundle.not_understood
        absent = tuple(_absent(self.bundle.chart, self.values))
        self.notes += map(self._note, absent)
        documents, problem = self._read(self._documents, absent)
        return ChartDocuments(documents, tuple(self.notes), problem)

    def _read(
        self, read: Callable[[RenderedTemplate], Iterable[T]], absent: tuple[ChartDependency, ...]
    ) -> tuple[tuple[T, ...], Problem | None]:
        """What is in all that the templates render to, or why there is nothing."""
        try:
            values = _with_globals(self.bundle.chart, self.values, absent)
            rendered = self._rendered(to_helm(values))
            return tuple(found for one in filter(_is_read, rendered) for found in read(one)), None
        except HelmError as error:
            # Helm stumbles over a chart that is not at hand: that says nothing about the estate.
            return (), None if absent and not error.is_syntax else self._problem(error)
        except YamlError as error:
            return (), Problem(f"{_NO_YAML}: {error.problem}", Location(error.span))

    def _rendered(self, values: Plain) -> tuple[RenderedTemplate, ...]:
        """What a chart refuses only for want of kinds that the cluster may serve is open."""
        try:
            return self.engine.render(self.bundle, self.release, values)
        except HelmError as error:
            texts = b"\n".join(self.bundle.files.values())
            asked = {kind.decode(): None for kind in _ASKED.findall(texts)}
            if not asked or not error.template:
                raise
            served = replace(self.release, api_versions=(*self.release.api_versions, *asked))
            try:
                rendered = self.engine.render(self.bundle, served, values)
            except HelmError:
                raise error from None
        place = file_start(self.bundle.chart.place.file("Chart.yaml"))
        self.notes.append(NotUnderstood(place, f"{_UNSERVED} {', '.join(asked)}"))
        return rendered

    def _documents(self, one: RenderedTemplate) -> tuple[Document, ...]:
        place, name = _place_of(self.bundle.chart, one.path)
        return self.reader.documents(place, name, one.text, self.limits)

    def _known(self, absent: Iterable[ChartDependency]) -> Iterator[Resource]:
        """What charts that are not at hand are known to bring; a note for what else they do."""
        effective = coalesce(self.values, self.bundle.chart.defaults)
        direct = self.bundle.chart.missing
        for dependency in absent:
            own = effective.mapping(dependency.key) if dependency in direct else None
            values = own or NOTHING
            yield from find_applications(dependency.name, values)
            if own is None or not is_all(dependency.name, values):
                self.notes.append(self._note(dependency))

    def _note(self, dependency: ChartDependency) -> NotUnderstood:
        reason = not_at_hand(dependency.name, dependency.version, dependency.repository)
        return NotUnderstood(dependency.span, reason)

    def _resources(self, one: RenderedTemplate) -> Iterator[Resource]:
        place, name = _place_of(self.bundle.chart, one.path)
        found = self.reader.read(place, name, one.text, self.limits)
        self.notes += found.not_understood
        yield from (one for one in found.resources if not self._is_skipped(one))

    def _is_skipped(self, resource: Resource) -> bool:
        """``skipTests`` also drops what is a test among other things."""
        is_test = self.release.skip_tests and bool(resource.helm_events & TESTS)
        return is_test or is_passed_over(resource)

    def _problem(self, error: HelmError) -> Problem:
        chart = self.bundle.chart
        if error.template:
            place, name = _place_of(chart, error.template)
            line = max(error.line, 1)
            span = Span(place.file(name), line, 1, line, 1)
        else:
            misfit = _find_misfit(error.message, chart, self.values)
            span = misfit or file_start(chart.place.file("Chart.yaml"))
        message = _without_secrets(error.message, (self.values, chart.defaults))
        return Problem(
            f"{_UNPARSED if error.is_syntax else _UNRENDERED}: {message}",
            Location(span),
            (),
            chart_id(*chart.place.file("")),
        )


def _absent(chart: BundledChart, values: Mapping) -> Iterator[ChartDependency]:
    """The dependencies that the values enable and the clone does not hold."""
    effective = coalesce(values, chart.defaults)
    for dependency in chart.missing:
        if _is_enabled(dependency, effective):
            yield dependency
    listed = grouped((dependency.name, dependency) for dependency in chart.metadata.dependencies)
    for child in chart.children:
        name = child.metadata.name
        # Once where ``Chart.yaml`` does not list it.
        unlisted = (ChartDependency(name, "", "", "", "", child.metadata.span),)
        for dependency in listed.get(name, unlisted):
            if _is_enabled(dependency, effective):
                yield from _absent(child, effective.at(dependency.key))


def _with_globals(
    chart: BundledChart, values: Mapping, absent: Iterable[ChartDependency]
) -> Mapping:
    """What Helm puts below the key of a subchart: its parent's templates read that, too."""
    effective = coalesce(values, chart.defaults)
    shared = effective.mapping("global")
    keys = [dependency.key for dependency in absent if dependency in chart.missing]
    if shared is None or not shared.entries:
        return values
    for key in keys:
        own = effective.find(key, "global") or NOTHING
        if not isinstance(own, Mapping):
            continue
        both = Mapping({"global": merge_values(own, shared)}, {"global": shared.span}, shared.span)
        values = merge_values(values, Mapping({key: both}, {key: shared.span}, shared.span))
    return values


def _is_enabled(dependency: ChartDependency, values: Mapping) -> bool:
    """Helm's rule: the first condition that is set decides, else the tags, else yes."""
    for condition in dependency.condition.split(","):
        scalar = values.scalar(*condition.strip().split(".")) if condition.strip() else None
        if scalar is not None and isinstance(scalar.value, bool):
            return scalar.value
    tags = [values.scalar("tags", tag) for tag in dependency.tags]
    known = [tag.value for tag in tags if tag is not None and isinstance(tag.value, bool)]
    return any(known) if known else True


def _place_of(chart: BundledChart, rendered: str) -> tuple[Place, str]:
    """Where a template that Helm names (``chart/charts/alias/templates/x.yaml``) is written."""
    parts = rendered.split("/")[1:]
    current = chart
    while len(parts) > 2 and parts[0] == "charts":  # noqa: PLR2004 -- charts/NAME/…
        child = current.child(parts[1])
        if child is None:
            break
        current, parts = child, parts[2:]
    return current.place, "/".join(parts)


def _is_read(one: RenderedTemplate) -> bool:
    return not one.path.endswith("NOTES.txt") and bool(one.text.strip())


def _without_secrets(message: str, trees: tuple[Mapping, ...]) -> str:
    """Helm's message, without any value that stands under a key that names a secret."""
    values = sorted({v for tree in trees for v in _secret_values(tree)}, key=len, reverse=True)
    if not values:
        return message
    whole = "|".join(map(re.escape, values))
    # A short plain word may stand in the message by itself: only whole words are hidden.
    return re.sub(rf"(?<![\w-])(?<!\w/)(?:{whole})(?![\w/-])", "…", message)


def _secret_values(tree: Mapping) -> Iterator[str]:
    for pointer, node in walk(tree):
        if isinstance(node, Scalar) and _SECRETIVE.search(pointer):
            text = node.text or str(node.value)
            if len(text) >= _SHORTEST_SECRET:
                yield text


def _find_misfit(message: str, chart: BundledChart, values: Mapping) -> Span | None:
    """Where the first such value stands that any layer sets."""
    return next(_misfits(message, chart, values), None)


def _misfits(message: str, chart: BundledChart, values: Mapping) -> Iterator[Span]:
    mismatch = _MISMATCH.match(message)
    whole = values.entries.get(mismatch[1]) if mismatch is not None else None
    if whole is not None and not isinstance(whole, Mapping):
        yield whole.span
    judged: tuple[Mapping, ...] = ()
    for match in _MISFIT.finditer(message):
        if match["chart"]:
            judged = tuple(_values_of(match["chart"], chart, values))
        yield from _at(match["pointer"], _ADDITIONAL.search(match["fault"]), judged)


def _at(pointer: str, extra: re.Match[str] | None, judged: Iterable[Mapping]) -> Iterator[Span]:
    for node in (node_at(values, pointer) for values in judged):
        if extra is not None and isinstance(node, Mapping) and extra[1] in node.keys:
            yield node.keys[extra[1]]
        elif extra is None and pointer and node is not None:
            yield node.span


def _values_of(name: str, chart: BundledChart, values: Mapping) -> Iterator[Mapping]:
    """What Helm holds against the schema of a chart; one that it requires may have its name."""
    effective = coalesce(values, chart.defaults)
    child = chart.child(name)
    if child is not None:
        yield coalesce(effective.at(name), child.defaults)
    if name == chart.metadata.name:
        yield effective
