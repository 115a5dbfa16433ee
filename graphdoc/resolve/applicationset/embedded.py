"""YAML inside a text of the manifest; all of it stands where the text does."""

from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Node, Scalar, Sequence
from graphdoc.parse.scalars import as_kubectl
from graphdoc.parse.yaml import YamlError, parse_documents
from graphdoc.resolve.applicationset.failures import GeneratorError

__all__ = ["parse_embedded"]


def parse_embedded(text: str, place: Scalar) -> Node | None:
    """The first document of a text that is written, or templated, at a place.

    Raises:
        GeneratorError: the text is not YAML.
    """
    try:
        documents = parse_documents(text.encode(), place.span.file)
    except YamlError as error:
        raise GeneratorError(place.span, error.problem) from error
    root = documents[0].root if documents else None
    return _placed(as_kubectl(root), place.span) if root is not None else None


def _placed(node: Node, span: Span) -> Node:
    match node:
        case Scalar():
            return node._replace(span=span)
        case Sequence():
            return Sequence(tuple(_placed(item, span) for item in node.items), span)
        case Mapping():
            entries = {key: _placed(child, span) for key, child in node.entries.items()}
            return Mapping(entries, dict.fromkeys(entries, span), span)
