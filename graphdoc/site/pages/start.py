"""The first page: what this platform is, and where to go from here."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from posixpath import dirname

from graphdoc.graph.repo_graph import GraphNode, NodeKind
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import entry, flag, text
from graphdoc.site.atlas.scope import Scope, finding_chips
from graphdoc.site.diagrams.drawing import Drawn, drawn
from graphdoc.site.pages.history import commit_rows
from graphdoc.site.pictures.context import context_diagram
from graphdoc.site.writing.markup import NOTHING, Markup, chip, html, join, plural
from graphdoc.site.writing.page import Block, Page
from graphdoc.site.writing.tables import Row, row, table

__all__ = ["start_page"]

_PATH = "index.md"
_COMMITS = 5
# What these pages tell, they tell of Applications.
_OF_APPLICATIONS = frozenset(
    {"where.md", "apps/index.md", "clusters/index.md", "waves/index.md", "runbooks/index.md"}
)
_NUMBERS = (
    "No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten", "Eleven",
    "Twelve",
)  # fmt: skip
# Destinations that mean the cluster on which Argo CD itself runs.
_OWN = frozenset({("https://kubernetes.default.svc", ""), ("", "in-cluster"), ("", "")})
_STARTS = (
    " Each stands for one place where Argo CD starts: whether these are Kubernetes clusters of "
    "their own, Git does not say."
)
_COUNTED = (
    (NodeKind.CLUSTER, "cluster", ""),
    (NodeKind.VALUES, "values file", ""),
    (NodeKind.POLICY, "policy", "policies"),
    (NodeKind.SECRET, "Secret", ""),
    (NodeKind.HOST, "host", ""),
)


def start_page(atlas: Atlas) -> Page:
    """One sentence, the facts, the picture, and the ways on."""
    scope = Scope(atlas, _PATH)
    picture = _picture(scope)
    blocks = (
        Block("", "context", picture.body),
        Block("I want to…", "i-want-to", table(("Task", "Go to", "You change"), _tasks(scope))),
        Block("Last changes", "last-changes", _last_changes(scope)),
    )
    title = "How this platform is put together"
    page = scope.compose(title, _sentence(atlas), _facts(scope), blocks)
    return replace(page, figures=picture.figures, files=picture.files)


def _picture(scope: Scope) -> Drawn:
    """How a change reaches the clusters, where anything brings one there."""
    if not scope.atlas.applications:
        return Drawn(NOTHING, {}, {})
    return drawn(context_diagram(scope), _PATH, scope.to("repos/index.md"))


def _last_changes(scope: Scope) -> Markup:
    rows = commit_rows(scope, scope.atlas.site.history[:_COMMITS])
    found = table(("Day", "What", "Applications", "Who", "Commit"), rows)
    more = scope.page("Changes", "changes.md")
    return html("{}<p>More in {}.</p>", found, more) if found else NOTHING


def _sentence(atlas: Atlas) -> str:
    repositories, clusters = len(atlas.checkouts), len(atlas.clusters)
    if not atlas.applications:
        within = f"Git {'repository' if repositories == 1 else 'repositories'}"
        sets = len(list(atlas.graph.nodes(NodeKind.APPLICATION_SET)))
        said = f"{_in_words(repositories)} {within}, and no Application of Argo CD known"
        made = f": what {plural(sets, 'ApplicationSet')} would make, Git does not show."
        return said + (made if sets else ": what else is there is told here.")
    described = "repository describes" if repositories == 1 else "repositories describe"
    described = f"{_in_words(repositories)} Git {described}"
    read = f"Argo CD reads {'it' if repositories == 1 else 'them'} and makes"
    if clusters == 1 and _is_assumed(atlas):
        return (
            f"{described} what one Argo CD brings to the clusters that are registered with it; "
            "not all of those are known from Git."
        )
    if clusters == 1:
        return f"{described} one Kubernetes cluster. {read} the cluster match."
    platform = f"{_in_words(clusters).lower()} {'Kubernetes ' if _is_told(atlas) else ''}clusters"
    doubt = "" if _is_told(atlas) else _STARTS
    return f"{described} {platform}. {read} each cluster match.{doubt}"


def _is_assumed(atlas: Atlas) -> bool:
    return any(flag(node.attributes, "assumed") for node in atlas.applications)


def _is_told(atlas: Atlas) -> bool:
    """Whether the team, the paths or the destinations say that the clusters are several."""
    settings = atlas.site.settings
    named = settings.aliases.keys() | settings.providers.keys()
    folders = [dirname(s.file.path) for node in atlas.clusters for s in node.locations]
    if _is_assumed(atlas):
        return False
    if named or all("cluster" in folder for folder in folders):
        return True
    reached = {
        (text(to, "server"), text(to, "name"))
        for node in atlas.applications
        if (to := entry(node.attributes, "destination"))
    }
    return len(reached - _OWN) >= len(atlas.clusters)


def _in_words(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def _facts(scope: Scope) -> Iterator[Markup]:
    atlas = scope.atlas
    yield chip(
        html(
            "<b>{}</b> {}",
            str(len(atlas.by_name)),
            "Application" if len(atlas.by_name) == 1 else "Applications",
        )
    )
    for kind, one, many in _COUNTED:
        found = atlas.graph.nodes(kind)
        count = len({node.name if kind is NodeKind.POLICY else node.id for node in found})
        if count:
            words = plural(count, one, many).partition(" ")
            yield chip(html("<b>{}</b> {}", words[0], words[2]))
    yield from finding_chips(atlas.site.findings)
    yield from scope.unresolved(atlas.applications)


def _tasks(scope: Scope) -> Iterator[Row]:
    atlas = scope.atlas
    values = _repositories(scope, atlas.graph.nodes(NodeKind.VALUES)) or "what the table names"
    rows = (
        ("Get to know this platform, step by step", "Your first day", "day-1.md", "nothing"),
        (
            "Change an image tag, a host or the replicas of an Application",
            "Where do I change…",
            "where.md",
            values,
        ),
        ("Find an Application", "Applications", "apps/index.md", "nothing"),
        (
            "See what runs on a cluster, and what differs",
            "Clusters",
            "clusters/index.md",
            "nothing",
        ),
        ("Know in which order things start", "Waves", "waves/index.md", "nothing"),
        (
            "Find out where a Secret comes from and who breaks with it",
            "Secrets",
            "secrets/index.md",
            "nothing",
        ),
        (
            "Know what is wrong in Git right now",
            "Findings",
            "findings/index.md",
            "see each finding",
        ),
        (
            "Add an Application or a cluster, rotate a Secret, upgrade a chart, roll back",
            "Runbooks",
            "runbooks/index.md",
            "what each step names",
        ),
        ("See what changed", "Changes", "changes.md", "nothing"),
        ("See what differs between clusters, and from the record", "Drift", "drift.md", "nothing"),
        ("See how two things are connected", "Explorer", "explorer.md", "nothing"),
        ("Know what this site does not know", "Coverage", "coverage.md", "nothing"),
    )
    return (
        row(task, scope.page(name, path), change)
        for task, name, path, change in rows
        if atlas.clusters or path not in _OF_APPLICATIONS
    )


def _repositories(scope: Scope, nodes: Iterable[GraphNode]) -> Markup:
    """Where the nodes are written, each with its link."""
    names = sorted({node.locations[-1].file.repository for node in nodes if node.locations})
    return join((scope.node(f"repository:{name}", name) for name in names), ", ")
