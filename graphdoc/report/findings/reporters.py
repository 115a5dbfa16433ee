"""Every reporter by the name of its format."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from graphdoc.report.findings.as_json import to_json
from graphdoc.report.findings.github import to_github
from graphdoc.report.findings.gitlab import to_gitlab
from graphdoc.report.findings.junit import to_junit
from graphdoc.report.findings.markdown import to_markdown
from graphdoc.report.findings.sarif import to_sarif
from graphdoc.report.findings.text import to_text
from graphdoc.report.report import Report

__all__ = ["REPORTERS"]

_Reporter = Callable[[Report], str]

REPORTERS: Mapping[str, _Reporter] = MappingProxyType(
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
