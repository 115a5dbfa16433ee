"""Where do I change…: every setting of every Application, with the line that sets it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from graphdoc.model.grouping import grouped
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.pages.settings import Change, change_rows, changes_of
from graphdoc.site.writing.markup import paragraph, plural
from graphdoc.site.writing.page import Block, Page, SearchRank
from graphdoc.site.writing.tables import Filter, Row, filtered, row, row_weight

__all__ = ["where_pages"]

_HEAD = ("What", "Application", "Cluster", "Value now", "Change it here")
_TITLE = "Where do I change…"
_SENTENCE = "Every value that one changes often, with the file and the line that set it today."
# One page that a filter searches whole is worth more than many, within what a page may weigh.
_BYTES = 112_000
# So many Applications are listed by name, else the runs of them.
_NAMES = 400


def where_pages(atlas: Atlas) -> Iterator[Page]:
    """One table where it fits on a page, else one for each run of Applications."""
    changes = [change for nodes in atlas.by_name.values() for change in changes_of(atlas, nodes)]
    runs = _runs(Scope(atlas, "where/1.md"), changes)
    if len(runs) < 2:  # noqa: PLR2004 -- all on one page
        yield _page(atlas, "where.md", _TITLE, changes)
        return
    parts = {f"where/{number}.md": run for number, run in enumerate(runs, start=1)}
    yield _index(atlas, parts)
    for path, found in parts.items():
        first, last = found[0].application, found[-1].application
        names = f"{first} to {last}" if first != last else first
        yield _page(atlas, path, f"{_TITLE} {names}", found)


def _index(atlas: Atlas, parts: Mapping[str, list[Change]]) -> Page:
    scope = Scope(atlas, "where.md")
    rows = list(_name_rows(scope, parts))
    if len(rows) > _NAMES:
        rows = [_part_row(scope, path, found) for path, found in parts.items()]
    listed = filtered(
        ("Application", "Settings"), rows, Filter("parts", "Filter, such as: name prod tag")
    )
    blocks = (Block("", "parts", listed),)
    return scope.compose(_TITLE, _SENTENCE, (), blocks, SearchRank.LIST)


def _page(atlas: Atlas, path: str, title: str, changes: list[Change]) -> Page:
    scope = Scope(atlas, path)
    rows, css = change_rows(scope, changes), "cards" if _has_labels(atlas) else "cards gd-where"
    label = "Filter, such as: name prod tag"
    found = filtered(_HEAD, rows, Filter("changes", label, css), weight=_BYTES)
    body = found or paragraph("No Application could be resolved.")
    return scope.compose(title, _SENTENCE, (), (Block("", "changes", body),), SearchRank.LIST)


def _has_labels(atlas: Atlas) -> bool:
    """Whether each cell has its own label: those of the styles are the labels of all columns."""
    return len(atlas.clusters) == 1


def _runs(scope: Scope, changes: list[Change]) -> list[list[Change]]:
    """The changes in runs that each fit on a page, an Application that fits on one undivided."""
    labels = _HEAD if _has_labels(scope.atlas) else ()
    weighed = [
        (change, row_weight(shown, labels))
        for change, shown in zip(changes, change_rows(scope, changes), strict=True)
    ]
    whole = Counter[str]()
    for change, own in weighed:
        whole[change.application] += own
    runs: list[list[Change]] = []
    weight, name = _BYTES, ""
    for change, own in weighed:
        is_next = change.application != name
        name = change.application
        needed = whole[name] if is_next and whole[name] <= _BYTES else own
        if weight + needed > _BYTES:
            runs.append([])
            weight = 0
        weight += own
        runs[-1].append(change)
    return runs


def _name_rows(scope: Scope, parts: Mapping[str, list[Change]]) -> Iterator[Row]:
    """An Application each, which leads to its rows in the part that has them."""
    found = grouped(
        ((change.application, path), change) for path, found in parts.items() for change in found
    )
    for (name, path), changes in found.items():
        linked = scope.page(name, f"{path}?changes={quote(name)}")
        yield row(linked, plural(len(changes), "setting"), words=_words(changes))


def _part_row(scope: Scope, path: str, changes: list[Change]) -> Row:
    names = list(dict.fromkeys(change.application for change in changes))
    title = f"{names[0]} to {names[-1]}" if len(names) > 1 else names[0]
    words = " ".join((*names, _words(changes)))
    return row(scope.page(title, path), plural(len(changes), "setting"), words=words)


def _words(changes: Iterable[Change]) -> str:
    clusters = {cluster for change in changes for cluster in change.clusters}
    return " ".join((*sorted(clusters), *sorted({change.setting.what for change in changes})))
