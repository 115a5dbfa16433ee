"""Which values of a Secret are settings or public by nature, and no secret by themselves."""

import re

__all__ = ["is_public", "is_remark", "is_setting"]

_WORDS = r"passw|passphrase|pwd|secret|token|credential|private|api[-_ ]?key"
_CONFIDENTIAL = re.compile(_WORDS, re.IGNORECASE)
_AUTH = re.compile(r"auth", re.IGNORECASE)
# In a file such a word tells something where a value follows it: no switch, no path, no mapping.
_TELLING = re.compile(
    rf"(?:{_WORDS}|(?<![a-z])pass(?=[\"']?[ \t]*+[:=])|auth[-_]?key"
    r"|auth(?:orization)?(?=[\"']?[ \t]*+[:=][ \t]*+(?!true|false)\S))"
    r"(?![\w.-]{0,40}+[\"']?[ \t]*+[:=][ \t]*+"
    r"(?:\"\"|''|[\"']?(?:true|false|/)[\"']?|(?=[ \t]*+\n[ \t]+[\"']?[\w.$-]+[\"']?:))"
    r"[ \t]*+,?[ \t]*+$)",
    re.IGNORECASE | re.MULTILINE,
)
# A remark tells something where it is a line that somebody took out.
_REMARK = re.compile(
    rf"^[ \t]*+#(?![^\n]*?(?:{_WORDS}|(?<![a-z])pass)[\w.-]{{0,40}}+"
    r"[\"']?[ \t]*+[:=][ \t]*+\S)[^\n]*",
    re.IGNORECASE | re.MULTILINE,
)
_PATHS = re.compile(r"(?<![\w/:.+=-])(?:/[\w.-]+){2,}")
_SETTING = re.compile(
    r"(?:addr|address|arn|bucket|cluster|count|database|datacenter|db|domain|email|enabled|endpoint"
    r"|env|environment|format|host|hostname|image|level|locale|location|mode|name|namespace|path|port"
    r"|provider|region|retention|role|secure|server|timeout|type|uri|url|user|username|version|zone)"
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
_MAIL = re.compile(r"[^\s@:/]+@[\w-]+(?:\.[\w-]+)+")
_LINE = re.compile(r"(?P<name>[A-Z][A-Z0-9_]*)=(?P<value>[^=\s].*)")
_PLAIN = re.compile(r"true|false|[0-9]{1,5}", re.IGNORECASE)


def is_setting(key: str, text: str) -> bool:
    """Whether a value tells nobody anything that must stay secret, as far as one can see."""
    if _PEM.search(text):
        return is_public(text)
    if _PUBLIC_KEY.fullmatch(text) or _PATH.fullmatch(text.strip()):
        return True
    if any(known.search(text) for known in (_WITH_ACCOUNT, _BEARING)) or _CONFIDENTIAL.search(key):
        return False
    if "\n" in text.strip():
        said = _PATHS.sub("/", _REMARK.sub("", text))
        return not _TELLING.search(said) and not _ACCOUNTS.search(key)
    if line := _LINE.fullmatch(text.strip()):
        return is_setting(line["name"], line["value"])
    is_plain = any(form.fullmatch(text.strip()) for form in (_PLAIN, _MAIL))
    return _SETTING.search(key) is not None or (is_plain and not _AUTH.search(key))


def is_remark(text: str) -> bool:
    """Whether a text of several lines is nothing but remarks, none of which tells a value."""
    return "\n" in text.strip() and not _REMARK.sub("", text).strip()


def is_public(text: str) -> bool:
    """Whether a text is certificates or public keys, and nothing else of that form."""
    blocks = _PEM.findall(text)
    return bool(blocks) and all(block in _PUBLIC_BLOCKS for block in blocks)
