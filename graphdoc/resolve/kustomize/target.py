"""One kustomization and all that it includes, put together in Kustomize's own order."""

import posixpath
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from typing import TypeAlias

from graphdoc.model.kustomize import Kustomization
from graphdoc.model.limits import shown_size
from graphdoc.model.location import Location, SourceFile, Span
from graphdoc.model.node import Mapping, Scalar
from graphdoc.model.redact import without_user
from graphdoc.parse.inline import parse_inline
from graphdoc.parse.yaml import YamlError
from graphdoc.resolve.kustomize.accumulator import Accumulated, Accumulator, State, Way
from graphdoc.resolve.kustomize.charts import ChartPlace, inflate, requested_charts
from graphdoc.resolve.kustomize.fields.configuration import transformer_config
from graphdoc.resolve.kustomize.fields.defaults import DEFAULTS
from graphdoc.resolve.kustomize.files.includes import find_includes
from graphdoc.resolve.kustomize.files.loader import UNFETCHED, manifests_in
from graphdoc.resolve.kustomize.files.opening import open_kustomization
from graphdoc.resolve.kustomize.files.record import LoadError, MissingEntryError, Record
from graphdoc.resolve.kustomize.files.remote import parse_remote
from graphdoc.resolve.kustomize.files.result import BuildProblemKind, Include, Part
from graphdoc.resolve.kustomize.files.roots import (
    Root,
    is_kustomization,
    is_remote,
    is_within,
    kustomization_start,
    refuse_outside,
    resolve,
    root_at,
)
from graphdoc.resolve.kustomize.patches.patches import PatchReader
from graphdoc.resolve.kustomize.resources.ids import Item
from graphdoc.resolve.kustomize.resources.items import Items
from graphdoc.resolve.kustomize.resources.trees import (
    Hidden,
    KustomizeError,
    NotUnderstoodError,
    text_of,
)
from graphdoc.resolve.kustomize.schema.crds import config_of_definitions
from graphdoc.resolve.kustomize.schema.openapi import read_definitions
from graphdoc.resolve.kustomize.schemachoice import SchemaChoice
from graphdoc.resolve.kustomize.transformers.generators import FileReader, absorb_all, add_generated
from graphdoc.resolve.kustomize.transformers.origins import (
    REMOTE,
    builtin_origin,
    keeps_origins,
    mark_changed,
    mark_made,
    plugin_origin,
    with_file_origin,
)
from graphdoc.resolve.kustomize.transformers.pending import find_pending
from graphdoc.resolve.kustomize.transformers.plugins import (
    Context,
    generator_steps,
    transformer_steps,
)
from graphdoc.resolve.kustomize.transformers.transform import Step, attempt, steps
from graphdoc.resolve.kustomize.transformers.validators import validate
from graphdoc.resolve.kustomize.transformers.variables import find_variables, variable
from graphdoc.resolve.repositories.paths import folders_above

__all__ = ["build_target"]

_Mark: TypeAlias = Callable[[Items, str, Span], None]
_StepsOf: TypeAlias = Callable[[Mapping, Context], Iterable[Step]]
_CHARTS = "helmCharts are rendered only with --enable-helm, as by Kustomize"


def build_target(accumulator: Accumulator, root: Root, way: Way) -> Accumulated:
    """What a directory hands to whatever includes it."""
    state, record = State(Items(limits=accumulator.sources.files.limits)), Record()
    state.items.settle = accumulator.sources.settle
    here = way._replace(chain=(*way.chain, root))
    state.use(way.schema)
    kustomization = _Target(accumulator, here, state, record).run(is_component=False)
    items = tuple(state.items)
    return Accumulated(items, state.config, state.variables, record, kustomization, state.schema)


class _Target:
    """One kustomization on its way."""

    def __init__(self, accumulator: Accumulator, way: Way, state: State, record: Record) -> None:
        self._accumulator = accumulator
        self._sources = accumulator.sources
        self._way = way
        self._root = way.chain[-1]
        self._state = state
        self._record = record
        self._schemas = SchemaChoice(accumulator, self._root, state, record, way.is_late)
        self._start = kustomization_start(self._root)
        self._limits = accumulator.sources.files.limits
        self._attempt = partial(attempt, record=record)
        # What leaves all resources known where it fails; of two with one id one is there.
        self._check = partial(attempt, record=record, hides=Hidden.NOTHING)

    def run(self, *, is_component: bool) -> Kustomization | None:
        """Read the kustomization and do everything that it says."""
        self._record.roots[self._root.key] = None
        try:
            kustomization = open_kustomization(self._root, self._sources, self._record)
            self._refuse_kind(kustomization, is_component=is_component)
            if self._way.adjust is not None:
                kustomization = self._way.adjust(kustomization)
        except KustomizeError as error:
            self._record.fail(error, self._start)
            return None
        namespace = kustomization.root.text("namespace") or self._way.namespace
        origin = (
            "" if len(self._way.chain) == 1 and keeps_origins(kustomization) else self._way.origin
        )
        self._way = Way(self._way.chain, namespace, origin=origin, is_late=self._way.is_late)
        self._build(kustomization)
        return kustomization

    def _refuse_kind(self, kustomization: Kustomization, *, is_component: bool) -> None:
        is_top = len(self._way.chain) == 1
        if kustomization.is_component is is_component or (is_top and not is_component):
            return
        wanted = "kind Component" if is_component else "a kind other than Component"
        raise KustomizeError(f"expected {wanted} in '{self._root.directory or '.'}'")

    def _build(self, kustomization: Kustomization) -> None:
        self._check(partial(self._schemas.choose, kustomization), self._start)
        self._each(kustomization.scalars("resources"), self._add_resource)
        self._configure(kustomization)
        context = self._context(kustomization)
        self._generate(kustomization, context)
        self._each(kustomization.scalars("components"), self._add_component)
        if self._has_gaps():
            found = find_pending(kustomization, context.reader)
            self._record.pending |= {found: None} if found else {}
        for step in steps(kustomization, self._state.items, self._state.config, context.reader):
            self._attempt(step.apply, step.span, hides=step.hides)
            for kind in step.ends:
                self._mark(mark_changed, partial(self._builtin, kustomization, kind), step.span)
        run = partial(self._run, context, transformer_steps, mark_changed)
        for manifest in self._plugins(kustomization, "transformers"):
            self._attempt(partial(run, manifest), manifest.span)
        for manifest in self._plugins(kustomization, "validators"):
            self._attempt(partial(validate, manifest, context), manifest.span)
        self._schemas.note_unnamespaced()
        self._find_variables(kustomization)
        self._record.includes += find_includes(kustomization, self._root)

    def _has_gaps(self) -> bool:
        return self._record.is_open or bool(self._record.not_understood)

    def _mark(self, mark: _Mark, origin: Callable[[], str], span: Span) -> None:
        if self._way.origin is not None:
            self._attempt(lambda: mark(self._state.items, origin(), span), span)

    def _builtin(self, kustomization: Kustomization, kind: str) -> str:
        name = posixpath.basename(kustomization.file.path)
        return builtin_origin(posixpath.join(self._way.origin or "", name), kind)

    def _context(self, kustomization: Kustomization) -> Context:
        reader = PatchReader(self._sources, self._root, self._record)
        files = FileReader(self._read_for_generator)
        return Context(self._state.items, reader, files, kustomization.file, self._inflate)

    def _each(self, entries: Iterable[Scalar], add: Callable[[Scalar], object]) -> None:
        for entry in entries:
            self._attempt(partial(add, entry), entry.span)

    def _add_resource(self, entry: Scalar) -> None:
        text = text_of(entry)
        path = resolve(self._root.directory, text)
        is_file = path is not None and self._root.clone.is_file(path)
        if not is_file and is_remote(text):
            self._add_remote(entry)
            return
        if path is None or not (is_file or self._root.clone.is_directory(path)):
            refuse_outside(self._root.clone, path, entry.span)
            raise MissingEntryError("resource", text, entry.span)
        self._include("resource", entry, path, self._root.clone.name, is_directory=not is_file)
        if not is_file:
            root = root_at(self._root.clone, path)
            accumulated = self._below(root, entry)
            self._absorb(accumulated, entry.span)
            self._record.show(accumulated.record, root, path)
            return
        found = self._sources.find(self._root, entry, "resource")
        for manifest in self._sources.manifests(self._root, found, entry.span, self._record):
            self._check(partial(self._append, manifest, text), entry.span)

    def _append(self, manifest: Mapping, path: str) -> None:
        self._state.items.append(self._item(manifest, path))

    def _item(self, manifest: Mapping, path: str) -> Item:
        """A resource of a file, given from this kustomization."""
        if self._way.origin is None:
            return Item(manifest)
        return Item(with_file_origin(manifest, posixpath.join(self._way.origin, path)))

    def _add_remote(self, entry: Scalar) -> None:
        remote = parse_remote(text_of(entry))
        clone = self._accumulator.find_clone(remote.url, remote.revision) if remote else None
        if remote is None or clone is None:
            address = without_user(text_of(entry))
            self._include("resource", entry, address, "")
            reason = f"{UNFETCHED} outside of the analysed repositories: '{address}'"
            self._record.skip(entry.span, reason)
            return
        self._include("resource", entry, remote.path, clone.name)
        self._absorb(self._below(root_at(clone, remote.path), entry), entry.span)

    def _below(self, root: Root, entry: Scalar) -> Accumulated:
        self._refuse(root, entry, "resource")
        way = self._way_to(entry)._replace(schema=self._state.schema)
        accumulated = self._accumulator.accumulate(root, way)
        if way.schema is not accumulated.schema and len(self._state.items) > 0:
            accumulated = self._accumulator.accumulate(root, way._replace(is_late=True))
        for key in accumulated.record.roots:
            self._refuse_cycle(key, entry)
        return accumulated

    def _way_to(self, entry: Scalar) -> Way:
        if self._way.origin is None:
            return self._way
        path = posixpath.normpath(posixpath.join(self._way.origin, text_of(entry)))
        is_far = self._way.origin == REMOTE or is_remote(text_of(entry))
        return self._way._replace(origin=REMOTE if is_far else path)

    def _refuse(self, root: Root, entry: Scalar, what: str) -> None:
        if is_kustomization(root.clone, root.directory) is None:
            raise MissingEntryError(what, text_of(entry), entry.span, "has no kustomization file")
        self._refuse_cycle(root.key, entry)

    @cached_property
    def _around(self) -> frozenset[tuple[str, str]]:
        """What is on the way here, and every directory that holds it."""
        keys = [visited.key for visited in self._way.chain]
        above = ((name, folder) for name, path in keys for folder in folders_above(path))
        return frozenset((*keys, *above))

    def _refuse_cycle(self, key: tuple[str, str], entry: Scalar) -> None:
        if key not in self._around:
            return
        for visited in self._way.chain:
            name, directory = visited.key
            if name == key[0] and is_within(directory, key[1]):
                where, inner = key[1] or ".", directory or "."
                reason = f"'{text_of(entry)}' leads to '{where}', which contains '{inner}'"
                related = (Location(kustomization_start(visited), "included on the way here"),)
                raise LoadError(BuildProblemKind.CYCLE, reason, entry.span, related)

    def _absorb(self, accumulated: Accumulated, span: Span) -> None:
        self._record.absorb(accumulated.record)
        if self._state.schema is None and accumulated.schema is not None:
            self._schemas.use(accumulated.schema, span)
        self._refuse_flood(accumulated, span)
        for item in accumulated.items:
            self._check(partial(self._state.items.append, item), span)
        self._attempt(partial(self._state.merge, accumulated.config), span)
        for var in accumulated.variables.values():
            self._attempt(partial(self._state.add_variable, var), span)

    def _refuse_flood(self, accumulated: Accumulated, span: Span) -> None:
        """Resources count with the names that they had: each overlay above looks at those too.

        What is too much is left out as a whole, lest everything above copies the half of it.
        """
        most = self._limits.resources
        self._state.taken += sum(1 + len(item.previous) for item in accumulated.items)
        if self._state.taken > most:
            for index, _ in self._state.items.indexed():
                self._state.items.replace(index, None)
            raise NotUnderstoodError(f"more than {most} resources", span)

    def _find_variables(self, kustomization: Kustomization) -> None:
        variables = list(map(variable, kustomization.mappings("vars")))
        self._attempt(partial(find_variables, self._state.items, variables), self._start)
        for var in variables:
            self._attempt(partial(self._state.add_variable, var), var.node.span)

    def _add_component(self, entry: Scalar) -> None:
        text = text_of(entry)
        if is_remote(text):
            self._record.skip(entry.span, "a remote component")
            return
        path = resolve(self._root.directory, text)
        if path is None or not self._root.clone.is_directory(path):
            refuse_outside(self._root.clone, path, entry.span)
            raise MissingEntryError("component", text, entry.span)
        self._include("component", entry, path, self._root.clone.name)
        root = root_at(self._root.clone, path)
        self._refuse(root, entry, "component")
        self._state.components += 1
        if self._state.components > self._limits.components:
            raise NotUnderstoodError(f"more than {self._limits.components} components", entry.span)
        record = Record(is_open=self._has_gaps())
        way = self._way_to(entry)._replace(chain=(*self._way.chain, root))
        _Target(self._accumulator, way, self._state, record).run(is_component=True)
        self._hand_on(entry.span)
        part = Part(root.clone.name, path, tuple(record.includes))
        self._record.components |= {part: None, **record.components}
        self._record.absorb(record)
        self._record.show(record, root, path)

    def _hand_on(self, span: Span) -> None:
        """What a component leaves is added anew, to nothing: ids and field specs may clash."""
        self._attempt(self._state.items.refuse_taken, span)
        if self._state.config is not DEFAULTS:
            self._attempt(self._state.merge_anew, span)

    def _generate(self, kustomization: Kustomization, context: Context) -> None:
        options = kustomization.root.at("generatorOptions")
        kinds = (("ConfigMap", "configMapGenerator"), ("Secret", "secretGenerator"))
        for kind, name in kinds:
            for entry in kustomization.mappings(name):
                add = partial(add_generated, context.items, kind, entry, options, context.files)
                self._attempt(add, entry.span)
                origin = partial(self._builtin, kustomization, f"{kind}Generator")
                self._mark(mark_made, origin, entry.span)
        for chart, home in requested_charts(kustomization.root):
            self._attempt(partial(self._inflate, chart, home, self._way.namespace), chart.span)
            origin = partial(self._builtin, kustomization, "HelmChartInflationGenerator")
            self._mark(mark_made, origin, chart.span)
        run = partial(self._run, context, generator_steps, mark_made)
        for manifest in self._plugins(kustomization, "generators"):
            self._attempt(partial(run, manifest), manifest.span)

    def _inflate(self, chart: Mapping, home: str, namespace: str) -> None:
        inflator = self._accumulator.inflator
        if inflator is None:
            raise NotUnderstoodError(_CHARTS, chart.span)
        place = ChartPlace(self._root, self._sources, self._record)
        made = inflate(inflator, place, chart, home, namespace)
        absorb_all(self._state.items, made, chart.span)

    def _run(self, context: Context, steps_of: _StepsOf, mark: _Mark, plugin: Mapping) -> None:
        for step in steps_of(plugin, context):
            self._attempt(step.apply, step.span)
        self._mark(mark, partial(plugin_origin, plugin), plugin.span)

    def _plugins(self, kustomization: Kustomization, field: str) -> list[Mapping]:
        """The configurations of plugins: what entries hold comes before what they lead to."""
        entries = kustomization.scalars(field)
        if not entries:
            return []
        state = State(Items(limits=self._limits))
        state.use(self._state.schema)
        target = _Target(self._accumulator, self._way, state, self._record)
        paths: list[Scalar] = []
        for entry in entries:
            manifests = self._inline_plugins(entry)
            if manifests is None:
                paths.append(entry)
            for manifest in manifests or ():
                item = self._item(manifest, posixpath.basename(kustomization.file.path))
                self._attempt(partial(state.items.append, item), entry.span)
        self._each(paths, target._add_resource)
        return [item.manifest for item in state.items]

    def _inline_plugins(self, entry: Scalar) -> tuple[Mapping, ...] | None:
        """What an entry holds; ``None`` where it is the path of a file or directory."""
        lines = self._sources.lines(self._root, entry.span.file.path)
        try:
            return manifests_in(parse_inline(entry, lines))
        except (KustomizeError, YamlError):
            return None

    def _configure(self, kustomization: Kustomization) -> None:
        own, defined = State(), State()
        self._each(kustomization.scalars("configurations"), partial(self._add_configuration, own))
        self._attempt(lambda: self._state.merge(DEFAULTS.merge(own.config)), self._start)
        self._each(kustomization.scalars("crds"), partial(self._add_definitions, defined))
        self._attempt(lambda: self._state.merge(defined.config), self._start)

    def _add_definitions(self, own: State, entry: Scalar) -> None:
        document = read_definitions(self._sources, self._root, entry, "crd", self._record)
        own.merge(config_of_definitions(document))

    def _add_configuration(self, own: State, entry: Scalar) -> None:
        path = self._sources.find(self._root, entry, "configuration")
        documents = self._sources.documents(self._root, path, entry.span, self._record)
        root = documents[0].root if documents else None
        own.merge(transformer_config(root))

    def _read_for_generator(self, entry: Scalar, path: str) -> tuple[SourceFile, bytes]:
        found = self._sources.find_path(self._root, path, "file", entry.span)
        content = self._sources.read(self._root, found, entry.span, self._record)
        self._state.generated += len(content)
        most = self._limits.file_size
        if self._state.generated > most:
            raise NotUnderstoodError(f"generates more than {shown_size(most)}", entry.span)
        return SourceFile(self._root.clone.name, found), content

    def _include(
        self, kind: str, entry: Scalar, target: str, clone: str, *, is_directory: bool = True
    ) -> None:
        self._record.includes.append(Include(kind, target, is_directory, clone, entry.span))
