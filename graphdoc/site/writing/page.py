"""One generated page, and the order that all of them keep: title, sentence, strip, blocks."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from enum import Enum
from functools import cache

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from graphdoc.model.dataclass import dataclass
from graphdoc.site.writing.markup import join, markdown
from graphdoc.site.writing.text import escape

__all__ = [
    "Block", "Page", "SearchRank", "compose", "environment", "fill_slots", "numbered", "slot",
]  # fmt: skip

_SLOT = re.compile(r'<div class="gd-slot" data-gd="([^"]+)"></div>')


class SearchRank(Enum):
    """How far up the search shows a page: what readers look for comes before lists of it."""

    SUBJECT = 2
    # Long names weigh little by the word: their whole name is found, and a page of it goes before.
    NAMED_ROW = 1.5
    ENTITY = 1
    GUIDE = 0.85
    LIST = 0.3


@dataclass(frozen=True, slots=True)
class Block:
    """One part of a page; without a title it belongs to what stands above it.

    ``aside`` follows the title in small letters, for readers and for the search.
    """

    title: str
    id: str
    body: Markup
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as Markdown; ``figures`` go in where their slots are, once Markdown is HTML.

    ``edit`` is the address where a reader may change what the page tells about; ``rows`` are the
    places of things that have no page but a row here, each with its name.
    """

    path: str
    title: str
    markdown: str
    figures: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    edit: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)


def compose(
    title: str,
    sentence: str,
    strip: Iterable[str],
    blocks: Iterable[Block | None],
    *,
    rank: SearchRank = SearchRank.ENTITY,
) -> str:
    """The Markdown of a page; a block that is absent leaves no trace."""
    return (
        environment()
        .get_template("page.md.j2")
        .render(
            title=escape(title),
            boost=rank.value,
            heading=Markup(markdown(title)),
            sentence=sentence,
            description=escape(Markup.escape(sentence).striptags()),
            strip=join(strip, " "),
            blocks=[block for block in blocks if block is not None and block.body],
        )
    )


def fill_slots(text: str, figures: Mapping[str, str]) -> str:
    """The text with each figure where its slot is."""
    return _SLOT.sub(lambda found: figures.get(found[1], ""), text)


def numbered(*blocks: Block) -> Iterator[Block]:
    """The steps that there is something to do in, with their numbers."""
    there = (block for block in blocks if block.body)
    for number, block in enumerate(there, start=1):
        yield replace(block, title=f"{number}. {block.title}")


def slot(figure_id: str) -> Markup:
    """Where a figure goes, for :func:`fill_slots`."""
    return Markup('<div class="gd-slot" data-gd="{}"></div>').format(figure_id)


@cache
def environment() -> Environment:
    """What templates are filled with, everything escaped that is no markup."""
    found = Environment(
        loader=PackageLoader("graphdoc.site"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    found.filters["heading"] = lambda text: Markup(markdown(text))
    return found
