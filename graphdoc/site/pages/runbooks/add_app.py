"""The runbook for a new Application: copy the one that is most like the others."""

import re
from collections.abc import Container, Iterable, Iterator
from posixpath import commonpath, dirname

from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping, Scalar, nodes_within, unescape_pointer, walk
from graphdoc.model.redact import without_credentials
from graphdoc.model.resource import Resource
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.examples import example_application
from graphdoc.site.atlas.facts import entries, flag, text
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.atlas.secret_words import makers
from graphdoc.site.pages.settings import change_rows, changes_of
from graphdoc.site.writing.markup import (
    DASH,
    NOTHING,
    Markup,
    chip,
    code,
    html,
    paragraph,
    plural,
    prose,
)
from graphdoc.site.writing.page import Block, Page, numbered
from graphdoc.site.writing.redact import shown_value
from graphdoc.site.writing.steps import command, steps
from graphdoc.site.writing.tables import Row, row, table

__all__ = ["APPLICATION_RUNBOOK", "application_runbook"]

APPLICATION_RUNBOOK = "runbooks/add-app.md"
_TITLE = "Add an Application"
_DECIDED = frozenset({"Sync wave", "Namespace", "Project", "Host", "Image tag", "Sync policy"})
_SWITCHED = "Switch the new one on, as this line does."
_FILE_READ = "Copy this file: the ApplicationSet {} reads all like it."
# The rules that notice what is easily forgotten, in the order of the work.
_NOTICED = (
    "orphaned-manifest",
    "orphaned-application",
    "duplicate-application",
    "missing-project",
    "missing-source-path",
    "missing-values-file",
    "orphaned-values-file",
    "undeclared-source-ref",
    "missing-secret",
    "wave-inversion",
    "default-namespace",
    "floating-image-tag",
    "unautomated-sync",
    "missing-notification",
)


def application_runbook(atlas: Atlas) -> Iterator[Page]:
    """The page; none for an estate without an Application that one could copy."""
    nodes = example_application(atlas)
    if not nodes:
        return
    scope = Scope(atlas, APPLICATION_RUNBOOK)
    name = nodes[0].name
    clusters = plural(len({node.cluster for node in nodes}), "cluster")
    sentence = (
        f"Copy {name}: of the Applications here it is the one most like the others, on {clusters}."
    )
    blocks = (
        *numbered(
            Block("Copy and add these files", "files", _files(scope, nodes)),
            Block("Rename", "rename", _renames(scope, nodes)),
            Block("Decide", "decide", _decisions(scope, nodes)),
            Block("Make its Secrets", "secrets", _secrets(scope, nodes)),
            Block("Check before you merge", "check", _check(scope, nodes[0])),
        ),
    )
    strip = (
        chip(html("copy {}", scope.application(name))),
        *(scope.source_chip(span) for span in nodes[0].locations[:1]),
        chip(scope.page("all Applications", "apps/index.md")),
    )
    yield scope.compose(_TITLE, sentence, strip, blocks)


def _files(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    own = _own_folders(scope.atlas, nodes)
    if _is_made(scope.atlas, nodes[0]):
        # What lies in its source, or around it, goes with the folder that the set looks at.
        sources = {text(s, "path") for node in nodes for s in entries(node.attributes, "sources")}
        own = {f: own[f] for f in own if not any(_is_one(f, s) for s in sources)}
    rows = dict.fromkeys(touched for node in nodes for touched in _touched(scope, node, own))
    said = "Copy the folder {}: nothing else renders it."
    rows |= {(place, html(said, code(f"{folder}/"))): None for folder, place in own.items()}
    found = (
        row(str(number), scope.source(span), what)
        for number, (span, what) in enumerate(rows, start=1)
    )
    return table(("Step", "File", "What to do"), found)


def _touched(scope: Scope, node: GraphNode, own: dict[str, Span]) -> Iterator[tuple[Span, Markup]]:
    """Every line that an Application needs, from its manifest to its namespace."""
    graph = scope.atlas.graph
    if _is_made(scope.atlas, node):
        yield from _of_set(scope, node, text(node.attributes, "parent"))
    else:
        home = node.locations[0]
        yield home, html("Copy the manifest of the Application.")
        listed = graph.edges_to(f"file:{home.file.repository}/{home.file.path}", EdgeKind.INCLUDES)
        yield from ((e.locations[-1], html("List the new manifest here.")) for e in listed)
    yield from ((span, html("{}", _SWITCHED)) for span in _switches(scope.atlas, node))
    copied = {place.file.repository for place in own.values()}
    for place, what in _values(scope, node):
        if place.file.repository not in copied or not _is_in(place, own):
            yield place, what
    yield from _namespace(scope, node)
    where = scope.cluster(node.cluster or "")
    for span in scope.atlas.own_patches(node):
        yield span, html("Patch the new one too, if it differs on {}.", where)


def _own_folders(atlas: Atlas, nodes: tuple[GraphNode, ...]) -> dict[str, Span]:
    """The folders that only these Applications render, or their kustomizations include."""
    graph = atlas.graph
    rendered = {t.id: t for node in nodes for t in graph.targets(node.id, EdgeKind.RENDERS)}
    below = (n for id_ in rendered for n in graph.targets(id_, EdgeKind.INCLUDES))
    targets = rendered | {n.id: n for n in below if n.kind is NodeKind.KUSTOMIZATION}
    found: dict[str, Span] = {}
    for target in targets.values():
        if target.attributes.get("local") is False or not target.locations:
            continue
        place = target.locations[0]
        folder = dirname(place.file.path)
        is_there = target.id.partition(":")[2].startswith(f"{place.file.repository}/{folder}")
        is_own = is_there and not _is_shared(atlas, target, nodes[0].name, rendered)
        if folder and is_own and not _is_in(place, found):
            found[folder] = place
    return found


def _is_shared(atlas: Atlas, target: GraphNode, name: str, rendered: Container[str]) -> bool:
    """Whether another Application renders it, or what includes it and is included in turn."""
    graph = atlas.graph
    above = list(graph.sources(target.id, EdgeKind.INCLUDES))
    users = {u.name for n in (target, *above) for u in graph.sources(n.id, EdgeKind.RENDERS)}
    loose = (n.id for n in above if n.id not in rendered)
    is_included = any(any(graph.sources(id_, EdgeKind.INCLUDES)) for id_ in loose)
    return is_included or not users <= {name}


def _of_set(scope: Scope, node: GraphNode, made: str) -> Iterator[tuple[Span, Markup]]:
    """What an ApplicationSet makes an Application of: a file, a folder, or an entry of a list."""
    found = scope.atlas.site.estate.sets_by_id[made]
    item, named = dict(found.items).get(node.name), scope.node(made)
    folders = [text(source, "path") for source in entries(node.attributes, "sources")]
    own = sorted(r.written for r in scope.atlas.resources(node.id) if _is_in(r.written, folders))
    written = {node.span.file for node in nodes_within(found.resource.manifest)}
    if item is not None and item.file not in written:
        items = {other.file for _, other in found.items}
        home = _home(item.file, items, folders)
        said = "Copy the folder {}: the ApplicationSet {} reads this file of each like it."
        copied = html(said, code(f"{home}/"), named) if home else NOTHING
        yield item, copied or html(_FILE_READ, named)
    elif _is_of_folders(found.resource) and own:
        said = "Copy the folder {}: the ApplicationSet {} makes an Application of each like it."
        yield own[0], html(said, code(f"{folders[0]}/"), named)
    elif item is not None:
        yield item, html("Add an entry like this one, for the ApplicationSet {}.", named)


def _home(file: SourceFile, items: Iterable[SourceFile], folders: Iterable[str]) -> str:
    """The folder that an Application has to itself, with its file for the set and its source."""
    for folder in filter(None, folders):
        own = dirname(file.path)
        common, others = commonpath((own, folder)), {item.path for item in items} - {file.path}
        is_own = others and not any(path.startswith(f"{common}/") for path in others)
        if common and (common == own or is_own):
            return common
    return ""


def _is_one(folder: str, other: str) -> bool:
    return f"{folder}/".startswith(f"{other}/") or f"{other}/".startswith(f"{folder}/")


def _is_in(span: Span, folders: Iterable[str]) -> bool:
    return any(folder and span.file.path.startswith(f"{folder}/") for folder in folders)


def _is_of_folders(made: Resource) -> bool:
    generators = made.manifest.find("spec", "generators")
    nodes = nodes_within(generators) if generators is not None else ()
    return any(isinstance(node, Mapping) and "directories" in node.entries for node in nodes)


def _switches(atlas: Atlas, node: GraphNode) -> Iterator[Span]:
    """The values of what brings an Application that are true under its name."""
    for source in atlas.sources(text(node.attributes, "parent")):
        for pointer, field in walk(source.values) if source.values is not None else ():
            named = unescape_pointer(pointer.removesuffix("/enabled").rpartition("/")[2])
            if isinstance(field, Scalar) and field.value is True and named == node.name:
                yield field.span


def _values(scope: Scope, node: GraphNode) -> Iterator[tuple[Span, Markup]]:
    for edge in scope.atlas.graph.edges_from(node.id, EdgeKind.LAYERS):
        file = scope.atlas.graph.node(edge.target)
        if file is None or not file.locations:
            continue
        users = {user.name for user in scope.atlas.graph.sources(file.id, EdgeKind.LAYERS)}
        shared = len(users) > 1
        said = f"Leave it: {len(users)} Applications share it." if shared else "Copy the values."
        yield file.locations[0], html("{}", said)


def _namespace(scope: Scope, node: GraphNode) -> Iterator[tuple[Span, Markup]]:
    """Where Namespace manifests of its cluster make the namespace of an Application."""
    resolved = scope.atlas.resolved.get(node.id)
    into = resolved.application.destination.namespace if resolved else ""
    for _, resource in scope.atlas.site.estate.cluster_resources(node.cluster or ""):
        if resource.kind == "Namespace" and resource.name == into:
            yield resource.manifest.span, html("Add the namespace, if it is a new one.")


def _renames(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    name = nodes[0].name
    said = paragraph(
        "Every value of the manifest that says {}; file names that do are in the table above.",
        code(name),
    )
    written = [node for node in nodes if not _is_made(scope.atlas, node)]
    found = {(value, span): f for n in written for f, value, span in _named(scope.atlas, n)}
    rows = (
        row(code(pointer), code(without_credentials(shown_value(value))), scope.source(span))
        for (value, span), pointer in found.items()
    )
    listed = table(("Field", "Value now", "Line"), rows)
    return said + listed if listed else Markup()


def _is_made(atlas: Atlas, node: GraphNode) -> bool:
    """Whether an ApplicationSet makes it, so that its manifest is that of others too."""
    parent = atlas.graph.node(text(node.attributes, "parent"))
    return parent is not None and parent.kind is NodeKind.APPLICATION_SET


def _named(atlas: Atlas, node: GraphNode) -> Iterator[tuple[str, str, Span]]:
    resolved = atlas.resolved.get(node.id)
    word = re.compile(rf"(?<![A-Za-z0-9]){re.escape(node.name)}(?![A-Za-z0-9])")
    for pointer, field in walk(resolved.manifest) if resolved else ():
        if isinstance(field, Scalar) and isinstance(field.value, str) and word.search(field.value):
            yield pointer.replace("~1", "/").lstrip("/"), field.value, field.span


def _decisions(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    changes = [
        change
        for change in changes_of(scope.atlas, nodes)
        if change.setting.what in _DECIDED and not change.setting.default
    ]
    said = paragraph(
        "What the copy has from {}. A wave is right when all that the Application needs comes in "
        "an earlier one, see {}.",
        scope.application(nodes[0].name),
        scope.page("sync waves", "waves/index.md"),
    )
    head = ("What", "Cluster", "Value now", "Change it here")
    rows = table(head, change_rows(scope, changes, name=False))
    return said + rows if rows else Markup()


def _secrets(scope: Scope, nodes: tuple[GraphNode, ...]) -> Markup:
    rows = [_secret(scope, secret) for secret in _needed(scope.atlas, nodes)]
    if not rows:
        return paragraph("{} needs no Secret that is known from Git.", nodes[0].name)
    head = ("Secret", "Cluster", "Namespace", "Made by", "Written at")
    said = paragraph(
        "{} uses these. The new one needs its own, in its namespace and on each cluster.",
        nodes[0].name,
    )
    return said + table(head, rows)


def _needed(atlas: Atlas, nodes: Iterable[GraphNode]) -> Iterator[GraphNode]:
    edges = (edge for node in nodes for edge in atlas.graph.edges_from(node.id, EdgeKind.USES))
    found = map(atlas.graph.node, dict.fromkeys(edge.target for edge in edges))
    return (node for node in found if node is not None and node.kind is NodeKind.SECRET)


def _secret(scope: Scope, node: GraphNode) -> Row:
    missing = flag(node.attributes, "missing")
    made = ", ".join(makers(node)) or ("nothing: missing" if missing else "cannot be told from Git")
    return row(
        scope.node(node.id),
        scope.cluster(node.cluster or ""),
        text(node.attributes, "namespace") or DASH,
        made,
        DASH if missing else scope.sources(node.locations[:1]),
    )


def _check(scope: Scope, node: GraphNode) -> Markup:
    summaries = {rule.id: rule.summary for rule in scope.atlas.site.rules}
    doing = steps(
        (
            "Run both on your branch. The first says what is wrong, the second what the change "
            "brings to which cluster.",
            "What is easily forgotten is noticed by the rules below.",
        )
    )
    rows = (
        row(scope.rule(rule), prose(summaries[rule]), str(_count(scope.atlas, rule)))
        for rule in _NOTICED
        if rule in summaries
    )
    checkout = scope.atlas.checkouts.get(node.locations[0].file.repository)
    branch = checkout.branch if checkout else ""
    run = command("graphdoc check", f"graphdoc diff {branch or 'main'}")
    return doing + run + table(("Rule", "Notices", "Findings now"), rows)


def _count(atlas: Atlas, rule: str) -> int:
    return sum(finding.rule == rule for finding in atlas.site.findings)
