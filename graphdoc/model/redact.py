"""Keeping secrets out of everything that leaves the program."""

import re
from collections.abc import Mapping as Fields
from collections.abc import Set

from graphdoc.model.node import Mapping, Node, Plain, Scalar, Sequence, to_plain

__all__ = [
    "REDACTED", "SECRET_FIELDS", "SECRET_KINDS", "hidden_fields", "hide_credentials",
    "hide_secrets", "is_credential_key", "redact", "redact_key", "redact_text", "to_public",
    "to_public_field", "without_credentials", "without_user",
]  # fmt: skip

REDACTED = "<redacted>"

# From the slashes on: to look for the scheme first takes quadratic time. A token may be long, and
# of several signs the last one ends it.
_ADDRESSED = re.compile(r"://[^/\s\"']*@")
# As people write it where no scheme belongs, such as in an image's name; a digest is no host.
_BARE_CREDENTIALS = re.compile(
    r"(?<![\w.+/:@-])[\w.+-]{1,100}:[^\s/@:\"']{1,500}@(?=[\w-]{1,63}(?:\.[\w-]{1,63}){1,20}(?::\d+)?/)"
)
_PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*", re.DOTALL)
# Three parts of letters, the first two of which are JSON in Base64.
_JWT = re.compile(r"(?<![\w-])eyJ[\w-]{10,}+\.eyJ[\w-]{10,}+(?:\.[\w-]*+)?")
_CREDENTIAL = (
    "(?:passw(?:or)?d|pwd|passphrase|client[_-]?secret|token|(?:access|api|private|secret)[_-]?key)"
)
# In the question of an address: ``?private_token=…``.
_ASKED = re.compile(
    rf"([?&](?:[\w-]{{1,40}}[_-])?(?:{_CREDENTIAL}|sig|signature)=)[^&\s\"'<]+", re.IGNORECASE
)
_CREDENTIAL_KEY = re.compile(
    rf".*(?:{_CREDENTIAL}|(?<![a-z])pw|(?-i:[a-z]Pw))", re.IGNORECASE | re.DOTALL
)
# Also "name: db.password" with "value: …" behind it or on the next line.
_CREDENTIAL_LINE = re.compile(
    rf"(?P<key>(?:{_CREDENTIAL}|(?<![a-z])pw)[\"']?"
    r"(?:[ \t]*[,\n][ \t]*[\"']?(?:value|string)[\"']?)?"
    r"[ \t]*[:=][ \t]*)[^\s#].*",
    re.IGNORECASE,
)
SECRET_FIELDS = frozenset({"data", "stringData", "encryptedData"})
SECRET_KINDS = frozenset({"Secret", "SealedSecret", "SopsSecret", "SecretList"})
# Fields that hold secret values whatever they stand in.
_ALWAYS = frozenset({"stringData", "encryptedData"})
# All that a Secret of Kubernetes has that is no value of it.
_OPEN = frozenset({"apiVersion", "kind", "metadata", "type", "immutable"})
# A manifest or patch of a Secret, within a text.
_SECRET_TEXT = re.compile(
    rf"stringData|encryptedData|kind[\"']?[ \t]*:[ \t]*[\"']?(?:{'|'.join(sorted(SECRET_KINDS))})\b"
)
# Under which keys the value of a named thing stands, plugins' parameters included.
_NAMED_VALUES = frozenset({"value", "string", "array", "map"})
# A key may be a line of a key file, where a generator takes such a file for an environment.
_NAME = re.compile(r"[-._a-zA-Z0-9]{1,63}")
# Where kubectl copies the whole of a resource to.
_COPY = "kubectl.kubernetes.io/last-applied-configuration"


def redact_text(text: str) -> str:
    """A text without credentials in URLs, tokens that are signed, and private keys."""
    clean = _ADDRESSED.sub(f"://{REDACTED}@", text) if "://" in text else text
    clean = _BARE_CREDENTIALS.sub(f"{REDACTED}@", clean) if "@" in clean else clean
    clean = _without_tokens(clean)
    clean = _JWT.sub(REDACTED, clean) if "eyJ" in clean else clean
    return _PRIVATE_KEY.sub(REDACTED, clean) if "PRIVATE KEY" in clean else clean


def without_credentials(text: str) -> str:
    """A text without the user and password of any address in it (``git@host:path`` stays)."""
    clean = _without_tokens(_ADDRESSED.sub("://", text) if "://" in text else text)
    return _BARE_CREDENTIALS.sub("", clean) if "@" in clean else clean


def without_user(url: str) -> str:
    """An address without the credentials that may stand in it (``git@host:path`` stays)."""
    url = _without_tokens(url)
    if "@" not in url:
        return url
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}" if separator else url


def _without_tokens(text: str) -> str:
    return _ASKED.sub(rf"\1{REDACTED}", text) if "?" in text else text


def hide_secrets(text: str) -> str:
    """A text, such as a line of a file, without what looks like a credential in it."""
    return _CREDENTIAL_LINE.sub(rf"\g<key>{REDACTED}", redact_text(text))


def is_credential_key(key: str) -> bool:
    """Whether the value under a key of this name is likely a credential itself."""
    return _CREDENTIAL_KEY.fullmatch(key) is not None


def hide_credentials(value: Plain) -> Plain:
    """Plain data without what a key, a name beside it or the text itself calls a credential."""
    if isinstance(value, str):
        return REDACTED if _holds_secret(value) else hide_secrets(value)
    if isinstance(value, list):
        return [hide_credentials(item) for item in value]
    if not isinstance(value, dict):
        return value
    named = _named_fields(value)
    return {key: _hide_under(key, item, is_named=key in named) for key, item in value.items()}


def _named_fields(value: dict[str, Plain]) -> frozenset[str]:
    """Where a credential stands because a name beside it, or the target of a patch, says so."""
    name, target = value.get("name"), value.get("target")
    named = _NAMED_VALUES if isinstance(name, str) and is_credential_key(name) else frozenset()
    is_patch = isinstance(target, dict) and _is_patch(value.get("patch"), target.get("kind"))
    return named | {"patch"} if is_patch else named


def _holds_secret(text: str) -> bool:
    """Whether a text is a manifest or a patch of a Secret, or holds one."""
    is_structure = "\n" in text or text[:1] in {"[", "{"}
    return is_structure and _SECRET_TEXT.search(text) is not None


def _hide_under(key: str, value: Plain, *, is_named: bool) -> Plain:
    is_open = value in (None, "", [], {}) or isinstance(value, bool)
    is_hidden = (is_named or is_credential_key(key)) and not is_open
    return REDACTED if is_hidden else hide_credentials(value)


def redact_key(key: str) -> str:
    """The key of a value of a Secret, where it may be one."""
    return key if _NAME.fullmatch(key) else REDACTED


def to_public(node: Node) -> Plain:
    """A tree as plain data without the values of Secrets: ``redact(to_plain(node))`` in one go."""
    match node:
        case Scalar():
            return redact_text(node.value) if isinstance(node.value, str) else node.value
        case Sequence():
            return [to_public(item) for item in node.items]
        case Mapping():
            return _to_public_mapping(node)


def to_public_field(mapping: Mapping, key: str) -> Plain:
    """One entry of a mapping as :func:`to_public` shows it there."""
    node = mapping.entries[key]
    hidden = hidden_fields(mapping)
    if key in hidden:
        return _redact_values(to_plain(node))
    return _without_fields(to_public(node)) if _is_secret(hidden) else to_public(node)


def hidden_fields(mapping: Mapping) -> frozenset[str]:
    """The keys whose values are hidden, which depend on the kind beside them."""
    entries = mapping.entries
    fields = {key: node.value for key, node in entries.items() if isinstance(node, Scalar)}
    return _hidden(fields, entries.keys(), mapping.text("target", "kind"))


def _hidden(fields: Fields[str, object], keys: Set[str], target: object) -> frozenset[str]:
    """The keys of what is hidden; ``target`` is the kind that a patch would be for."""
    kind = fields.get("kind")
    hidden = SECRET_FIELDS if isinstance(kind, str) and kind in SECRET_KINDS else _ALWAYS
    if kind == "Secret" and fields.get("apiVersion") == "v1":
        hidden |= keys - _OPEN  # a value that was put beside its place
    if _is_patch(fields.get("patch"), target):
        hidden |= {"patch"}
    return hidden | {_COPY} if _is_copy(fields.get(_COPY)) else hidden


def _is_patch(text: object, kind: object) -> bool:
    """Whether a text is a patch of a Secret, by what it is for or by what it says."""
    is_target = isinstance(kind, str) and kind in SECRET_KINDS
    return isinstance(text, str) and (is_target or _holds_secret(text))


def _is_copy(value: object) -> bool:
    return isinstance(value, str) and "Secret" in value


def _is_secret(hidden: frozenset[str]) -> bool:
    return "data" in hidden


def _to_public_mapping(mapping: Mapping) -> dict[str, Plain]:
    entries, public = mapping.entries, {}
    is_asked = "kind" in entries or "patch" in entries or _COPY in entries
    hidden = hidden_fields(mapping) if is_asked else _ALWAYS
    for key, node in entries.items():
        if key in hidden:
            public[key] = _redact_values(to_plain(node))
        elif isinstance(node, Scalar):  # as to_public, of which a call takes as long again
            value = node.value
            public[key] = redact_text(value) if isinstance(value, str) else value
        else:
            public[key] = to_public(node)
    return _without_mapping_fields(public) if _is_secret(hidden) else public


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
    target = value.get("target")
    hidden = _hidden(value, value.keys(), target.get("kind") if isinstance(target, dict) else "")
    public = {
        key: _redact_values(item) if key in hidden else redact(item) for key, item in value.items()
    }
    return _without_mapping_fields(public) if _is_secret(hidden) else public


def _without_fields(value: Plain) -> Plain:
    """What stands within a Secret, without what its nested fields of values hold."""
    if isinstance(value, list):
        return [_without_fields(item) for item in value]
    return _without_mapping_fields(value) if isinstance(value, dict) else value


def _without_mapping_fields(value: dict[str, Plain]) -> dict[str, Plain]:
    return {
        key: _redact_values(item) if key in SECRET_FIELDS else _without_fields(item)
        for key, item in value.items()
    }


def _redact_values(value: Plain) -> Plain:
    """Every leaf replaced; the keys stay, for they are names."""
    if isinstance(value, dict):
        return {redact_key(key): _redact_values(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_redact_values(item) for item in value]
    return REDACTED if value not in (None, "") else value
