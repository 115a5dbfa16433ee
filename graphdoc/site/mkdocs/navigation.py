"""The navigation, and what only the indexes lead to because it would be too much there."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from graphdoc.model.grouping import grouped
from graphdoc.site.generate import Site
from graphdoc.site.pages.runbooks.index import RUNBOOKS
from graphdoc.site.writing.text import escape

__all__ = ["navigation"]

_NavEntry: TypeAlias = "str | dict[str, str | list[_NavEntry]]"

# What only its index and other pages lead to: there are as many as there are files.
_UNLISTED = frozenset({"values"})
# A section lists its pages up to this many: each page of the site carries the whole navigation.
_MOST = 40
_PLATFORM = (
    "waves",
    "policies",
    "hosts",
    "charts",
    "values",
    "images",
    "namespaces",
    "projects",
    "repos",
    "secrets",
)


def navigation(site: Site, written: Mapping[str, str]) -> list[_NavEntry]:
    """The tabs and what is below them; ``written`` maps handwritten pages to their sections."""
    sections: dict[str, list[_NavEntry]] = {
        "Start": ["index.md", "day-1.md", "where.md", "explorer.md", "glossary.md"],
        "Clusters": _section(
            "clusters", [site.atlas.cluster_page(n.name) for n in site.atlas.clusters]
        ),
        "Applications": _applications(site),
        "Platform": list(_platform(site)),
        "Health": ["findings/index.md", "drift.md", "changes.md", "coverage.md"],
        "Runbooks": _section("runbooks", list(_runbooks(site))),
        "About": [path for path in site.pages if path.startswith("about/")],
    }
    known = {*site.pages, *written}
    sections = {title: _present(entries, known) for title, entries in sections.items()}
    placed = {entry for section in sections.values() for entry in section if isinstance(entry, str)}
    for (section, folder), paths in _by_place(written, placed).items():
        below: list[_NavEntry] = [{_titled(folder): [*paths]}] if folder else [*paths]
        sections.setdefault(section, []).extend(below)
    return [{title: _named(entries, site)} for title, entries in sections.items() if entries]


def _by_place(
    written: Mapping[str, str], placed: set[str]
) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Handwritten pages by their section and folder; the index of a folder comes first."""
    return grouped(
        ((section, path.rpartition("/")[0]), path)
        for path, section in sorted(written.items(), key=lambda item: _reading_order(item[0]))
        if section and path not in placed
    )


def _reading_order(path: str) -> tuple[str, bool, str]:
    folder, _, name = path.rpartition("/")
    return folder, name != "index.md", name


def _titled(folder: str) -> str:
    name = folder.rpartition("/")[2].replace("-", " ").replace("_", " ")
    return f"{name[:1].upper()}{name[1:]}"


def _named(entries: Sequence[_NavEntry], site: Site) -> list[_NavEntry]:
    """The entries with the titles of generated pages, so that none must be read for its title.

    The theme puts them into its HTML as they are.
    """
    found: list[_NavEntry] = []
    for entry in entries:
        if isinstance(entry, str):
            page = site.pages.get(entry)
            found.append({escape(page.title): entry} if page else entry)
        else:
            found.append({escape(title): _below(below, site) for title, below in entry.items()})
    return found


def _below(below: "str | list[_NavEntry]", site: Site) -> "str | list[_NavEntry]":
    return below if isinstance(below, str) else _named(below, site)


def _present(entries: Sequence[_NavEntry], known: set[str]) -> list[_NavEntry]:
    """The entries without the pages that are left out."""
    found: list[_NavEntry] = []
    for entry in entries:
        if isinstance(entry, str):
            found += [entry] if entry in known else []
        else:
            for title, below in entry.items():
                inner = _present([below] if isinstance(below, str) else below, known)
                found += [{title: inner}] if inner else []
    return found


def _section(folder: str, paths: Sequence[str]) -> list[_NavEntry]:
    index: list[_NavEntry] = [f"{folder}/index.md"]
    return index + list(paths) if len(paths) <= _MOST else index


def _applications(site: Site) -> list[_NavEntry]:
    if len(site.atlas.by_name) > _MOST:
        return ["apps/index.md"]
    groups: list[_NavEntry] = [
        {group: [site.atlas.application_page(name) for name in site.atlas.members(group)]}
        for group in site.atlas.order()
    ]
    return ["apps/index.md", *groups]


def _platform(site: Site) -> Iterator[_NavEntry]:
    for folder in _PLATFORM:
        below = [
            path
            for path in site.pages
            if path.startswith(f"{folder}/")
            and path != f"{folder}/index.md"
            and (folder != "repos" or path.count("/") == 1)
        ]
        index = f"{folder}/index.md"
        if index in site.pages:
            is_listed = 0 < len(below) <= _MOST and folder not in _UNLISTED
            yield {site.pages[index].title: [index, *below]} if is_listed else index


def _runbooks(site: Site) -> Iterator[str]:
    """Those that stand once in the order of their list, then one for each cluster."""
    yield from (path for path in RUNBOOKS if path in site.pages)
    yield from (site.atlas.rebuild_page(node.name) for node in site.atlas.clusters)
