"""Colour for terminals, by the few codes that every one of them knows."""

from enum import StrEnum

__all__ = ["Style", "paint"]


class Style(StrEnum):
    """A way to set text off."""

    BOLD = "1"
    DIM = "2"
    RED = "31"
    YELLOW = "33"
    CYAN = "36"


def paint(text: str, style: Style, *, on: bool) -> str:
    """The text in a style, or as it is."""
    return f"\x1b[{style}m{text}\x1b[0m" if on and text else text
