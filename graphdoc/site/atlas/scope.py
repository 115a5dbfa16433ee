"""What one page needs to write: links that are right from where it stands, sources, findings."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote

from graphdoc.graph.repo_graph import GraphNode
from graphdoc.model.finding import SEVERITIES, Finding, Problem, Severity
from graphdoc.model.location import Span
from graphdoc.resolve.elsewhere import read_at
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import flag
from graphdoc.site.atlas.paths import relative
from graphdoc.site.writing.markup import (
    NOTHING,
    Markup,
    Sole,
    breakable,
    chip,
    html,
    join,
    link,
    paragraph,
    plural,
)
from graphdoc.site.writing.page import Block, Page, SearchRank, compose

__all__ = ["MARKS", "SHOWN_CLUSTERS", "Scope", "counts", "finding_chips", "severity_mark"]

MARKS = {Severity.ERROR: "✕", Severity.WARNING: "▲", Severity.INFO: "●"}
_ADMONITIONS = {Severity.ERROR: "danger", Severity.WARNING: "warning", Severity.INFO: "info"}
_SHOWN_PARTS = 3
# A name that a column may break, since few columns are as wide.
_LONG = 32
_SHOWN_FINDINGS = 6
SHOWN_CLUSTERS = 4
# Lines in one cell, after which the rest is folded.
_PLACES = 8


class Scope:
    """The place of one page; everything that links goes through it."""

    def __init__(self, atlas: Atlas, here: str) -> None:
        self.atlas = atlas
        self.here = here

    def to(self, path: str) -> str:
        """The address of another page or an anchor on it; empty for a page that is left out."""
        is_there = bool(path) and not self.atlas.is_hidden(path)
        return relative(path, self.here) if is_there else ""

    def explore(self, id_: str) -> str:
        """Where the explorer shows what is around a node."""
        page = self.to("explorer.md")
        return f"{page}?node={quote(id_, safe='/:')}" if page else ""

    def around(self, id_: str) -> Markup:
        """A link to all that the explorer knows to be around a node, for a list that is cut."""
        return link("the Explorer", self.explore(id_))

    def page(self, text: str, path: str) -> Markup:
        """A link to another page."""
        return link(text, self.to(path))

    def node(self, id_: str, text: str = "") -> Markup:
        """A link to where a node is explained."""
        node = self.atlas.graph.node(id_)
        shown = text or (node.name if node else id_.partition(":")[2])
        return self.page(shown, self.atlas.page(id_))

    def application(self, name: str) -> Markup:
        """A link to the page of all Applications of one name."""
        return self.page(name, self.atlas.application_page(name))

    def family(self, title: str) -> Markup:
        """A link to an Application; of several that carry their cluster, the name without it."""
        return self.application(title) if title in self.atlas.by_name else html("{}", title)

    def nodes(self, ids: Iterable[str]) -> Markup:
        """Links to several nodes."""
        return join((self.node(id_) for id_ in ids), ", ")

    def cluster(self, name: str) -> Markup:
        """A link to a cluster."""
        linked = self.node(f"cluster:{name}", name)
        return Sole(linked) if len(self.atlas.clusters) == 1 else linked

    def clusters(self, nodes: Sequence[GraphNode]) -> Markup:
        """The clusters of some nodes, each linked."""
        return self.cluster_names(sorted({node.cluster or "" for node in nodes}))

    def cluster_names(self, names: Sequence[str]) -> Markup:
        """Some clusters, each linked; of many their number, with the names to be hovered."""
        if len(names) == 1:
            return self.cluster(names[0])
        if len(names) <= SHOWN_CLUSTERS:
            return join((self.cluster(name) for name in names), ", ")
        every = len(names) == len(self.atlas.clusters)
        said = f"all {len(names)}" if every else f"{len(names)} of {len(self.atlas.clusters)}"
        return html('<span title="{}">{}</span>', ", ".join(names), said)

    def found(self, problem: Problem) -> Markup:
        """Where a problem is, and at which other revision than the one analysed."""
        tree, span = read_at(self.atlas.site.estate, problem), problem.primary.span
        checkout = self.atlas.checkouts.get(span.file.repository)
        if not tree or not checkout:
            return self.source(span)
        there = replace(checkout, commit=tree.commit or "", dirty=tree.dirty)
        shown = self.source(span, there.view(span.file.path, span.line))
        return html('{} <span class="gd-dim">at {}</span>', shown, tree.branch or "")

    def source(self, span: Span, href: str | None = None) -> Markup:
        """A line as ``repository path:line``, linked to its Git host where that is known.

        The only repository needs no name; of a long path the last parts are shown, all of it on
        hovering.
        """
        file = span.file
        full = f"{file.path}:{span.line}"
        short = _short(full)
        shown = self.in_repository(file.repository, breakable(short))
        title = html(' title="{}"', f"{file.repository} {full}") if short != full else NOTHING
        css = "src long" if max(map(len, short.split("/"))) > _LONG else "src"
        href = self.view(span) if href is None else href
        if href:
            return html('<a class="{}" href="{}"{}>{}</a>', css, href, title, shown)
        return html('<span class="{}"{}>{}</span>', css, title, shown)

    def in_repository(self, repository: str, text: str) -> Markup:
        """Text about something in a repository, after its name where there are several."""
        if list(self.atlas.checkouts) == [repository]:
            return html("{}", text)
        return html('<span class="rp">{}</span> <wbr>{}', repository, text)

    def line(self, span: Span) -> Markup:
        """A line of the one file that a page or a table is about."""
        full = f"{span.file.repository} {span.file.path}:{span.line}"
        href = self.view(span)
        if href:
            return html(
                '<a class="src" href="{}" title="{}">line {}</a>', href, full, str(span.line)
            )
        return html('<span class="src" title="{}">line {}</span>', full, str(span.line))

    def view(self, span: Span) -> str:
        """The address of a line on its Git host; empty where it has none."""
        checkout = self.atlas.checkouts.get(span.file.repository)
        return checkout.view(span.file.path, span.line) if checkout else ""

    def edit(self, node: GraphNode) -> str:
        """Where to change the file that a node stands in; empty where nowhere."""
        file = node.locations[0].file if node.locations else None
        checkout = self.atlas.checkouts.get(file.repository) if file else None
        return checkout.edit(file.path) if file and checkout else ""

    def place(self, span: Span) -> str:
        """Where a box about a file leads: its Git host, else the page of its repository."""
        known = span.file.repository in self.atlas.checkouts
        return self.view(span) or (
            self.to(self.atlas.repository_page(span.file.repository)) if known else ""
        )

    def sources(self, spans: Iterable[Span]) -> Markup:
        """Several lines, in the order given, each once; many are folded after the first."""
        found = [self.source(span) for span in dict.fromkeys(spans)]
        kept = _PLACES if len(found) > _PLACES + 1 else len(found)
        shown, left = (join(part, Markup(" <br>")) for part in (found[:kept], found[kept:]))
        more = '<details class="gd-t"><summary>{} more</summary>{}</details>'
        return shown + html(more, str(len(found) - kept), left) if left else shown

    def source_chip(self, span: Span) -> Markup:
        """A line as a fact of the strip."""
        return chip(self.source(span))

    def unresolved(
        self, nodes: Sequence[GraphNode], to: str = "coverage.md#unresolved"
    ) -> Iterator[Markup]:
        """That findings and lists of some Applications may lack something, as a fact of a strip."""
        count = sum(not flag(node.attributes, "resolved") for node in nodes)
        if count:
            # A name on two clusters is two Applications here, and one where names are counted.
            is_repeated = 1 < len({node.name for node in nodes}) < len(nodes)
            each = ", counted per cluster," if is_repeated else ""
            every = f"{count} of {plural(len(nodes), 'Application')}{each} "
            of = NOTHING if len(nodes) == 1 else every
            yield chip(self.page(f"{of}not fully analysed", to), "unknown")

    def rule(self, rule: str) -> Markup:
        """A link to the page of a rule."""
        return self.page(rule, self.atlas.rule_page(rule))

    def compose(
        self,
        title: str,
        sentence: str,
        strip: Iterable[str],
        blocks: Iterable[Block | None],
        rank: SearchRank = SearchRank.ENTITY,
    ) -> Page:
        """The page at this place; a block that is absent leaves no trace."""
        return Page(self.here, title, compose(title, sentence, strip, blocks, rank=rank))

    def findings(self, findings: Sequence[Finding], words: str) -> Block | None:
        """The findings about what the page is about, the worst first."""
        if not findings:
            return None
        ranked = sorted(findings, key=lambda f: (SEVERITIES.index(f.severity), f.sort_key))
        items = join((self._finding(found) for found in ranked[:_SHOWN_FINDINGS]), "\n")
        return Block(
            "",
            "findings",
            html(
                '<div class="admonition {}"><p class="admonition-title">{}</p><ul>{}</ul>{}</div>',
                _ADMONITIONS[ranked[0].severity],
                counts(findings),
                items,
                self._more(len(ranked), words),
            ),
        )

    def _finding(self, finding: Finding) -> Markup:
        return html(
            "<li>{} {}<br>{} · {}</li>",
            severity_mark(finding.severity),
            finding.problem.message,
            self.found(finding.problem),
            self.rule(finding.rule),
        )

    def _more(self, count: int, words: str) -> Markup:
        if count <= _SHOWN_FINDINGS:
            return NOTHING
        listed = self.page("all findings", f"findings/index.md?findings={words}")
        return paragraph("{} more, see {}.", str(count - _SHOWN_FINDINGS), listed)


def counts(findings: Sequence[Finding]) -> str:
    """How many findings there are of each severity, in words."""
    found = [(severity, sum(f.severity is severity for f in findings)) for severity in SEVERITIES]
    return ", ".join(_count(severity, count) for severity, count in found if count)


def finding_chips(findings: Sequence[Finding]) -> Iterable[Markup]:
    """How many findings there are, as facts of a strip; that there are none is a fact too."""
    for severity in SEVERITIES:
        count = sum(f.severity is severity for f in findings)
        if count:
            yield chip(html("{} <b>{}</b>", MARKS[severity], _count(severity, count)), severity)
    if not findings:
        yield chip("no findings")


def severity_mark(severity: Severity) -> Markup:
    """A severity as sign, word and colour."""
    return html('<span class="sev {}">{} {}</span>', severity, MARKS[severity], severity)


def _count(severity: Severity, count: int) -> str:
    return f"{count} info" if severity is Severity.INFO else plural(count, severity.value)


def _short(path: str) -> str:
    parts = path.split("/")
    return path if len(parts) <= _SHOWN_PARTS else "…/" + "/".join(parts[-_SHOWN_PARTS:])
