"""Findings to text in many formats. A reporter is a function: it writes no file, knows no rule."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graphdoc.report.report import Checkout, Report, RuleSummary
    from graphdoc.report.reporters import REPORTERS, Reporter

__all__ = ["REPORTERS", "Checkout", "Report", "Reporter", "RuleSummary"]

_REPORTERS = frozenset({"REPORTERS", "Reporter"})


def __getattr__(name: str) -> object:
    """Whoever wants one format needs no other: each module is imported when it is asked for."""
    if name not in __all__:
        raise AttributeError(name)
    module = "reporters" if name in _REPORTERS else "report"
    return getattr(import_module(f"graphdoc.report.{module}"), name)
