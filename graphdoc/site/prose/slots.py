"""Handwritten parts of generated pages: which page and place each belongs to."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from graphdoc.model.mistake import nearest
from graphdoc.site.generate import Site
from graphdoc.site.prose.identities import UnknownNameError, page_of

__all__ = ["FOLDER", "Slot", "insert", "slot_of"]

FOLDER = "_slots/"
_HEADING = re.compile(r"^## (?>.+? \{ #\S).*\}$", re.MULTILINE)
_HEAD = re.compile(
    r'<p class="gd-lead">.*?</p>\n(?:\n<div class="gd-prov">.*?</div>\n)?', re.DOTALL
)
_STEP = re.compile(r"step-([1-9][0-9]?)")
_NAMES = ("intro", "before-steps", "step-1", "notes", "after")
_ORDER = {"notes": 0, "after": 1}


class Slot(NamedTuple):
    """A place in a page."""

    page: str
    name: str


def slot_of(site: Site, path: str) -> Slot:
    """The place that ``_slots/<kind>/<name>/<slot>.md`` means.

    Raises:
        UnknownNameError: there is no such page, or no such place in it.
    """
    parts = path.removeprefix(FOLDER).removesuffix(".md").split("/")
    if len(parts) < 3:  # noqa: PLR2004 -- kind, name, slot
        raise UnknownNameError("a slot is called _slots/<kind>/<name>/<slot>.md")
    kind, name, slot = parts[0], "/".join(parts[1:-1]), parts[-1]
    if slot not in _NAMES and not _STEP.fullmatch(slot):
        raise UnknownNameError(f"no slot '{slot}'{nearest(slot, _NAMES)}")
    page = _page(site, kind, name)
    step = _STEP.fullmatch(slot)
    count = len(_HEADING.findall(site.pages[page].markdown))
    if step and int(step[1]) > count:
        raise UnknownNameError(f"{page} has {count} steps, and no {slot}")
    return Slot(page, slot)


def insert(markdown: str, texts: Mapping[str, str]) -> str:
    """The page with the handwritten parts in their places."""
    places = [(_place(markdown, name), _ORDER.get(name, 0), text) for name, text in texts.items()]
    for place, _, text in sorted(places, reverse=True):
        markdown = f"{markdown[:place]}\n\n{text}\n\n{markdown[place:]}"
    return markdown


def _page(site: Site, kind: str, name: str) -> str:
    """A page by what it is about, or by its own address."""
    prefix = {"page": "", "runbook": "runbooks/"}.get(kind)
    if prefix is None:
        return page_of(site.atlas, kind, name).partition("#")[0]
    path = f"{prefix}{name}.md"
    if path not in site.pages:
        known = [
            p.removeprefix(prefix).removesuffix(".md") for p in site.pages if p.startswith(prefix)
        ]
        raise UnknownNameError(f"no {kind} '{name}'{nearest(name, known)}")
    return path


def _place(markdown: str, name: str) -> int:
    headings = [found.start() for found in _HEADING.finditer(markdown)]
    ends = [*headings, len(markdown)]
    step = _STEP.fullmatch(name)
    if step:
        return ends[int(step[1])]
    if name == "before-steps":
        return ends[0]
    head = _HEAD.search(markdown)
    return head.end() if name == "intro" and head else len(markdown)
