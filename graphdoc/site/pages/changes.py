"""What changed: the estate now against an earlier one, and the commits between."""

from collections.abc import Iterable, Iterator

from graphdoc.model.finding import SEVERITIES, Finding
from graphdoc.model.location import SourceFile
from graphdoc.model.redact import without_credentials
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.input import Changed, Comparison
from graphdoc.site.atlas.scope import Scope, severity_mark
from graphdoc.site.pages.history import commit_rows, day, touched
from graphdoc.site.writing.markup import (
    DASH,
    NOTHING,
    Markup,
    chip,
    code,
    html,
    join,
    link,
    paragraph,
    plural,
)
from graphdoc.site.writing.page import Block, Page, SearchRank
from graphdoc.site.writing.steps import command
from graphdoc.site.writing.tables import Filter, Row, capped, filtered, row, table

__all__ = ["changed_table", "changes_page"]

_PATH = "changes.md"
_TITLE = "Changes"
_COMMITS = 100
_WORDS = 8
_WEEK = 7 * 86_400
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def changes_page(atlas: Atlas) -> Page:
    """The comparison where one was asked for, then the newest commits."""
    scope = Scope(atlas, _PATH)
    since = atlas.site.since
    blocks = (
        *(_compared(scope, since) if since else _week(scope)),
        Block("The newest commits", "commits", _commits(scope)),
    )
    strip = (
        chip(scope.page("drift", "drift.md")),
        *([chip(scope.page("undo one", "runbooks/roll-back.md"))] if atlas.applications else []),
    )
    return scope.compose(_TITLE, _sentence(since), strip, blocks, SearchRank.LIST)


def changed_table(scope: Scope, changes: tuple[Changed, ...], id_: str) -> Markup:
    """A row a node, with what is different about it."""
    rows = (_row(scope, changed) for changed in changes)
    head = ("Change", "What", "Cluster", "How", "Where")
    return filtered(
        head, rows, Filter(id_, "Filter changes"), weight=45_000, more=code("graphdoc diff")
    )


def _sentence(since: Comparison | None) -> str:
    if since is None:
        return "The newest commits of the repositories, and which Applications each touched."
    changes = plural(len(since.changes), "thing")
    altered = f", {len(since.altered)} changed" if since.altered else ""
    return (
        f"{changes} changed since {since.base}; {plural(len(since.appeared), 'finding')} came, "
        f"{len(since.gone)} went{altered}."
    )


def _week(scope: Scope) -> Iterator[Block]:
    """What the commits of the last week tell without a look at how it was before them.

    The week ends at the newest commit: the clock would make other pages of the same clones.
    """
    site = scope.atlas.site
    if not site.history:
        nothing = "The repositories have no Git data: nothing is known of before."
        yield Block("", "since", paragraph(nothing))
        return
    since = site.history[0].time - _WEEK
    commits = [commit for commit in site.history if commit.time > since]
    names = sorted({name for commit in commits for name in scope.atlas.touched_by(commit)})
    said = paragraph(
        "In the week to the newest commit, {} touched {}.",
        plural(len(commits), "commit"),
        touched(scope, names) if names else "no file of an Application",
    )
    files = {SourceFile(c.repository, path) for c in commits for path in c.files}
    found = [f for f in site.findings if f.problem.primary.span.file in files]
    ranked = sorted(found, key=lambda f: (SEVERITIES.index(f.severity), f.sort_key))
    how = paragraph("To see what it changed, and which findings are new, build with:")
    compare = how + command(f"graphdoc build --since {day(since).striptags()}")
    yield Block("The last week", "since", said + compare)
    yield Block("Findings in files of that week", "touched", _touched_findings(scope, ranked))


def _touched_findings(scope: Scope, findings: Iterable[Finding]) -> Markup:
    rows = (
        row(
            severity_mark(found.severity),
            scope.rule(found.rule),
            found.problem.message,
            scope.source(found.problem.primary.span),
        )
        for found in findings
    )
    more = scope.page("Findings", "findings/index.md")
    return capped(("Severity", "Rule", "What", "Where"), rows, 20_000, more=more)


def _compared(scope: Scope, since: Comparison) -> Iterator[Block]:
    nothing = paragraph("Nothing of the architecture changed.")
    changed = changed_table(scope, since.changes, "changed-nodes") or nothing
    yield Block("What changed in the architecture", "architecture", changed)
    yield Block("Findings that came", "appeared", _findings(scope, since.appeared))
    yield Block("Findings that went", "gone", _findings(scope, since.gone))
    yield Block("Findings that say something else", "altered", _findings(scope, since.altered))
    yield Block("From and to", "compared", _repositories(scope, since))


def _row(scope: Scope, changed: Changed) -> Row:
    known = scope.atlas.graph.node(changed.subject)
    name = scope.node(changed.subject, changed.name) if known else html("{}", changed.name)
    how = join((code(without_credentials(word)) for word in changed.words[:_WORDS]), Markup("<br>"))
    hidden = len(changed.words) - _WORDS
    more = html(" <br>and {} more", str(hidden)) if hidden > 0 else NOTHING
    cluster = changed.cluster or ""
    on = scope.cluster(cluster) if scope.atlas.graph.node(f"cluster:{cluster}") else cluster
    return row(
        html('<span class="gd-nowrap">{}</span>', f"{_SIGNS[changed.change]} {changed.change}"),
        html("{} {}", name, html('<span class="gd-dim">{}</span>', changed.kind)),
        on or DASH,
        how + more or DASH,
        scope.sources(changed.places[-1:]) or DASH,
    )


def _findings(scope: Scope, findings: Iterable[Finding]) -> Markup:
    rows = (
        row(severity_mark(found.severity), scope.rule(found.rule), found.problem.message)
        for found in findings
    )
    return table(("Severity", "Rule", "What"), rows)


def _repositories(scope: Scope, since: Comparison) -> Markup:
    rows = [
        row(
            scope.node(f"repository:{name}", name),
            code(before[:8]),
            _compare(scope, name, before, now),
        )
        for name, before, now in since.commits
    ]
    rows += [
        row(scope.node(f"repository:{name}", name), DASH, "as it is now: nothing known of before")
        for name in since.unmoved
    ]
    return table(("Repository", "From", "To"), rows)


def _compare(scope: Scope, name: str, before: str, now: str) -> Markup:
    checkout = scope.atlas.checkouts.get(name)
    address = checkout.compare(before, now) if checkout and before != now else ""
    return html("{} {}", code(now[:8]), link("compare", address) if address else NOTHING)


def _commits(scope: Scope) -> Markup:
    history = scope.atlas.site.history
    if not history:
        return paragraph("No commit is known.")
    rows = commit_rows(scope, history[:_COMMITS])
    head = ("Day", "What", "Applications", "Who", "Commit")
    by, more = Filter("commit-list", "Filter commits"), html("what {} prints", code("git log"))
    return filtered(head, rows, by, weight=45_000, more=more)
