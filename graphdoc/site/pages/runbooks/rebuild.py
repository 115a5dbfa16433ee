"""The runbook that brings one cluster back from Git: what, in which order, and what Git lacks."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from graphdoc.graph.repo_graph import GraphNode, NodeKind
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping as Tree
from graphdoc.model.resource import Resource
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.facts import flag, texts
from graphdoc.site.atlas.ordering import Step, find_steps, step_id
from graphdoc.site.atlas.scope import Scope
from graphdoc.site.atlas.sealed import sealed_secrets
from graphdoc.site.diagrams.drawing import drawn
from graphdoc.site.pages.runbooks.secret import SECRET_RUNBOOK, sealed_rows
from graphdoc.site.pages.waves import verdict
from graphdoc.site.pictures.order import order_diagram, roots_of, scripts_of
from graphdoc.site.writing.markup import (
    DASH,
    NOTHING,
    Markup,
    chip,
    html,
    join,
    kind_chip,
    paragraph,
    plural,
)
from graphdoc.site.writing.page import Block, Page, numbered
from graphdoc.site.writing.steps import bullets, steps
from graphdoc.site.writing.tables import Row, Section, capped, row

__all__ = ["rebuild_page"]

_SEALED = ("Secret", "Namespace", "Scope", "Keys", "File", "Used by")


class _Volume(NamedTuple):
    """Data that no repository holds: whose it is, its name, its size, and the line that asks."""

    application: str
    name: str
    size: str
    place: Span


def rebuild_page(atlas: Atlas, node: GraphNode) -> Page:
    """What is not in Git, the picture of the order, then the steps in that order."""
    path = atlas.rebuild_page(node.name)
    scope = Scope(atlas, path)
    picture = drawn(order_diagram(scope, node.name), path, scope.to("waves/index.md"))
    volumes = _volumes(atlas, node.name)
    sealed = sealed_secrets(atlas, node.name)
    blocks = (
        Block("", "not-in-git", _not_in_git(scope, node, volumes, sealed)),
        Block("", "order", picture.body),
        *numbered(
            Block("Start it", "start", _start(scope, node)),
            Block("Seal the Secrets again", "secrets", _secrets(scope, sealed)),
            Block("Watch the waves", "waves", _waves(scope, node)),
            Block("Bring the data back", "data", _data(scope, volumes)),
            Block("Check", "check", _check(scope, node)),
        ),
    )
    title = f"Rebuild {node.name}"
    sentence = _sentence(atlas, node, len(sealed))
    page = scope.compose(title, sentence, _strip(scope, node), blocks)
    return replace(page, figures=picture.figures, files=picture.files)


def _sentence(atlas: Atlas, node: GraphNode, sealed: int) -> str:
    steps = find_steps(atlas, node.name)
    count = sum(map(len, steps.values()))
    seal = f", {plural(sealed, 'Secret')} to seal again" if sealed else ""
    return (
        f"How to bring {node.name} back from Git: {plural(count, 'Application')} in "
        f"{plural(len(steps), 'step')}{seal}."
    )


def _strip(scope: Scope, node: GraphNode) -> Iterator[Markup]:
    yield kind_chip("cluster", "Runbook")
    yield chip(scope.cluster(node.name))
    for _, span in scripts_of(scope.atlas, node.name)[:1]:
        yield scope.source_chip(span)
    for _, span in roots_of(scope.atlas, node.name)[:1]:
        yield scope.source_chip(span)


def _not_in_git(
    scope: Scope, node: GraphNode, volumes: tuple[_Volume, ...], sealed: tuple[GraphNode, ...]
) -> Markup:
    said = list(_lacking(scope, node, volumes, sealed))
    if not said:
        return Markup()
    return html(
        '<div class="admonition danger"><p class="admonition-title">{}</p>{}</div>',
        "Not in Git",
        bullets(said),
    )


def _lacking(
    scope: Scope, node: GraphNode, volumes: tuple[_Volume, ...], sealed: tuple[GraphNode, ...]
) -> Iterator[Markup]:
    if volumes:
        users = ", ".join(sorted({volume.application for volume in volumes}))
        yield html("The data in {}, of {}.", plural(len(volumes), "volume"), users)
    if sealed:
        what = "the SealedSecret" if len(sealed) == 1 else f"the {len(sealed)} SealedSecrets"
        yield html("The private key that opens {}.", what)
    secrets = scope.atlas.on(node.name, NodeKind.SECRET)
    missing = [n for n in secrets if flag(n.attributes, "missing")]
    if missing:
        named = (scope.node(n.id, n.id.removeprefix(f"secret:{n.cluster}/")) for n in missing)
        said = plural(len(missing), "Secret")
        yield html("What nothing in Git makes: {} ({}).", said, join(named, ", "))
    known = scope.atlas.by_cluster.get(node.name, ())
    hidden = sum(not flag(n.attributes, "resolved") for n in known)
    if hidden:
        why = scope.page("not fully analysed", "coverage.md#unresolved")
        said = "Application is" if hidden == 1 else "Applications are"
        yield html("Perhaps more: {} {} {}.", str(hidden), said, why)


def _start(scope: Scope, node: GraphNode) -> Markup:
    scripts, roots = scripts_of(scope.atlas, node.name), roots_of(scope.atlas, node.name)
    items = ["Make the cluster itself, and point kubectl at it."]
    items += [
        html("Run {}: the line {} applies the root.", scope.node(id_), scope.source(span))
        for id_, span in scripts
    ]
    if not scripts:
        items += ["Install Argo CD. No script for this cluster is known from Git."]
    for id_, span in roots:
        word = "It applies" if scripts else "Apply"
        items.append(html("{} {}, defined at {}.", word, scope.node(id_), scope.source(span)))
    return steps(items)


def _secrets(scope: Scope, sealed: tuple[GraphNode, ...]) -> Markup:
    if not sealed:
        return NOTHING
    said = paragraph(
        "A new controller has a new key and opens none of these, unless you bring the old key "
        "back before it starts. Else seal each again as soon as it runs, as in {}.",
        scope.page("Rotate a Secret", SECRET_RUNBOOK),
    )
    return said + capped(
        _SEALED,
        sealed_rows(scope, sealed, cluster=False),
        more=scope.page("Secrets", "secrets/index.md"),
    )


def _waves(scope: Scope, node: GraphNode) -> Markup:
    found = find_steps(scope.atlas, node.name)
    said = paragraph("{}", verdict(scope, node.name))
    head, every = ("Application", "Namespace", "Defined by"), scope.cluster(node.name)
    rows = capped(head, _step_rows(scope, found), 50_000, more=every)
    return said + (rows or paragraph("No Application below the root."))


def _step_rows(
    scope: Scope, found: Mapping[Step, tuple[GraphNode, ...]]
) -> Iterator[Row | Section]:
    for step, nodes in found.items():
        yield Section(f"{step}, {plural(len(nodes), 'Application')}", step_id(step))
        for app in nodes:
            into = ", ".join(texts(app.attributes, "namespaces")) or DASH
            yield row(scope.node(app.id, app.name), into, scope.sources(app.locations[:1]))


def _data(scope: Scope, volumes: tuple[_Volume, ...]) -> Markup:
    if not volumes:
        return paragraph("No volume is known from what could be rendered.")
    said = paragraph(
        "{}",
        "Argo CD makes these volumes anew and empty, but for those that are bound by name to a "
        "volume that is there already. Whether there is a copy, Git does not say.",
    )
    rows = (
        row(volume.application, volume.name, volume.size, scope.source(volume.place))
        for volume in volumes
    )
    more = scope.page("Where do I change…", "where.md")
    return said + capped(("Application", "Volume", "Size", "Asked for at"), rows, more=more)


def _check(scope: Scope, node: GraphNode) -> Markup:
    hosts = scope.atlas.hosts_of[node.name]
    listed = scope.page("Hosts", "hosts/index.md")
    return bullets(
        (
            html("Every Application of {} is synced and healthy.", scope.cluster(node.name)),
            *([html("{} to answer, see {}.", plural(hosts, "host"), listed)] if hosts else []),
            html(
                "What was wrong in Git before is wrong now too: {}.",
                scope.page("findings", f"findings/index.md?findings={node.name}"),
            ),
        )
    )


def _volumes(atlas: Atlas, cluster: str) -> tuple[_Volume, ...]:
    """What is rendered asks for; of what is not, what its values ask for."""
    found: list[_Volume] = []
    for app in atlas.by_cluster.get(cluster, ()):
        resolved = atlas.resolved.get(app.id)
        asked = [v for r in resolved.resources for v in _claims(app.name, r)] if resolved else []
        found += asked or [
            _Volume(app.name, setting.key, setting.value, setting.place)
            for setting in atlas.settings(app.id)
            if setting.what == "Storage size" and not setting.default
        ]
    return tuple(sorted(found))


def _claims(application: str, resource: Resource) -> Iterator[_Volume]:
    if resource.kind == "PersistentVolumeClaim":
        yield _claim(application, resource.manifest)
    if resource.kind == "StatefulSet":
        for item in resource.manifest.mappings_at("spec", "volumeClaimTemplates"):
            yield _claim(application, item)


def _claim(application: str, manifest: Tree) -> _Volume:
    name = manifest.scalar("metadata", "name")
    size = manifest.scalar("spec", "resources", "requests", "storage")
    asked = str(size.value) if size is not None else DASH
    place, bound = (size or manifest).span, manifest.text("spec", "volumeName")
    said = f"{name.value if name else DASH}{', bound to ' if bound else ''}{bound}"
    return _Volume(application, said, asked, place)
