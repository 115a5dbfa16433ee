"""What the site is made from: one frozen value, built by whoever ran the analysis."""

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from graphdoc.graph.repo_graph import RepoGraph
from graphdoc.model.commit import Commit
from graphdoc.model.coverage import Coverage
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import Finding, RulePage
from graphdoc.model.location import Span
from graphdoc.resolve.resolved import Estate

__all__ = ["Changed", "Comparison", "HostForm", "OwnRepository", "SiteInput", "SiteSettings"]


class HostForm(StrEnum):
    """How a Git host writes the address of a line."""

    GITEA = "gitea"
    GITHUB = "github"
    GITLAB = "gitlab"
    BITBUCKET = "bitbucket"
    AZURE = "azure"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What the team chose: the name of the site, the forms of links, the groups of Applications.

    An empty ``name`` leaves the one that ``mkdocs.yml`` says. ``hosts`` maps the name of a Git host
    to its form, ``groups`` the title of a group to patterns of Application names, ``aliases`` a
    cluster to its names in paths, ``providers`` to its cloud. From ``stale_days`` on, a copy calls
    itself old. ``hidden`` are patterns of pages that are left out; ``logo`` is an icon of the
    theme, or the name of the image in ``logo_image``.
    """

    name: str = ""
    logo: str = ""
    logo_image: bytes = b""
    hidden: tuple[str, ...] = ()
    hosts: Mapping[str, HostForm] = field(default_factory=dict)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    providers: Mapping[str, str] = field(default_factory=dict)
    stale_days: int = 7


@dataclass(frozen=True, slots=True)
class Changed:
    """One node that differs between two states; ``words`` say how, ``change`` what became of it."""

    change: str
    subject: str
    kind: str
    name: str
    cluster: str | None
    words: tuple[str, ...]
    places: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """An earlier state of the estate against this one, the worst change first.

    ``commits`` are the repositories with their commits before and now; ``unmoved`` those that are
    the same in both because their earlier state is not known. ``altered`` are findings that say
    something else now.
    """

    base: str
    changes: tuple[Changed, ...]
    commits: tuple[tuple[str, str, str], ...] = ()
    appeared: tuple[Finding, ...] = ()
    gone: tuple[Finding, ...] = ()
    altered: tuple[Finding, ...] = ()
    unmoved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnRepository:
    """Where the configuration and the handwritten pages stand; all empty where that is not Git."""

    root: str = ""
    history: tuple[Commit, ...] = ()
    urls: tuple[str, ...] = ()
    commit: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True)
class SiteInput:
    """All that the pages are made from; ``newest_commit`` is in seconds since 1970, 0 unknown.

    ``history`` holds the newest commits; ``recorded`` compares with the lock, ``since`` with an
    earlier time. ``unrecorded`` says why there is no comparison with the lock. ``own`` is the
    repository of the configuration itself, where handwritten pages stand.
    """

    estate: Estate
    graph: RepoGraph
    findings: tuple[Finding, ...]
    coverage: Coverage
    rules: tuple[RulePage, ...]
    settings: SiteSettings = field(default_factory=SiteSettings)
    version: str = ""
    newest_commit: int = 0
    history: tuple[Commit, ...] = ()
    recorded: Comparison | None = None
    unrecorded: str = ""
    since: Comparison | None = None
    own: OwnRepository = field(default_factory=OwnRepository)
