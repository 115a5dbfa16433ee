"""Tables taken out of Markdown before it is parsed, and put back after.

Python-Markdown and the search plugin read HTML slowly, and tables are most of a page. Those that
the search leaves out go back only into the finished page.
"""

import re

from graphdoc.model.dataclass import dataclass

__all__ = ["Cut", "cut_tables"]

_TABLE = re.compile(r'<div class="gd-scroll"( data-search-exclude)?>.*?</table></div>', re.DOTALL)
_GAP = re.compile(r'<div class="gd-gap" data-gd="(\d+)"></div>')


@dataclass(frozen=True, slots=True)
class Cut:
    """The Markdown of a page with gaps, and what belongs in them."""

    markdown: str
    tables: tuple[str, ...]
    quiet: frozenset[int]

    def with_searched(self, html: str) -> str:
        """The HTML with every table that the search may read."""
        return _GAP.sub(lambda gap: gap[0] if int(gap[1]) in self.quiet else self._fill(gap), html)

    def with_all(self, html: str) -> str:
        """The HTML with every table."""
        return _GAP.sub(self._fill, html)

    def _fill(self, gap: re.Match[str]) -> str:
        place = int(gap[1])
        return self.tables[place] if place < len(self.tables) else ""


def cut_tables(markdown: str) -> Cut:
    """The page without its tables."""
    found = list(_TABLE.finditer(markdown))
    parts, end = [], 0
    for place, table in enumerate(found):
        parts += [markdown[end : table.start()], f'<div class="gd-gap" data-gd="{place}"></div>']
        end = table.end()
    quiet = frozenset(place for place, table in enumerate(found) if table[1])
    return Cut("".join([*parts, markdown[end:]]), tuple(table[0] for table in found), quiet)
