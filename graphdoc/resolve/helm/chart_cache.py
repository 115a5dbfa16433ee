"""Charts at hand: archives and unpacked charts in a folder, found as Helm's repositories name them.

Archives are read in memory, never unpacked: what they hold is bounded in number and size, and no
link and no path that leaves the chart is followed.
"""

import gzip
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from functools import cached_property
from io import BytesIO, RawIOBase
from posixpath import basename, dirname
from shlex import join
from typing import IO, NamedTuple, cast

from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.dataclass import dataclass
from graphdoc.model.grouping import grouped
from graphdoc.model.helm import ChartDependency
from graphdoc.model.limits import DEFAULT_LIMITS, Limits
from graphdoc.model.location import SourceFile, Span, file_start
from graphdoc.model.tree import Tree
from graphdoc.parse.semver import find_highest, parse_version
from graphdoc.resolve.repositories.addresses import url_identity
from graphdoc.resolve.repositories.files import Files
from graphdoc.resolve.repositories.paths import chart_folders, folders_above

__all__ = [
    "ArchiveError",
    "ChartCache",
    "ChartTree",
    "FoundChart",
    "archive_of",
    "not_at_hand",
    "pull_command",
    "read_archive",
]

_REGULAR = frozenset({tarfile.REGTYPE, tarfile.AREGTYPE})
_HOST = re.compile(r"\.[a-z]{2,}$")
_DRIVE = re.compile(r"^[a-zA-Z]:")
_LACKING = re.compile(
    r"chart '(?P<name>\w[^' ]*) (?P<version>[^']+)' of '(?P<repository>[^']+)' is not at hand"
)


class ArchiveError(Exception):
    """An archive is no chart, or one that would cost too much."""


def not_at_hand(name: str, version: str, repository: str) -> str:
    """Why a chart of a chart repository is not rendered, and what brings it."""
    chart = f"{name} {version}".rstrip()
    origin = f" of '{repository}'" if repository else ""
    return f"chart '{chart}'{origin} is not at hand: 'helm pull' it into the chart_cache"


def pull_command(reason: str, folder: str) -> str | None:
    """The command that brings the chart into a folder, for a shell; none for another reason."""
    found = _LACKING.match(reason)
    if found is None:
        return None
    name, version, repository = found.groups()
    is_registry = not repository.startswith(("http://", "https://"))
    place = f"oci://{repository.removeprefix('oci://')}".rstrip("/").removesuffix(f"/{name}")
    chart = [f"{place}/{name}"] if is_registry else [name, "--repo", repository]
    return join(["helm", "pull", *chart, "--version", version, "-d", folder])


@dataclass(eq=False)
class ChartTree(Tree):
    """A chart that lies in no repository, as a clone of its own."""

    name: str
    contents: Mapping[str, bytes]
    path: str = ""
    urls: tuple[str, ...] = ()
    commit: str | None = None
    branch: str | None = None
    dirty: bool = False
    knows_all_revisions: bool = False

    def __post_init__(self) -> None:
        self.files = tuple(sorted(self.contents))

    def read(self, path: str) -> bytes:
        """The bytes of one file."""
        if path not in self.contents:
            raise UnreadableError(SourceFile(self.name, path), "no such file")
        return self.contents[path]

    def real_path(self, path: str) -> str:
        """The path itself: an archive has no links that are followed."""
        return path

    def at(self, revision: str) -> "ChartTree | None":
        """The chart itself, which has no other revisions."""
        return None if revision else self


class FoundChart(NamedTuple):
    """A chart that is at hand, in the version that was chosen."""

    tree: ChartTree
    version: str


class _Candidate(NamedTuple):
    """A place of the folder that holds a chart: an archive, or a directory with its slash."""

    version: str
    place: str


@dataclass(eq=False)
class ChartCache:
    """The charts of a folder; without a folder, none."""

    folder: Clone | None = None
    files: Files = field(default_factory=Files)
    _trees: dict[str, ChartTree] = field(default_factory=dict)
    _charts: dict[str, str] = field(default_factory=dict)

    def find(self, repository: str, name: str, version: str) -> FoundChart | None:
        """The chart that Argo CD would take for a version or a constraint.

        A chart counts where it lies in a subfolder that is named after the repository's host and
        path, or after part of them, or in no folder that is named after a host.

        Raises:
            ArchiveError: there is one, and it cannot be read.
        """
        address = url_identity(repository)
        ranked = grouped(
            (rank, one)
            for one in self._candidates(name)
            if (rank := _rank(dirname(one.place.rstrip("/")), name, address)) is not None
        )
        for rank in sorted(ranked, reverse=True):
            found = _choose(version, sorted(ranked[rank]))
            if found is not None and self.folder is not None:
                tree = self._open(self.folder, found.place)
                self._charts[tree.name] = name
                return FoundChart(tree, found.version)
        return None

    def find_required(self, repository: str, name: str, version: str) -> tuple[Clone, str] | None:
        """The tree and directory of a chart that another one requires, if it is at hand."""
        try:
            found = self.find(repository, name, version)
        except ArchiveError:
            return None  # said of the chart that requires it, like any other that is not at hand
        return (found.tree, "") if found is not None else None

    def chart_of(self, tree: str) -> str | None:
        """The chart that a tree of this folder holds; ``None`` for any other name."""
        return self._charts.get(tree)

    def settle(self, span: Span, use: Span, required: Iterable[ChartDependency] = ()) -> Span:
        """Where what an archive brings stands in the repositories (docs_src/decisions/0009).

        What a packed chart in a clone brings stands at the archive, what a chart at hand brings
        where one that lies in a clone requires it, else where it is asked for.
        """
        name = self.chart_of(span.file.repository)
        if name is None:
            return archive_of(span) or span
        return next((one.span for one in required if one.name == name), use)

    def _candidates(self, name: str) -> Iterator[_Candidate]:
        for place in self._archives:
            stem = basename(place).removesuffix(".tgz")
            version = stem.removeprefix(f"{name}-").replace("_", "+")
            if stem.startswith(f"{name}-") and parse_version(version) is not None:
                yield _Candidate(version, place)
        yield from (candidate for known, candidate in self._directories if known == name)

    @cached_property
    def _archives(self) -> tuple[str, ...]:
        files = self.folder.files if self.folder is not None else ()
        archives = (path for path in files if path.endswith(".tgz"))
        return tuple(path for path in archives if not self._is_within_chart(path))

    @cached_property
    def _chart_directories(self) -> frozenset[str]:
        files = self.folder.files if self.folder is not None else ()
        return frozenset(chart_folders(files)) - {""}

    def _is_within_chart(self, path: str) -> bool:
        """Whether an unpacked chart brings it, as one of those that it requires."""
        return any(parent in self._chart_directories for parent in folders_above(path))

    @cached_property
    def _directories(self) -> tuple[tuple[str, _Candidate], ...]:
        return tuple(self._unpacked())

    def _unpacked(self) -> Iterator[tuple[str, _Candidate]]:
        """Charts that are unpacked, without those that another of them brings."""
        if self.folder is None:
            return
        for chart in sorted(self._chart_directories):
            if self._is_within_chart(chart):
                continue
            facts = self.files.chart(self.folder, chart)
            if facts is not None:
                yield facts.name, _Candidate(facts.version, f"{chart}/")

    def _open(self, folder: Clone, place: str) -> ChartTree:
        if place not in self._trees:
            name = f"{folder.name}/{place.rstrip('/')}"
            self._trees[place] = ChartTree(name, self._contents(folder, place, self.files.limits))
        return self._trees[place]

    @staticmethod
    def _contents(folder: Clone, place: str, limits: Limits) -> dict[str, bytes]:
        try:
            if place.endswith(".tgz"):
                return read_archive(folder.read(place), limits)
            below = [path for path in folder.files if path.startswith(place)]
            return {path.removeprefix(place): folder.read(path) for path in below}
        except UnreadableError as error:
            raise ArchiveError(error.reason) from error


def read_archive(data: bytes, limits: Limits = DEFAULT_LIMITS) -> dict[str, bytes]:
    """The files of a packaged chart, by their path in the chart.

    Raises:
        ArchiveError: no such archive, too large, or with a path that leaves the chart.
    """
    try:
        contents = _read_members(data, limits)
    except (tarfile.TarError, EOFError, OSError, ValueError, zlib.error, RecursionError) as error:
        raise ArchiveError("the archive cannot be read") from error
    if "Chart.yaml" not in contents:
        raise ArchiveError("the archive holds no chart")
    return contents


def _read_members(data: bytes, limits: Limits) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    with tarfile.open(fileobj=_open_gzip(data, limits.chart_size), mode="r|") as archive:
        for count, member in enumerate(archive):
            if count >= limits.chart_files:
                raise ArchiveError("the archive holds too many files")
            _take(archive, member, contents, limits)
    return contents


def _take(
    archive: tarfile.TarFile, member: tarfile.TarInfo, contents: dict[str, bytes], limits: Limits
) -> None:
    if member.type not in _REGULAR or member.issparse():
        return
    path = _inside(member.name)
    if member.size > limits.chart_size:
        raise ArchiveError("the archive is too large")
    stream = archive.extractfile(member)
    if path and stream is not None:
        contents[path] = stream.read()


def _inside(name: str) -> str:
    """The path below the archive's one folder; empty for what lies beside it."""
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or "\\" in name or _DRIVE.match(name):
        raise ArchiveError("the archive holds a path that leaves the chart")
    return "/".join(part for part in parts[1:] if part not in {"", "."})


class _Bounded(RawIOBase):
    """A stream that ends in an error rather than in a full memory."""

    def __init__(self, stream: IO[bytes], size: int) -> None:
        self._stream = stream
        self._left = size

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(self._left + 1 if size < 0 else size)
        self._left -= len(data)
        if self._left < 0:
            raise ArchiveError("the archive is too large")
        return data


def _open_gzip(data: bytes, size: int) -> IO[bytes]:
    stream = cast("IO[bytes]", gzip.GzipFile(fileobj=BytesIO(data)))
    return cast("IO[bytes]", _Bounded(stream, size))


def _choose(version: str, candidates: list[_Candidate]) -> _Candidate | None:
    """The version as it is written, else the highest that fits."""
    by_version = {candidate.version: candidate for candidate in reversed(candidates)}
    best = version if version in by_version else find_highest(version, by_version)
    return by_version[best] if best is not None else None


def _rank(directory: str, name: str, identity: str) -> int | None:
    """How much of a repository's address the folder names; ``None`` for another repository's."""
    parts = [part for part in directory.split("/") if part]
    if parts and (parts[-1] == name or parts[-1].startswith(f"{name}-")):
        parts.pop()
    wanted = identity.split("/")
    named = [part.lower() for part in parts]
    for start in range(len(named)):
        if named[start:] == wanted[: len(named) - start]:
            return len(named) - start
    return None if any(map(_HOST.search, named)) else 0


def archive_of(span: Span) -> Span | None:
    """The start of the archive in which a place lies; ``None`` where it is in none."""
    packed, found, _ = span.file.path.partition(".tgz/")
    return file_start(SourceFile(span.file.repository, f"{packed}.tgz")) if found else None
