"""The team's own pages and parts of pages, ready for MkDocs."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import field, replace

from graphdoc.model.commit import Commit
from graphdoc.model.dataclass import dataclass
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.generate import Site
from graphdoc.site.pages.history import day
from graphdoc.site.prose.fill import Filled, ProseError, fill
from graphdoc.site.prose.identities import UnknownNameError
from graphdoc.site.prose.reviews import review_note
from graphdoc.site.prose.slots import Slot, insert, slot_of
from graphdoc.site.writing.markup import NOTHING, Markup, html
from graphdoc.site.writing.page import Page

__all__ = ["Document", "ProseError", "fill_document", "with_slots"]


@dataclass(frozen=True, slots=True)
class Document:
    """A handwritten file: its path below the pages, its front matter, and the text after it.

    ``first`` is the line of the file in which the text starts, ``place`` its path in its own
    repository, where that is known.
    """

    path: str
    text: str
    facts: Mapping[str, object] = field(default_factory=dict)
    first: int = 1
    place: str = ""


def fill_document(site: Site, document: Document) -> Filled:
    """A page of the team's own, with all that it names."""
    scope = Scope(site.atlas, document.path)
    filled = _filled(document, scope)
    note = _review(document, scope)
    filled.markdown = f"{filled.markdown}\n\n{note}\n" if note else filled.markdown
    return filled


def with_slots(site: Site, documents: Mapping[str, Document]) -> Site:
    """The site with the team's parts in the pages that they belong to.

    Raises:
        ProseError: a part belongs nowhere, or names something that does not exist.
    """
    texts: dict[str, dict[str, str]] = defaultdict(dict)
    pages = dict(site.pages)
    for _, document in sorted(documents.items()):
        slot = _slot(site, document)
        scope = Scope(site.atlas, slot.page)
        filled = _filled(document, scope)
        texts[slot.page][slot.name] = _block(site, document, filled, _review(document, scope))
        pages[slot.page] = _with_pictures(pages[slot.page], filled)
    for path, parts in texts.items():
        pages[path] = replace(pages[path], markdown=insert(pages[path].markdown, parts))
    return replace(site, pages=pages)


def _filled(document: Document, scope: Scope) -> Filled:
    try:
        return fill(document.text, scope)
    except ProseError as error:
        place = f"{document.path}:{document.first + error.line - 1}"
        raise ProseError(error.line, f"{place}: {error}") from error


def _slot(site: Site, document: Document) -> Slot:
    try:
        return slot_of(site, document.path)
    except UnknownNameError as error:
        raise ProseError(1, f"{document.path}: {error}") from error


def _review(document: Document, scope: Scope) -> Markup:
    covers, reviewed = document.facts.get("covers"), document.facts.get("reviewed")
    paths = [str(path) for path in covers] if isinstance(covers, list) else []
    try:
        return review_note(scope, paths, str(reviewed or ""))
    except UnknownNameError as error:
        raise ProseError(1, f"{document.path}: {error}") from error


def _block(site: Site, document: Document, filled: Filled, note: Markup) -> str:
    commit = _last_commit(site, document.place)
    by = html(", {}, {}", commit.author, day(commit.time)) if commit else NOTHING
    return (
        f'<div class="gd-written" markdown="block">\n\n{filled.markdown.strip()}\n\n'
        f'{note}\n<p class="gd-by">Written by the team{by}</p>\n</div>'
    )


def _last_commit(site: Site, place: str) -> Commit | None:
    history = site.atlas.site.own.history if place else ()
    return next((commit for commit in history if place in commit.files), None)


def _with_pictures(page: Page, filled: Filled) -> Page:
    figures = {**page.figures, **filled.figures}
    return replace(page, figures=figures, files={**page.files, **filled.files})
