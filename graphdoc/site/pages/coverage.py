"""Coverage: what was seen, what was understood, and what was not."""

from collections.abc import Iterator
from itertools import chain

from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.resolve.helm.chart_cache import pull_command
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import flag
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.writing.markup import Markup, code, paragraph, plural
from graphdoc.site.writing.page import Block, Page
from graphdoc.site.writing.steps import command
from graphdoc.site.writing.tables import Filter, Row, capped, filtered, row, table

__all__ = ["coverage_page", "reasons_of"]

_PATH = "coverage.md"
_REASONS = 30
_FOLDER = "../charts"


def coverage_page(atlas: Atlas) -> Page:
    """The counts, then each thing that was not understood, with its reason."""
    scope = Scope(atlas, _PATH)
    coverage = atlas.site.coverage
    title = "Coverage"
    unknown = len(coverage.not_understood)
    sentence = (
        f"Of {plural(coverage.applications, 'rendered Application')}, {coverage.resolved} "
        f"{'is' if coverage.resolved == 1 else 'are'} fully resolved; {plural(unknown, 'thing')} "
        "could not be understood. "
        "Clusters were not looked at: all is read from Git."
    )
    blocks = (
        Block(
            "Seen and understood", "counts", table(("What", "Seen", "Understood"), _counts(atlas))
        ),
        Block("Not understood, by reason", "reasons", _reasons(atlas)),
        Block("Charts to fetch", "charts", _charts(atlas)),
        Block("Not understood", "not-understood", _unknown(scope)),
        Block("Applications that are not fully resolved", "unresolved", _unresolved(scope)),
    )
    return scope.compose(title, sentence, (), blocks)


def _counts(atlas: Atlas) -> Iterator[Row]:
    coverage = atlas.site.coverage
    yield row("YAML documents", str(coverage.documents), f"{coverage.parsed} parsed")
    yield row("Kustomizations", str(coverage.kustomizations), f"{coverage.rendered} built")
    yield row("Charts", str(coverage.charts), f"{coverage.charts_rendered} rendered")
    yield row("Applications", str(coverage.applications), f"{coverage.resolved} resolved")


def _reasons(atlas: Atlas) -> Markup:
    kinds = atlas.site.coverage.kinds
    repeated = any(len(entries) > 1 for _, entries in kinds)
    shown = kinds[:_REASONS] if repeated else ()
    rows = (row(reason, str(len(entries))) for reason, entries in shown)
    return table(("Reason", "Times"), rows)


def _charts(atlas: Atlas) -> Markup:
    """What brings the charts that are not at hand, ready to copy."""
    reasons = {entry.reason for entry in atlas.site.coverage.not_understood}
    commands = sorted(filter(None, (pull_command(reason, _FOLDER) for reason in reasons)))
    if not commands:
        return Markup()
    text = "These bring the charts into a folder; {} names it, as {}."
    said = paragraph(text, code("graphdoc.yaml"), code(f"chart_cache: {_FOLDER}"))
    return said + command(*commands)


def _unknown(scope: Scope) -> Markup:
    entries = scope.atlas.site.coverage.not_understood
    if not entries:
        return paragraph("Nothing: all that was seen was understood.")
    rows = (row(entry.reason, scope.source(entry.location)) for entry in entries)
    head, more = ("Reason", "Where"), code("graphdoc check --format json")
    return filtered(head, rows, Filter("unknown", "Filter"), weight=60_000, more=more)


def _unresolved(scope: Scope) -> Markup:
    merged = grouped(
        ((node.name, "; ".join(dict(reasons_of(scope.atlas, node.id)))), node)
        for node in scope.atlas.applications
        if not flag(node.attributes, "resolved")
    )
    rows = (
        row(scope.node(nodes[0].id, name), scope.clusters(nodes), why)
        for (name, why), nodes in merged.items()
    )
    more = scope.page("Applications", "apps/index.md")
    return capped(("Application", "Cluster", "Why"), rows, more=more)


def reasons_of(atlas: Atlas, id_: str) -> tuple[tuple[str, Span | None], ...]:
    """Why an Application is not fully resolved, each with its place."""
    sources = atlas.sources(id_)
    unknown = ((e.reason, e.location) for s in sources for e in s.not_understood)
    broken = (
        (f"{b.wanted} is not there", b.scalar.span)
        for s in sources
        for b in s.broken
        if not b.ignored
    )
    problems = ((p.message, p.primary.span) for s in sources for p in s.problems)
    found = tuple(dict.fromkeys(chain(unknown, broken, problems)))
    return found or (("its sources are not among the analysed repositories", None),)
