"""What an estate tells its Argo CD in Git, wherever that stands: whether some options are set."""

import re
from posixpath import basename

from graphdoc.model.clone import Clone, UnreadableError

__all__ = ["has_global_projects", "lifts_restrictions"]

# In argocd-cm, the values of Argo CD's chart, the operator's resource, or a plugin's command.
_LIFTED = re.compile(rb"^[^#\n]*load-restrictor[= ]+[\"']?LoadRestrictionsNone\b", re.MULTILINE)
_GLOBAL = re.compile(rb"^[^#\n]*\bglobalProjects:", re.MULTILINE)
_SIZE_LIMIT = 1_000_000


def lifts_restrictions(clones: tuple[Clone, ...]) -> bool:
    """Whether Kustomize is told to read files from anywhere in a repository."""
    return _is_said(clones, _LIFTED, b"LoadRestrictionsNone")


def has_global_projects(clones: tuple[Clone, ...]) -> bool:
    """Whether AppProjects may have the permissions of others."""
    named = any(basename(path) == "globalProjects" for clone in clones for path in clone.files)
    return named or _is_said(clones, _GLOBAL, b"globalProjects")


def _is_said(clones: tuple[Clone, ...], pattern: re.Pattern[bytes], word: bytes) -> bool:
    found = ((clone, path) for clone in clones for path in clone.files)
    texts = (_read(clone, path) for clone, path in found if path.endswith((".yaml", ".yml")))
    return any(word in text and pattern.search(text) is not None for text in texts)


def _read(clone: Clone, path: str) -> bytes:
    try:
        return clone.read(path)[:_SIZE_LIMIT]
    except UnreadableError:
        return b""
