"""The runbook for one Secret: a command for each key, and who has to start again."""

from collections.abc import Iterator
from shlex import quote

from graphdoc.graph.repo_graph import EdgeKind, GraphNode
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import text, texts
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.atlas.sealed import is_made, is_rotatable
from graphdoc.site.pages.runbooks.secret import (
    SEALED_HEAD,
    SECRET_RUNBOOK,
    controller_namespace,
    elsewhere,
    sealed_rows,
)
from graphdoc.site.writing.markup import Markup, chip, code, join, paragraph, plural
from graphdoc.site.writing.page import Block, Page, SearchRank
from graphdoc.site.writing.steps import command
from graphdoc.site.writing.tables import capped

__all__ = ["rotate_pages"]

# What a page has room for; the table names the others.
_COMMANDS = 24


def rotate_pages(atlas: Atlas) -> Iterator[Page]:
    """A page for each name of a Secret whose value comes from something that Git shows."""
    found = (name for name in sorted(atlas.secrets_by_name) if is_rotatable(atlas, name))
    return (_page(atlas, name) for name in found)


def _page(atlas: Atlas, name: str) -> Page:
    scope = Scope(atlas, atlas.rotate_page(name))
    nodes = atlas.secrets_by_name[name]
    sealed = tuple(_sealed(atlas, nodes))
    others = tuple(node for node in nodes if is_made(node))
    title = f"Rotate {name}"
    blocks = (
        Block("Seal each new value", "seal", _sealing(scope, sealed)),
        Block("The files, and who restarts", "sealed", _files(scope, sealed)),
        Block("What something else makes", "elsewhere", elsewhere(scope, others)),
    )
    strip = (
        chip(scope.page(f"the Secret {name}", atlas.secret_page(name))),
        chip(scope.page("any Secret", SECRET_RUNBOOK)),
        chip("never a value"),
    )
    counted = (
        f"{plural(len(sealed), 'SealedSecret')} to seal again" if sealed else "",
        f"{plural(len(others), 'Secret')} that something else makes" if others else "",
    )
    sentence = f"How to give {name} a new value: {', '.join(filter(None, counted))}."
    # Who looks for a Secret wants its page first, which leads here.
    return scope.compose(title, sentence, strip, blocks, SearchRank.GUIDE)


def _sealed(atlas: Atlas, nodes: tuple[GraphNode, ...]) -> Iterator[GraphNode]:
    for node in nodes:
        yield from atlas.graph.sources(node.id, EdgeKind.UNSEALS)


def _files(scope: Scope, sealed: tuple[GraphNode, ...]) -> Markup:
    more = scope.page("Secrets", "secrets/index.md")
    return capped(SEALED_HEAD, sealed_rows(scope, sealed), more=more)


def _sealing(scope: Scope, sealed: tuple[GraphNode, ...]) -> Markup:
    if not sealed:
        return Markup()
    controller = controller_namespace(scope.atlas)
    wanted = [(node, key) for node in sealed for key in texts(node.attributes, "keys")]
    said = paragraph(
        "Each command asks for one value on its standard input and puts it into the file; the "
        "other keys stay. {} is the name of the cluster in your kubeconfig.",
        code("--context"),
    )
    commands = (_command(node, key, controller) for node, key in wanted[:_COMMANDS])
    hidden = len(wanted) - _COMMANDS
    more = paragraph("{} more keys are in the table.", str(hidden)) if hidden > 0 else Markup()
    after = paragraph(
        "Commit, let Argo CD sync, then restart what the last column names: running containers "
        "keep the environment that they started with. Then look at the {}: no Secret must be "
        "missing.",
        scope.page("findings", "findings/index.md"),
    )
    return join((said, *commands, more, after), "\n")


def _command(node: GraphNode, key: str, controller: str) -> Markup:
    """Names are quoted for the shell: they come from the repositories."""
    facts, file = node.attributes, node.locations[0].file
    where = f" --controller-namespace {quote(controller)}" if controller else ""
    shown = paragraph("{}", f"{key} on {node.cluster}, in {file.repository}:")
    return shown + command(
        f"kubectl create secret generic {quote(node.name)} "
        f"--namespace {quote(text(facts, 'namespace'))} \\",
        f"  --from-file={quote(key)}=/dev/stdin --dry-run=client -o yaml \\",
        f"  | kubeseal --context {quote(node.cluster or '')}{where} \\",
        f"  --scope {quote(text(facts, 'scope') or 'strict')} --format yaml "
        f"--merge-into {quote(file.path)}",
    )
