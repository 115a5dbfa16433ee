"""What a user got wrong, and the nearest right word; light, for start-up's sake."""

from collections.abc import Iterable

from graphdoc.model.location import Span

__all__ = ["ConfigError", "nearest"]


class ConfigError(Exception):
    """The configuration cannot be used."""

    def __init__(self, message: str, file: str = "", span: Span | None = None) -> None:
        place = f"{file}:{span.line}:{span.column}: " if span else f"{file}: " if file else ""
        super().__init__(f"{place}{message}")


def nearest(word: str, known: Iterable[str], least: float = 0.5) -> str:
    """A question that offers the nearest known word; empty where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 -- only a mistake needs it

    candidates = sorted(known)
    lower = {candidate.lower(): candidate for candidate in reversed(candidates)}
    matches = get_close_matches(word.lower(), sorted(lower), n=1, cutoff=least)
    return f"; did you mean '{lower[matches[0]]}'?" if matches else ""
