"""Keys that stand twice where whoever reads the file takes the last and says nothing.

Kustomize does so with its own files, Helm with values, Argo CD with what it reads from a folder.
"""

import json
from collections.abc import Container, Iterator
from functools import lru_cache
from posixpath import basename, dirname
from typing import NamedTuple

from graphdoc.model.argocd import is_argocd
from graphdoc.model.finding import Problem
from graphdoc.model.grouping import listed
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import Location, SourceFile
from graphdoc.model.node import Mapping, Node, Sequence, is_null, to_plain
from graphdoc.model.resource import Resource
from graphdoc.parse.document import Document, DuplicateKey
from graphdoc.resolve.orphans.reach import find_read_files
from graphdoc.resolve.repositories.files import ParsedFile
from graphdoc.resolve.resolved import Estate, Tool

__all__ = [
    "Doubled", "find_doubled_applications", "find_doubled_kustomizations",
    "find_doubled_manifests", "find_doubled_values",
]  # fmt: skip

_OF_OTHER_RULES = ("Application", "ApplicationSet")


class Doubled(NamedTuple):
    """The keys of a file that say at first what they do not say at last, and what they are in."""

    file: SourceFile
    owner: str
    duplicates: tuple[DuplicateKey, ...]

    def problem(self, reader: str, subject: str) -> Problem:
        """What is lost, and what is taken in its place."""
        first, *others = self.duplicates
        keys = listed(dict.fromkeys(one.key for one in self.duplicates))
        return Problem(
            f"{reader} reads only the last {keys} of {self.owner}",
            Location(first.first, "lost"),
            (
                Location(first.second, "taken instead"),
                *(Location(one.first, "lost as well") for one in others),
            ),
            subject,
        )


def find_doubled_kustomizations(estate: Estate) -> Iterator[Doubled]:
    """Kustomizations that somebody builds."""
    for parsed in _read_with_duplicates(estate):
        if basename(parsed.file.path) in KUSTOMIZATION_NAMES:
            owner = dirname(str(parsed.file))
            yield from _lossy(parsed.file, owner, parsed.documents)


def find_doubled_values(estate: Estate) -> Iterator[Doubled]:
    """Values files that an Application or a kustomization layers, and those of the chart."""
    found = _read_with_duplicates(estate)
    layered = {layer.file for source in estate.sources for layer in source.layers}
    charts = (chart for build in estate.builds for chart in build.charts) if found else ()
    layered.update(span.file for chart in charts for span in chart.values.keys.values())
    for parsed in found:
        if parsed.file in layered:
            yield from _lossy(parsed.file, parsed.file.path, parsed.documents)


def find_doubled_applications(estate: Estate, kind: str) -> Iterator[Doubled]:
    """Applications or ApplicationSets as they are written; Kustomize would refuse them."""
    sets = {made.resource.written.file for made in estate.application_sets}
    written = {entry.written.file for entry in estate.applications} | sets
    for doubled, resources in _doubled_documents(estate, written):
        names = [resource.name for resource in resources if is_argocd(resource, kind)]
        if names:
            yield doubled._replace(owner=f"{kind} {listed(names)}")


def find_doubled_manifests(estate: Estate) -> Iterator[Doubled]:
    """What else Argo CD reads from the files of a directory, and nobody else before it."""
    applied = {
        resource.written.file
        for source in estate.sources
        if source.tool is Tool.DIRECTORY
        for resource in source.resources
    }
    for doubled, resources in _doubled_documents(estate, applied):
        if resources and not any(is_argocd(one, *_OF_OTHER_RULES) for one in resources):
            yield doubled._replace(owner=listed(str(resource.id) for resource in resources))


def _doubled_documents(
    estate: Estate, files: Container[SourceFile]
) -> Iterator[tuple[Doubled, tuple[Resource, ...]]]:
    """Each document of these files that loses something, and the resources in it."""
    for parsed in (parsed for parsed in _with_duplicates(estate) if parsed.file in files):
        for document in parsed.documents:
            resources = ParsedFile(parsed.file, (document,)).resources
            yield from ((one, resources) for one in _lossy(parsed.file, "", (document,)))


def _read_with_duplicates(estate: Estate) -> tuple[ParsedFile, ...]:
    found = _with_duplicates(estate)
    read = {parsed.file for parsed in find_read_files(estate)} if found else set()
    return tuple(parsed for parsed in found if parsed.file in read)


@lru_cache(maxsize=2)  # several rules ask
def _with_duplicates(estate: Estate) -> tuple[ParsedFile, ...]:
    return tuple(
        parsed
        for parsed in estate.files.parsed
        if any(document.duplicates for document in parsed.documents)
    )


def _lossy(file: SourceFile, owner: str, documents: tuple[Document, ...]) -> Iterator[Doubled]:
    found = (one for document in documents for one in document.duplicates)
    lossy = [one for one in found if one.key != "<<" and not _is_within(one.lost, one.kept)]
    if lossy:
        yield Doubled(file, owner, tuple(sorted(lossy, key=lambda one: one.first)))


def _is_within(lost: Node, kept: Node) -> bool:
    """Whether the last says all that the first does."""
    if isinstance(lost, Mapping) and isinstance(kept, Mapping):
        others = kept.entries
        return all(k in others and _is_within(n, others[k]) for k, n in lost.entries.items())
    if isinstance(lost, Sequence) and isinstance(kept, Sequence):
        return {_text(item) for item in lost.items} <= {_text(item) for item in kept.items}
    is_empty = isinstance(lost, Mapping | Sequence) and not lost[0]
    return is_empty or is_null(lost) or _text(lost) == _text(kept)


def _text(node: Node) -> str:
    return json.dumps(to_plain(node), sort_keys=True)
