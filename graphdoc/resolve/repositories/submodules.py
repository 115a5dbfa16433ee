"""Folders of a clone that are repositories of their own: Git fills them in only when asked to."""

import re

from graphdoc.model.clone import Clone
from graphdoc.resolve.repositories.contents import skim_text
from graphdoc.resolve.repositories.paths import normalise

__all__ = ["find_empty_submodule"]

_FILE = ".gitmodules"
_PATH = re.compile(r"^[ \t]*path[ \t]*=[ \t]*(\S.*?)[ \t\r]*$", re.MULTILINE)


def find_empty_submodule(clone: Clone, path: str) -> str:
    """The submodule in which a path lies, and of which the clone has no file; empty for others."""
    text = skim_text(clone, _FILE) if clone.is_file(_FILE) else ""
    folders = (normalise(match[1]) for match in _PATH.finditer(text))
    around = (f for f in folders if f and f"{path}/".startswith(f"{f}/"))
    return next((folder for folder in around if not clone.is_directory(folder)), "")
