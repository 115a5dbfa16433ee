"""An analysis as the site takes it, without what only the configuration knows."""

from graphdoc import __version__
from graphdoc.config.values import Config
from graphdoc.pipeline.analysis import Analysis
from graphdoc.pipeline.rulebook import ALL_RULES
from graphdoc.site.input import HostForm, RuleDocument, SiteInput, SiteSettings

__all__ = ["to_site_input"]


def to_site_input(analysis: Analysis) -> SiteInput:
    """What the pages are made from."""
    times = (getattr(clone, "facts", None) for clone in analysis.estate.clones)
    return SiteInput(
        analysis.estate,
        analysis.graph,
        analysis.findings,
        analysis.coverage,
        tuple(RuleDocument(rule.id, rule.severity, rule.summary, rule.docs) for rule in ALL_RULES),
        _settings(analysis.config),
        __version__,
        max((facts.committed_at for facts in times if facts), default=0),
    )


def _settings(config: Config) -> SiteSettings:
    return SiteSettings(
        name=config.site.name or "",
        hosts={host: HostForm(kind.value) for host, kind in config.hosts.items()},
        groups=config.site.groups,
        aliases={cluster.name: cluster.aliases for cluster in config.clusters},
    )
