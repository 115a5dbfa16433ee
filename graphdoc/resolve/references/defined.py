"""Whether a text in the repositories makes a resource that no Application brings."""

import re
from functools import lru_cache

from graphdoc.resolve.repositories.contents import skim_text
from graphdoc.resolve.resolved import Estate

__all__ = ["is_defined"]


@lru_cache(maxsize=64)  # each name once, whoever uses it
def is_defined(estate: Estate, kind: str, name: str) -> bool:
    """Whether a manifest, a template, a script or Terraform has one of that kind and name.

    What only refers to it has no metadata between its kind and its name.
    """
    within = r"(?:(?!^---|\0)[\s\S]){0,400}?"
    form = re.compile(
        rf"\b{kind}\b{within}\bmetadata\b{within}\bname\b[\"']?\s*[:=]\s*[\"']?"
        rf"{re.escape(name)}(?![\w.-])",
        re.MULTILINE,
    )
    texts = (skim_text(clone, path) for clone in estate.clones for path in clone.files)
    return any(kind in text and name in text and form.search(text) for text in texts)
