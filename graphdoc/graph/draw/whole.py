"""The resolved estate as nodes and edges."""

from collections import Counter
from fnmatch import fnmatchcase
from posixpath import dirname, join

from graphdoc.graph.draw.applications import (
    draw_application,
    draw_application_set,
    kustomization_starts,
)
from graphdoc.graph.draw.drawing import Drawing
from graphdoc.graph.draw.secrets import draw_secrets
from graphdoc.graph.draw.workflows import draw_workflows
from graphdoc.graph.draw.workloads import draw_workloads
from graphdoc.graph.repo_graph import EdgeKind, RepoGraph
from graphdoc.model.argocd import is_argocd
from graphdoc.model.clone import Clone
from graphdoc.model.grouping import grouped
from graphdoc.model.identity import chart_id, kustomization_id, remote_chart_id
from graphdoc.model.location import SourceFile, file_start
from graphdoc.model.node import Plain, to_plain
from graphdoc.model.resource import Resource
from graphdoc.resolve.applications.owners import Owners
from graphdoc.resolve.kustomize import Build, Include
from graphdoc.resolve.repositories.paths import chart_folders, required_folder
from graphdoc.resolve.resolved import Estate, RootKind
from graphdoc.resolve.resources.placement import find_targets

__all__ = ["ClusterFacts", "build_graph"]

ClusterFacts = dict[str, dict[str, Plain]]

_PRODUCTION = ("*prod*",)


def build_graph(
    estate: Estate, facts: ClusterFacts | None = None, production: tuple[str, ...] = _PRODUCTION
) -> RepoGraph:
    """Draw everything that the estate holds.

    Args:
        estate: the resolved estate.
        facts: what the configuration says of clusters that is not in Git, by cluster.
        production: patterns of the names of production clusters.
    """
    drawing = Drawing()
    _draw_repositories(drawing, estate)
    named = {*estate.clusters, *find_targets(estate).values()}
    facts = facts or {}
    productive = frozenset(name for name in named if _is_productive(name, facts, production))
    _draw_clusters(drawing, estate, facts, productive)
    for build in estate.builds:
        _draw_build(drawing, build)
    _draw_charts(drawing, estate)
    owners = Owners(estate.clones)
    for entry in estate.applications:
        draw_application(drawing, entry, owners)
    for made in estate.application_sets:
        draw_application_set(drawing, made, estate.by_id)
    _draw_management(drawing, estate)
    _draw_projects(drawing, estate)
    draw_workloads(drawing, estate)
    draw_secrets(drawing, estate)
    _draw_scripts(drawing, estate)
    draw_workflows(drawing, estate)
    return drawing.finish(productive)


def _draw_repositories(drawing: Drawing, estate: Estate) -> None:
    for clone in estate.clones:
        drawing.node(
            f"repository:{clone.name}",
            clone.name,
            [file_start(SourceFile(clone.name, ""))],
            attributes={
                "path": clone.path,
                "urls": list(clone.urls),
                "commit": clone.commit,
                "branch": clone.branch,
                "dirty": clone.dirty,
                "files": len(clone.files),
            },
        )


def _draw_clusters(
    drawing: Drawing, estate: Estate, facts: ClusterFacts, productive: frozenset[str]
) -> None:
    ids = {entry.id: entry.cluster for entry in estate.applications}
    counts = Counter(ids.values())
    for cluster in estate.clusters:
        roots = estate.roots_on(cluster)
        attributes: dict[str, Plain] = {
            "root": roots[0].node,
            "roots": [root.node for root in roots],
            "applications": counts[cluster],
            "production": cluster in productive,
            **facts.get(cluster, {}),
        }
        spans = [root.span for root in roots]
        drawing.node(f"cluster:{cluster}", cluster, spans, cluster=cluster, attributes=attributes)


def _is_productive(name: str, facts: ClusterFacts, production: tuple[str, ...]) -> bool:
    said = facts.get(name, {}).get("production")
    return any(fnmatchcase(name, one) for one in production) if said is None else said is True


def _draw_build(drawing: Drawing, build: Build) -> None:
    own = kustomization_id(build.clone, build.path)
    starts = kustomization_starts(build)
    place = SourceFile(build.clone, build.path)
    attributes: dict[str, Plain] = {
        "resources": len(build.resources),
        "patches": sum(dirname(patch.kustomization.path) == build.path for patch in build.patches),
        "role": _role_of(build.path),
    }
    drawing.node(
        own,
        build.path or build.clone,
        [file_start(starts.get(place, place))],
        attributes=attributes,
    )
    for part in build.parts:
        for include in part.includes:
            _draw_include(drawing, kustomization_id(part.clone, part.path), include, starts)


def _draw_include(
    drawing: Drawing, own: str, include: Include, starts: dict[SourceFile, SourceFile]
) -> None:
    if include.is_directory:
        target = kustomization_id(include.clone, include.target)
        name, role = include.target or include.clone, _role(include)
    else:
        target = f"file:{include.clone}/{include.target}"
        name, role = include.target.rpartition("/")[2], str(include.kind)
    place = SourceFile(include.clone, include.target)
    start = file_start(starts.get(place, place)) if include.clone else include.span
    kind = "role" if include.is_directory else "kind"
    drawing.node(target, name, [start], attributes={kind: role})
    drawing.edge(own, EdgeKind.INCLUDES, target, [include.span], {"entry": str(include.kind)})


def _role(include: Include) -> str:
    if include.kind == "component":
        return "component"
    return _role_of(include.target) if include.clone else "remote"


def _role_of(path: str) -> str:
    segments = path.split("/")
    return "base" if "base" in segments or "bases" in segments else "overlay"


def _draw_charts(drawing: Drawing, estate: Estate) -> None:
    for clone in estate.clones:
        for chart in chart_folders(clone.files):
            _draw_chart(drawing, estate, clone, chart)


def _draw_chart(drawing: Drawing, estate: Estate, clone: Clone, path: str) -> None:
    metadata = estate.files.chart(clone, path)
    if metadata is None:
        return
    own = drawing.node(
        chart_id(clone.name, path),
        metadata.name or path,
        [metadata.span],
        attributes={
            "version": metadata.version,
            "app_version": metadata.app_version,
            "repository": clone.name,
            "local": True,
            "path": path,
            "library": metadata.library,
        },
    )
    for dependency in metadata.dependencies:
        target = _dependency_id(
            clone, path, dependency.repository, dependency.name, dependency.version
        )
        if not dependency.is_local:
            attributes: dict[str, Plain] = {
                "version": dependency.version, "repository": dependency.repository, "local": False,
            }  # fmt: skip
            drawing.node(target, dependency.name, [dependency.span], attributes=attributes)
        drawing.edge(own, EdgeKind.REQUIRES, target, [dependency.span])


def _dependency_id(clone: Clone, path: str, repository: str, name: str, version: str) -> str:
    if not repository:
        return chart_id(clone.name, join(path, "charts", name))
    folder = required_folder(path, repository)
    if folder is not None:
        return chart_id(clone.name, folder)
    return remote_chart_id(repository, name, version)


def _draw_management(drawing: Drawing, estate: Estate) -> None:
    for root in estate.roots:
        if root.kind is RootKind.CHART or root.kind is RootKind.KUSTOMIZATION:
            name = root.path.rpartition("/")[2] or root.clone
            drawing.node(root.node, name, [root.span])
            drawing.set_attribute(root.node, "root", value=True)
    for parent, child, span in estate.manages:
        drawing.edge(parent, EdgeKind.MANAGES, child, [span])
    _draw_patches(drawing, estate)


def _draw_patches(drawing: Drawing, estate: Estate) -> None:
    """The kustomizations that patch an Application on its way to the cluster."""
    rendered = [(entry.id, source.build) for entry, source in estate.application_sources]
    rendered += [(root.node, root.build) for root in estate.roots]
    builds = grouped((id_, build) for id_, build in rendered if build is not None)
    children = {(entry.parent, entry.name): entry.id for entry in estate.applications}
    hits = (
        (patch, children.get((parent, target.name)))
        for parent, own in builds.items()
        for build in own
        for patch in build.patches
        for target in patch.targets
        if target.kind == "Application"
    )
    for patch, child in hits:
        if child is not None:
            file = patch.kustomization
            source = kustomization_id(file.repository, dirname(file.path))
            drawing.edge(source, EdgeKind.PATCHES, child, [patch.span])


def _draw_projects(drawing: Drawing, estate: Estate) -> None:
    instances = _instances_of_projects(estate)
    for cluster, _, resource in estate.applied:
        if is_argocd(resource, "AppProject") and resource.name:
            id_ = _project_id(instances, cluster, resource.namespace, resource.name)
            _draw_project(drawing, id_, cluster, resource)
    for entry in estate.applications:
        name = entry.application.project or "default"
        scalar = entry.manifest.scalar("spec", "project")
        spans = scalar.origins if scalar is not None else (entry.application.resource.span,)
        id_ = _project_id(instances, entry.cluster, entry.application.namespace, name)
        if not drawing.has_node(id_):
            drawing.node(id_, name, spans[:1], cluster=entry.cluster, attributes={"defined": False})
        drawing.edge(entry.id, EdgeKind.USES, id_, spans)


def _instances_of_projects(estate: Estate) -> dict[tuple[str, str], set[str]]:
    """The namespaces, one for each Argo CD, that have a project of a name on a cluster."""
    found = grouped(
        ((cluster, resource.name), resource.namespace)
        for cluster, _, resource in estate.applied
        if is_argocd(resource, "AppProject")
    )
    return {key: set(namespaces) for key, namespaces in found.items()}


def _project_id(
    instances: dict[tuple[str, str], set[str]], cluster: str, namespace: str, name: str
) -> str:
    """The namespace stands in the id only where two Argo CDs have a project of the name."""
    known = instances.get((cluster, name), set())
    shared = len(known) > 1 and namespace in known
    return f"project:{cluster}/{namespace}:{name}" if shared else f"project:{cluster}/{name}"


def _draw_project(drawing: Drawing, id_: str, cluster: str, resource: Resource) -> None:
    facts = to_plain(resource.manifest.at("spec"))
    assert isinstance(facts, dict)
    keys = (
        "description",
        "sourceRepos",
        "destinations",
        "clusterResourceWhitelist",
        "sourceNamespaces",
    )
    attributes: dict[str, Plain] = {key: facts[key] for key in keys if key in facts}
    drawing.node(
        id_,
        resource.name,
        resource.manifest.origins,
        cluster=cluster,
        attributes={"defined": True, **attributes},
    )


def _draw_scripts(drawing: Drawing, estate: Estate) -> None:
    for root in estate.roots:
        if root.script is not None:
            file = root.script.file
            id_ = drawing.node(
                f"file:{file}", file.path.rpartition("/")[2], [file_start(file)],
                attributes={"kind": "script"},
            )  # fmt: skip
            drawing.edge(id_, EdgeKind.BOOTSTRAPS, root.node, [root.script])
