"""Findings to text in many formats. A reporter is a function: it writes no file, knows no rule."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from graphdoc.report.as_json import to_json
from graphdoc.report.report import Report, RuleSummary
from graphdoc.report.text import to_text

__all__ = ["REPORTERS", "Report", "Reporter", "RuleSummary"]

Reporter = Callable[[Report], str]

REPORTERS: Mapping[str, Reporter] = MappingProxyType({"text": to_text, "json": to_json})
