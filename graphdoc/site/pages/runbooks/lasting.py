"""What a revert in Git does not bring back, as far as this estate has it."""

from collections.abc import Callable, Iterator

from graphdoc.graph.changes.removals import unpruned
from graphdoc.graph.repo_graph import GraphNode, NodeKind
from graphdoc.model.resource import Resource
from graphdoc.model.secret import ProducerKind
from graphdoc.site.atlas.facts import entry, flag, text, texts
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.pages.history import touched
from graphdoc.site.writing.markup import Markup, code, html, paragraph, plural
from graphdoc.site.writing.tables import row, table

__all__ = ["lasting"]

_UPDATER = "argocd-image-updater.argoproj.io/image-list"
_FLOATING = "floating-image-tag"


def lasting(scope: Scope) -> Markup:
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
