"""What an estate tells its Argo CD in Git, wherever that stands: whether some options are set."""

import re
from functools import lru_cache

from graphdoc.model.clone import Clone
from graphdoc.model.file_kinds import YAML
from graphdoc.resolve.repositories.contents import every_file, skim_bytes
from graphdoc.resolve.repositories.paths import files_named

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
# A word of each comes first: the cheaper question.
_OPTIONS = (
    (b"LoadRestrictionsNone", _LIFTED),
    (b"globalProjects", _GLOBAL),
    (b"globbing", _GLOBBING),
    (b"FILE_GLOBBING", _GLOBBING_VARIABLE),
)


def lifts_restrictions(clones: tuple[Clone, ...]) -> bool:
    """Whether Kustomize is told to read files from anywhere in a repository."""
    return _LIFTED in _said(clones)


def has_global_projects(clones: tuple[Clone, ...]) -> bool:
    """Whether AppProjects may have the permissions of others."""
    named = (path for clone in clones for path in files_named(clone.files, "globalProjects"))
    return any(named) or _GLOBAL in _said(clones)


def has_new_globbing(clones: tuple[Clone, ...]) -> bool:
    """Whether no ``*`` of a Git file generator crosses a directory."""
    return not _said(clones).isdisjoint({_GLOBBING, _GLOBBING_VARIABLE})


@lru_cache(maxsize=2)
def _said(clones: tuple[Clone, ...]) -> frozenset[re.Pattern[bytes]]:
    """Which of the options the clones' YAML files set: all are sought in one go."""
    found: set[re.Pattern[bytes]] = set()
    for clone, path in every_file(clones):
        text = skim_bytes(clone, path) if path.endswith(YAML) else b""
        found |= {known for word, known in _OPTIONS if word in text and known.search(text)}
    return frozenset(found)
