"""Keeping secrets out of everything that leaves the program."""

import re

from graphdoc.model.node import Plain

__all__ = ["REDACTED", "redact", "redact_text"]

REDACTED = "<redacted>"

_URL_CREDENTIALS = re.compile(r"([a-z][a-z0-9+.-]{1,20}://)[^/\s@\"']{1,500}@", re.IGNORECASE)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*", re.DOTALL)
_SECRET_FIELDS = frozenset({"data", "stringData", "encryptedData"})
_SECRET_KINDS = frozenset({"Secret", "SealedSecret", "SopsSecret", "SecretList"})
# Fields that hold secret values whatever they stand in.
_ALWAYS = frozenset({"stringData", "encryptedData"})


def redact_text(text: str) -> str:
    """A text without credentials in URLs and without private keys."""
    clean = _URL_CREDENTIALS.sub(rf"\1{REDACTED}@", text) if "://" in text else text
    return _PRIVATE_KEY.sub(REDACTED, clean) if "PRIVATE KEY" in clean else clean


def redact(value: Plain) -> Plain:
    """Plain data without the values of Secrets, wherever a Secret is nested in it."""
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, list):
        return [redact(item) for item in value]
    if isinstance(value, dict):
        return _redact_mapping(value)
    return value


def _redact_mapping(value: dict[str, Plain]) -> dict[str, Plain]:
    kind = value.get("kind")
    hidden = _SECRET_FIELDS if isinstance(kind, str) and kind in _SECRET_KINDS else _ALWAYS
    return {
        key: _redact_values(item) if key in hidden else redact(item) for key, item in value.items()
    }


def _redact_values(value: Plain) -> Plain:
    """Every leaf replaced; the keys stay, for they are names."""
    if isinstance(value, dict):
        return {key: _redact_values(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_redact_values(item) for item in value]
    return REDACTED if value not in (None, "") else value
