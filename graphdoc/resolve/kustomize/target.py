"""One kustomization and all that it includes, put together in Kustomize's own order."""

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from graphdoc.model.clone import Clone
from graphdoc.model.kustomize import Kustomization
from graphdoc.model.location import Location, SourceFile, Span, file_start
from graphdoc.model.node import Mapping, Node, Scalar
from graphdoc.parse.kustomization import KustomizationError, parse_kustomization
from graphdoc.resolve.kustomize.defaults import DEFAULTS, TransformerConfig
from graphdoc.resolve.kustomize.generators import FileReader, absorb, generate
from graphdoc.resolve.kustomize.ids import Item
from graphdoc.resolve.kustomize.items import Items
from graphdoc.resolve.kustomize.loader import (
    KUSTOMIZATION_NAMES,
    Root,
    Sources,
    is_remote,
    is_within,
    kustomization_start,
    resolve,
)
from graphdoc.resolve.kustomize.patches import PatchReader
from graphdoc.resolve.kustomize.record import LoadError, Record
from graphdoc.resolve.kustomize.remote import parse_remote
from graphdoc.resolve.kustomize.result import BuildProblemKind, Include
from graphdoc.resolve.kustomize.transform import transform
from graphdoc.resolve.kustomize.trees import KustomizeError, text_of

__all__ = ["Accumulated", "Accumulator", "FindClone"]

FindClone: TypeAlias = Callable[[str, str], "Clone | None"]
Adjust: TypeAlias = Callable[[Kustomization], Kustomization]

_UNSUPPORTED = {
    "helmCharts": "helmCharts are rendered by Helm, which Kustomize runs only when told to",
    "helmChartInflationGenerator": "helmChartInflationGenerator is rendered by Helm",
    "openapi": "openapi schemas are not read",
    "crds": "crds are not read",
    "validators": "validators are not run",
    "generators": "generators are not run",
    "transformers": "transformers are not run",
    "configurations": "configurations are not read",
    "replacements": "replacements are not applied",
    "vars": "vars are not applied",
}


class Accumulated(NamedTuple):
    """What a kustomization hands to whatever includes it."""

    items: tuple[Item, ...]
    config: TransformerConfig
    record: Record
    kustomization: Kustomization | None


@dataclass(slots=True)
class _State:
    """What grows while one kustomization is put together; a component adds to its includer's."""

    items: Items = field(default_factory=Items)
    config: TransformerConfig = TransformerConfig()


@dataclass(slots=True)
class Accumulator:
    """Puts kustomizations together, each base once however many overlays include it."""

    sources: Sources
    find_clone: FindClone
    _memory: dict[tuple[str, str], Accumulated] = field(default_factory=dict)

    def accumulate(
        self, root: Root, chain: tuple[Root, ...] = (), adjust: Adjust | None = None
    ) -> Accumulated:
        """The resources of a directory before names are hashed and references rewritten."""
        known = self._memory.get(root.key) if adjust is None else None
        if known is not None:
            return known
        state, record = _State(), Record()
        target = _Target(self, root, chain, state, record)
        kustomization = target.run(is_component=False, adjust=adjust)
        accumulated = Accumulated(tuple(state.items), state.config, record, kustomization)
        if adjust is None:
            self._memory[root.key] = accumulated
        return accumulated


class _Target:
    """One kustomization on its way."""

    def __init__(
        self,
        accumulator: Accumulator,
        root: Root,
        chain: tuple[Root, ...],
        state: _State,
        record: Record,
    ) -> None:
        self._accumulator = accumulator
        self._sources = accumulator.sources
        self._root = root
        self._chain = (*chain, root)
        self._state = state
        self._record = record
        self._start = kustomization_start(root)

    def run(self, *, is_component: bool, adjust: Adjust | None = None) -> Kustomization | None:
        """Read the kustomization and do everything that it says."""
        self._record.roots[self._root.key] = None
        try:
            path = self._find()
            kustomization = self._parse(path)
        except KustomizeError as error:
            self._record.fail(error, self._start)
            return None
        self._record.kustomizations[kustomization.file] = None
        if kustomization.is_component is not is_component and (self._chain[1:] or is_component):
            expected = (
                "expected kind Component" if is_component else "expected kind other than Component"
            )
            self._record.fail(
                KustomizeError(f"{expected} for '{self._root.directory}'"), self._start
            )
            return None
        if adjust is not None:
            kustomization = adjust(kustomization)
        self._build(kustomization, path)
        return kustomization

    def _find(self) -> str:
        directory, clone = self._root.directory, self._root.clone
        paths = [posixpath.join(directory, name) for name in KUSTOMIZATION_NAMES]
        found = [path for path in paths if clone.is_file(path)]
        if len(found) > 1:
            names = ", ".join(posixpath.basename(path) for path in found)
            raise KustomizeError(f"found multiple kustomization files: {names}")
        if not found:
            reason = f"no kustomization file in '{directory or '.'}'"
            raise LoadError(BuildProblemKind.MISSING_ENTRY, reason)
        return found[0]

    def _parse(self, path: str) -> Kustomization:
        file = SourceFile(self._root.clone.name, path)
        documents = self._sources.documents(self._root, path, file_start(file), self._record)
        try:
            root = documents[0].root if documents else None
            return parse_kustomization(root, file, file_start(file))
        except KustomizationError as error:
            raise KustomizeError(error.reason, error.span) from error

    def _build(self, kustomization: Kustomization, path: str) -> None:
        for name, reason in _UNSUPPORTED.items():
            if name in kustomization.root.keys:
                self._record.skip(kustomization.root.keys[name], reason)
        for entry in kustomization.scalars("resources"):
            self._attempt(lambda entry=entry: self._add_resource(entry), entry.span)
        self._state.config = self._state.config.merge(DEFAULTS)
        self._generate(kustomization)
        for entry in kustomization.scalars("components"):
            self._attempt(lambda entry=entry: self._add_component(entry), entry.span)
        lines = self._sources.lines(self._root, path)
        reader = PatchReader(self._sources, self._root, self._record, lines)
        transform(kustomization, self._state.items, self._state.config, reader, self._record)
        self._list_includes(kustomization)

    def _attempt(self, step: Callable[[], None], span: Span) -> None:
        try:
            step()
        except KustomizeError as error:
            self._record.fail(error, span)

    def _add_resource(self, entry: Scalar) -> None:
        text = text_of(entry)
        path = resolve(self._root.directory, text)
        is_file = path is not None and self._root.clone.is_file(path)
        if not is_file and is_remote(text):
            self._add_remote(entry)
            return
        if path is None or not (is_file or self._root.clone.is_directory(path)):
            reason = f"resource '{text}' does not exist"
            raise LoadError(BuildProblemKind.MISSING_ENTRY, reason, entry.span)
        if not is_file:
            self._include("resource", entry, path, is_directory=True)
            self._absorb(self._below(Root(self._root.clone, path), entry), entry.span)
            return
        self._include("resource", entry, path, is_directory=False)
        path = self._sources.find(self._root, entry, "resource")
        for manifest in self._sources.manifests(self._root, path, entry.span, self._record):
            self._attempt(lambda m=manifest: self._state.items.append(Item(m)), entry.span)

    def _add_remote(self, entry: Scalar) -> None:
        remote = parse_remote(text_of(entry))
        clone = self._accumulator.find_clone(remote.url, remote.revision) if remote else None
        if remote is None or clone is None:
            self._include("resource", entry, text_of(entry), is_directory=True, clone="")
            self._record.skip(entry.span, "a remote resource outside of the analysed repositories")
            return
        self._include("resource", entry, remote.path, is_directory=True, clone=clone.name)
        self._absorb(self._below(Root(clone, remote.path), entry), entry.span)

    def _below(self, root: Root, entry: Scalar) -> Accumulated:
        self._refuse_cycle(root.key, entry)
        accumulated = self._accumulator.accumulate(root, self._chain)
        for key in accumulated.record.roots:
            self._refuse_cycle(key, entry)
        return accumulated

    def _refuse_cycle(self, key: tuple[str, str], entry: Scalar) -> None:
        for visited in self._chain:
            name, directory = visited.key
            if name == key[0] and is_within(directory, key[1]):
                start = kustomization_start(visited)
                reason = (
                    f"'{text_of(entry)}' leads to '{key[1] or '.'}', which contains '{directory}'"
                )
                related = (Location(start, "included on the way here"),)
                raise LoadError(BuildProblemKind.CYCLE, reason, entry.span, related)

    def _absorb(self, accumulated: Accumulated, span: Span) -> None:
        self._record.absorb(accumulated.record)
        for item in accumulated.items:
            self._attempt(lambda item=item: self._state.items.append(item), span)
        self._state.config = self._state.config.merge(accumulated.config)

    def _add_component(self, entry: Scalar) -> None:
        text = text_of(entry)
        path = resolve(self._root.directory, text)
        if is_remote(text):
            self._record.skip(entry.span, "a remote component")
            return
        if path is None or not self._root.clone.is_directory(path):
            reason = f"component '{text}' does not exist"
            raise LoadError(BuildProblemKind.MISSING_ENTRY, reason, entry.span)
        self._include("component", entry, path, is_directory=True)
        root = Root(self._root.clone, path)
        self._refuse_cycle(root.key, entry)
        record = Record()
        _Target(self._accumulator, root, self._chain, self._state, record).run(is_component=True)
        self._record.absorb(record)

    def _generate(self, kustomization: Kustomization) -> None:
        options = kustomization.root.mapping("generatorOptions")
        reader = FileReader(self._read_for_generator)
        kinds = (("ConfigMap", "configMapGenerator"), ("Secret", "secretGenerator"))
        for kind, name in kinds:
            for entry in kustomization.mappings(name):
                self._attempt(
                    lambda k=kind, e=entry: absorb(
                        self._state.items, generate(k, e, options, reader)
                    ),
                    entry.span,
                )

    def _read_for_generator(self, entry: Scalar, path: str) -> tuple[SourceFile, bytes]:
        found = self._sources.find_path(self._root, path, "file", entry.span)
        content = self._sources.read(self._root, found, entry.span, self._record)
        return SourceFile(self._root.clone.name, found), content

    def _include(
        self, kind: str, entry: Scalar, target: str, *, is_directory: bool, clone: str | None = None
    ) -> None:
        name = self._root.clone.name if clone is None else clone
        self._record.includes.append(Include(kind, target, is_directory, name, entry.span))

    def _list_includes(self, kustomization: Kustomization) -> None:
        """The other fields that name files, for whoever asks what a kustomization leads to."""
        named: list[tuple[str, Node | None]] = [
            ("patch", scalar) for scalar in kustomization.scalars("patchesStrategicMerge")
        ]
        for name in ("patches", "patchesJson6902"):
            named += [("patch", entry.scalar("path")) for entry in kustomization.mappings(name)]
        for name in ("configMapGenerator", "secretGenerator"):
            for entry in kustomization.mappings(name):
                named += [("generator", source) for source in _sources_of(entry)]
        for kind, name in _OTHER_FILES:
            named += [(kind, scalar) for scalar in kustomization.scalars(name)]
        for kind, scalar in named:
            if isinstance(scalar, Scalar):
                self._list_include(kind, scalar)

    def _list_include(self, kind: str, scalar: Scalar) -> None:
        text = text_of(scalar)
        path = resolve(
            self._root.directory, text.partition("=")[2] or text if kind == "generator" else text
        )
        if path is None or "\n" in text:
            return
        if self._root.clone.is_file(path) or self._root.clone.is_directory(path):
            self._include(kind, scalar, path, is_directory=not self._root.clone.is_file(path))


_OTHER_FILES = (
    ("crd", "crds"),
    ("configuration", "configurations"),
    ("generator", "generators"),
    ("transformer", "transformers"),
    ("validator", "validators"),
)


def _sources_of(entry: Mapping) -> list[Node | None]:
    return [*entry.items_at("files"), *entry.items_at("envs"), entry.scalar("env")]
