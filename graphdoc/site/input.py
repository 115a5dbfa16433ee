"""What the site is made from: one frozen value, built by whoever ran the analysis."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.coverage import Coverage
from graphdoc.model.finding import Finding, Severity
from graphdoc.resolve.resolved import Estate

__all__ = ["HostForm", "RuleDocument", "SiteInput", "SiteSettings"]


class HostForm(StrEnum):
    """How a Git host writes the address of a line."""

    GITEA = "gitea"
    GITHUB = "github"
    GITLAB = "gitlab"
    BITBUCKET = "bitbucket"
    AZURE = "azure"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RuleDocument:
    """One rule as a reader meets it; ``docs`` is its page in Markdown."""

    id: str
    severity: Severity
    summary: str
    docs: str


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What the team chose: the name of the site, the forms of links, the groups of Applications.

    An empty ``name`` leaves the one that ``mkdocs.yml`` says. ``hosts`` maps the name of a Git host
    to its form, ``groups`` the title of a group to patterns of Application names, ``aliases`` a
    cluster to its names in paths. From ``stale_days`` on, a copy calls itself old.
    """

    name: str = ""
    hosts: Mapping[str, HostForm] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stale_days: int = 7


@dataclass(frozen=True, slots=True)
class SiteInput:
    """All that the pages are made from; ``newest_commit`` is in seconds since 1970, 0 unknown."""

    estate: Estate
    graph: RepoGraph
    findings: tuple[Finding, ...]
    coverage: Coverage
    rules: tuple[RuleDocument, ...]
    settings: SiteSettings = field(default_factory=SiteSettings)
    version: str = ""
    newest_commit: int = 0
