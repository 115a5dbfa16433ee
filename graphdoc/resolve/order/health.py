"""Whether Argo CD waits for a child Application, which it does only where it is told how to."""

import re
from functools import lru_cache

from graphdoc.model.clone import Clone
from graphdoc.resolve.repositories.contents import skim_bytes

__all__ = ["waits_for_applications"]

# In argocd-cm, in the values of Argo CD's chart, and in the ArgoCD resource of its operator.
_CHECK = re.compile(
    rb"health\.argoproj\.io_Application\b|[\"']?argoproj\.io/Application[\"']?:"
    rb"|resourceHealthChecks:(?:(?!\n\S).)*?kind:\s*[\"']?Application\b",
    re.DOTALL,
)
_WORDS = (b"argoproj.io_Application", b"argoproj.io/Application", b"resourceHealthChecks:")
_COMMENT = re.compile(rb"^[ \t]*#.*$", re.MULTILINE)
_CONFIGURATION = (".yaml", ".yml", ".json", ".tf", ".sh")


@lru_cache(maxsize=2)
def waits_for_applications(clones: tuple[Clone, ...]) -> bool:
    """Whether any of the clones configures a health check for Applications."""
    return any(_configures(clone, path) for clone in clones for path in clone.files)


def _configures(clone: Clone, path: str) -> bool:
    if not path.endswith(_CONFIGURATION):
        return False
    text = skim_bytes(clone, path)
    return (
        any(word in text for word in _WORDS) and _CHECK.search(_COMMENT.sub(b"", text)) is not None
    )
