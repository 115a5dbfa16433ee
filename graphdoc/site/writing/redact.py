"""Keeps what may be a Secret's value off the pages, wherever in the values it stands."""

import base64
import re
from collections.abc import Iterable, Iterator

from graphdoc.model.node import texts_within
from graphdoc.model.redact import REDACTED, without_credentials
from graphdoc.model.resource import Resource
from graphdoc.resolve.secrets.known import HOLDING
from graphdoc.site.writing.text import shortened

__all__ = ["HIDDEN", "Redactor", "is_secret_key", "shown_value"]

HIDDEN = REDACTED
_LONGEST = 60  # what a table can show
_SHORTEST = 4
_NO_SECRET = frozenset({"true", "false", "null", "none"})
_SECRET_KEY = re.compile(
    r"(pass(word|wd|phrase)?|pwd|(?<![a-z])pw|secret|token|credentials?|api_?-?key|private_?-?key|client_?-?secret"
    r"|(access|encryption|license|secret|signing|session)_?-?key|dsn|htpasswd|webhook(_?-?url)?)$",
    re.IGNORECASE,
)
_ENCRYPTED = re.compile(r"AgA|ENC\[|-----BEGIN|eyJ[A-Za-z0-9_-]{10,}|gh[pousr]_|xox[abp]-|AKIA")


def is_secret_key(key: str) -> bool:
    """Whether such a key's value is kept back: ``adminPassword``, and not ``existingSecret``."""
    return bool(_SECRET_KEY.search(key)) and not key.lower().startswith("existing")


def shown_value(value: str) -> str:
    """A value cut to what a table can show, without credentials."""
    safe = HIDDEN if _ENCRYPTED.search(value) else without_credentials(value)
    return shortened(safe, _LONGEST)


class Redactor:
    """Knows the values of every Secret that an Application renders, so as not to print them."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._known = frozenset(
            value
            for resource in resources
            for value in _secret_values(resource)
            if len(value) >= _SHORTEST and value.lower() not in _NO_SECRET
        )

    def text(self, key: str, value: str) -> str:
        """The value as it may be shown below a key."""
        if is_secret_key(key) or value in self._known or _ENCRYPTED.search(value):
            return HIDDEN
        return HIDDEN if self._holds(value) else without_credentials(value)

    def _holds(self, value: str) -> bool:
        return any(len(known) > 7 and known in value for known in self._known)  # noqa: PLR2004


def _secret_values(resource: Resource) -> Iterator[str]:
    for keys in HOLDING.get(resource.kind, ()):
        for text, _ in texts_within(resource.manifest.find(*keys)):
            yield text
            yield from _decoded(text)


def _decoded(value: str) -> Iterator[str]:
    try:
        yield base64.b64decode(value, validate=True).decode()
    except ValueError:  # not Base64, not ASCII, or not text below it
        return
