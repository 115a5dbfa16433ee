"""Text of the repositories, made harmless for terminals and readers."""

import re
from functools import cache

__all__ = ["inert"]

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
