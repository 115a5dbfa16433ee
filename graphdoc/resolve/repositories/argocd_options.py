"""What an estate tells its Argo CD in Git, wherever that stands: whether some options are set."""

import re
from posixpath import basename

from graphdoc.model.clone import Clone
from graphdoc.resolve.repositories.contents import skim_bytes

__all__ = ["has_global_projects", "has_new_globbing", "lifts_restrictions"]

# In argocd-cm, the values of Argo CD's chart, the operator's resource, or a plugin's command.
_LIFTED = re.compile(rb"^[^#\n]*load-restrictor[= ]+[\"']?LoadRestrictionsNone\b", re.MULTILINE)
_GLOBAL = re.compile(rb"^[^#\n]*\bglobalProjects:", re.MULTILINE)
# In argocd-cmd-params-cm or the values of Argo CD's chart, an argument, or an environment variable.
_GLOBBING = re.compile(
    rb"^[^#\n]*(?:enable\.new\.git\.file\.globbing[\"']?: *[\"']?true"
    rb"|--enable-new-git-file-globbing(?!=false))",
    re.MULTILINE,
)
_GLOBBING_VARIABLE = re.compile(
    rb"^[^#\n]*_NEW_GIT_FILE_GLOBBING[\"']?,?\s+value: *[\"']?true", re.MULTILINE
)


def lifts_restrictions(clones: tuple[Clone, ...]) -> bool:
    """Whether Kustomize is told to read files from anywhere in a repository."""
    return _is_said(clones, _LIFTED, b"LoadRestrictionsNone")


def has_global_projects(clones: tuple[Clone, ...]) -> bool:
    """Whether AppProjects may have the permissions of others."""
    named = any(basename(path) == "globalProjects" for clone in clones for path in clone.files)
    return named or _is_said(clones, _GLOBAL, b"globalProjects")


def has_new_globbing(clones: tuple[Clone, ...]) -> bool:
    """Whether no ``*`` of a Git file generator crosses a directory."""
    return _is_said(clones, _GLOBBING, b"globbing") or _is_said(
        clones, _GLOBBING_VARIABLE, b"FILE_GLOBBING"
    )


def _is_said(clones: tuple[Clone, ...], pattern: re.Pattern[bytes], word: bytes) -> bool:
    found = ((clone, path) for clone in clones for path in clone.files)
    texts = (skim_bytes(clone, path) for clone, path in found if path.endswith((".yaml", ".yml")))
    return any(word in text and pattern.search(text) is not None for text in texts)
