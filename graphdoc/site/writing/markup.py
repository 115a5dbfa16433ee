"""HTML and Markdown built from text that is escaped unless it says that it is markup already."""

import re
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from graphdoc.site.writing.icons import icon
from graphdoc.site.writing.text import escape, safe_href, visible

__all__ = [
    "DASH", "NOTHING", "Markup", "Sole", "breakable", "chip", "code", "html", "join", "kind_chip",
    "link", "markdown", "paragraph", "plural", "prose", "several",
]  # fmt: skip

NOTHING = Markup()


class Sole(Markup):
    """What is the same throughout the estate: a table leaves out a column of nothing else."""


# What a table shows where there is nothing to show.
DASH = "\N{EN DASH}"
_DIGEST = re.compile(r"\b(sha256:[0-9a-f]{12})[0-9a-f]+…?")
# No break inside of an entity such as ``&amp;``, which ends in a semicolon.
_DIVIDERS = re.compile(r"(?<![/:,=])([/:,=]++)(?=[^0-9])")
# So long a word, such as the path of a key, may also break between the words it is made of.
_LONG = re.compile(r"[^\s/:,=<>]{20,}")
_WORDS = re.compile(r"(?<=[._])(?=\w)|(?<=[a-z])(?=[A-Z])")


def html(template: str, *parts: str) -> Markup:
    """The template with each part in its ``{}``, escaped unless it is markup."""
    return Markup(template.format(*map(_safe, parts)))


def join(parts: Iterable[str], glue: str = "") -> Markup:
    """The parts after each other, each escaped unless it is markup."""
    # The glue as plain text: that of markup would escape the parts once more.
    return Markup(str(_safe(glue)).join(map(_safe, parts)))


def link(text: str, href: str, css: str = "") -> Markup:
    """A link, or the text alone where the address is empty or unsafe."""
    target = safe_href(href)
    if not target:
        return html("{}", text)
    style = html(' class="{}"', css) if css else NOTHING
    return html('<a{} href="{}">{}</a>', style, target, text)


def code(text: str) -> Markup:
    """Text as it stands in a file; of a digest the beginning, all of it on hovering."""
    short = _DIGEST.sub(r"\1…", text)
    if short != text:
        return html('<code title="{}">{}</code>', text, breakable(short))
    return html("<code>{}</code>", breakable(text))


def breakable(text: str) -> Markup:
    """Text that a narrow column may break after the signs that divide paths and addresses."""
    divided = _DIVIDERS.sub(r"\1<wbr>", escape(text))
    return Markup(_LONG.sub(lambda found: _WORDS.sub("<wbr>", found[0]), divided))


def prose(text: str) -> Markup:
    """A sentence in which `backticks` mark what stands in a file."""
    parts = text.split("`")
    return join(code(part) if position % 2 else part for position, part in enumerate(parts))


def chip(text: str, css: str = "") -> Markup:
    """One fact of the strip below a title."""
    return html('<span class="gd-chip{}">{}</span>', f" {css}" if css else "", text)


def kind_chip(kind: str, text: str) -> Markup:
    """What a page is about, as icon, word and colour."""
    drawing = Markup(icon(kind))
    return html('<span class="gd-chip k-{}">{}<b>{}</b></span>', kind, drawing, text)


def markdown(text: str) -> str:
    """Text for a Markdown heading: nothing in it is read as Markdown, HTML or an attribute."""
    return "".join(c if c.isalnum() or c in " ,-/" else f"&#{ord(c)};" for c in visible(text))


def paragraph(template: str, *parts: str) -> Markup:
    """A sentence with its links."""
    return html(f"<p>{template}</p>", *parts)


def several(parts: Sequence[str], most: int, glue: str = ", ") -> Markup:
    """The first of some parts, and how many more there are."""
    hidden = len(parts) - most
    shown = join(parts[:most], glue)
    return html("{} and {} more", shown, str(hidden)) if hidden > 0 else shown


def plural(count: int, one: str, many: str = "") -> str:
    """The number with its word."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def _safe(part: str) -> str:
    return part if isinstance(part, Markup) else escape(part)
