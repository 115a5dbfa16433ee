"""Folders of a clone that are repositories of their own: Git fills them in only when asked to."""

import re
from functools import lru_cache

from graphdoc.model.clone import Clone
from graphdoc.resolve.repositories.contents import skim_text
from graphdoc.resolve.repositories.paths import folders_above, normalise

__all__ = ["find_empty_submodule"]

_FILE = ".gitmodules"
_PATH = re.compile(r"^[ \t]*path[ \t]*=[ \t]*(\S.*?)(?<![ \t\r])[ \t\r]*$", re.MULTILINE)


def find_empty_submodule(clone: Clone, path: str) -> str:
    """The submodule in which a path lies, and of which the clone has no file; empty for others."""
    known = _submodules(skim_text(clone, _FILE)) if clone.is_file(_FILE) else ()
    around = (folder for folder in (path, *folders_above(path)) if folder in known)
    return next((folder for folder in around if not clone.is_directory(folder)), "")


@lru_cache(maxsize=16)  # every path asks
def _submodules(text: str) -> frozenset[str]:
    folders = (normalise(match[1]) for match in _PATH.finditer(text))
    return frozenset(folder for folder in folders if folder)
