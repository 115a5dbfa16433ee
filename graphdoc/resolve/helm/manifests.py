"""Rendered text to resources that know their template, each text read once."""

import re
from dataclasses import field
from typing import NamedTuple

from graphdoc.model.clone import UnreadableError
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.limits import Limits
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence, is_null
from graphdoc.model.resource import Resource
from graphdoc.parse.scalars import as_kubectl
from graphdoc.parse.yaml import Document, YamlError, parse_documents
from graphdoc.resolve.helm.bundle import Place
from graphdoc.resolve.helm.lines import TemplateLines
from graphdoc.resolve.repositories.files import ParsedFile

__all__ = ["ManifestReader", "Manifests"]

# Helm parts documents there, too: a template that trims blanks leaves "---# a comment".
_GLUED = re.compile(r"^---(?=[^\s-])", re.MULTILINE)
_BLANKS = re.compile(r"((?:\A|^---[ \t]*\n)(?:[ \t]*\n)*)[ \t]+(?=\S)", re.MULTILINE)


class Manifests(NamedTuple):
    """What one rendered template holds."""

    resources: tuple[Resource, ...]
    not_understood: tuple[NotUnderstood, ...]


@dataclass(frozen=True, slots=True)
class ManifestReader:
    """Remembers what it has read: releases of one chart share most of their text."""

    _read: dict[tuple[int, SourceFile, str], Manifests] = field(default_factory=dict)
    _lines: dict[tuple[int, SourceFile], TemplateLines] = field(default_factory=dict)

    def read(self, place: Place, name: str, text: str, limits: Limits) -> Manifests:
        """The manifests that a template of a chart was rendered to.

        Raises:
            YamlError: the text is not YAML; the place is the template's.
        """
        file = place.file(name)
        key = (id(place.clone), file, text)
        if key not in self._read:
            self._read[key] = _manifests(file, self.documents(place, name, text, limits))
        return self._read[key]

    def documents(self, place: Place, name: str, text: str, limits: Limits) -> tuple[Document, ...]:
        """The documents that a template was rendered to, with the places of the template."""
        file = place.file(name)
        parted = _GLUED.sub("---\n", text)
        lines = self._template_lines(place, file).find(parted)
        return _parse(file, parted, lines, limits)

    def _template_lines(self, place: Place, file: SourceFile) -> TemplateLines:
        key = (id(place.clone), file)
        if key not in self._lines:
            try:
                data = place.clone.read(file.path)
            except UnreadableError:
                data = b""  # in a place that Helm finds and we do not
            self._lines[key] = TemplateLines(data.decode("utf-8", "replace"))
        return self._lines[key]


def _parse(
    file: SourceFile, text: str, lines: tuple[int, ...], limits: Limits
) -> tuple[Document, ...]:
    try:
        documents = parse_documents(_trimmed(text).encode(), file, limits)
    except YamlError as error:
        raise YamlError(_place(error.span, _spans(file, lines)), error.problem) from error
    spans = _spans(file, lines)
    return tuple(_place_document(document, spans) for document in documents)


def _trimmed(text: str) -> str:
    """The text as Helm splits it: each document without the blanks before its first word."""
    return _BLANKS.sub(r"\1", text)


def _manifests(file: SourceFile, documents: tuple[Document, ...]) -> Manifests:
    parsed = ParsedFile(file, documents)
    resources = tuple(Resource(as_kubectl(resource.manifest)) for resource in parsed.resources)
    others = (root for root in parsed.roots if not _is_manifest(file, root) and not _is_empty(root))
    reason = "the template renders something that is no manifest"
    return Manifests(resources, tuple(NotUnderstood(root.span, reason) for root in others))


def _is_manifest(file: SourceFile, root: Node) -> bool:
    return bool(ParsedFile(file, (Document(root, ()),)).resources)


def _is_empty(root: Node) -> bool:
    """An empty list of resources, or a document without content."""
    if isinstance(root, Mapping):
        return not root.entries or root.text("kind").endswith("List")
    return is_null(root)


def _place_document(document: Document, spans: list[Span]) -> Document:
    if document.root is None:
        return document
    duplicates = (
        one._replace(first=_place(one.first, spans), second=_place(one.second, spans))
        for one in document.duplicates
    )
    return Document(_place_node(document.root, spans), tuple(duplicates))


def _place_node(node: Node, spans: list[Span]) -> Node:
    """The node with the places of the template that made it."""
    span = _place(node.span, spans)
    match node:
        case Mapping():
            entries = {key: _place_node(child, spans) for key, child in node.entries.items()}
            keys = {key: _place(key_span, spans) for key, key_span in node.keys.items()}
            return Mapping(entries, keys, span)
        case Sequence():
            return Sequence(tuple(_place_node(item, spans) for item in node.items), span)
        case Scalar():
            return Scalar(node.value, span, node.plain, node.text, node.earlier)


def _spans(file: SourceFile, lines: tuple[int, ...]) -> list[Span]:
    """The place of each rendered line, in the template."""
    return [Span(file, line, 1, line, 1) for line in lines]


def _place(span: Span, spans: list[Span]) -> Span:
    line = span.line
    return spans[line - 1] if line <= len(spans) else spans[-1]
