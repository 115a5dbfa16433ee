"""The runbook for undoing a change: where its commit is, and what Argo CD does then."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from graphdoc.graph.repo_graph import GraphNode
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.redact import without_credentials
from graphdoc.resolve.applications.revisions import floating_revision_of, revision_span
from graphdoc.resolve.resolved import ResolvedSource
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import is_untold, said_version
from graphdoc.site.atlas.ordering import sync_of
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.pages.history import touched
from graphdoc.site.pages.runbooks.chart import CHART_RUNBOOK
from graphdoc.site.pages.runbooks.lasting import lasting
from graphdoc.site.writing.markup import (
    DASH,
    NOTHING,
    Markup,
    breakable,
    chip,
    code,
    html,
    paragraph,
    plural,
)
from graphdoc.site.writing.page import Block, Page
from graphdoc.site.writing.steps import command, steps
from graphdoc.site.writing.tables import Row, capped, row, table

__all__ = ["ROLL_BACK_RUNBOOK", "roll_back_runbook"]

ROLL_BACK_RUNBOOK = "runbooks/roll-back.md"
_TITLE = "Roll back"
_LINES = 3
_BRANCH = "a branch: revert the commit there"
_COMMIT = re.compile(r"[0-9a-f]{7,40}")
_VERSION = re.compile(r"(?:^|[-/_@])[vV]?\d+\.\d")
_RANGE = re.compile(r"[*<>=^~| ]|\.[xX]\b")


class _Follows(NamedTuple):
    """What some sources take from where, and how one goes back there."""

    thing: str
    revision: str
    how: str
    is_fixed: bool = False


_CHARTS = _Follows("charts", "fixed", "write the version before")


def roll_back_runbook(atlas: Atlas) -> Iterator[Page]:
    """The page; none for an estate without Applications."""
    if not atlas.applications:
        return
    scope = Scope(atlas, ROLL_BACK_RUNBOOK)
    waiting = sum(sync_of(atlas, node) == "by hand" for node in atlas.applications)
    alone = len(atlas.applications) - waiting
    blocks = (
        Block("In this order", "steps", _steps(scope, alone, waiting)),
        Block("Where the commit is", "follows", _followed(scope)),
        Block("What Argo CD then does", "sync", _synced(scope)),
        Block("What does not come back by itself", "lost", lasting(scope)),
    )
    strip = (
        chip(scope.page("the newest commits", "changes.md")),
        *scope.unresolved(atlas.applications),
    )
    yield scope.compose(_TITLE, _sentence(alone, waiting), strip, blocks)


def _sentence(alone: int, waiting: int) -> str:
    found = (
        f"{_counted(alone, 'syncs', 'sync')} without anybody's help" if alone else "",
        f"{_counted(waiting, 'waits', 'wait')} until somebody syncs" if waiting else "",
    )
    return f"How to undo a change: revert its commit. Then {', '.join(filter(None, found))}."


def _counted(count: int, one: str, many: str) -> str:
    return f"{plural(count, 'Application')} {one if count == 1 else many}"


def _steps(scope: Scope, alone: int, waiting: int) -> Markup:
    find = html(
        "Find the commit: {} has the newest, with the Applications that each touched.",
        scope.page("Changes", "changes.md"),
    )
    elsewhere = html("Find the commit that made the change in the history of its repository.")
    revert = html(
        "Revert it in the repository and on the branch that the table below names. Where a line "
        "fixes the version, that is the commit which changed this line.{}",
        command("git revert COMMIT"),
    )
    look = html(
        "Before that is merged, see what Argo CD would change and delete: {}.",
        code("graphdoc diff"),
    )
    sync = "Sync the Applications that wait for it."
    wait = html(
        "Wait until each Application is healthy; see {}.",
        scope.page("in which order they sync", "waves/index.md"),
    )
    first = find if scope.atlas.site.history else elsewhere
    listed = steps([first, revert, look, *([sync] if waiting else []), wait])
    own = "Argo CD's own rollback is refused where an Application syncs by itself: Git is the way."
    return listed + (paragraph(own) if alone else NOTHING)


def _followed(scope: Scope) -> Markup:
    """A row for each revision of a repository; charts of fixed versions have a runbook."""
    atlas = scope.atlas
    branches = {clone.name: clone.branch for clone in atlas.site.estate.clones}
    found = grouped(
        (_follows(source, branches), (node, revision_span(source)))
        for node in atlas.applications
        for source in atlas.sources(node.id)
    )
    rows = (
        _follow_row(scope, follows, found[follows])
        for follows in sorted(found, key=lambda f: (f is _CHARTS, f))
    )
    head = ("From", "Revision", "To go back", "Line", "Applications")
    return capped(head, rows, 40_000, more=scope.page("Repositories", "repos/index.md"))


def _follows(source: ResolvedSource, branches: Mapping[str, str | None]) -> _Follows:
    said, moves = source.source, floating_revision_of(source, branches)
    if said.chart is None:
        thing = source.clone.name if source.clone else without_credentials(said.repo_url)
        revision = said.target_revision or "HEAD"
        if is_untold(thing) or is_untold(revision):
            thing = DASH if is_untold(thing) else thing
            return _Follows(thing, DASH, "the Secret of its cluster says which, and no clone")
        return _Follows(thing, revision, _how(revision, moves), moves is None)
    if moves is None:
        return _CHARTS
    how = "the newest that fits, and no commit says which: write the version before"
    return _Follows(said.chart, moves, how, is_fixed=True)


def _how(revision: str, moves: str | None) -> str:
    if moves == "HEAD":
        return "the default branch: revert the commit there"
    if moves is not None:
        newest = "the newest tag that fits: revert the commit, and set a newer tag"
        return newest if _RANGE.search(moves) else _BRANCH
    if _COMMIT.fullmatch(revision):
        return "one commit: write the one before"
    if _VERSION.search(revision):
        return "a tag: write the one before"
    return f"{_BRANCH}; or a tag: write the one before"


def _follow_row(scope: Scope, follows: _Follows, uses: Sequence[tuple[GraphNode, Span]]) -> Row:
    named = _named(scope, [node for node, _ in uses])
    if follows is _CHARTS:
        lines = scope.page("each with its line", CHART_RUNBOOK)
        return row(*follows[:3], lines, named)
    known = follows.thing in scope.atlas.checkouts
    thing = scope.node(f"repository:{follows.thing}") if known else breakable(follows.thing)
    places = list(dict.fromkeys(span for _, span in uses if span.file.path))
    lines = scope.sources(places[:_LINES]) if follows.is_fixed else NOTHING
    hidden = len(places) - _LINES
    more = html(" <br>and {} more", str(hidden)) if lines and hidden > 0 else NOTHING
    return row(
        thing, code(said_version(follows.revision)), follows.how, lines + more or DASH, named
    )


def _synced(scope: Scope) -> Markup:
    nodes = scope.atlas.applications
    found = grouped((sync_of(scope.atlas, n).partition(", step")[0], n) for n in nodes)
    rows = (row(sync, *_outcome(sync), _named(scope, nodes)) for sync, nodes in found.items())
    head = (
        "Sync",
        "After the revert",
        "What it had added",
        "Edits by hand",
        "Applications",
    )
    return table(head, rows)


def _outcome(sync: str) -> tuple[str, str, str]:
    """What Argo CD does of itself, with what is gone from Git, and with what Git never had."""
    if sync == "by hand":
        return (
            "waits until somebody syncs",
            "stays, unless that sync prunes",
            "stay until then, and so does Argo CD's own rollback",
        )
    if sync == "RollingSync":
        return "syncs step by step, as its ApplicationSet says", DASH, "stay until its step"
    return (
        "syncs by itself",
        "is deleted" if "prune" in sync else "stays until somebody prunes it",
        "are undone by Argo CD" if "selfHeal" in sync else "stay until the next commit",
    )


def _named(scope: Scope, nodes: Iterable[GraphNode]) -> Markup:
    return touched(scope, sorted({node.name for node in nodes}))
