"""What an estate tells its Argo CD about how to call Kustomize."""

import re

from graphdoc.model.clone import Clone, UnreadableError

__all__ = ["lifts_restrictions"]

# In argocd-cm, the values of Argo CD's chart, the operator's resource, or a plugin's command.
_LIFTED = re.compile(rb"^[^#\n]*load-restrictor[= ]+[\"']?LoadRestrictionsNone\b", re.MULTILINE)
_WORD = b"LoadRestrictionsNone"
_SIZE_LIMIT = 1_000_000


def lifts_restrictions(clones: tuple[Clone, ...]) -> bool:
    """Whether Kustomize is told to read files from anywhere in a repository."""
    found = ((clone, path) for clone in clones for path in clone.files)
    return any(_lifts(clone, path) for clone, path in found if path.endswith((".yaml", ".yml")))


def _lifts(clone: Clone, path: str) -> bool:
    try:
        text = clone.read(path)[:_SIZE_LIMIT]
    except UnreadableError:
        return False
    return _WORD in text and _LIFTED.search(text) is not None
