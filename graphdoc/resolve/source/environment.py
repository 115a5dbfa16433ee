"""Argo CD's build environment: the variables that value file names and parameters may use."""

import re
from typing import NamedTuple

from graphdoc.model.argocd import Application, Source

__all__ = ["Environment", "Expanded", "build_environment"]

_REVISION = "ARGOCD_APP_REVISION"
_LENGTHS = {_REVISION: None, f"{_REVISION}_SHORT": 7, f"{_REVISION}_SHORT_8": 8}
# What Go's os.Expand takes for a variable; "$$" is how Argo CD spells a dollar.
_VARIABLE = re.compile(r"\$(?:\{([^{}]*)\}|([*#$@!?0-9-])|(\w+))", re.ASCII)


class Expanded(NamedTuple):
    """A text with its variables put in; ``unknown`` names those that only a cluster knows."""

    text: str
    unknown: tuple[str, ...] = ()


class Environment(NamedTuple):
    """The value of each variable; ``None`` for what is not known without a cluster."""

    variables: dict[str, str | None]

    def expand(self, text: str) -> Expanded:
        """Put the variables in; a name that Argo CD does not know becomes nothing."""
        unknown = tuple(name for name in map(_name, _VARIABLE.finditer(text)) if self._hides(name))
        return Expanded(_VARIABLE.sub(self._value, text), unknown)

    def _hides(self, name: str) -> bool:
        return name in self.variables and self.variables[name] is None

    def _value(self, match: re.Match[str]) -> str:
        name = _name(match)
        if name == "$":
            return "$"
        return match[0] if self._hides(name) else self.variables.get(name) or ""


def build_environment(
    application: Application, source: Source, revision: str | None = None
) -> Environment:
    """The variables of one source; ``revision`` is what its ``targetRevision`` resolves to.

    The commit of a repository is left open: it would change what is rendered with every commit.
    """
    return Environment(
        {
            "ARGOCD_APP_NAME": application.name,
            "ARGOCD_APP_NAMESPACE": application.destination.namespace,
            "ARGOCD_APP_PROJECT_NAME": application.project,
            "ARGOCD_APP_SOURCE_PATH": source.path or "",
            "ARGOCD_APP_SOURCE_REPO_URL": source.repo_url,
            "ARGOCD_APP_SOURCE_TARGET_REVISION": source.target_revision,
            **{name: revision and revision[:length] for name, length in _LENGTHS.items()},
        }
    )


def _name(match: re.Match[str]) -> str:
    return next((group for group in match.groups() if group is not None), "")
