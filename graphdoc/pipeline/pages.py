"""The generated pages as files, for a site generator of the reader's own."""

import re
from collections.abc import Mapping

from graphdoc.site.generate import generate_site, site_assets
from graphdoc.site.icons import sprite
from graphdoc.site.input import SiteInput
from graphdoc.site.page import Page

__all__ = ["page_files"]

_SLOT = re.compile(r'<div class="gd-slot" data-gd="([^"]+)"></div>')
_ICON = re.compile(r'href="#gi-([a-z]+)"')


def page_files(given: SiteInput) -> Mapping[str, bytes]:
    """Markdown with its figures in place, the pictures, and the styles and script for both."""
    site = generate_site(given)
    texts = {page.path: _filled(page) for page in site.pages.values()} | dict(site.drawings)
    return {path: text.encode() for path, text in texts.items()} | dict(site_assets())


def _filled(page: Page) -> str:
    """The page with its figures, and at its end the icons that they refer to."""
    text = _SLOT.sub(lambda found: page.figures.get(found[1], ""), page.markdown)
    icons = _ICON.findall(text)
    return f"{text.rstrip()}\n\n{sprite(icons)}\n" if icons else text
