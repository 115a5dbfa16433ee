"""Where pages stand that the navigation leaves out: below their list, so that a reader sees where.

The theme shows the tab, the list beside the page and the path above it by a page's ``parent``.
"""

from collections.abc import Iterator, Mapping

from mkdocs.structure.files import Files
from mkdocs.structure.nav import Navigation, Section
from mkdocs.structure.pages import Page

__all__ = ["name_indexes", "stand_below_lists"]


def stand_below_lists(files: Files, groups: Mapping[str, str]) -> None:
    """Put each page without a place below its list, and an Application below its group."""
    pages = {f.src_uri: f.page for f in files.documentation_pages() if isinstance(f.page, Page)}
    sections: dict[tuple[str, str], Section] = {}
    for path, page in pages.items():
        listed = next((pages[name] for name in _lists(path) if name in pages), None)
        if page.parent is None and listed is not None and listed.parent is not None:
            title = groups.get(path) or _own_title(listed)
            key = (listed.file.src_uri, title)
            page.parent = sections.setdefault(key, _below(listed, title))


def name_indexes(nav: Navigation) -> None:
    """Let a section list every index in it, where the theme would take the first for its own."""
    for section in nav.items:
        children = [c for c in section.children or () if isinstance(c, Page)]
        folders = {child.file.src_uri.rpartition("/")[0] for child in children}
        for child in children if len(folders) > 1 else ():
            # MkDocs makes the address of the name, when somebody first asks for it.
            child.file.dest_uri = child.file.dest_uri
            child.file.name = child.file.src_uri


def _lists(path: str) -> Iterator[str]:
    """What may list a page, the nearest first."""
    folder = path.rpartition("/")[0]
    while folder:
        yield from (f"{folder}/index.md", f"{folder}.md")
        folder = folder.rpartition("/")[0]


def _own_title(listed: Page) -> str:
    return "" if listed.is_index and listed.parent is not None else str(listed.title)


def _below(listed: Page, title: str) -> Section:
    """A part of the list's section that leads to the list, or that section itself."""
    assert listed.parent is not None  # who calls has looked
    if not title:
        return listed.parent
    below = Section(title, [listed])
    below.parent = listed.parent
    return below
