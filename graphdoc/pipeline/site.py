"""From an analysis to what the site is made from."""

from collections.abc import Iterable

from graphdoc import __version__
from graphdoc.clone import DiskClone
from graphdoc.model.clone import Clone
from graphdoc.pipeline.analysis import Analysis
from graphdoc.rules import RULES
from graphdoc.site.input import HostForm, RuleDocument, SiteInput, SiteSettings

__all__ = ["to_site_input"]


def to_site_input(analysis: Analysis) -> SiteInput:
    """The frozen value that all pages are made from."""
    config = analysis.config
    settings = SiteSettings(
        name=config.site.name or "",
        hosts={host: HostForm(kind) for host, kind in config.hosts.items()},
        groups=config.site.groups,
        aliases={cluster.name: cluster.aliases for cluster in config.clusters if cluster.aliases},
    )
    return SiteInput(
        estate=analysis.estate,
        graph=analysis.graph,
        findings=analysis.findings,
        coverage=analysis.coverage,
        rules=tuple(RuleDocument(r.id, r.severity, r.summary, r.docs) for r in RULES),
        settings=settings,
        version=__version__,
        newest_commit=_newest_commit(analysis.estate.clones),
    )


def _newest_commit(clones: Iterable[Clone]) -> int:
    times = (clone.facts.committed_at for clone in clones if isinstance(clone, DiskClone))
    return max(times, default=0)
