"""Where do I change…: every setting of every Application, with the line that sets it."""

from collections.abc import Iterator, Mapping

from graphdoc.site.atlas import Atlas
from graphdoc.site.markup import html, plural
from graphdoc.site.page import Block, Page, SearchRank, compose
from graphdoc.site.scope import Scope
from graphdoc.site.settings import Change, change_rows, changes_of
from graphdoc.site.tables import Row, filtered

__all__ = ["where_pages"]

_HEAD = ("What", "Application", "Cluster", "Value now", "Change it here")
_TITLE = "Where do I change…"
_SENTENCE = "Every value that one changes often, with the file and the line that set it today."
# One page that a filter searches whole is worth more than a small one, up to some 250 KB.
_ROWS = 400


def where_pages(atlas: Atlas) -> Iterator[Page]:
    """One table where it fits on a page, else one for each group of Applications."""
    changes = [change for nodes in atlas.by_name.values() for change in changes_of(atlas, nodes)]
    if len(changes) <= _ROWS:
        yield _page(atlas, "where.md", _TITLE, changes)
        return
    parts = _parts(changes)
    rows = (_part_row(Scope(atlas, "where.md"), path, found) for path, found in parts.items())
    listed = Block(
        "",
        "parts",
        filtered(("Applications", "Settings"), rows, id_="parts", label="Filter Applications"),
    )
    yield Page("where.md", _TITLE, compose(_TITLE, _SENTENCE, (), (listed,), rank=SearchRank.LIST))
    for path, found in parts.items():
        first, last = found[0].application, found[-1].application
        yield _page(
            atlas,
            path,
            f"{_TITLE} {first} to {last}" if first != last else f"{_TITLE} {first}",
            found,
        )


def _page(atlas: Atlas, path: str, title: str, changes: list[Change]) -> Page:
    rows = change_rows(Scope(atlas, path), changes)
    found = filtered(
        _HEAD, rows, id_="changes", label="Filter, such as: name prod tag", css="cards gd-where"
    )
    body = found or html("<p>{}</p>", "No Application could be resolved.")
    return Page(
        path,
        title,
        compose(title, _SENTENCE, (), (Block("", "changes", body),), rank=SearchRank.LIST),
    )


def _parts(changes: list[Change]) -> Mapping[str, list[Change]]:
    """The changes in runs that each fit on a page."""
    runs = [changes[start : start + _ROWS] for start in range(0, len(changes), _ROWS)]
    return {f"where/{number}.md": run for number, run in enumerate(runs, start=1)}


def _part_row(scope: Scope, path: str, changes: list[Change]) -> Row:
    names = list(dict.fromkeys(change.application for change in changes))
    clusters = {cluster for change in changes for cluster in change.clusters}
    words = (*names, *sorted(clusters), *sorted({change.setting.what for change in changes}))
    title = f"{names[0]} to {names[-1]}" if len(names) > 1 else names[0]
    return Row((scope.page(title, path), plural(len(changes), "setting")), words=" ".join(words))
