"""Keeping secrets out of everything that leaves the program."""

import re

from graphdoc.model.node import Mapping, Node, Plain, Scalar, Sequence, to_plain

__all__ = ["REDACTED", "SECRET_FIELDS", "SECRET_KINDS", "redact", "redact_text", "to_public"]

REDACTED = "<redacted>"

_URL_CREDENTIALS = re.compile(r"([a-z][a-z0-9+.-]{1,20}://)[^/\s@\"']{1,500}@", re.IGNORECASE)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*", re.DOTALL)
SECRET_FIELDS = frozenset({"data", "stringData", "encryptedData"})
SECRET_KINDS = frozenset({"Secret", "SealedSecret", "SopsSecret", "SecretList"})
# Fields that hold secret values whatever they stand in.
_ALWAYS = frozenset({"stringData", "encryptedData"})


def redact_text(text: str) -> str:
    """A text without credentials in URLs and without private keys."""
    clean = _URL_CREDENTIALS.sub(rf"\1{REDACTED}@", text) if "://" in text else text
    return _PRIVATE_KEY.sub(REDACTED, clean) if "PRIVATE KEY" in clean else clean


def to_public(node: Node) -> Plain:
    """A tree as plain data without the values of Secrets: ``redact(to_plain(node))`` in one go."""
    match node:
        case Scalar():
            return redact_text(node.value) if isinstance(node.value, str) else node.value
        case Sequence():
            return [to_public(item) for item in node.items]
        case Mapping():
            return _to_public_mapping(node.entries)


def _to_public_mapping(entries: dict[str, Node]) -> dict[str, Plain]:
    kind = entries.get("kind")
    value = kind.value if isinstance(kind, Scalar) else None
    hidden = SECRET_FIELDS if isinstance(value, str) and value in SECRET_KINDS else _ALWAYS
    return {
        key: _redact_values(to_plain(node)) if key in hidden else to_public(node)
        for key, node in entries.items()
    }


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
    hidden = SECRET_FIELDS if isinstance(kind, str) and kind in SECRET_KINDS else _ALWAYS
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
