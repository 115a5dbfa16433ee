"""The estate as pages look it up: Applications by name, findings by node, a page for each node."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property, partial
from itertools import chain

from graphdoc.graph.changes.removals import find_fates
from graphdoc.graph.reach import reach
from graphdoc.graph.repo_graph import EdgeKind, GraphNode, NodeKind
from graphdoc.model.clone import Clone
from graphdoc.model.commit import Commit
from graphdoc.model.finding import SEVERITIES, Finding, Severity
from graphdoc.model.grouping import grouped
from graphdoc.model.identity import kustomization_id
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.resource import Resource
from graphdoc.resolve.resolved import ResolvedApplication, ResolvedSource, Tool
from graphdoc.resolve.source.plugins import files_of_plugin
from graphdoc.site.atlas.addresses import Addresses
from graphdoc.site.atlas.concerns import Concern, Policy, find_concerns, find_policies
from graphdoc.site.atlas.facts import entries, flag, text, texts
from graphdoc.site.atlas.families import find_families
from graphdoc.site.atlas.hosting import Checkout, web_address
from graphdoc.site.atlas.hosts import Answer, answers_of
from graphdoc.site.atlas.input import SiteInput
from graphdoc.site.atlas.named_secrets import Mention, mentions
from graphdoc.site.atlas.readings import Reading, find_readings
from graphdoc.site.atlas.where import Setting, settings_of

__all__ = ["Atlas", "worst"]


_LEADING = frozenset(
    {EdgeKind.RENDERS, EdgeKind.INCLUDES, EdgeKind.MANAGES, EdgeKind.BOOTSTRAPS, EdgeKind.LAYERS}
)
# What several Applications may share; a finding about it belongs to each that reads the file.
_SHARED = frozenset({NodeKind.FILE, NodeKind.KUSTOMIZATION, NodeKind.CHART, NodeKind.VALUES})
# From so many values files on, their keys alone would take megabytes of the search index.
_SEARCHED = 200
_PLATFORM_WORDS = ("infra", "platform", "system", "addon", "add-on", "cluster", "core", "bootstrap")


def worst(findings: Iterable[Finding]) -> Severity | None:
    """The worst severity among findings; ``None`` without any."""
    found = {finding.severity for finding in findings}
    return next((severity for severity in SEVERITIES if severity in found), None)


class Atlas(Addresses):
    """Everything that several pages look up, computed once."""

    def __init__(self, site: SiteInput) -> None:
        super().__init__(site.graph)
        self.site = site
        self._patches: dict[str, Counter[Span]] = {}
        self._settings: dict[str, tuple[Setting, ...]] = {}
        self._concerning: dict[str, tuple[Finding, ...]] = {}

    def is_hidden(self, path: str) -> bool:
        """Whether the team leaves a page out."""
        hidden = self.site.settings.hidden
        page = path.partition("#")[0].partition("?")[0] if hidden else ""
        return any(fnmatchcase(page, pattern) for pattern in hidden)

    @cached_property
    def checkouts(self) -> Mapping[str, Checkout]:
        """Every repository, as links to its lines need it."""
        return {node.name: self._checkout(node) for node in self.graph.nodes(NodeKind.REPOSITORY)}

    @cached_property
    def own_checkout(self) -> Checkout:
        """The repository of the handwritten pages, as the pencil on them needs it."""
        own = self.site.own
        address, form = web_address(own.urls, self.site.settings.hosts)
        return Checkout(address, form, own.commit, own.branch)

    @cached_property
    def are_values_searched(self) -> bool:
        """Whether values files are so few that the search index has room for their keys."""
        return sum(1 for _ in self.graph.nodes(NodeKind.VALUES)) <= _SEARCHED

    def names_of(self, ids: Iterable[str]) -> tuple[str, ...]:
        """The names of the Applications among some ids: one on several clusters counts once."""
        nodes = (self.graph.node(id_) for id_ in dict.fromkeys(ids))
        return tuple(sorted({n.name for n in nodes if n and n.kind is NodeKind.APPLICATION}))

    @cached_property
    def resolved(self) -> Mapping[str, ResolvedApplication]:
        """What resolving knows of each Application, by its id."""
        return self.site.estate.by_id

    @cached_property
    def clones(self) -> Mapping[str, Clone]:
        """The clones by their short names."""
        return self.site.estate.clones_by_name

    def sources(self, id_: str) -> tuple[ResolvedSource, ...]:
        """What resolving knows of the sources of an Application; none for anything else."""
        resolved = self.resolved.get(id_)
        return resolved.sources if resolved else ()

    @cached_property
    def readings(self) -> Mapping[SourceFile, tuple[Reading, ...]]:
        """Who layers each values file."""
        return find_readings((app, self.sources(app.id)) for app in self.applications)

    def resources(self, id_: str) -> tuple[Resource, ...]:
        """What an Application renders."""
        resolved = self.resolved.get(id_)
        return resolved.resources if resolved else ()

    def mentions_of(self, secret: GraphNode) -> tuple[Mention, ...]:
        """Where the values of a chart that is not at hand name a Secret that they do not use."""
        key = (secret.cluster or "", text(secret.attributes, "namespace"), secret.name)
        known = {edge.source for edge in self.graph.edges_to(secret.id, EdgeKind.USES)}
        return tuple(m for m in self._mentions.get(key, ()) if m.application not in known)

    @cached_property
    def _mentions(self) -> Mapping[tuple[str, str, str], tuple[Mention, ...]]:
        return mentions(self.resolved.values())

    @cached_property
    def roots_by_cluster(self) -> Mapping[str, tuple[tuple[str, Span], ...]]:
        """Where the tree of each cluster starts: the id of a root and the line that defines it."""
        return grouped((root.cluster, (root.node, root.span)) for root in self.site.estate.roots)

    @cached_property
    def fates(self) -> Mapping[str, str]:
        """By Application what would become of it, if it alone went from Git."""
        return find_fates(self.site.estate)

    @cached_property
    def answers(self) -> Mapping[str, tuple[Answer, ...]]:
        """Who answers under each host, and what guards it."""
        found = (answer for app in self.resolved.values() for answer in answers_of(app))
        return grouped((answer.host, answer) for answer in found)

    @cached_property
    def policies(self) -> Mapping[str, Policy]:
        """The policies whose manifest is known, by their ids."""
        return {found.node.id: found for found in find_policies(self.graph, self.site.estate)}

    @cached_property
    def _concerns(self) -> tuple[Concern, ...]:
        return tuple(find_concerns(self.policies.values(), self.site.estate))

    @cached_property
    def concerns_by_policy(self) -> Mapping[str, tuple[Concern, ...]]:
        """What each policy is about."""
        return grouped((found.policy, found) for found in self._concerns)

    @cached_property
    def concerns_by_application(self) -> Mapping[str, tuple[Concern, ...]]:
        """The rules that match what an Application renders."""
        return grouped((found.application, found) for found in self._concerns)

    def settings(self, id_: str) -> tuple[Setting, ...]:
        """What one might change of an Application."""
        if id_ not in self._settings:
            resolved = self.resolved.get(id_)
            self._settings[id_] = settings_of(resolved) if resolved else ()
        return self._settings[id_]

    @cached_property
    def groups(self) -> Mapping[str, str]:
        """The group of each Application name: as configured, else what brings it.

        What brings but one is no group: then what brings that is.
        """
        named = {name: self._group(name, nodes) for name, nodes in self.by_name.items()}
        sizes = Counter(named.values())
        lone = [name for name, group in named.items() if sizes[group] == 1]
        return named | {name: self._wider(name, named[name]) for name in lone}

    @cached_property
    def families(self) -> Mapping[str, tuple[GraphNode, ...]]:
        """The Applications by name, those as one that differ but by the cluster in their names."""
        return find_families(self.by_name)

    @cached_property
    def findings_by_subject(self) -> Mapping[str, tuple[Finding, ...]]:
        """The findings about one node."""
        return grouped(
            (id_, found) for found in self.site.findings for id_ in found.problem.subjects
        )

    def kind(self, node: GraphNode) -> str:
        """How pictures and chips show an Application: root, app of apps, infrastructure, other."""
        if flag(node.attributes, "root"):
            return "root"
        if flag(node.attributes, "app_of_apps"):
            return "parent"
        group = self.groups.get(node.name, "").lower()
        return "infrastructure" if any(word in group for word in _PLATFORM_WORDS) else "application"

    def is_reached(self, id_: str) -> bool:
        """Whether an Application or a root leads to a kustomization or a file."""
        return id_ in self._reached

    def reached_by(self, cluster: str) -> frozenset[str]:
        """The ids of all that the roots and the Applications of a cluster lead to."""
        node = self.graph.node(f"cluster:{cluster}")
        roots = texts(node.attributes, "roots") if node else ()
        return self._lead_to(self.by_cluster.get(cluster, ()), roots, cluster)

    @cached_property
    def _reached(self) -> frozenset[str]:
        roots = [root for node in self.clusters for root in texts(node.attributes, "roots")]
        return self._lead_to(self.applications, roots)

    def _lead_to(
        self, nodes: Iterable[GraphNode], roots: Iterable[str], cluster: str = ""
    ) -> frozenset[str]:
        started = tuple(nodes)
        named = [id_ for node in started for id_ in _named_folders(node)]
        starts = (*(node.id for node in started), *roots, *named)
        return reach(starts, partial(self._led_to, cluster))

    def _led_to(self, cluster: str, id_: str) -> Iterator[str]:
        """One step on; a root that several clusters share leads to what is on this one alone."""
        for edge in self.graph.edges_from(id_):
            node = self.graph.node(edge.target) if cluster else None
            is_here = node is None or node.cluster in {None, cluster}
            if edge.kind in _LEADING and is_here:
                yield edge.target

    def patches_of(self, node: GraphNode) -> tuple[Span, ...]:
        """Where each patch that reaches an Application sets something last."""
        edges = self.graph.edges_to(node.id, EdgeKind.PATCHES)
        return tuple(edge.locations[-1] for edge in edges if edge.locations)

    def own_patches(self, node: GraphNode) -> tuple[Span, ...]:
        """The patches that reach an Application, but few others of its cluster."""
        counts = self._patch_counts(node.cluster or "")
        many = len(self.by_cluster.get(node.cluster or "", ())) / 2
        return tuple(span for span in self.patches_of(node) if counts[span] <= max(many, 1))

    def _patch_counts(self, cluster: str) -> Counter[Span]:
        if cluster not in self._patches:
            on = self.by_cluster.get(cluster, ())
            self._patches[cluster] = Counter(chain.from_iterable(map(self.patches_of, on)))
        return self._patches[cluster]

    def findings_of(self, *ids: str) -> tuple[Finding, ...]:
        """The findings about any of these nodes, in reading order, each once."""
        found = {f: None for id_ in ids for f in self.findings_by_subject.get(id_, ())}
        return tuple(sorted(found, key=lambda finding: finding.sort_key))

    def file_findings(self, id_: str, within: Callable[[SourceFile], bool]) -> tuple[Finding, ...]:
        """The findings about a node and those in its files."""
        placed = (f for file, found in self.findings_by_file.items() if within(file) for f in found)
        found = dict.fromkeys((*self.findings_of(id_), *placed))
        return tuple(sorted(found, key=lambda finding: finding.sort_key))

    def application_findings(self, node: GraphNode) -> tuple[Finding, ...]:
        """The findings about an Application: itself, what it uses and the files that it reads."""
        if node.id not in self._concerning:
            self._concerning[node.id] = self._find_concerning(node)
        return self._concerning[node.id]

    def _find_concerning(self, node: GraphNode) -> tuple[Finding, ...]:
        used = (e.target for e in self.graph.edges_from(node.id, EdgeKind.USES))
        about = self.findings_of(node.id, *used, *texts(node.attributes, "values"))
        files = (file for file in self._read(node) if not self._is_of_others(node, file))
        read = (found for file in files for found in self.findings_by_file.get(file, ()))
        shared = (found for found in read if self._is_shared(found.problem.subject))
        return tuple(sorted(dict.fromkeys((*about, *shared)), key=lambda found: found.sort_key))

    def _is_of_others(self, node: GraphNode, file: SourceFile) -> bool:
        """Whether a file is among the values of others alone, as one in the folder of a chart."""
        readings = self.readings.get(file, ())
        return bool(readings) and all(reading.app.id != node.id for reading in readings)

    def _read(self, node: GraphNode) -> frozenset[SourceFile]:
        """The files that an Application is rendered from; Helm reads no kustomization."""
        found = ((file, source.tool) for source in self.sources(node.id) for file in source.files)
        return frozenset(
            file
            for file, tool in found
            if tool is not Tool.HELM or not file.path.endswith(KUSTOMIZATION_NAMES)
        )

    @cached_property
    def findings_by_file(self) -> Mapping[SourceFile, tuple[Finding, ...]]:
        """The findings in each file."""
        return grouped((found.problem.primary.span.file, found) for found in self.site.findings)

    def _is_shared(self, subject: str) -> bool:
        node = self.graph.node(subject)
        return node is None or node.kind in _SHARED

    def files_of(self, node: GraphNode) -> frozenset[SourceFile]:
        """The files that make an Application what it is: its manifest, patches and sources."""
        patches = (e.locations for e in self.graph.edges_to(node.id, EdgeKind.PATCHES))
        spans = (*node.locations, *(span for places in patches for span in places))
        by_plugins = map(files_of_plugin, self.sources(node.id))
        return self._read(node).union({span.file for span in spans}, *by_plugins)

    @cached_property
    def _names_by_file(self) -> Mapping[SourceFile, tuple[str, ...]]:
        pairs = {(f, node.name): None for node in self.applications for f in self.files_of(node)}
        return grouped(pairs)

    @cached_property
    def read_by_repository(self) -> Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]:
        """The paths of a repository that make Applications what they are, with their names."""
        found = self._names_by_file.items()
        return grouped((file.repository, (file.path, names)) for file, names in found)

    @cached_property
    def commits_by_repository(self) -> Mapping[str, tuple[Commit, ...]]:
        """The known commits of each repository, the newest first."""
        return grouped((commit.repository, commit) for commit in self.site.history)

    @cached_property
    def _commits_by_file(self) -> Mapping[SourceFile, tuple[int, ...]]:
        return grouped(
            (SourceFile(commit.repository, path), position)
            for position, commit in enumerate(self.site.history)
            for path in commit.files
        )

    def commits_of(self, nodes: Iterable[GraphNode]) -> tuple[Commit, ...]:
        """The commits that touched files of some Applications, the newest first."""
        files = {file for node in nodes for file in self.files_of(node)}
        found = {place for file in files for place in self._commits_by_file.get(file, ())}
        return tuple(self.site.history[place] for place in sorted(found))

    def touched_by(self, commit: Commit) -> tuple[str, ...]:
        """The names of the Applications whose files a commit touched, sorted."""
        files = (SourceFile(commit.repository, path) for path in commit.files)
        return tuple(sorted({n for file in files for n in self._names_by_file.get(file, ())}))

    @cached_property
    def _findings_on(self) -> Mapping[str, tuple[Finding, ...]]:
        return grouped((self._cluster_of(f.problem.subject), f) for f in self.site.findings)

    def cluster_findings(self, cluster: str) -> tuple[Finding, ...]:
        """The findings about a cluster or anything on it."""
        about = self._findings_on.get(cluster, ())
        below = [
            found
            for node in self.by_cluster.get(cluster, ())
            for found in self.application_findings(node)
        ]
        return tuple(sorted(dict.fromkeys([*about, *below]), key=lambda found: found.sort_key))

    def order(self) -> Mapping[str, int]:
        """The position of each group: by the number of its Applications, the largest first."""
        sizes = Counter(self.groups.values())
        ranked = sorted(sizes, key=lambda group: (-sizes[group], group))
        return {group: position for position, group in enumerate(ranked)}

    def members(self, group: str) -> Iterator[str]:
        """The names of the Applications of a group, sorted."""
        return iter(self._members.get(group, ()))

    @cached_property
    def _members(self) -> Mapping[str, tuple[str, ...]]:
        return grouped((self.groups[name], name) for name in sorted(self.by_name))

    def _cluster_of(self, subject: str) -> str:
        node = self.graph.node(subject)
        own = subject.partition(":")[2] if subject.startswith("cluster:") else ""
        return own or (node.cluster or "" if node else "")

    def _group(self, name: str, nodes: tuple[GraphNode, ...]) -> str:
        for title, patterns in self.site.settings.groups.items():
            if any(fnmatchcase(name, pattern) for pattern in patterns):
                return title
        named = sorted({parent.name for parent in self._parents(nodes)} - {name})
        return named[0] if named else "Roots"

    def _wider(self, name: str, group: str) -> str:
        if group in self.site.settings.groups:
            return group
        above = self._parents(self._parents(self.by_name[name]))
        return min({parent.name for parent in above} - {name}, default=group)

    def _parents(self, nodes: Iterable[GraphNode]) -> tuple[GraphNode, ...]:
        found = (self.graph.node(text(node.attributes, "parent")) for node in nodes)
        return tuple(parent for parent in found if parent is not None)

    def _checkout(self, node: GraphNode) -> Checkout:
        facts = node.attributes
        address, form = web_address(texts(facts, "urls"), self.site.settings.hosts)
        commit, branch = text(facts, "commit"), text(facts, "branch")
        return Checkout(address, form, commit, branch, flag(facts, "dirty"))


def _named_folders(node: GraphNode) -> Iterator[str]:
    """The folders that an Application names, whether what renders them is known or a plugin."""
    for source in entries(node.attributes, "sources"):
        repository, path = text(source, "repository"), text(source, "path")
        if repository and path:
            yield kustomization_id(repository, path.strip("/"))
