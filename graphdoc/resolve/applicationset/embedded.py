"""YAML inside a text of the manifest; all of it stands where the text does."""

from graphdoc.model.node import Node, Scalar
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
    return as_kubectl(root).moved_to(place.span) if root is not None else None
