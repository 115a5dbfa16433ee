"""What the estate holds by name, and the page on which each node is explained."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain

from graphdoc.graph.repo_graph import GraphNode, NodeKind, RepoGraph
from graphdoc.model.grouping import grouped
from graphdoc.site.atlas.facts import flag, text, texts
from graphdoc.site.atlas.paths import anchor_id, slug, slugs

__all__ = ["Addresses", "file_path", "name_parts", "parts_of"]


_INDEXES = {
    NodeKind.APPLICATION_SET: "apps",
    NodeKind.HOST: "hosts",
    NodeKind.NAMESPACE: "namespaces",
    NodeKind.IMAGE: "images",
    NodeKind.PROJECT: "projects",
}


# What the page of a repository has room for; more files go on pages of their own.
_FILES_BESIDE = 40_000
# What a page of a list has room for: so many names, and so many bytes of their rows, about.
_LISTED = 120
_BYTES = 90_000
_ROW, _NODE, _FILE = 500, 150, 300


def name_parts(nodes: Iterable[GraphNode]) -> list[list[str]]:
    """The sorted names of some nodes, cut into what one page of a list has room for."""
    named = grouped((node.name, len(node.id) + _NODE) for node in nodes)
    return parts_of((name, _ROW + sum(named[name])) for name in sorted(named))


def parts_of(weighed: Iterable[tuple[str, int]], room: int = _BYTES) -> list[list[str]]:
    """Names, each with what its row weighs, cut into what one page has room for."""
    parts: list[list[str]] = []
    left = 0
    for name, weight in weighed:
        if not parts or weight > left or len(parts[-1]) == _LISTED:
            parts.append([])
            left = room
        parts[-1].append(name)
        left -= weight
    return parts


class Addresses:
    """The nodes of a graph by their names, and where each has its page."""

    def __init__(self, graph: RepoGraph) -> None:
        self.graph = graph

    @cached_property
    def clusters(self) -> tuple[GraphNode, ...]:
        """Every cluster, by name."""
        return tuple(sorted(self.graph.nodes(NodeKind.CLUSTER), key=lambda node: node.name))

    @cached_property
    def applications(self) -> tuple[GraphNode, ...]:
        """Every rendered Application, by name and cluster."""
        found = self.graph.nodes(NodeKind.APPLICATION)
        return tuple(sorted(found, key=lambda node: (node.name, node.cluster or "", node.id)))

    @cached_property
    def by_name(self) -> Mapping[str, tuple[GraphNode, ...]]:
        """The Applications of one name, on all clusters."""
        return grouped((node.name, node) for node in self.applications)

    @cached_property
    def by_cluster(self) -> Mapping[str, tuple[GraphNode, ...]]:
        """The Applications on one cluster."""
        return grouped((node.cluster or "", node) for node in self.applications)

    @cached_property
    def production(self) -> frozenset[str]:
        """The names of the clusters that are in production."""
        return frozenset(n.name for n in self.clusters if flag(n.attributes, "production"))

    @cached_property
    def names_by_namespace(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """The names of the Applications that apply into a namespace of a cluster."""
        return grouped(
            ((node.cluster or "", namespace), node.name)
            for node in self.applications
            for namespace in texts(node.attributes, "namespaces")
        )

    @cached_property
    def hosts_of(self) -> Counter[str]:
        """How many hosts each cluster serves."""
        hosts = self.graph.nodes(NodeKind.HOST)
        return Counter(name for host in hosts for name in set(texts(host.attributes, "clusters")))

    @cached_property
    def _on(self) -> Mapping[tuple[NodeKind, str], tuple[GraphNode, ...]]:
        return grouped(((node.kind, node.cluster or ""), node) for node in self.graph.nodes())

    def on(self, cluster: str, kind: NodeKind) -> tuple[GraphNode, ...]:
        """What there is of a kind on one cluster, by id."""
        return self._on.get((kind, cluster), ())

    def parent_of(self, id_: str) -> str:
        """The id of what brings an Application; empty where nothing does."""
        node = self.graph.node(id_)
        return text(node.attributes, "parent") if node else ""

    @cached_property
    def _written(self) -> Mapping[tuple[NodeKind, str], tuple[GraphNode, ...]]:
        placed = (node for node in self.graph.nodes() if node.locations)
        return grouped(((node.kind, node.locations[0].file.repository), node) for node in placed)

    def written_in(self, repository: str, kind: NodeKind) -> tuple[GraphNode, ...]:
        """What a repository defines of a kind, by id."""
        return self._written.get((kind, repository), ())

    @cached_property
    def secrets_by_name(self) -> Mapping[str, tuple[GraphNode, ...]]:
        """The Secrets of one name, in all clusters and namespaces."""
        return grouped((node.name, node) for node in self.graph.nodes(NodeKind.SECRET))

    @cached_property
    def policies_by_name(self) -> Mapping[str, tuple[GraphNode, ...]]:
        """The policies of one name, on all clusters."""
        found = sorted(self.graph.nodes(NodeKind.POLICY), key=lambda node: node.id)
        return grouped((node.name, node) for node in found)

    @cached_property
    def charts_by_key(self) -> Mapping[str, tuple[GraphNode, ...]]:
        """The versions of each chart, by its repository and name."""
        found = sorted(self.graph.nodes(NodeKind.CHART), key=lambda node: (node.name, node.id))
        return grouped((_chart_key(node), node) for node in found)

    @cached_property
    def _app_slugs(self) -> Mapping[str, str]:
        return slugs(self.by_name)

    @cached_property
    def _secret_slugs(self) -> Mapping[str, str]:
        return slugs(self.secrets_by_name)

    @cached_property
    def _policy_slugs(self) -> Mapping[str, str]:
        return slugs(self.policies_by_name)

    @cached_property
    def _chart_slugs(self) -> Mapping[str, str]:
        named = grouped((nodes[0].name, key) for key, nodes in self.charts_by_key.items())
        alone = {keys[0]: name for name, keys in named.items() if len(keys) == 1}
        shown = {key: alone.get(key, key) for key in self.charts_by_key}
        found = slugs(shown.values())
        return {key: found[name] for key, name in shown.items()}

    @cached_property
    def _values_slugs(self) -> Mapping[str, str]:
        return slugs(node.id.partition(":")[2] for node in self.graph.nodes(NodeKind.VALUES))

    @cached_property
    def cluster_slugs(self) -> Mapping[str, str]:
        """The last part of each cluster's address, and its anchor on other pages."""
        return slugs(node.name for node in self.clusters)

    @cached_property
    def _repository_slugs(self) -> Mapping[str, str]:
        return slugs(node.name for node in self.graph.nodes(NodeKind.REPOSITORY))

    def application_page(self, name: str) -> str:
        """The page of all Applications of one name."""
        return f"apps/{self._app_slugs[name]}.md"

    def cluster_page(self, name: str) -> str:
        """The page of a cluster."""
        return f"clusters/{self.cluster_slugs[name]}.md"

    def rebuild_page(self, name: str) -> str:
        """The runbook that brings a cluster back."""
        return f"runbooks/rebuild-{self.cluster_slugs[name]}.md"

    def secret_page(self, name: str) -> str:
        """The page of all Secrets of one name."""
        return f"secrets/{self._secret_slugs[name]}.md"

    def rotate_page(self, name: str) -> str:
        """The runbook for a new value of all Secrets of one name."""
        return f"runbooks/rotate/{self._secret_slugs[name]}.md"

    def policy_page(self, name: str) -> str:
        """The page of all policies of one name."""
        return f"policies/{self._policy_slugs[name]}.md"

    def chart_page(self, key: str) -> str:
        """The page of all versions of a chart."""
        return f"charts/{self._chart_slugs[key]}.md"

    def upgrade_page(self, key: str) -> str:
        """The runbook for a newer version of a chart."""
        return f"runbooks/upgrade/{self._chart_slugs[key]}.md"

    def values_page(self, id_: str) -> str:
        """The page of a values file, by its node's id."""
        return f"values/{self._values_slugs[id_.partition(':')[2]]}.md"

    def repository_page(self, name: str) -> str:
        """The page of a repository."""
        return f"repos/{self._repository_slugs[name]}.md"

    def rule_page(self, rule: str) -> str:
        """The page of a rule and its findings."""
        return f"findings/{slug(rule)}.md"

    def page(self, id_: str) -> str:
        """The page of a node, with the anchor of its row; empty where it has none."""
        node = self.graph.node(id_)
        return self._page(node) if node else ""

    def _page(self, node: GraphNode) -> str:
        if node.kind in _INDEXES:
            return f"{self.list_page(node)}#{anchor_id(node.id)}"
        return self._own_page[node.kind](node)

    def list_page(self, node: GraphNode) -> str:
        """The page of a list that has the row of a node: a long list goes on on further pages."""
        if node.kind is NodeKind.APPLICATION_SET:
            return "apps/index.md"
        part = self._parts[node.kind][node.name]
        return f"{_INDEXES[node.kind]}/{part or 'index'}.md"

    @cached_property
    def _parts(self) -> Mapping[NodeKind, Mapping[str, int]]:
        """The part of its list in which each name stands; 0 is the first."""
        found: dict[NodeKind, Mapping[str, int]] = {}
        for kind in _INDEXES:
            parts = enumerate(name_parts(self.graph.nodes(kind)))
            found[kind] = {name: at + 1 if at else 0 for at, names in parts for name in names}
        return found

    @cached_property
    def _own_page(self) -> Mapping[NodeKind, Callable[[GraphNode], str]]:
        return {
            NodeKind.APPLICATION: lambda n: f"{self.application_page(n.name)}#{self.row(n)}",
            NodeKind.CLUSTER: lambda n: self.cluster_page(n.name),
            NodeKind.REPOSITORY: lambda n: self.repository_page(n.name),
            NodeKind.SECRET: lambda n: self.secret_page(n.name),
            NodeKind.SEALED_SECRET: self._sealed_page,
            NodeKind.POLICY: lambda n: self.policy_page(n.name),
            NodeKind.CHART: lambda n: f"{self.chart_page(_chart_key(n))}#{anchor_id(n.id)}",
            NodeKind.VALUES: lambda n: self.values_page(n.id),
            NodeKind.KUSTOMIZATION: self._file_page,
            NodeKind.FILE: self._file_page,
        }

    def _sealed_page(self, node: GraphNode) -> str:
        known = node.name in self.secrets_by_name
        return self.secret_page(node.name) if known else "secrets/index.md"

    def _file_page(self, node: GraphNode) -> str:
        repository = node.locations[0].file.repository if node.locations else ""
        if repository not in self._repository_slugs:
            return ""
        page = self.files_page(repository, self._file_parts[node.id])
        return f"{page}#{anchor_id(node.id)}"

    def files_page(self, repository: str, part: int) -> str:
        """A page of the known files of a repository: its own, or one for each part of them."""
        page = self.repository_page(repository)
        if repository in self.with_files_beside:
            return page
        return f"{page.removesuffix('.md')}/{part + 1}.md"

    @cached_property
    def with_files_beside(self) -> frozenset[str]:
        """The repositories whose pages have room for all their known files."""
        return frozenset(
            name
            for name, parts in self.files_by_repository.items()
            if len(parts) <= 1
            and sum(_file_weight(n) for part in parts for n in part) <= _FILES_BESIDE
        )

    @cached_property
    def files_by_repository(self) -> Mapping[str, Sequence[Sequence[GraphNode]]]:
        """The kustomizations and files of each repository by path, in parts that fit on a page."""
        names = (node.name for node in self.graph.nodes(NodeKind.REPOSITORY))
        return {name: self._parted(name) for name in names}

    def _parted(self, repository: str) -> list[list[GraphNode]]:
        kinds = (NodeKind.KUSTOMIZATION, NodeKind.FILE)
        found = {n.id: n for kind in kinds for n in self.written_in(repository, kind)}
        listed = sorted(found.values(), key=file_path)
        parts = parts_of((node.id, _file_weight(node)) for node in listed)
        return [[found[id_] for id_ in ids] for ids in parts]

    @cached_property
    def _file_parts(self) -> Mapping[str, int]:
        parted = chain.from_iterable(map(enumerate, self.files_by_repository.values()))
        return {node.id: number for number, nodes in parted for node in nodes}

    @cached_property
    def _twins(self) -> Counter[tuple[str, str | None]]:
        return Counter((node.name, node.cluster) for node in self.applications)

    def row(self, node: GraphNode) -> str:
        """The anchor of an Application's row on its page: its cluster, mostly."""
        cluster = self.cluster_slugs.get(node.cluster or "", anchor_id(node.cluster or ""))
        same = self._twins[node.name, node.cluster]
        return cluster if same == 1 else anchor_id(node.id.removeprefix("application:"))


def _chart_key(node: GraphNode) -> str:
    return f"{text(node.attributes, 'repository')}/{node.name}"


def file_path(node: GraphNode) -> str:
    """The path in its repository, or the address, of a file or a kustomization; else its name."""
    place = node.id.partition(":")[2]
    return place if "://" in place else place.partition("/")[2] or node.name


def _file_weight(node: GraphNode) -> int:
    """About how many bytes of HTML its row takes: its path is in the cell, the link, the anchor."""
    return _FILE + 3 * len(node.id)
