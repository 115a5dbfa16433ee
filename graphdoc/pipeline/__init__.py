"""The stages in order: clones, estate, graph, findings, coverage."""

from graphdoc.pipeline.analysis import RULE_IDS, Analysis, analyse, take_lock, to_report

__all__ = ["RULE_IDS", "Analysis", "analyse", "take_lock", "to_report"]
