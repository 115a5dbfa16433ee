"""Repository text inside the markup of other programs."""

from graphdoc.model.inert import inert

__all__ = ["github_data", "github_property", "markdown_code"]


def github_data(text: str) -> str:
    """The message of a workflow command of GitHub Actions."""
    return inert(text).replace("%", "%25")


def github_property(text: str) -> str:
    """A property of a workflow command, where commas and colons part the properties."""
    return github_data(text).replace(":", "%3A").replace(",", "%2C")


def markdown_code(text: str) -> str:
    """Text in a code span that no mark in it can end."""
    clean = inert(text)
    longest = max((len(run) for run in _backtick_runs(clean)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if clean.startswith("`") or clean.endswith("`") else ""
    return f"{fence}{padding}{clean}{padding}{fence}" if clean else ""


def _backtick_runs(text: str) -> list[str]:
    return [run for run in "".join(c if c == "`" else " " for c in text).split() if run]
