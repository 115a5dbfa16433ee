"""Text of the repositories, made harmless for terminals, for Markdown and for readers."""

import re
from functools import cache

__all__ = ["inert", "markdown_cell", "markdown_code"]

# Controls, C1 controls, and the marks that reorder or hide what a reader sees (Trojan Source).
_STEERING = (
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)


@cache
def _steering() -> re.Pattern[str]:
    """Compiled when first used: start-up would spend a tenth of its time on it."""
    return re.compile(_STEERING)


def inert(text: str) -> str:
    """Text whose control characters are spelled out; a tab becomes a space."""
    return _steering().sub(
        lambda match: match[0].encode("unicode_escape").decode(), text.replace("\t", " ")
    )


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
