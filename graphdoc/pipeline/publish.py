"""An analysis as the site takes it, without what only the configuration knows."""

from dataclasses import replace

from graphdoc import __version__
from graphdoc.clone import DiskClone
from graphdoc.clone.git import find_git_directory
from graphdoc.clone.history import read_history
from graphdoc.clone.revisions import read_facts
from graphdoc.config.values import Config
from graphdoc.drift import LockError, read_lock
from graphdoc.graph.changes.compare import compare
from graphdoc.graph.changes.places import add_places
from graphdoc.graph.changes.unknown import find_unknown, without_unknown
from graphdoc.model.commit import Commit
from graphdoc.model.coverage import Coverage
from graphdoc.model.finding import NotUnderstood
from graphdoc.pipeline.analysis import Analysis, take_lock
from graphdoc.pipeline.changes.since import to_changed
from graphdoc.pipeline.rulebook import ALL_RULES
from graphdoc.resolve.coverage import first_place
from graphdoc.site.atlas.input import Comparison, HostForm, OwnRepository, SiteInput, SiteSettings
from graphdoc.site.diagrams.layout import find_gap

__all__ = ["to_site_input"]


# So many commits tell of every Application that anybody has touched lately.
_COMMITS = 300


def to_site_input(analysis: Analysis, since: Comparison | None = None) -> SiteInput:
    """What the pages are made from; ``since`` is the earlier state that was asked for."""
    recorded, unrecorded = _recorded(analysis)
    times = (getattr(clone, "facts", None) for clone in analysis.estate.clones)
    return SiteInput(
        analysis.estate,
        analysis.graph,
        analysis.findings,
        _coverage(analysis),
        tuple(rule.to_page() for rule in ALL_RULES),
        _settings(analysis.config),
        __version__,
        max((facts.committed_at for facts in times if facts), default=0),
        _history(analysis),
        recorded,
        unrecorded,
        since,
        _own(analysis.config),
    )


def _coverage(analysis: Analysis) -> Coverage:
    """What was analysed, and that this machine draws no pictures of it where it cannot."""
    gap = find_gap()
    if gap is None:
        return analysis.coverage
    missing = NotUnderstood(first_place(analysis.estate), gap)
    entries = {*analysis.coverage.not_understood, missing}
    return replace(analysis.coverage, not_understood=tuple(sorted(entries)))


def _own(config: Config) -> OwnRepository:
    """The repository that holds the configuration, and its newest commits."""
    folders = (config.directory.resolve(), *config.directory.resolve().parents)
    root = next((folder for folder in folders if (folder / ".git").exists()), None)
    git = find_git_directory(root) if root else None
    if root is None or git is None:
        return OwnRepository()
    facts, history = read_facts(git), read_history(git, "", _COMMITS)
    return OwnRepository(
        root.as_posix(), history, facts.urls, facts.commit or "", facts.branch or ""
    )


def _history(analysis: Analysis) -> tuple[Commit, ...]:
    """The newest commits of all clones, the newest first."""
    found = (
        commit
        for clone in analysis.estate.clones
        if isinstance(clone, DiskClone) and clone.git is not None and clone.commit
        for commit in read_history(clone.git, clone.name, _COMMITS)
    )
    return tuple(sorted(found, key=lambda commit: (-commit.time, commit.repository)))


def _recorded(analysis: Analysis) -> tuple[Comparison | None, str]:
    """The difference from the recorded architecture, or why there is none."""
    file = analysis.config.lock_file
    try:
        recorded = read_lock(file.read_text("utf-8"))
    except FileNotFoundError:
        return None, "No architecture is recorded yet: graphdoc drift --accept records it."
    except (OSError, UnicodeDecodeError, LockError):
        return None, f"{file.name} cannot be read: graphdoc drift --accept writes it anew."
    current = take_lock(analysis)
    if analysis.config.is_partial or sorted(recorded.track) != sorted(current.track):
        return None, f"{file.name} was recorded with other clones or settings."
    changes = compare(recorded.nodes, current.nodes, analysis.graph)
    changes = without_unknown(changes, recorded.nodes, find_unknown(analysis.estate))
    return Comparison(file.name, to_changed(add_places(changes, analysis.estate))), ""


def _settings(config: Config) -> SiteSettings:
    logo, image = _logo(config)
    return SiteSettings(
        name=config.site.name or "",
        logo=logo,
        logo_image=image,
        hidden=tuple(_page_pattern(pattern) for pattern in config.site.hidden),
        hosts={host: HostForm(kind.value) for host, kind in config.hosts.items()},
        groups=config.site.groups,
        aliases={cluster.name: cluster.aliases for cluster in config.clusters},
        providers={c.name: c.provider for c in config.clusters if c.provider},
    )


def _logo(config: Config) -> tuple[str, bytes]:
    """The name of an icon, or the path that an image gets in the site, and the image."""
    if config.site.logo_file is None:
        return config.site.logo or "", b""
    file = config.site.logo_file
    return f"assets/logo{file.suffix.lower()}", file.read_bytes()


def _page_pattern(pattern: str) -> str:
    """Pages are named as their addresses are, with or without the ending."""
    return f"{pattern.removesuffix('.html').removesuffix('.md')}.md"
