"""The entries of the theme's search that it does not make itself, and those it has to forget."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mkdocs.config.defaults import MkDocsConfig

from graphdoc.site.writing.page import Page, SearchRank

__all__ = ["add_entries", "forget_entries", "lighten_index"]

# A browser reads so much without a wait. Over it, these sections are left out, one title after
# another: they say of each Application what has pages of its own.
_MOST = 3_000_000
_SPARED = ("If it goes from Git", "Uses", "History", "Used by", "Per cluster")


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


def lighten_index(config: MkDocsConfig, most: int = _MOST) -> None:
    """Leave sections out of an index that is too heavy, as many as it takes."""
    for index in _indexes(config, "search_index"):
        for title in _SPARED:
            if len(json.dumps(index.entries)) <= most:
                break
            index.entries = [e for e in index.entries if not _is_spared(e, title)]


def _is_spared(entry: Mapping[str, str], title: str) -> bool:
    return entry["title"] == title and entry["location"].startswith("apps/")


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
