"""Roots that the configuration names."""

import re

from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import Span

__all__ = ["RootPattern"]


@dataclass(frozen=True, slots=True)
class RootPattern:
    """A root that the configuration names: a path with ``{cluster}`` and ``*``."""

    repository: str
    pattern: str
    cluster: str = ""
    span: Span | None = None

    def match(self, repository: str, path: str) -> str | None:
        """The cluster's name where the path fits, maybe empty; ``None`` where it does not."""
        if repository != self.repository:
            return None
        pieces = re.split(r"(\{cluster\}|\*\*|\*)", self.pattern.strip("/"))
        translated = {"{cluster}": "(?P<cluster>[^/]+)", "**": ".*", "*": "[^/]*"}
        found = re.fullmatch("".join(translated.get(p, re.escape(p)) for p in pieces), path)
        if found is None:
            return None
        return self.cluster or found.groupdict().get("cluster") or ""
