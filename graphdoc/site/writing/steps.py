"""What runbooks are made of beside tables: steps, lists and commands to copy."""

from collections.abc import Iterable

from graphdoc.site.writing.markup import Markup, html, join

__all__ = ["bullets", "command", "steps"]


def steps(items: Iterable[str]) -> Markup:
    """What to do, one after another."""
    return html("<ol>{}</ol>", _items(items))


def bullets(items: Iterable[str]) -> Markup:
    """What belongs together, in no order."""
    return html("<ul>{}</ul>", _items(items))


def command(*lines: str) -> Markup:
    """Lines for a shell."""
    return html('<pre class="gd-command"><code>{}</code></pre>', join(lines, Markup("\n")))


def _items(items: Iterable[str]) -> Markup:
    return join((html("<li>{}</li>", item) for item in items), "\n")
