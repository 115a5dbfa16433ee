"""The YAML between two rulers at the head of a Markdown file."""

import re

from graphdoc.model.location import SourceFile
from graphdoc.model.node import Mapping
from graphdoc.parse.yaml import YamlError, parse_documents

__all__ = ["parse_front_matter"]

_FRONT = re.compile(
    rb"\A(?:\xef\xbb\xbf)?(---[ \t]*\r?\n.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE
)


def parse_front_matter(data: bytes, file: SourceFile) -> Mapping | None:
    """The mapping, with its places in the file; ``None`` where there is none, or no YAML."""
    match = _FRONT.match(data)
    if match is None:
        return None
    try:
        documents = parse_documents(match[1], file)
    except YamlError:
        return None
    root = documents[0].root if documents else None
    return root if isinstance(root, Mapping) else None
