"""Which values of a Secret are settings or public by nature, and no secret by themselves."""

import re

__all__ = ["is_setting"]

_CONFIDENTIAL = re.compile(
    r"passw|passphrase|pwd|secret|token|credential|private|api[-_ ]?key|auth", re.IGNORECASE
)
_SETTING = re.compile(
    r"(?:address|bucket|count|database|db|domain|email|enabled|endpoint|host|hostname|image|location|mode"
    r"|name|namespace|path|port|region|retention|secure|server|type|uri|url|user|username|version)"
    r"s?$",
    re.IGNORECASE,
)
# Such files hold accounts, whatever their lines say.
_ACCOUNTS = re.compile(r"user|role|docker|kubeconfig|netrc|pgpass", re.IGNORECASE)
_WITH_ACCOUNT = re.compile(r"://[^/\s:@]+:[^/\s@]+@")
# Whoever knows such an address may use it.
_BEARING = re.compile(
    r"hooks\.slack\.com/|discord(?:app)?\.com/api/webhooks/|\.webhook\.office\.com/"
    r"|[?&](?:api_?key|code|key|sig|token)=",
    re.IGNORECASE,
)
_PEM = re.compile(r"-----BEGIN ([A-Z ]+)-----")
_PUBLIC_BLOCKS = frozenset({"CERTIFICATE", "PGP PUBLIC KEY BLOCK", "PUBLIC KEY", "RSA PUBLIC KEY"})
_PUBLIC_KEY = re.compile(r"\s*(?:ssh-|ecdsa-|sk-)[\w@.-]+ [\w+/=]+(?: \S+)?\s*")
_PATH = re.compile(r"(?:/[a-z][\w.-]*){2,}")
_PLAIN = re.compile(r"true|false|[0-9]{1,5}", re.IGNORECASE)


def is_setting(key: str, text: str) -> bool:
    """Whether a value tells nobody anything that must stay secret, as far as one can see."""
    blocks = _PEM.findall(text)
    if blocks:
        return all(block in _PUBLIC_BLOCKS for block in blocks)
    if _PUBLIC_KEY.fullmatch(text) or _PATH.fullmatch(text.strip()):
        return True
    if any(known.search(text) for known in (_WITH_ACCOUNT, _BEARING)) or _CONFIDENTIAL.search(key):
        return False
    if "\n" in text.strip():
        return not _CONFIDENTIAL.search(text) and not _ACCOUNTS.search(key)
    return _SETTING.search(key) is not None or _PLAIN.fullmatch(text.strip()) is not None
