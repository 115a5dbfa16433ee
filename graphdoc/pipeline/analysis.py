"""One analysis from the configuration to the findings. The caller only chooses how to show it."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from graphdoc import __version__
from graphdoc.config.load import check_rules
from graphdoc.config.values import Config, Tracked
from graphdoc.drift import Lock
from graphdoc.graph.changes.facts import take_snapshot
from graphdoc.graph.draw.whole import build_graph
from graphdoc.graph.repo_graph import NodeKind, RepoGraph
from graphdoc.model.clone import Clone
from graphdoc.model.coverage import Coverage
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import Finding
from graphdoc.pipeline.clones import open_clones, open_documents
from graphdoc.pipeline.contracts import judge_contracts
from graphdoc.pipeline.exceptions import judge
from graphdoc.pipeline.memory import deep_trees
from graphdoc.pipeline.requests import cluster_facts, estate_request
from graphdoc.pipeline.rulebook import ALL_RULES, RULE_IDS
from graphdoc.report.excerpt import Excerpts
from graphdoc.report.report import Checkout, Report
from graphdoc.resolve.coverage import measure_coverage
from graphdoc.resolve.elsewhere import read_at
from graphdoc.resolve.estate.whole import resolve_estate
from graphdoc.resolve.helm import find_engine
from graphdoc.resolve.resolved import Estate
from graphdoc.resolve.secrets.known import KnownSecrets

__all__ = ["Analysis", "analyse", "take_lock", "to_report"]

_UNREADABLE = "unreadable-file"


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that reports, pages and comparisons are made from.

    ``known`` are findings that a baseline remembers; without a baseline there are none.
    """

    config: Config
    estate: Estate
    graph: RepoGraph
    findings: tuple[Finding, ...]
    ignored: int
    coverage: Coverage
    known: tuple[Finding, ...] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether the repositories hold nothing that graphdoc knows."""
        kinds = {node.kind for node in self.graph.nodes()}
        return not self.findings and kinds <= {NodeKind.REPOSITORY}


def analyse(
    config: Config,
    progress: Callable[[str], None] = lambda _: None,
    clones: tuple[Clone, ...] | None = None,
) -> Analysis:
    """Run every stage, on the configured clones or on the given ones.

    Raises:
        ConfigError: the configuration names a rule that does not exist.
    """
    check_rules(config, RULE_IDS)
    with deep_trees():
        progress("reading the clones")
        opened = open_clones(config) if clones is None else clones
        progress("resolving Applications")
        engine = find_engine(config.limits.helm_seconds)
        estate = resolve_estate(opened, engine, estate_request(config))
        if engine is not None:
            engine.rest()
        estate = replace(estate, documents=open_documents(config))
        progress("drawing the graph")
        graph = build_graph(estate, cluster_facts(config), config.production)
        progress("judging")
        found = [finding for rule in ALL_RULES for finding in rule.run(estate, graph)]
        found += judge_contracts(config, graph)
        verdict = judge(found, config, estate.document_clones)
        reported = (f for f in found if f.rule == _UNREADABLE)
        files = frozenset(finding.problem.primary.span.file for finding in reported)
        coverage = measure_coverage(estate, files)
    return Analysis(config, estate, graph, verdict.findings, verdict.ignored, coverage)


def take_lock(analysis: Analysis) -> Lock:
    """The architecture as it stands, as ``drift`` records it."""
    track = analysis.config.track
    snapshot = take_snapshot(analysis.graph, with_tags=Tracked.IMAGE_TAGS in track)
    return Lock(tuple(sorted(map(str, track))), snapshot, _with_helm(analysis.estate))


def _with_helm(estate: Estate) -> bool | None:
    """Whether charts at hand were rendered; ``None`` where there are none."""
    has_charts = any(source.chart_folder for source in estate.sources)
    return find_engine() is not None if has_charts else None


def to_report(analysis: Analysis, findings: tuple[Finding, ...], *, colour: bool = False) -> Report:
    """The findings that were asked for, with what a reporter needs to show them."""
    return Report(
        findings,
        analysis.coverage,
        ignored=analysis.ignored,
        known=analysis.known,
        excerpts=Excerpts(
            analysis.estate.document_clones,
            _known_secrets(analysis.estate),
            partial(read_at, analysis.estate),
        ),
        checkouts={clone.name: _checkout(clone) for clone in analysis.estate.document_clones},
        rules=tuple(rule.to_page() for rule in ALL_RULES),
        version=__version__,
        colour=colour,
    )


def _known_secrets(estate: Estate) -> KnownSecrets:
    return KnownSecrets(resource for source in estate.sources for resource in source.resources)


def _checkout(clone: Clone) -> Checkout:
    return Checkout(clone.path, clone.urls, clone.commit, clone.branch)
