"""A list that is too long for one page, and goes on on further ones."""

from collections.abc import Iterator, Sequence

from graphdoc.model.dataclass import dataclass
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.writing.markup import Markup, chip, html

__all__ = ["Part"]


@dataclass(frozen=True, slots=True)
class Part:
    """One of several pages, by its place among them; each has some of the names, in order.

    ``first`` is the page of the first part where it is no index.
    """

    number: int
    names: Sequence[Sequence[str]]
    first: str = ""

    def path(self, folder: str) -> str:
        """The page of this part: ``hosts/index.md``, ``hosts/2.md``."""
        return self._path(folder, self.number)

    def title(self, title: str) -> str:
        """The title, with the part where there are several."""
        return f"{title}, part {self.number + 1}" if self.number else title

    def sentence(self, sentence: str) -> str:
        """What is said of the page; that it is a part, too."""
        if len(self.names) < 2:  # noqa: PLR2004 -- the whole
            return sentence
        return f"{sentence[:-1]}; part {self.number + 1} of {len(self.names)}."

    def strip(self, scope: Scope, folder: str) -> Iterator[Markup]:
        """The other parts by their first and last names."""
        for number, names in enumerate(self.names if len(self.names) > 1 else ()):
            said = f"{names[0]} to {names[-1]}"
            here = html("<b>{}</b>", said)
            path = self._path(folder, number)
            yield chip(here if number == self.number else scope.page(said, path))

    def _path(self, folder: str, number: int) -> str:
        index = self.first or f"{folder.partition('/')[0]}/index.md"
        return f"{folder}/{number + 1}.md" if number else index
