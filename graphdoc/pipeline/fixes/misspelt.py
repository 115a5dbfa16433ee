"""Paths that were written wrong beyond doubt, and how they are spelled."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from posixpath import dirname, splitext

from graphdoc.clone import DiskClone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.edit import Edit
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import Span
from graphdoc.model.node import texts_within
from graphdoc.pipeline.fixes.written import WorkingTrees
from graphdoc.resolve.broken.kustomizations import find_refusals
from graphdoc.resolve.broken.references import Use, find_broken
from graphdoc.resolve.kustomize import BuildProblemKind
from graphdoc.resolve.names.slips import Slip, find_slip, words_of
from graphdoc.resolve.repositories.paths import folders_holding, join_path, normalise
from graphdoc.resolve.resolved import Estate, ReferenceFault

__all__ = ["Spelling"]


@dataclass
class Spelling:
    """The names of an estate, and what they say of a name that leads nowhere."""

    estate: Estate
    trees: WorkingTrees

    def edits(self) -> Iterator[tuple[Span, Edit]]:
        """The primary place of each finding that can be mended, and the edit that mends it."""
        for span, slips in (*self._sources(), *self._entries()):
            edit = self._edit(span, slips)
            if edit is not None:
                yield span, edit

    def _sources(self) -> Iterator[tuple[Span, set[Slip | None]]]:
        """What each broken name of an Application may mean, as all its Applications see it."""
        things = find_broken(self.estate, lambda _: True, lambda use: use.reference.scalar.span)
        for thing in things:
            if thing.primary not in self._sound:
                yield thing.primary, {self._meant(use) for use in thing.uses}

    def _meant(self, use: Use) -> Slip | None:
        reference, clone = use.reference, self.trees.clone(use.reference.repository)
        sources = [source.clone for source in use.application.sources if source.clone is not None]
        ours = [source for source in sources if source.name == reference.repository]
        if clone is None or not all(isinstance(source, DiskClone) for source in ours):
            return None
        if not self.trees.has_brought(use.application):
            return None
        if use.is_path and reference.fault is ReferenceFault.MISSING_PATH:
            return self._slip(clone, normalise(reference.wanted), folders_holding(clone.files))
        if reference.fault is ReferenceFault.MISSING_VALUES_FILE:
            taken = {layer.file.path for layer in use.source.value_files}
            wanted = reference.wanted.removeprefix(f"{clone.name}/")
            return self._slip(clone, wanted, [f for f in clone.files if f not in taken])
        return None

    def _entries(self) -> Iterator[tuple[Span, set[Slip | None]]]:
        for refusal in find_refusals(self.estate, BuildProblemKind.MISSING_ENTRY):
            yield refusal.problem.span, {self._entry(refusal.problem.span)}

    def _entry(self, span: Span) -> Slip | None:
        clone, place = self.trees.clone(span.file.repository), self.trees.find(span)
        if clone is None or place is None:
            return None
        folder = dirname(span.file.path)
        wanted = join_path(folder, str(place.scalar.value))
        roots = self.estate.files.parse(clone, span.file.path).roots
        taken = {join_path(folder, text) for root in roots for text, _ in texts_within(root)}
        if splitext(wanted or "")[1]:
            existing = clone.files
        else:
            existing = tuple(f for f in folders_holding(clone.files) if _is_kustomization(clone, f))
        return self._slip(clone, wanted, [path for path in existing if path not in taken])

    def _slip(self, clone: DiskClone, wanted: str | None, existing: Iterable[str]) -> Slip | None:
        if not wanted or clone.is_file(wanted) or clone.is_directory(wanted):
            return None
        return find_slip(wanted, existing, self._words)

    def _edit(self, span: Span, slips: set[Slip | None]) -> Edit | None:
        """The edit of the one segment, where all agree on it and it is written as it is read."""
        place = self.trees.find(span)
        slip = next(iter(slips)) if len(slips) == 1 else None
        if place is None or slip is None or not isinstance(place.scalar.value, str):
            return None
        old = str(place.scalar.value)
        parts = old.split("/")
        if len(parts) < slip.from_end or ".." in parts[-slip.from_end :]:
            return None
        if parts[-slip.from_end] != slip.wrong:
            return None
        parts[-slip.from_end] = slip.right
        quote = int(not place.scalar.plain)
        inner = span._replace(column=span.column + quote, end_column=span.end_column - quote)
        return Edit(inner, old, "/".join(parts))

    @cached_property
    def _sound(self) -> frozenset[Span]:
        """Where names stand that lead somewhere for one Application at least."""
        found: set[Span] = set()
        for application in self.estate.applications:
            for source in application.sources:
                broken = {reference.scalar.span for reference in source.broken}
                path = source.source.node.scalar("path")
                found.update(layer.reference.span for layer in source.value_files)
                found.update({path.span} - broken if path is not None else ())
        return frozenset(found)

    @cached_property
    def _words(self) -> frozenset[str]:
        """Every word of a path, a cluster or an Application: who wrote one of them meant it."""
        paths = (path for clone in self.estate.clones for path in clone.files)
        names = (entry.name for entry in self.estate.applications)
        return words_of((*paths, *names, *self.estate.clusters))


def _is_kustomization(clone: DiskClone, folder: str) -> bool:
    return any(clone.is_file(f"{folder}/{name}") for name in KUSTOMIZATION_NAMES)
