"""The entries of the theme's search that it does not make itself, and those it has to forget."""

from collections.abc import Iterator
from typing import Any

from mkdocs.config.defaults import MkDocsConfig

from graphdoc.site.writing.page import Page, SearchRank

__all__ = ["add_entries", "forget_entries"]


def add_entries(config: MkDocsConfig, url: str, page: Page) -> None:
    """Let what has but a row be found by its whole name, as what has a page is by its title."""
    for index in _indexes(config, "search_index"):
        index.entries.extend(
            {
                "location": f"{url}#{place}",
                "title": name,
                "text": page.title,
                "boost": SearchRank.NAMED_ROW.value,
            }
            for place, name in page.rows.items()
        )


def forget_entries(config: MkDocsConfig, rebuilt: frozenset[str]) -> None:
    """Take pages that were built anew out of the search index before: Material expects just one."""
    for before in _indexes(config, "search_index_prev"):
        kept = (e for e in before.entries if e["location"].partition("#")[0] not in rebuilt)
        before.entries = list(kept)


def _indexes(config: MkDocsConfig, which: str) -> Iterator[Any]:
    for name, plugin in config.plugins.items():
        index = getattr(plugin, which, None) if name.endswith("search") else None
        if hasattr(index, "entries"):
            yield index
