"""What text of hostile repositories becomes before it enters HTML or SVG."""

import html
import re
import unicodedata
from urllib.parse import quote

__all__ = ["anchor", "escape", "safe_href", "shortened", "visible"]

_LINE_BREAKS = re.compile(r"[\t\n\r]+")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_SAFE_SCHEMES = frozenset({"http", "https"})
# Control, format (bidi, zero width), surrogate, private use, line and paragraph separator.
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_NO_XML = frozenset("\ufffe\uffff")
_ID_SAFE = "!$&()*+,-./:;=@_~"


def escape(text: str) -> str:
    """The text for HTML or SVG content and attributes, invisible characters made visible."""
    return html.escape(visible(text), quote=True)


def visible(text: str) -> str:
    """The text with controls, bidi overrides and other invisible characters as U+FFFD."""
    if text.isprintable():
        return text
    return "".join(map(_shown, _LINE_BREAKS.sub(" ", text)))


def shortened(text: str, most: int) -> str:
    """The text, or its beginning where it has more signs than that."""
    return text if len(text) <= most else f"{text[:most]}…"


def safe_href(href: str) -> str:
    """The link as given, or nothing where a browser would run it or hide where it leads."""
    scheme = _SCHEME.match(href)
    if scheme and scheme[1].lower() not in _SAFE_SCHEMES:
        return ""
    return "" if href.startswith("//") or href != visible(href).strip() else href


def anchor(diagram: str, node: str) -> str:
    """The id of a box in its page, such as ``tree-upc-dev--application:upc-dev/traefik``."""
    return f"{quote(diagram, safe=_ID_SAFE)}--{quote(node, safe=_ID_SAFE)}"


def _shown(char: str) -> str:
    hidden = char in _NO_XML or unicodedata.category(char) in _INVISIBLE
    return "\N{REPLACEMENT CHARACTER}" if hidden else char
