"""Repository text inside the markup of other programs."""

from graphdoc.model.inert import inert

__all__ = ["github_data", "github_property"]


def github_data(text: str) -> str:
    """The message of a workflow command of GitHub Actions."""
    return inert(text).replace("%", "%25")


def github_property(text: str) -> str:
    """A property of a workflow command, where commas and colons part the properties."""
    return github_data(text).replace(":", "%3A").replace(",", "%2C")
