"""The stages in order: clones, estate, graph, findings, coverage."""

from graphdoc.pipeline.analysis import Analysis, analyse, take_lock, to_report
from graphdoc.pipeline.rulebook import ALL_RULES, RULE_IDS, unused_ignore

__all__ = [
    "ALL_RULES",
    "RULE_IDS",
    "Analysis",
    "analyse",
    "take_lock",
    "to_report",
    "unused_ignore",
]
