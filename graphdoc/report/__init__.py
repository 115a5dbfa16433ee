"""Findings to text in many formats. A reporter is a function: it writes no file, knows no rule."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from graphdoc.report.as_json import to_json
from graphdoc.report.github import to_github
from graphdoc.report.gitlab import to_gitlab
from graphdoc.report.junit import to_junit
from graphdoc.report.markdown import to_markdown
from graphdoc.report.report import Checkout, Report, RuleSummary
from graphdoc.report.sarif import to_sarif
from graphdoc.report.text import to_text

__all__ = ["REPORTERS", "Checkout", "Report", "Reporter", "RuleSummary"]

Reporter = Callable[[Report], str]

REPORTERS: Mapping[str, Reporter] = MappingProxyType(
    {
        "text": to_text,
        "json": to_json,
        "sarif": to_sarif,
        "junit": to_junit,
        "github": to_github,
        "gitlab": to_gitlab,
        "markdown": to_markdown,
    }
)
