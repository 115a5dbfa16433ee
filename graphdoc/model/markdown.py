"""Repository text in Markdown, where no mark in it can become markup."""

from graphdoc.model.inert import inert

__all__ = ["markdown_cell", "markdown_code"]


def markdown_code(text: str) -> str:
    """Text in a code span that no mark in it can end."""
    clean = inert(text)
    longest = max((len(run) for run in _backtick_runs(clean)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if clean.startswith("`") or clean.endswith("`") else ""
    return f"{fence}{padding}{clean}{padding}{fence}" if clean else ""


def markdown_cell(text: str) -> str:
    """Markdown in a cell of a table, whose columns a bar would part."""
    return text.replace("|", "\\|")


def _backtick_runs(text: str) -> list[str]:
    return [run for run in "".join(c if c == "`" else " " for c in text).split() if run]
