"""The runbook for changing a Secret: what to seal, how, and who has to start again."""

from collections.abc import Iterator
from shlex import quote

from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind
from graphdoc.resolve.resolved import ResolvedSource
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import text, texts
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.atlas.sealed import (
    CONTROLLER,
    consumers_of,
    controllers,
    is_made,
    sealed_secrets,
)
from graphdoc.site.atlas.secret_words import makers
from graphdoc.site.pages.secrets import told_users, users_of
from graphdoc.site.writing.markup import (
    DASH,
    NOTHING,
    Markup,
    chip,
    code,
    html,
    join,
    paragraph,
    plural,
)
from graphdoc.site.writing.page import Block, Page
from graphdoc.site.writing.steps import command, steps
from graphdoc.site.writing.tables import Filter, Row, capped, filtered, row

__all__ = [
    "SEALED_HEAD", "SECRET_RUNBOOK", "controller_namespace", "elsewhere", "sealed_rows",
    "secret_runbook",
]  # fmt: skip

SECRET_RUNBOOK = "runbooks/rotate-secret.md"
_TITLE = "Rotate a Secret"
SEALED_HEAD = (
    "Secret",
    "Cluster",
    "Namespace",
    "Scope",
    "Keys",
    "Change this file",
    "Then restart",
)
_ELSEWHERE_HOW = (
    "Give the new value to what makes the Secret: the table says where that is written, and an "
    "ExternalSecret or the like names the store that holds the value. Then restart who uses it."
)
_ELSEWHERE = ("Secret", "Cluster", "Namespace", "Made by", "Written at", "Used by")


def secret_runbook(atlas: Atlas) -> Iterator[Page]:
    """The page; none where nothing that Git shows makes a Secret."""
    scope = Scope(atlas, SECRET_RUNBOOK)
    sealed = sealed_secrets(atlas)
    others = tuple(node for node in atlas.graph.nodes(NodeKind.SECRET) if is_made(node))
    if not sealed and not others:
        return
    blocks = (
        Block("Seal it again", "seal", _sealing(scope) if sealed else Markup()),
        Block("SealedSecrets", "sealed", _sealed(scope, sealed)),
        Block("Secrets that something else makes", "elsewhere", elsewhere(scope, others)),
    )
    strip = (chip(scope.page("all Secrets", "secrets/index.md")), chip("never a value"))
    yield scope.compose(_TITLE, _sentence(sealed, others), strip, blocks)


def sealed_rows(
    scope: Scope, sealed: tuple[GraphNode, ...], *, cluster: bool = True
) -> Iterator[Row]:
    """A row a SealedSecret: its file, how it is sealed, and who uses what it becomes."""
    for node in sealed:
        place = (scope.cluster(node.cluster or ""),) if cluster else ()
        yield row(
            scope.node(node.id),
            *place,
            text(node.attributes, "namespace") or DASH,
            text(node.attributes, "scope") or "strict",
            join(map(code, texts(node.attributes, "keys")), " ") or DASH,
            scope.sources(node.locations[:1]),
            told_users(
                scope,
                consumers_of(scope.atlas, node),
                scope.atlas.graph.targets(node.id, EdgeKind.UNSEALS),
            ),
            words=node.cluster or "",
        )


def _sentence(sealed: tuple[GraphNode, ...], others: tuple[GraphNode, ...]) -> str:
    if not sealed:
        return f"No Secret is sealed in Git; {plural(len(others), 'Secret')} come from elsewhere."
    return (
        f"How to give a Secret a new value: {plural(len(sealed), 'SealedSecret')} in Git, each "
        "with its file, its scope and the Applications that read it."
    )


def _sealing(scope: Scope) -> Markup:
    said = paragraph(
        "Take name, namespace, scope and file from the {}. The value goes from your screen into "
        "kubeseal and nowhere else: not into Git, not into a file beside it.",
        Markup('<a href="#sealed">table</a>'),
    )
    controller = controller_namespace(scope.atlas)
    where = f" --controller-namespace {quote(controller)}" if controller else ""
    sealing = command(
        "kubectl create secret generic NAME --namespace NAMESPACE \\",
        "  --from-file=KEY=/dev/stdin --dry-run=client -o yaml \\",
        f"  | kubeseal --context CLUSTER{where} \\",
        "  --scope SCOPE --format yaml > FILE",
    )
    after = steps(
        (
            "Seal with the certificate of the cluster in the row: each controller has its own key, "
            "unless the clusters share one.",
            "Keep all keys of the table: what the new file leaves out is gone from the Secret.",
            html(
                "A Secret with scope {} opens only under its name and in its namespace.",
                code("strict"),
            ),
            "Commit and let Argo CD sync, then restart what the last column names: running "
            "containers keep the environment that they started with.",
            html(
                "Look at the {}: no Secret must be missing.",
                scope.page("findings", "findings/index.md"),
            ),
        )
    )
    return join((said, sealing, after), "\n")


def controller_namespace(atlas: Atlas) -> str:
    """The namespace of the controller's chart, where it is the same on all clusters."""
    found = {
        namespace
        for app in controllers(atlas)
        if (resolved := atlas.resolved.get(app.id))
        for source in resolved.sources
        for namespace in _namespaces_of(source, resolved.application.destination.namespace)
    }
    return found.pop() if len(found) == 1 else ""


def _namespaces_of(source: ResolvedSource, destination: str) -> Iterator[str]:
    """Where the controller goes: a kustomization that has Helm render the chart may say so."""
    build = source.build
    if build is None:
        yield destination
        return
    for request in build.charts:
        if request.name == CONTROLLER:
            yield build.namespace or request.namespace or destination


def _sealed(scope: Scope, sealed: tuple[GraphNode, ...]) -> Markup:
    rows = sealed_rows(scope, sealed)
    by = Filter("sealed-secrets", "Filter, such as: name cluster")
    return filtered(SEALED_HEAD, rows, by, more=scope.page("Secrets", "secrets/index.md"))


def elsewhere(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    """A row a Secret that is not sealed: who makes it, where, and who uses it."""
    rows = (
        row(
            scope.node(node.id),
            scope.cluster(node.cluster or ""),
            text(node.attributes, "namespace") or DASH,
            ", ".join(makers(node)),
            scope.sources(node.locations[:1]),
            users_of(scope, node),
        )
        for node in nodes
    )
    listed = capped(_ELSEWHERE, rows, more=scope.page("Secrets", "secrets/index.md"))
    return paragraph("{}", _ELSEWHERE_HOW) + listed if listed else NOTHING
