"""Clones behind addresses that are not theirs: forks, mirrors, unpacked archives, templates.

An address that no clone has may still mean one of them, where that clone holds most of what is read
there. It is a guess: coverage tells it, and no rule takes it for certain. A clone that is read by
its own address, too, is no other's: teams build their repositories alike. But for a repository that
its owner has renamed, which forges go on to serve by the old name, as most sources still say.
"""

from collections.abc import Iterable, Iterator
from dataclasses import field

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping
from graphdoc.model.redact import without_user
from graphdoc.model.resource import Resource
from graphdoc.parse.gotemplate import ACTION
from graphdoc.parse.placeholders import has_placeholder, is_unfilled
from graphdoc.resolve.repositories.addresses import Repositories, url_identity
from graphdoc.resolve.repositories.paths import matches_segments, normalise

__all__ = ["Guess", "guess_repositories"]

_FEWEST = 4
_MOST = 0.7
_MANY = 10
_TIMES = 3
_LISTS = ("directories", "files")


@dataclass(frozen=True, slots=True)
class Guess:
    """The identity of an address, the name of the clone that it is taken for, and why."""

    identity: str
    clone: str
    note: NotUnderstood


@dataclass(slots=True)
class _Address:
    """One spelling of an address, where it is first written, and the paths that are read of it."""

    url: str
    span: Span
    paths: set[str]

    def found_in(self, clone: Clone) -> int:
        """How many of the paths a clone has; none where they are few enough to be chance."""
        found = [path for path in self.paths if _has(clone, path)]
        names = [part for path in found for part in path.split("/") if "*" not in part]
        is_telling = len(names) >= _FEWEST and len(found) >= _MOST * len(self.paths)
        return len(found) if is_telling else 0


@dataclass(slots=True)
class _Own:
    """By whose addresses a clone is surely read, and which paths."""

    owners: set[str] = field(default_factory=set)
    paths: set[str] = field(default_factory=set)


def guess_repositories(
    repositories: Repositories, resources: Iterable[Resource]
) -> tuple[Guess, ...]:
    """The clone of each address that no clone has, where the paths tell it."""
    found: list[Guess] = []
    unknown, known = _read_addresses(repositories, resources)
    for identity, address in sorted(unknown.items()):
        counts = {
            clone.name: _evidence(identity, address, clone, known.get(clone.name))
            for clone in repositories.clones
        }
        likely = [name for name, count in counts.items() if count]
        if len(likely) == 1:
            share = f"{counts[likely[0]]} of the {len(address.paths)} paths"
            url = without_user(address.url)
            what = f"no clone has the address '{url}'" if url else "an address is left empty"
            reason = f"{what}; taken for {likely[0]}, which has {share} that are read there"
            found.append(Guess(identity, likely[0], NotUnderstood(address.span, reason)))
    return tuple(found)


def _evidence(identity: str, address: _Address, clone: Clone, own: _Own | None) -> int:
    """How many paths speak for a clone; more are asked for where it is read by its own address."""
    if own is None:
        return address.found_in(clone)
    least = max(_MANY, _TIMES * len(own.paths))
    if _owner(identity) not in own.owners or len(address.paths) < least:
        return 0
    count = address.found_in(clone)
    return count if count >= least else 0


def _owner(identity: str) -> str:
    return identity.rpartition("/")[0]


def _read_addresses(
    repositories: Repositories, resources: Iterable[Resource]
) -> tuple[dict[str, _Address], dict[str, _Own]]:
    """What is read of addresses that no clone has, and the clones that are surely read."""
    unknown: dict[str, _Address] = {}
    known: dict[str, _Own] = {}
    for resource in resources:
        for node in (n for n in resource.mappings if "repoURL" in n.entries):
            url, paths = node.text("repoURL"), set(_paths(node))
            match = repositories.find(url)
            if match is not None and match.certain:
                own = known.setdefault(match.clone.name, _Own())
                own.owners.add(_owner(url_identity(url)))
                own.paths |= paths
            elif match is None and paths and not is_unfilled(url):
                address = unknown.setdefault(url_identity(url), _Address(url, node.span, set()))
                address.paths |= paths
                address.span = min(address.span, node.span)
    return unknown, known


def _paths(node: Mapping) -> Iterator[str]:
    """The paths that a source or a generator names, with ``*`` for what is filled in."""
    entries = [e for key in _LISTS for e in node.mappings_at(key)]
    written = [e.text("path") for e in entries if not e.is_true("exclude")]
    written += [node.text("path")] if not node.text("chart") else []
    for text in written:
        path = normalise(ACTION.sub("*", text)) if not has_placeholder(text) else None
        if path and path.strip("*/"):
            yield path


def _has(clone: Clone, path: str) -> bool:
    if "*" not in path:
        return clone.is_directory(path) or clone.is_file(path)
    length = path.count("/") + 1
    cut = {"/".join(file.split("/")[:length]) for file in clone.files}
    return any(matches_segments(one, path) for one in cut)
