"""Text of the repositories, made harmless for terminals and readers."""

import re
from functools import cache

__all__ = ["hide_secrets", "inert", "is_credential_key"]

# Controls, C1 controls, and the marks that reorder or hide what a reader sees (Trojan Source).
_STEERING = (
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_CREDENTIAL_URL = r"(?<=://)[^/\s@'\"]+@"
_CREDENTIAL = (
    "(?:passw(?:or)?d|passphrase|api_?key|private_?key|client_?secret|token|access_?key|secret_?key)"
)  # fmt: skip
_CREDENTIAL_KEY = rf".*{_CREDENTIAL}"
_CREDENTIAL_LINE = rf"(?P<key>[\w.-]*{_CREDENTIAL}[\"']?\s*[:=]\s*)(?P<value>[^\s#].*)"


@cache
def _pattern(text: str, flags: int = 0) -> re.Pattern[str]:
    """Compiled when first used: start-up would spend a tenth of its time on it."""
    return re.compile(text, flags)


def inert(text: str) -> str:
    """Text whose control characters are spelled out; a tab becomes a space."""
    return _pattern(_STEERING).sub(
        lambda match: match[0].encode("unicode_escape").decode(), text.replace("\t", " ")
    )


def hide_secrets(line: str) -> str:
    """A line of a file without what looks like a credential in it."""
    public = _pattern(_CREDENTIAL_URL).sub("***@", line)
    return _pattern(_CREDENTIAL_LINE, re.IGNORECASE).sub(lambda match: f"{match['key']}***", public)


def is_credential_key(key: str) -> bool:
    """Whether the value under a key of this name is likely a credential itself."""
    return _pattern(_CREDENTIAL_KEY, re.IGNORECASE).fullmatch(key) is not None
