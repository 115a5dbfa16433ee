"""Files of a kustomization: only what lies in or below its own directory, as Kustomize insists."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from functools import partial

from graphdoc.model.clone import UnreadableError
from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import Location, SourceFile, Span
from graphdoc.model.node import NOTHING, Mapping, Node, Scalar, is_null
from graphdoc.parse.yaml import Document
from graphdoc.resolve.kustomize.files.record import LoadError, MissingEntryError, Record
from graphdoc.resolve.kustomize.files.result import BuildProblemKind
from graphdoc.resolve.kustomize.files.roots import (
    Root,
    is_within,
    refuse_outside,
    resolve,
)
from graphdoc.resolve.kustomize.resources.trees import KustomizeError, NotUnderstoodError, text_of
from graphdoc.resolve.kustomize.texts.reading import Reading
from graphdoc.resolve.kustomize.texts.writing import as_written
from graphdoc.resolve.repositories.files import Files

__all__ = [
    "DOUBLED_ANNOTATIONS",
    "OUTSIDE",
    "UNFETCHED",
    "Sources",
    "checked",
    "manifests_in",
]

DOUBLED_ANNOTATIONS = "annotations that stand twice"
UNFETCHED = "a remote resource"
OUTSIDE = "is not in or below the kustomization's directory"

_ESCAPED_SLASH = re.compile(rb"(?<!\\)(?:\\\\)*\\/")
# Kustomize reads the first document of what stands between separators, and no further.
_FURTHER = "did not find expected <document start>"


@dataclass(slots=True)
class Sources:
    """Reads the files of kustomizations, each parsed once for all builds.

    Only files in or below a kustomization's own directory, unless ``restricted`` is lifted, as
    ``--load-restrictor LoadRestrictionsNone`` does.
    """

    files: Files
    restricted: bool = True
    _manifests: dict[tuple[int, str], tuple[Mapping, ...]] = field(default_factory=dict)
    _lines: dict[tuple[int, str], list[str]] = field(default_factory=dict)
    _unsettled: dict[SourceFile, list[str]] = field(default_factory=dict)

    def find(self, root: Root, entry: Scalar, what: str) -> str:
        """The path of a file that a kustomization names.

        Raises:
            LoadError: there is none, or Kustomize may not read it from there.
        """
        return self.find_path(root, text_of(entry), what, entry.span)

    def find_path(self, root: Root, text: str, what: str, span: Span) -> str:
        """The path of a file, as :meth:`find`."""
        path = resolve(root.directory, text)
        if path is None or not root.clone.is_file(path):
            refuse_outside(root.clone, path, span)
            if text.startswith(("https://", "http://")):
                raise NotUnderstoodError(f"{what} '{text}' is not in the repository", span)
            raise MissingEntryError(what, text, span)
        try:
            is_inside = is_within(root.clone.real_path(path), root.directory)
        except UnreadableError as error:
            reason = f"{what} '{text}': {error.reason}"
            raise LoadError(BuildProblemKind.INVALID, reason, span) from error
        if self.restricted and not is_inside:
            reason = f"{what} '{text}' {OUTSIDE}"
            raise LoadError(BuildProblemKind.INVALID, reason, span)
        return path

    def read(self, root: Root, path: str, span: Span, record: Record) -> bytes:
        """The bytes of a file."""
        record.files[SourceFile(root.clone.name, path)] = None
        try:
            return root.clone.read(path)
        except UnreadableError as error:
            reason = f"{path}: {error.reason}"
            raise LoadError(BuildProblemKind.UNREADABLE, reason, span) from error

    def documents(self, root: Root, path: str, span: Span, record: Record) -> tuple[Document, ...]:
        """The YAML documents of a file; ``span`` is the entry that names it."""
        file = SourceFile(root.clone.name, path)
        record.files[file] = None
        parsed = self.files.parse(root.clone, path)
        related = (Location(span, "named here"),)
        if parsed.problem is not None and parsed.problem.message.endswith(_FURTHER):
            raise NotUnderstoodError("text behind a document, which Kustomize leaves out", span)
        if parsed.elsewhere is not None:
            raise NotUnderstoodError(parsed.elsewhere.reason, span)
        if parsed.problem is not None:
            problem = parsed.problem
            raise LoadError(
                BuildProblemKind.UNREADABLE, problem.message, problem.primary.span, related
            )
        return parsed.documents

    def manifests(self, root: Root, path: str, span: Span, record: Record) -> tuple[Mapping, ...]:
        """The resources of a file, lists unpacked."""
        key = (id(root.clone), path)
        documents = self.documents(root, path, span, record)
        if key not in self._manifests:
            _refuse_unlike_go(root.clone.read(path), path, span)
        for doubled in (
            place for document in documents for place in _doubled_annotations(document)
        ):
            record.skip(doubled, DOUBLED_ANNOTATIONS)
        if key not in self._manifests:
            reading = Reading(partial(self.lines, root, path))
            self._manifests[key] = manifests_in(documents, reading)
            if reading.is_unsettled:
                self._unsettled[SourceFile(root.clone.name, path)] = self.lines(root, path)
        return self._manifests[key]

    def settle(self, manifest: Mapping) -> Mapping:
        """A resource as Kustomize writes it, of a file that has what it does not write as read."""
        lines = self._unsettled.get(manifest.span.file)
        return manifest if lines is None else as_written(manifest, lines)

    def lines(self, root: Root, path: str) -> list[str]:
        """The lines of a file that was parsed."""
        key = (id(root.clone), path)
        if key not in self._lines:
            try:
                text = root.clone.read(path).decode("utf-8-sig", "replace")
            except UnreadableError:
                text = ""
            self._lines[key] = text.split("\n")
        return self._lines[key]


def _refuse_unlike_go(data: bytes, path: str, span: Span) -> None:
    """Refuse what libyaml reads and Kustomize does not."""
    if data[:1] == b"%":
        raise KustomizeError("a directive at the start of a resource", span)
    if path.endswith(".json") and _ESCAPED_SLASH.search(data):
        raise KustomizeError("found unknown escape character: \\/", span)


def _doubled_annotations(document: Document) -> list[Span]:
    """Where a resource's annotations stand again: Kustomize happens to write both as one."""
    duplicates = {duplicate.second: duplicate for duplicate in document.duplicates}
    metadata = document.root.mapping("metadata") if isinstance(document.root, Mapping) else None
    span = metadata.keys.get("annotations") if metadata else None
    found: list[Span] = []
    while span in duplicates:
        found.append(span)
        span = duplicates[span].first
    return found


def _repeated_annotations(document: Document) -> list[Span]:
    """Where an annotation stands again: Kustomize happens to take the last."""
    duplicates = {duplicate.second: duplicate for duplicate in document.duplicates}
    root = document.root if duplicates and isinstance(document.root, Mapping) else NOTHING
    found: list[Span] = []
    for span in root.at("metadata", "annotations").keys.values():
        while span in duplicates:
            found.append(span)
            span = duplicates[span].first  # noqa: PLW2901 -- the way back to the first
    return found


def _refuse_duplicates(document: Document) -> None:
    tolerated = [*_doubled_annotations(document), *_repeated_annotations(document)]
    for duplicate in document.duplicates:
        if duplicate.second in tolerated:
            continue
        reason = f"mapping key '{duplicate.key}' already defined"
        places = (Location(duplicate.first, "first here"),)
        raise LoadError(BuildProblemKind.UNREADABLE, reason, duplicate.second, places)


def manifests_in(
    documents: tuple[Document, ...], reading: Reading | None = None
) -> tuple[Mapping, ...]:
    """The resources of a stream; what a list holds comes after everything else.

    Raises:
        LoadError: a key stands twice.
        KustomizeError: something is no resource.
    """
    reading = reading or Reading()
    for document in documents:
        _refuse_duplicates(document)
    queue = list(_resources(document.root for document in documents))
    plain = {id(document.root) for document in documents if document.is_plain}
    found: list[Mapping] = []
    for manifest in queue:
        is_list = text_of(manifest.entries.get("kind")).endswith("List")
        if not is_list or "items" not in manifest.entries:
            found.append(manifest if id(manifest) in plain else reading.read_mapping(manifest))
        elif not is_null(manifest.entries["items"]):
            queue.extend(_resources(manifest.items_at("items")))
    return tuple(found)


def _resources(nodes: Iterable[Node | None]) -> Iterator[Mapping]:
    """What is not empty, which has to be resources."""
    for node in nodes:
        is_empty = is_null(node) or (isinstance(node, Mapping) and not node.entries)
        if node is not None and not is_empty:
            yield checked(node)


def checked(node: Node) -> Mapping:
    """A resource that Kustomize accepts.

    Raises:
        KustomizeError: it lacks a kind or a name.
    """
    if not isinstance(node, Mapping):
        raise KustomizeError("not a Kubernetes resource: not a mapping", node.span)
    kind = text_of(node.entries.get("kind"))
    if not kind or is_null(node.entries.get("kind")):
        raise KustomizeError("missing kind in resource", node.span)
    name = node.find("metadata", "name")
    if not kind.endswith("List") and (is_null(name) or not text_of(name)):
        raise KustomizeError(f"missing metadata.name in resource of kind {kind}", node.span)
    return node
