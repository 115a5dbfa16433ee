"""The glossary: each word in a sentence, with an example from this estate."""

from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files

from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import flag, text
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.writing.markup import NOTHING, Markup, html
from graphdoc.site.writing.page import Block, Page

__all__ = ["GLOSSARY", "glossary_page"]

GLOSSARY = "glossary.md"
_TITLE = "Glossary"
_SENTENCE = "The words of Argo CD, Kustomize and Helm that this site uses, with an example of each."


def glossary_page(atlas: Atlas) -> Page:
    """The words in the order of the alphabet."""
    scope = Scope(atlas, GLOSSARY)
    written = (files("graphdoc.site") / "content" / "glossary.md").read_text(encoding="utf-8")
    entries = (_entry(scope, entry) for entry in written.strip().split("\n\n"))
    body = Markup("\n\n".join(entries))
    return scope.compose(_TITLE, _SENTENCE, (), (Block("", "words", body),))


def _entry(scope: Scope, entry: str) -> str:
    """A word and its meaning as Markdown, and below it the example."""
    find = _EXAMPLES.get(entry.partition("\n")[0])
    example = find(scope) if find else NOTHING
    return f'{entry} <br><span class="gd-said">Here: {example}</span>' if example else entry


def _first(nodes: Iterator[GraphNode]) -> GraphNode | None:
    return min(nodes, key=lambda node: node.id, default=None)


def _linked(scope: Scope, node: GraphNode | None) -> Markup:
    return scope.node(node.id) if node else NOTHING


def _placed(scope: Scope, node: GraphNode | None) -> Markup:
    """A thing without a page of its own, by its line."""
    return scope.sources(node.locations[:1]) if node else NOTHING


def _of_kind(kind: NodeKind) -> Callable[[Scope], Markup]:
    return lambda scope: _linked(scope, _first(scope.atlas.graph.nodes(kind)))


def _application(*kinds: str) -> Callable[[Scope], Markup]:
    """An Application that the pictures show as one of some kinds."""

    def find(scope: Scope) -> Markup:
        atlas = scope.atlas
        return _linked(scope, _first(n for n in atlas.applications if atlas.kind(n) in kinds))

    return find


def _kustomization(role: str = "") -> Callable[[Scope], Markup]:
    def find(scope: Scope) -> Markup:
        nodes = scope.atlas.graph.nodes(NodeKind.KUSTOMIZATION)
        return _placed(scope, _first(n for n in nodes if role in {"", text(n.attributes, "role")}))

    return find


def _patch(scope: Scope) -> Markup:
    places = [e.locations[-1] for e in scope.atlas.graph.edges(EdgeKind.PATCHES) if e.locations]
    return scope.source(min(places)) if places else NOTHING


def _root(scope: Scope) -> Markup:
    return _linked(scope, _first(n for n in scope.atlas.applications if flag(n.attributes, "root")))


def _multi_source(scope: Scope) -> Markup:
    resolved = scope.atlas.resolved
    found = (n for n in scope.atlas.applications if n.id in resolved)
    return _linked(scope, _first(n for n in found if len(resolved[n.id].sources) > 1))


def _finding(scope: Scope) -> Markup:
    found = next(iter(scope.atlas.site.findings), None)
    if found is None:
        return NOTHING
    return html("{}, {}", scope.rule(found.rule), scope.source(found.problem.primary.span))


def _waves(scope: Scope) -> Markup:
    return scope.page("Sync waves", "waves/index.md")


_EXAMPLES: Mapping[str, Callable[[Scope], Markup]] = {
    "Application": _application("application", "infrastructure"),
    "App of apps": _application("parent", "root"),
    "ApplicationSet": _of_kind(NodeKind.APPLICATION_SET),
    "AppProject": _of_kind(NodeKind.PROJECT),
    "Base": _kustomization("base"),
    "Chart": _of_kind(NodeKind.CHART),
    "Cluster": _of_kind(NodeKind.CLUSTER),
    "Component": _kustomization("component"),
    "Finding": _finding,
    "Kustomization": _kustomization(),
    "Multi-source": _multi_source,
    "Overlay": _kustomization("overlay"),
    "Patch": _patch,
    "Root": _root,
    "SealedSecret": _of_kind(NodeKind.SEALED_SECRET),
    "Sync wave": _waves,
    "Values file": _of_kind(NodeKind.VALUES),
}
