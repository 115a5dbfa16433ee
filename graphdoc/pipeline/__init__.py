"""The stages in order: clones, estate, graph, findings, coverage."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_RULEBOOK = frozenset({"ALL_RULES", "RULE_IDS", "unused_ignore"})


def __getattr__(name: str) -> object:
    """Whoever only renders needs no rules: each module is imported when it is asked for."""
    if name not in __all__:
        raise AttributeError(name)
    module = "rulebook" if name in _RULEBOOK else "analysis"
    return getattr(import_module(f"graphdoc.pipeline.{module}"), name)
