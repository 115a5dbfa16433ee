"""The way of one request: from a host to the image that answers, and the line that sets its tag."""

from collections.abc import Iterator
from typing import NamedTuple

from graphdoc.graph.repo_graph import Edge, EdgeKind, GraphNode
from graphdoc.model.grouping import grouped
from graphdoc.model.node import Scalar
from graphdoc.model.resource import Resource
from graphdoc.resolve.resources.workloads import hosts_of, pod_spec_of
from graphdoc.site.atlas.atlas import Atlas
from graphdoc.site.atlas.behind import Near
from graphdoc.site.atlas.where import Setting

__all__ = ["Request", "Run", "example_request"]


class Run(NamedTuple):
    """What answers in the end: whose it is, its image as the graph knows it, where, and its tag."""

    application: GraphNode
    runs: Edge
    image: Scalar
    tag: Setting | None


class Request(NamedTuple):
    """The way of one request: the host, the Application of its route, and what runs behind it."""

    application: GraphNode
    serves: Edge
    run: Run | None


def example_request(atlas: Atlas) -> Request | None:
    """The host to follow: one outside production whose tag stands in Git."""

    def rank(request: Request) -> tuple[bool | str, ...]:
        tag = request.run.tag if request.run else None
        return (
            request.application.cluster in atlas.production,
            "*" in request.serves.target,
            request.run is None,
            tag is None,
            tag is not None and tag.default,
            request.serves.target,
            request.application.id,
        )

    return min(_Search(atlas).requests(), key=rank, default=None)


class _Search:
    """Everything that runs on each cluster, by its namespace: a route leads across Applications."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        owned = [(app, r) for app in atlas.resolved.values() for r in app.resources]
        placed = grouped(((app.cluster, _namespace(app.id, r, atlas)), r) for app, r in owned)
        self._near = {place: Near(resources) for place, resources in placed.items()}
        self._owners = {id(resource): app.id for app, resource in owned}

    def requests(self) -> Iterator[Request]:
        for node in self._atlas.applications:
            routes = {
                f"host:{fact.host}": resource
                for resource in self._atlas.resources(node.id)
                for fact in hosts_of(resource)
            }
            for serves in self._atlas.graph.edges_from(node.id, EdgeKind.SERVES):
                route = routes.get(serves.target)
                yield Request(node, serves, self._run(node, route) if route else None)

    def _run(self, node: GraphNode, route: Resource) -> Run | None:
        place = (node.cluster or "", _namespace(node.id, route, self._atlas))
        near = self._near.get(place)
        found = [
            run
            for workload in (near.behind(route) if near else ())
            for run in self._runs(self._owners[id(workload)], workload)
        ]
        names = (node.name, *(run.application.name for run in found))
        return min(found, key=lambda run: not _is_namesake(run, names), default=None)

    def _runs(self, owner: str, workload: Resource) -> Iterator[Run]:
        node, pod = self._atlas.graph.node(owner), pod_spec_of(workload)
        images = [c.scalar("image") for c in pod.mappings_at("containers")] if pod else []
        for image in images:
            edge = next(self._edges(owner, image), None) if image else None
            if node and image and edge:
                yield Run(node, edge, image, self._tag(node, edge, image))

    def _edges(self, owner: str, image: Scalar) -> Iterator[Edge]:
        for edge in self._atlas.graph.edges_from(owner, EdgeKind.RUNS):
            rest = str(image.value).removeprefix(edge.target.partition(":")[2])
            if rest != str(image.value) and rest[:1] in {"", ":", "@"}:
                yield edge

    def _tag(self, node: GraphNode, edge: Edge, image: Scalar) -> Setting | None:
        """The line of values that says the tag, where one does."""
        said = str(image.value).removeprefix(edge.target.partition(":")[2]).lstrip(":@")
        tags = [s for s in self._atlas.settings(node.id) if s.what == "Image tag"]
        return min((s for s in tags if s.value == said), key=lambda s: s.default, default=None)


def _namespace(id_: str, resource: Resource, atlas: Atlas) -> str:
    return resource.namespace or atlas.resolved[id_].application.destination.namespace


def _is_namesake(run: Run, names: tuple[str, ...]) -> bool:
    """Whether an image is called like what runs it, and not a helper beside it."""
    called = run.runs.target.rpartition("/")[2].partition(":")[0].lower()
    return any(called in name.lower() or name.lower() in called for name in names)
