"""Every reporter by the name of its format."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from graphdoc.report.as_json import to_json
from graphdoc.report.github import to_github
from graphdoc.report.gitlab import to_gitlab
from graphdoc.report.junit import to_junit
from graphdoc.report.markdown import to_markdown
from graphdoc.report.report import Report
from graphdoc.report.sarif import to_sarif
from graphdoc.report.text import to_text

__all__ = ["REPORTERS", "Reporter"]

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
