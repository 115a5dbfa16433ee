"""Built pages as data: their tables, the strip of facts, and the places that they name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

__all__ = ["Cell", "PageText", "Place", "read_page", "repository_place"]

Place = tuple[str, str, int]
_PLACE = re.compile(r"(?P<repository>\S+) (?P<path>.+):(?P<line>\d+)")
_PROSE = frozenset({"p", "h2", "h3", "summary", "figcaption", "header"})
_VOID = frozenset({"br", "wbr", "img", "input", "link", "meta", "hr", "use", "rect", "path"})


@dataclass
class Cell:
    """The text of a cell, the places in it, the addresses it links, and its words on hovering."""

    text: str = ""
    places: list[Place] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)


@dataclass
class PageText:
    """A page: its lead, chips, tables and items of lists; a row of a table maps heads to cells.

    ``prose`` is each paragraph, title, caption and item of a list outside of tables, as one line.
    """

    lead: str = ""
    chips: list[str] = field(default_factory=list)
    tables: list[list[dict[str, Cell]]] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    items: list[Cell] = field(default_factory=list)
    prose: list[str] = field(default_factory=list)

    def rows(self, *heads: str) -> Iterator[dict[str, Cell]]:
        """The rows of every table that has these columns."""
        for table in self.tables:
            yield from (row for row in table if set(heads) <= set(row))


def repository_place(text: str) -> Place | None:
    """``launchpad apps/base/x.yaml:3`` as repository, path and line."""
    found = _PLACE.fullmatch(" ".join(text.split()))
    return (found["repository"], found["path"], int(found["line"])) if found else None


@cache
def read_page(file: Path) -> PageText:
    """One built page."""
    reader = _Reader()
    reader.feed(file.read_text("utf-8"))
    return reader.page


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = PageText()
        self._open: list[str] = []  # the css of every open element, by what it is read as
        self._heads: list[str] = []
        self._row: list[Cell] = []
        self._texts: dict[str, str] = {}
        self._title = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {key: value or "" for key, value in attrs}
        if tag in _VOID:
            self._text(" " if tag == "br" else "")
            return
        css = facts.get("class", "").split()
        role = tag if tag in {"table", "th", "tr", "td", "li"} else ""
        role = "td" if facts.get("scope") == "row" else role
        role = "prose" if tag in _PROSE and "md-path__item" not in css else role
        for name in ("src", "gd-chip", "gd-lead"):
            role = name if name in css else role
        self._open.append(f"{tag}|{role}")
        if role in {"src", "gd-chip", "gd-lead", "th", "td", "li", "prose"}:
            self._texts[role] = ""
        self._begin(role, facts)
        if tag == "a" and facts.get("href") and self._inside("td"):
            self._row[-1].links.append(facts["href"])
        if "gd-nowrap" in css and facts.get("title") and self._inside("td"):
            self._row[-1].titles.append(facts["title"])

    def _begin(self, role: str, facts: dict[str, str]) -> None:
        match role:
            case "src":
                self._title = facts.get("title", "")
            case "table":
                self._heads = []
                self.page.tables.append([])
            case "tr":
                self._row = []
            case "td":
                self._row.append(Cell())
            case "li":
                self.page.items.append(Cell())
            case _:
                pass

    def handle_endtag(self, tag: str) -> None:
        while self._open and tag not in _VOID:
            name, _, role = self._open.pop().partition("|")
            self._close(role)
            self._end_of_prose(role)
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        self._text(data)

    def _inside(self, role: str) -> bool:
        return any(entry.endswith(f"|{role}") for entry in self._open)

    def _text(self, data: str) -> None:
        for role in self._texts:
            if self._inside(role):
                self._texts[role] += data

    def _close(self, role: str) -> None:
        text = " ".join(self._texts.get(role, "").split())
        match role:
            case "th" if any(entry.startswith("thead|") for entry in self._open):
                self._heads.append(text)
            case "td" | "li":
                cells = self._row if role == "td" else self.page.items
                cells[-1].text = text
            case "tr" if self._row and self.page.tables:
                if len(self._row) == len(self._heads):
                    self.page.tables[-1].append(dict(zip(self._heads, self._row, strict=True)))
            case "gd-chip":
                self.page.chips.append(text)
            case "gd-lead":
                self.page.lead = text
            case "src":
                self._place(repository_place(self._title or text) or repository_place(text))
            case _:
                pass

    def _end_of_prose(self, role: str) -> None:
        if role in {"prose", "li"} and "article|" in self._open and not self._inside("td"):
            self.page.prose.append(" ".join(self._texts[role].split()))

    def _place(self, place: Place | None) -> None:
        if place is None:
            return
        self.page.places.append(place)
        if self._inside("td"):
            self._row[-1].places.append(place)
        if self._inside("li"):
            self.page.items[-1].places.append(place)
