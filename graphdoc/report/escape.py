"""Repository text inside the markup of other programs."""

from graphdoc.model.finding import Severity
from graphdoc.model.inert import inert

__all__ = ["GITHUB_LEVELS", "github_data", "github_property"]

# How GitHub calls what weighs so much.
GITHUB_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def github_data(text: str) -> str:
    """The message of a workflow command of GitHub Actions."""
    return inert(text).replace("%", "%25")


def github_property(text: str) -> str:
    """A property of a workflow command, where commas and colons part the properties."""
    return github_data(text).replace(":", "%3A").replace(",", "%2C")
