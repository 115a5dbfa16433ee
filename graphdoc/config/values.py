"""What a configuration says, as frozen values."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType

from graphdoc.model.contract import Contract
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import Severity
from graphdoc.model.limits import DEFAULT_LIMITS, Limits
from graphdoc.model.location import Span
from graphdoc.model.secret import SecretHints

__all__ = [
    "ClusterFacts", "Config", "HelmSettings", "HostKind", "RepositorySettings",
    "RootPattern", "RuleSetting", "SiteSettings", "Tracked",
]  # fmt: skip

_PRODUCTION = ("*prod*",)


class HostKind(StrEnum):
    """How a Git host spells the address of a line in a file."""

    GITHUB = "github"
    GITLAB = "gitlab"
    GITEA = "gitea"
    BITBUCKET = "bitbucket"
    AZURE = "azure"


class Tracked(StrEnum):
    """What is routine by default, and drift only where the configuration says so."""

    IMAGE_TAGS = "image-tags"


@dataclass(frozen=True, slots=True)
class RepositorySettings:
    """One clone; ``path`` is how reports name its place, ``root`` where it lies.

    ``remark`` is what the reader must know of how it was found.
    """

    name: str
    path: str
    root: Path
    urls: tuple[str, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class RootPattern:
    """Where clusters start: ``<repository>/<path>``, in which ``{cluster}`` captures the name.

    ``cluster`` is the name where the path does not hold it.
    """

    text: str
    span: Span | None = None
    cluster: str = ""

    @property
    def repository(self) -> str:
        """The short name that the pattern starts with."""
        return self.text.partition("/")[0]


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """What Git does not say of a cluster; ``server``, labels and annotations feed generators."""

    name: str
    provider: str | None = None
    production: bool | None = None
    aliases: tuple[str, ...] = ()
    server: str | None = None
    labels: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    annotations: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """A rule's severity here; ``None`` switches it off. No paths means everywhere.

    ``expires`` is the last day on which it holds.
    """

    rule: str
    severity: Severity | None
    paths: tuple[str, ...]
    reason: str
    span: Span
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class HelmSettings:
    """What charts are told of the cluster, where the Application says nothing."""

    kube_version: str | None = None
    api_versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """How the site presents itself; ``groups`` maps a title to patterns of Application names.

    ``since`` is the earlier state that the page of changes compares with. ``hidden`` are patterns
    of pages that are left out, ``logo`` is an icon of the theme, ``logo_file`` an image.
    """

    name: str | None = None
    logo: str | None = None
    logo_file: Path | None = None
    since: str | None = None
    hidden: tuple[str, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that an analysis is told; ``directory`` is what paths are relative to.

    ``is_partial`` says that some of the configured clones are left out; without ``today`` nothing
    expires.
    """

    directory: Path
    file: Path | None = None
    repositories: tuple[RepositorySettings, ...] = ()
    roots: tuple[RootPattern, ...] = ()
    clusters: tuple[ClusterFacts, ...] = ()
    production: tuple[str, ...] = _PRODUCTION
    secrets: SecretHints = SecretHints()
    rules: tuple[RuleSetting, ...] = ()
    contracts: tuple[Contract, ...] = ()
    track: frozenset[Tracked] = frozenset()
    site: SiteSettings = SiteSettings()
    hosts: Mapping[str, HostKind] = field(default_factory=lambda: MappingProxyType({}))
    helm: HelmSettings = HelmSettings()
    limits: Limits = DEFAULT_LIMITS
    chart_cache: Path | None = None
    placeholders: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    is_partial: bool = False
    today: date | None = None

    @property
    def lock_file(self) -> Path:
        """Where the recorded architecture stands."""
        return self.directory / "architecture.lock.json"
