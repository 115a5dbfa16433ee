"""What is written once for several clusters and fits only one of them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from itertools import chain
from typing import NamedTuple, TypeAlias, Union

from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import SourceFile, Span
from graphdoc.model.node import Mapping as MappingNode
from graphdoc.model.node import Node, Scalar, Sequence, escape_pointer, scalars_within
from graphdoc.resolve.applications.readings import find_readings
from graphdoc.resolve.clusters.storage_classes import provider_of, provider_of_class
from graphdoc.resolve.names.spelling import text_at
from graphdoc.resolve.resolved import Estate, ResolvedSource, Tool
from graphdoc.resolve.resources.placement import find_hubs, find_served
from graphdoc.resolve.resources.workloads import hosts_of

__all__ = ["Bound", "find_bound", "find_lead", "is_of_its_folder"]

_SHORTEST = 4
_SEVERAL = 2
_WORD = re.compile(r"[\w-]+")
_NO_HOST = re.compile(r"[^a-z0-9.-]+")
_STORAGE_KEY = re.compile(r"\w*[sS]torageClass(?:Name)?|storage_class")


@dataclass(frozen=True, slots=True)
class Bound:
    """A shared text that is in force on ``strangers`` and means something of ``owner``."""

    span: Span
    what: str
    owner: str
    strangers: tuple[str, ...]
    subject: str


_Trail: TypeAlias = Union[tuple[()], "tuple[str, _Trail]"]


class _Text(NamedTuple):
    """One text in force on a cluster; ``subject`` brings it."""

    cluster: str
    subject: str
    trail: "_Trail"
    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class _Shared:
    """One place in the repositories, and the clusters that the text there is in force on."""

    text: _Text
    clusters: frozenset[str]


def find_bound(estate: Estate, providers: Mapping[str, str]) -> Iterator[Bound]:
    """Every such text, once; ``providers`` says whose cloud a cluster runs in, where known."""
    names = _Names.of(estate)
    hosts = _Hosts.of(estate)
    clouds = {name: provider_of(providers.get(name, name)) for name in _clusters(estate)}
    shared = list(_shared(estate, _Gathering(names, hosts)))
    spoken = _spoken(shared, names)
    for one in shared:
        found = _of_host(one, hosts) or _of_class(one, clouds, estate)
        found = found or _of_name(one, names, spoken)
        if found is not None and _is_written(estate, found):
            yield found


def _clusters(estate: Estate) -> frozenset[str]:
    return frozenset((*estate.clusters, *find_served(estate).values())) - {""}


def _is_written(estate: Estate, found: Bound) -> bool:
    """Whether it stands there word for word, and is not put together."""
    readings = find_readings(estate, found.subject, found.span.file.repository)
    return any(found.what in text_at(clone, found.span) for clone in readings)


def _shared(estate: Estate, gathering: "_Gathering") -> Iterator[_Shared]:
    """The texts of places that several clusters have in force, in one wording."""
    if len(_clusters(estate)) < _SEVERAL:
        return
    for cluster, subject, root in _documents(estate):
        gathering.take(root, (), (cluster, subject))
    for span, value in sorted(gathering.several):
        by_cluster = gathering.several[span, value]
        first = min(by_cluster)
        subject, trail = by_cluster[first]
        text = _Text(first, subject, trail, value, span)
        yield _Shared(text, frozenset(by_cluster))


class _Answers(dict[str, bool]):
    """What a question about texts was answered; it is asked once for each text."""

    def __init__(self, ask: Callable[[str], bool]) -> None:
        super().__init__()
        self._ask = ask

    def __missing__(self, text: str) -> bool:
        answer = self[text] = self._ask(text)
        return answer


@dataclass(slots=True)
class _Gathering:
    """Where each telling text is in force: on the first cluster that has it, or on several.

    With the subject that brings it first on each, and the keys that lead to it, the last one first.
    """

    names: "_Names"
    hosts: "_Hosts"
    single: dict[tuple[Span, str], tuple[str, str, "_Trail"]] = field(default_factory=dict)
    several: dict[tuple[Span, str], dict[str, tuple[str, "_Trail"]]] = field(default_factory=dict)
    _telling: _Answers = field(init=False)
    _naming: _Answers = field(init=False)

    def __post_init__(self) -> None:
        self._telling = _Answers(self._tells)
        self._naming = _Answers(lambda key: bool(self.names.within(escape_pointer(key))))

    def take(
        self, node: Node, trail: "_Trail", place: tuple[str, str], *, is_said: bool = False
    ) -> None:
        """Every string that may tell something of a cluster, or stands below a key that does."""
        if isinstance(node, MappingNode):
            for key, value in node.entries.items():
                said = is_said or self._naming[key]
                if not isinstance(value, Scalar):
                    self.take(value, (key, trail), place, is_said=said)
                    continue
                text = value.value
                if isinstance(text, str) and (said or self._telling[text]):
                    self._note((value.span, text), (key, trail), place)
        elif isinstance(node, Sequence):
            for index, item in enumerate(node.items):
                self.take(item, (str(index), trail), place, is_said=is_said)
        elif isinstance(node.value, str) and (is_said or self._telling[node.value]):
            self._note((node.span, node.value), trail, place)

    def _note(self, text: tuple[Span, str], trail: "_Trail", place: tuple[str, str]) -> None:
        cluster, subject = place
        known = self.single.setdefault(text, (cluster, subject, trail))
        if known[0] != cluster:
            by_cluster = self.several.setdefault(text, {known[0]: known[1:]})
            by_cluster.setdefault(cluster, (subject, trail))

    def _tells(self, value: str) -> bool:
        if provider_of_class(value) or self.names.within(value):
            return True
        return not self.hosts.by_host.keys().isdisjoint(_NO_HOST.split(value))


def _documents(estate: Estate) -> Iterator[tuple[str, str, Node]]:
    """What is applied as it is written, and the values of charts, but for what no other shares."""
    for root in (root for root in estate.roots if root.cluster not in find_hubs(estate)):
        for resource in root.resources:
            yield root.cluster, root.node, resource.manifest
    shared, places = _shared_files(estate), find_served(estate)
    for entry, source in estate.application_sources:
        # Options are written in the Application, and values come from anywhere.
        is_own = source.build is not None and source.source.kustomize is None
        is_shared = not is_own or not shared.isdisjoint(_files_of(source))
        # One that is assumed may be any of the others.
        if is_shared and places[entry.id] and not entry.is_assumed:
            yield from ((places[entry.id], entry.id, root) for root in _roots_of(source))


def _shared_files(estate: Estate) -> frozenset[SourceFile]:
    """The files that several clusters read: a text of any other is in force on one alone."""
    clusters: dict[SourceFile, str] = {}
    shared: set[SourceFile] = set()
    for cluster, file in _read_files(estate):
        if clusters.setdefault(file, cluster) != cluster:
            shared.add(file)
    return frozenset(shared)


def _read_files(estate: Estate) -> Iterator[tuple[str, SourceFile]]:
    for root in estate.roots:
        files = root.build.files if root.build is not None else ()
        places = (resource.span.file for resource in root.resources)
        yield from ((root.cluster, file) for file in (*files, *places))
    where = find_served(estate)
    for entry, source in estate.application_sources:
        yield from ((where[entry.id], file) for file in _files_of(source))


def _files_of(source: ResolvedSource) -> Iterator[SourceFile]:
    yield from source.files
    yield from source.built.files
    yield from source.layered_files


def _roots_of(source: ResolvedSource) -> Iterator[Node]:
    if source.tool is not Tool.HELM:
        yield from (resource.manifest for resource in source.resources)
    elif source.values is not None:
        yield source.values


@dataclass(frozen=True, slots=True)
class _Names:
    """The names of clusters that mean nothing else."""

    names: frozenset[str]
    pattern: re.Pattern[str]
    _known: dict[int, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, estate: Estate) -> "_Names":
        taken = {clone.name for clone in estate.clones}
        for entry in (entry for entry in estate.applications if not entry.is_root):
            taken |= {entry.name, entry.application.destination.namespace}
        names = [
            name
            for name in sorted(_clusters(estate), key=lambda name: (-len(name), name))
            # "prod" or "payments" is a word like others, "upc-prod" a name.
            if len(name) >= _SHORTEST and not name.isalpha() and name not in taken
        ]
        # A name that is more than a word is sought first: it may hold a shorter one.
        longer = "|".join(re.escape(name) for name in names if not _WORD.fullmatch(name))
        words = f"(?:{longer})(?![\\w-])|{_WORD.pattern}" if longer else _WORD.pattern
        return cls(frozenset(names), re.compile(rf"(?<![\w-])(?:{words})"))

    def within(self, text: str) -> set[str]:
        return set(self.names.intersection(self.pattern.findall(text))) if self.names else set()

    def along(self, trail: "_Trail") -> set[str]:
        """The clusters that the keys to a text speak of; siblings share what their parents say."""
        if not trail:
            return set()
        known = self._known.get(id(trail))  # whoever asks keeps the trail, and so its id
        if known is None:
            known = self._known[id(trail)] = self.along(trail[1]) | self.within(
                escape_pointer(trail[0])
            )
        return known


_Spoken = Mapping[SourceFile, set[str]]


def _spoken(shared: list[_Shared], names: _Names) -> _Spoken:
    """The clusters that each file speaks of, where they read it."""
    spoken: dict[SourceFile, set[str]] = {}
    for one in shared:
        said = (names.along(one.text.trail) | names.within(one.text.value)) & one.clusters
        spoken.setdefault(one.text.span.file, set()).update(said)
    return spoken


def _of_name(one: _Shared, names: _Names, spoken: _Spoken) -> Bound | None:
    """A cluster's name in force on one that the file does not speak of."""
    said = names.within(one.text.value)
    if len(said) != 1 or not said <= one.clusters or names.along(one.text.trail):
        return None
    (owner,) = said
    strangers = one.clusters - spoken[one.text.span.file]
    return _bound(one, owner, owner, strangers) if strangers else None


@dataclass(frozen=True, slots=True)
class _Hosts:
    """Who serves what: the Applications of a cluster, by host and by name."""

    by_host: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    servers: set[tuple[str, str]] = field(default_factory=set)

    @classmethod
    def of(cls, estate: Estate) -> "_Hosts":
        hosts, places = cls(), find_served(estate)
        for entry in estate.applications:
            server = (places[entry.id], entry.name)
            for fact in (fact for resource in entry.resources for fact in hosts_of(resource)):
                hosts.by_host.setdefault(fact.host, set()).add(server)
                hosts.servers.add(server)
        return hosts


def _of_host(one: _Shared, hosts: _Hosts) -> Bound | None:
    """A host of one cluster, in force on another whose like Application serves a host of its own.

    Where the other serves none, the host is that of a service which all clusters share.
    """
    for host in _NO_HOST.split(one.text.value):
        servers = hosts.by_host.get(host)
        if servers is None:
            continue
        owners = {cluster for cluster, _ in servers}
        strangers = {
            cluster
            for cluster in one.clusters - owners
            if all((cluster, name) in hosts.servers for _, name in servers)
        }
        if len(owners) == 1 and owners <= one.clusters and strangers:
            return _bound(one, host, min(owners), strangers)
    return None


def _of_class(one: _Shared, clouds: Mapping[str, str], estate: Estate) -> Bound | None:
    """A cloud's storage class, in force on a cluster in another cloud that does not make it."""
    if not one.text.trail or not _STORAGE_KEY.fullmatch(escape_pointer(one.text.trail[0])):
        return None
    owner = provider_of_class(one.text.value)
    strangers = {
        cluster
        for cluster in one.clusters
        if owner and clouds[cluster] not in {"", owner} and not _makes(estate, cluster, one)
    }
    return _bound(one, one.text.value, owner, strangers) if strangers else None


def _makes(estate: Estate, cluster: str, one: _Shared) -> bool:
    places = find_served(estate)
    applied = chain(
        (r for root in estate.roots_on(cluster) for r in root.resources),
        (r for e in estate.applications if places[e.id] == cluster for r in e.resources),
    )
    return any(r.kind == "StorageClass" and r.name == one.text.value for r in applied)


def _bound(one: _Shared, what: str, owner: str, strangers: set[str] | frozenset[str]) -> Bound:
    return Bound(one.text.span, what, owner, tuple(sorted(strangers)), one.text.subject)


def is_of_its_folder(bound: Bound) -> bool:
    """Whether the file is the owner's by its path, so that it is no fault of the file."""
    return bound.what == bound.owner and bound.owner in bound.span.file.path.split("/")


def find_lead(estate: Estate, bound: Bound) -> Span | None:
    """Where an Application of a stranger, its root first, names the owner: a path, or a value."""
    theirs = (e for e in estate.applications if find_served(estate)[e.id] in bound.strangers)
    for entry in sorted(theirs, key=lambda entry: not entry.is_root):
        for scalar in scalars_within(entry.manifest):
            if bound.owner in str(scalar.value).split("/"):
                return scalar.span
    return None
