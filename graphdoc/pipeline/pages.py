"""The generated pages as files, for a site generator of the reader's own."""

from collections.abc import Mapping
from pathlib import Path

from graphdoc.site.atlas.input import SiteInput
from graphdoc.site.generate import generate_site, site_assets
from graphdoc.site.prose.handwritten import Document, with_slots
from graphdoc.site.prose.reading import read_document
from graphdoc.site.prose.slots import FOLDER
from graphdoc.site.writing.icons import sprite_for
from graphdoc.site.writing.page import Page, fill_slots

__all__ = ["page_files"]


def page_files(given: SiteInput, documents: Path | None = None) -> Mapping[str, bytes]:
    """Markdown with its figures in place, the pictures, and the styles and script for both.

    The slots below ``documents``, the folder of the team's own text, are put into their pages.

    Raises:
        ProseError: a slot belongs nowhere, or names something that does not exist.
    """
    site = generate_site(given)
    if documents is not None:
        site = with_slots(site, _slots(documents, given.own.root))
    texts = {page.path: _filled(page) for page in site.pages.values()} | dict(site.drawings)
    return {path: text.encode() for path, text in texts.items()} | dict(site_assets())


def _slots(folder: Path, root: str) -> Mapping[str, Document]:
    files = sorted((folder / FOLDER).rglob("*.md"))
    named = ((file, file.relative_to(folder).as_posix()) for file in files)
    return {
        path: read_document(path, file.read_text("utf-8-sig"), str(file), root)
        for file, path in named
    }


def _filled(page: Page) -> str:
    """The page with its figures, and at its end the icons that they refer to."""
    text = fill_slots(page.markdown, page.figures)
    icons = sprite_for(text)
    return f"{text.rstrip()}\n\n{icons}\n" if icons else text
