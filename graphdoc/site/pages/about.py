"""About this site: how to read it, what the graph holds, words used here."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files

from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.pages.glossary import glossary_page
from graphdoc.site.writing.icons import KINDS, icon
from graphdoc.site.writing.markup import DASH, Markup, chip, html, link
from graphdoc.site.writing.page import Block, Page, compose
from graphdoc.site.writing.tables import Row, row, table

__all__ = ["about_pages"]

_CLONES = ("Repository", "State analysed", "Branch", "Lines are linked")
_VERBS = {
    "manages": "an Application renders another",
    "targets": "an Application goes to a cluster",
    "reads": "an Application reads a repository at a revision",
    "renders": "an Application renders a kustomization, a chart or a file",
    "includes": "a kustomization includes another, or a file",
    "patches": "a kustomization changes an Application",
    "layers": "an Application gets a values file, at a position",
    "requires": "a chart requires another",
    "unseals": "a SealedSecret becomes a Secret",
    "clones": "a policy copies a Secret into a namespace",
    "uses": "an Application uses a Secret or belongs to an AppProject",
    "serves": "an Application answers under a host",
    "runs": "an Application runs an image",
    "writes": "a workflow writes a values file",
    "bootstraps": "a script applies a root",
}


def about_pages(atlas: Atlas) -> Iterator[Page]:
    """The pages that explain the others."""
    yield _how_to_read()
    yield _model(atlas)
    yield _build(atlas)
    yield glossary_page(atlas)


def _how_to_read() -> Page:
    title = "How to read this site"
    sentence = (
        "Every page is made from Git: "
        "each fact names the repository, the file and the line that says it."
    )
    blocks = (
        Block("The key", "key", table(("Sign", "Word"), _kinds())),
        Block("", "text", Markup(_content("how-to-read.md"))),
    )
    return Page("about/how-to-read.md", title, compose(title, sentence, (), blocks))


def _kinds() -> Iterator[Row]:
    for kind, words in KINDS.items():
        drawing = Markup(icon(kind))
        yield row(html('<span class="gd-chip k-{}">{}</span>', kind, drawing), words.label)


def _model(atlas: Atlas) -> Page:
    scope = Scope(atlas, "about/model.md")
    title = "The graph behind it"
    nodes = Counter(node.kind for node in atlas.graph.nodes())
    edges = Counter(edge.kind for edge in atlas.graph.edges())
    sentence = (
        f"All pages are made from one graph of {nodes.total()} nodes and {edges.total()} edges."
    )
    blocks = (
        Block(
            "Nodes",
            "nodes",
            table(("Kind", "Count"), (row(kind, str(n)) for kind, n in sorted(nodes.items()))),
        ),
        Block(
            "Edges",
            "edges",
            table(
                ("Edge", "Says that", "Count"),
                (row(kind, _VERBS.get(kind, ""), str(n)) for kind, n in sorted(edges.items())),
            ),
        ),
        Block(
            "Coverage",
            "coverage",
            html(
                "<p>{} {}.</p>",
                "What was not understood is listed in",
                scope.page("Coverage", "coverage.md"),
            ),
        ),
    )
    return scope.compose(title, sentence, (), blocks)


def _build(atlas: Atlas) -> Page:
    """What went into this site, so that two copies of it can be told apart."""
    scope = Scope(atlas, "about/build.md")
    title = "How this site was built"
    newest = atlas.site.newest_commit
    when = f"{datetime.fromtimestamp(newest, UTC):%Y-%m-%d %H:%M} UTC" if newest else "unknown"
    program = f"graphdoc {atlas.site.version}".strip()
    of = f"from Git, whose newest commit is of {when}" if newest else "from clones without Git data"
    sentence = f"Made by {program} {of}."
    coverage = atlas.site.coverage
    facts = (
        ("graphdoc", atlas.site.version or "unknown"),
        ("Newest commit", when),
        ("Rules", str(len(atlas.site.rules))),
        ("Applications resolved", f"{coverage.resolved} of {coverage.applications}"),
        ("What really runs", "not looked at: no cluster and no network was asked"),
    )
    blocks = (
        Block("Facts", "facts", table(("What", "Value"), (row(*fact) for fact in facts))),
        Block("Repositories", "repositories", table(_CLONES, _clones(scope))),
    )
    strip = (chip(scope.page("Coverage", "coverage.md")), chip(scope.page("Drift", "drift.md")))
    return scope.compose(title, sentence, strip, blocks)


def _clones(scope: Scope) -> Iterator[Row]:
    for name, checkout in sorted(scope.atlas.checkouts.items()):
        address = checkout.commit_address(checkout.commit) if checkout.commit else ""
        state = link(checkout.state, address) if address else html("{}", checkout.state)
        linked = "yes" if checkout.is_linked else "no"
        yield row(scope.node(f"repository:{name}", name), state, checkout.branch or DASH, linked)


def _content(name: str) -> str:
    return (files("graphdoc.site") / "content" / name).read_text(encoding="utf-8")
