"""The runbook for undoing a change: where its commit is, and what Argo CD does then."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from graphdoc.graph.changes.removals import unpruned
from graphdoc.graph.repo_graph import GraphNode, NodeKind
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.redact import without_credentials
from graphdoc.model.resource import Resource
from graphdoc.model.secret import ProducerKind
from graphdoc.resolve.applications.revisions import floating_revision_of, revision_span
from graphdoc.resolve.resolved import ResolvedSource
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import entry, flag, is_untold, said_version, text, texts
from graphdoc.site.atlas.ordering import sync_of
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.pages.history import touched
from graphdoc.site.pages.runbooks.chart import CHART_RUNBOOK
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
_UPDATER = "argocd-image-updater.argoproj.io/image-list"
_FLOATING = "floating-image-tag"


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
        Block("What does not come back by itself", "lost", _lasting(scope)),
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


def _lasting(scope: Scope) -> Markup:
    """A row for each thing that there is here, with whom it concerns."""
    rows = (
        row(*found)
        for found in (*_applications(scope), *_secrets(scope), *_images(scope))
        if found[-1]
    )
    known = table(("What", "Why", "Here"), rows)
    if all(flag(node.attributes, "resolved") for node in scope.atlas.applications):
        return known
    unknown = scope.page("not fully analysed", "coverage.md#unresolved")
    return known + paragraph("What else the Applications bring that are {} is not known.", unknown)


def _is_unpruned(scope: Scope, node: GraphNode) -> bool:
    options = texts(entry(node.attributes, "sync"), "options")
    return any(unpruned(resource, options) for resource in scope.atlas.resources(node.id))


def _applications(scope: Scope) -> Iterator[tuple[str, str, Markup]]:
    def named(has: Callable[[GraphNode], bool]) -> Markup:
        found = {node.name for node in scope.atlas.applications if has(node)}
        return touched(scope, sorted(found)) if found else Markup()

    yield (
        "Applications that nothing in Git manages",
        "whoever applied the manifest has to apply the one before again",
        named(lambda node: not text(node.attributes, "parent")),
    )
    yield (
        "What a sync option keeps from being pruned",
        html(
            "with {} it stays though Git has it no more, with {} until somebody agrees",
            code("Prune=false"),
            code("Prune=confirm"),
        ),
        named(lambda node: _is_unpruned(scope, node)),
    )
    yield (
        "What stands in volumes",
        "it is not in Git: what a newer version wrote stays, and of a deleted claim it is lost",
        named(lambda node: any(map(_claims, scope.atlas.resources(node.id)))),
    )
    yield (
        "Custom resources of a kind that was deleted",
        "with a CustomResourceDefinition all its resources go, those from elsewhere too",
        named(lambda node: "CustomResourceDefinition" in _kinds(node)),
    )
    yield (
        "What hooks have done",
        "a hook runs again with the next sync, and undoes nothing",
        named(lambda node: bool(entry(node.attributes, "hooks"))),
    )
    yield (
        "Tags that Argo CD Image Updater writes",
        "it sets the newest image again",
        named(_is_updated),
    )


def _claims(resource: Resource) -> bool:
    templates = resource.manifest.items_at("spec", "volumeClaimTemplates")
    return resource.kind == "PersistentVolumeClaim" or bool(templates)


def _kinds(node: GraphNode) -> set[str]:
    return set(entry(entry(node.attributes, "rendered"), "kinds"))


def _is_updated(node: GraphNode) -> bool:
    metadata = entry(entry(node.attributes, "manifest"), "metadata")
    return bool(text(entry(metadata, "annotations"), _UPDATER))


def _secrets(scope: Scope) -> Iterator[tuple[str, str, Markup]]:
    atlas = scope.atlas
    sealed = sum(1 for _ in atlas.graph.nodes(NodeKind.SEALED_SECRET))
    page = scope.page(plural(sealed, "SealedSecret"), "secrets/index.md")
    yield (
        "Values that were sealed anew",
        "the value before comes back, if the controller still has the key that sealed it; where it "
        "was changed at its origin too, it is the wrong one",
        page if sealed else Markup(),
    )
    stored = sum(
        ProducerKind.EXTERNAL_SECRET in texts(node.attributes, "producers")
        for node in atlas.graph.nodes(NodeKind.SECRET)
    )
    page = scope.page(plural(stored, "Secret"), "secrets/index.md")
    yield (
        "Values that an ExternalSecret fetches",
        "Git names only where they are kept: they stay as they are there",
        page if stored else Markup(),
    )


def _images(scope: Scope) -> Iterator[tuple[str, str, Markup]]:
    found = [f for f in scope.atlas.site.findings if f.rule == _FLOATING]
    yield (
        "Images whose tag moves",
        html(
            "{} names whatever was pushed last: Git does not say what it was before", code("latest")
        ),
        scope.page(plural(len(found), "finding"), scope.atlas.rule_page(_FLOATING))
        if found
        else Markup(),
    )
