"""Whether a text in the repositories makes a resource that no Application brings."""

import re
from functools import lru_cache

from graphdoc.resolve.repositories.contents import every_file, skim_text
from graphdoc.resolve.resolved import Estate

__all__ = ["is_defined"]

_NEAR = 400  # letters between kind and metadata, and between that and the name


@lru_cache(maxsize=64)  # each name once, whoever uses it
def is_defined(estate: Estate, kind: str, name: str) -> bool:
    """Whether a manifest, a template, a script or Terraform has one of that kind and name.

    What only refers to it has no metadata between its kind and its name.
    """
    parts = re.compile(
        rf"(?P<end>^---|\0)|\b(?P<kind>{kind})\b|\b(?P<metadata>metadata)\b"
        rf"|\bname\b[\"']?\s*[:=]\s*[\"']?(?P<name>{re.escape(name)})(?![\w.-])",
        re.MULTILINE,
    )
    texts = (skim_text(clone, path) for clone, path in every_file(estate.clones))
    return any(kind in text and name in text and _has_one(parts, text) for text in texts)


def _has_one(parts: re.Pattern[str], text: str) -> bool:
    """Whether the three stand near each other in one document, told in one pass."""
    kind = metadata = -_NEAR - 1
    for part in parts.finditer(text):
        if part["end"] is not None:
            kind = metadata = -_NEAR - 1
        elif part["kind"]:
            kind = part.end()
        elif part["metadata"] and part.start() - kind <= _NEAR:
            metadata = part.end()
        elif part["name"] and part.start() - metadata <= _NEAR:
            return True
    return False
