"""Commits as pages show them: when, what, by whom, and which Applications they touched."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from graphdoc.graph.repo_graph import GraphNode
from graphdoc.model.commit import Commit
from graphdoc.model.inert import inert
from graphdoc.model.redact import hide_secrets, without_credentials
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.writing.markup import (
    DASH,
    NOTHING,
    Markup,
    breakable,
    html,
    link,
    paragraph,
    several,
)
from graphdoc.site.writing.tables import Row, row, table
from graphdoc.site.writing.text import shortened

__all__ = ["commit_rows", "day", "history_of", "touched"]

_SHOWN = 10
_NAMED = 6
_LONGEST = 100


def history_of(scope: Scope, nodes: Iterable[GraphNode]) -> Markup:
    """The last commits that touched the files of some Applications."""
    if not scope.atlas.site.history:
        return NOTHING
    found = scope.atlas.commits_of(nodes)
    if not found:
        return paragraph("None of the newest commits touched its files.")
    rows = (row(day(c.time), _what(c), c.author, _commit(scope, c)) for c in found[:_SHOWN])
    undo = scope.page("Roll back", "runbooks/roll-back.md")
    return table(("Day", "What", "Who", "Commit"), rows) + paragraph("To undo one: {}.", undo)


def commit_rows(scope: Scope, commits: Sequence[Commit]) -> Iterator[Row]:
    """A row a commit, with the Applications that it touched."""
    for found in commits:
        names = scope.atlas.touched_by(found)
        cells = (day(found.time), _what(found), touched(scope, names), found.author)
        yield row(*cells, _commit(scope, found), words=" ".join(names))


def touched(scope: Scope, names: Sequence[str]) -> Markup:
    """Some Applications by name, the first few linked."""
    return several(list(map(scope.application, names)), _NAMED) or html("{}", DASH)


def day(time: int) -> Markup:
    """A time by its day."""
    said = f"{datetime.fromtimestamp(time, UTC):%Y-%m-%d}"
    return html('<span class="gd-nowrap">{}</span>', said)


def _commit(scope: Scope, found: Commit) -> Markup:
    """A commit by its short id, linked to its Git host; of several repositories with the name."""
    checkout = scope.atlas.checkouts.get(found.repository)
    address = checkout.commit_address(found.id) if checkout else ""
    shown = scope.in_repository(found.repository, found.id[:8])
    return link(shown, address, "src") if address else html('<span class="src">{}</span>', shown)


def _what(found: Commit) -> Markup:
    said = without_credentials(hide_secrets(inert(found.subject)))
    return breakable(shortened(said, _LONGEST))
