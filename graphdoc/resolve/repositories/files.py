"""Parsed files, each read and parsed once however many overlays and Applications share it."""

from dataclasses import field
from posixpath import join

from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood, Problem
from graphdoc.model.helm import ChartMetadata
from graphdoc.model.limits import Limits
from graphdoc.model.location import Location, SourceFile
from graphdoc.model.node import Mapping, Node, Scalar
from graphdoc.model.resource import Resource
from graphdoc.parse.chart import parse_chart
from graphdoc.parse.inline import stands_in
from graphdoc.parse.placeholders import Bindings, bind
from graphdoc.parse.yaml import Document, YamlError, parse_documents
from graphdoc.resolve.repositories.contents import read_bytes, read_text

__all__ = ["Files", "ParsedFile"]

_POINTER = b"version https://git-lfs.github.com/spec/"
_ELSEWHERE = "a pointer of Git LFS: 'git lfs pull' brings the content"


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """The documents of one file, or the problem that kept them from being read."""

    file: SourceFile
    documents: tuple[Document, ...]
    problem: Problem | None = None

    @property
    def elsewhere(self) -> NotUnderstood | None:
        """That Git has only a pointer to the content here."""
        if self.problem is None or self.problem.message != _ELSEWHERE:
            return None
        return NotUnderstood(self.problem.primary.span, _ELSEWHERE)

    @property
    def roots(self) -> tuple[Node, ...]:
        """The root of every document that is not empty."""
        return tuple(document.root for document in self.documents if document.root is not None)

    @property
    def mapping(self) -> Mapping | None:
        """The first of them, where it is a mapping."""
        root = next(iter(self.roots), None)
        return root if isinstance(root, Mapping) else None

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Every Kubernetes manifest in the file, lists unpacked."""
        return tuple(resource for root in self.roots for resource in _resources_in(root))


@dataclass(slots=True)
class Files:
    """The memory of what was read and parsed; ``bindings`` fill in placeholders everywhere."""

    limits: Limits = field(default_factory=Limits)
    bindings: Bindings = field(default_factory=dict)
    _parsed: dict[tuple[int, str], ParsedFile] = field(default_factory=dict)
    _clones: dict[int, Clone] = field(default_factory=dict)
    _first: dict[tuple[str, str], tuple[Clone, ParsedFile]] = field(default_factory=dict)

    def parse(self, clone: Clone, path: str) -> ParsedFile:
        """One file of a clone, parsed; never raises, a broken file carries its problem."""
        key = (id(clone), path)
        known = self._parsed.get(key)
        if known is None:
            self._clones[id(clone)] = clone  # keeps the id from being reused
            known = self._parsed[key] = self._twin(clone, path) or self._read(clone, path)
            self._first.setdefault((clone.name, path), (clone, known))
        return known

    def _twin(self, clone: Clone, path: str) -> ParsedFile | None:
        """The same file of another revision, where it holds the same bytes."""
        other, known = self._first.get((clone.name, path), (clone, None))
        if known is None or known.problem is not None:
            return None
        data = read_bytes(clone, path)
        return known if data and data == read_bytes(other, path) else None

    def _read(self, clone: Clone, path: str) -> ParsedFile:
        return _parse(clone, path, self.limits, self.bindings)

    def glance(self, clone: Clone, path: str) -> ParsedFile:
        """As :meth:`parse`, but what nobody else asked for is forgotten: trees are large."""
        known = self._parsed.get((id(clone), path))
        return known or self._read(clone, path)

    def as_written(self) -> "Files":
        """A memory apart from this one, of files in which nothing is filled in."""
        if self.bindings:
            return Files(self.limits)
        return Files(self.limits, {}, dict(self._parsed), dict(self._clones))

    def lines_around(self, block: Scalar) -> list[str]:
        """The lines of the parsed file, of several revisions the one, that hold a literal block."""
        file = block.span.file
        clones = (clone for clone in self._clones.values() if clone.name == file.repository)
        known = (clone for clone in clones if (id(clone), file.path) in self._parsed)
        read = (read_text(clone, file.path).split("\n") for clone in known)
        return next((lines for lines in read if stands_in(block, lines)), [])

    def chart(self, clone: Clone, folder: str) -> ChartMetadata | None:
        """What ``Chart.yaml`` of a folder says; ``None`` where it is none that can be read."""
        root = self.parse(clone, join(folder, "Chart.yaml")).mapping
        if root is None:
            return None
        beside = join(folder, "requirements.yaml")
        is_there = clone.is_file(beside)
        return parse_chart(root, self.parse(clone, beside).mapping if is_there else None)

    @property
    def parsed(self) -> tuple[ParsedFile, ...]:
        """Everything parsed so far, in file order."""
        return tuple(sorted(self._parsed.values(), key=lambda parsed: parsed.file))


def _parse(clone: Clone, path: str, limits: Limits, bindings: Bindings) -> ParsedFile:
    file = SourceFile(clone.name, path)
    try:
        data = clone.read(path)
        if data.startswith(_POINTER):
            return ParsedFile(file, (), Problem.of_file(file, _ELSEWHERE))
        documents = parse_documents(data, file, limits)
        return ParsedFile(file, _bound(documents, bindings) if bindings else documents)
    except UnreadableError as error:
        return ParsedFile(file, (), Problem.of_file(file, error.reason))
    except YamlError as error:
        return ParsedFile(file, (), Problem(error.problem, Location(error.span), (), str(file)))


def _bound(documents: tuple[Document, ...], bindings: Bindings) -> tuple[Document, ...]:
    return tuple(
        document._replace(root=bind(document.root, bindings), is_plain=False)
        if document.root
        else document
        for document in documents
    )


def _resources_in(root: Node) -> tuple[Resource, ...]:
    if not isinstance(root, Mapping) or not root.text("kind") or not root.text("apiVersion"):
        return ()
    if root.text("kind").endswith("List") and "items" in root.entries:
        return tuple(r for item in root.items_at("items") for r in _resources_in(item))
    return (Resource(root),)
