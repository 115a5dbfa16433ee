"""Whether Argo CD waits for a child Application, which it does only where it is told how to."""

import re
from functools import lru_cache
from itertools import starmap

from graphdoc.model.clone import Clone
from graphdoc.model.file_kinds import MANIFESTS
from graphdoc.model.location import SourceFile, Span
from graphdoc.resolve.repositories.contents import every_file, skim_bytes

__all__ = ["health_checks"]

# In argocd-cm, in the values of Argo CD's chart, and in the ArgoCD resource of its operator.
_CHECK = re.compile(
    rb"health\.argoproj\.io_Application\b|[\"']?argoproj\.io/Application[\"']?:"
    rb"|resourceHealthChecks:(?:(?!\n\S|resourceHealthChecks:).)*?kind:\s*[\"']?Application\b",
    re.DOTALL,
)
_WORDS = (b"argoproj.io_Application", b"argoproj.io/Application", b"resourceHealthChecks:")
_COMMENT = re.compile(rb"^[ \t]*#.*$", re.MULTILINE)
_CONFIGURATION = (*MANIFESTS, ".tf", ".sh")


@lru_cache(maxsize=2)
def health_checks(clones: tuple[Clone, ...]) -> tuple[Span, ...]:
    """The lines at which the clones configure a health check for Applications, one a file."""
    return tuple(filter(None, starmap(_check, every_file(clones))))


def _check(clone: Clone, path: str) -> Span | None:
    text = skim_bytes(clone, path) if path.endswith(_CONFIGURATION) else b""
    if not any(word in text for word in _WORDS):
        return None
    uncommented = _COMMENT.sub(b"", text)
    found = _CHECK.search(uncommented)
    if found is None:
        return None
    line = uncommented.count(b"\n", 0, found.start()) + 1
    return Span(SourceFile(clone.name, path), line, 1, line, 1)
