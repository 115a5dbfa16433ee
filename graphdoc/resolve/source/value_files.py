"""Which values files a source layers: relative paths, ``$ref`` paths, globs, and broken names."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import field
from typing import NamedTuple

from graphdoc.model.argocd import Application, Source
from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Scalar
from graphdoc.resolve.repositories.addresses import Match
from graphdoc.resolve.repositories.paths import join_path, matches_segments
from graphdoc.resolve.repositories.submodules import find_empty_submodule
from graphdoc.resolve.resolved import BrokenReference, LayeredFile, ReferenceFault
from graphdoc.resolve.source.environment import Environment

__all__ = ["FindClone", "ValueFiles", "Viewpoint", "find_named_files", "find_value_files"]


FindClone = Callable[[Source], Match | None]

_REMOTE = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_DECRYPTED = "secrets://"
_FIRST_NAME = re.compile(r"\$\{?(\w+)", re.ASCII)
_GLOB = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class ValueFiles:
    """What the entries of ``valueFiles`` lead to; ``clones`` holds the clone of each file found."""

    found: tuple[LayeredFile, ...] = ()
    clones: tuple[Clone, ...] = ()
    broken: tuple[BrokenReference, ...] = ()
    not_understood: tuple[NotUnderstood, ...] = ()


class Viewpoint(NamedTuple):
    """From where names are read: the Application, the source, its own clone and the others.

    ``own`` is ``None`` for a chart that is not at hand.
    """

    application: Application
    source: Source
    own: Clone | None
    find_clone: FindClone
    environment: Environment

    @property
    def folder(self) -> str:
        """Where Argo CD starts to read: a chart of a chart repository has no path."""
        return "" if self.source.chart is not None else self.source.path or ""


class _Place(NamedTuple):
    """A repository and a path in it that an entry names."""

    entry: Scalar
    clone: Clone
    path: str
    certain: bool = True

    @property
    def is_glob(self) -> bool:
        return bool(_GLOB & set(self.path))

    @property
    def key(self) -> tuple[int, str]:
        return id(self.clone), self.path


def find_value_files(view: Viewpoint) -> ValueFiles:
    """Every values file of a source, in the order in which Argo CD hands them to Helm.

    Each file counts once. One that a glob matches and an entry names stands where it is named.
    """
    helm = view.source.helm
    if helm is None:
        return ValueFiles()
    scout = _Search(view, ignores_missing=True)
    places = (place for entry in helm.value_files for place in scout.locate(entry))
    named = frozenset(place.key for place in places if not place.is_glob)
    search = _Search(view, ignores_missing=helm.ignore_missing_value_files)
    for entry in helm.value_files:
        for place in search.locate(entry):
            if place.is_glob:
                search.take_matches(place, named)
            else:
                search.take(place)
    return search.result()


def find_named_files(view: Viewpoint, entries: Iterable[Scalar]) -> ValueFiles:
    """The files that entries name one by one, as ``fileParameters`` do."""
    search = _Search(view, ignores_missing=False)
    for entry in entries:
        for place in search.locate(entry):
            search.take(place, again=True)
    return search.result()


@dataclass(slots=True)
class _Search:
    view: Viewpoint
    ignores_missing: bool
    _found: list[LayeredFile] = field(default_factory=list)
    _clones: list[Clone] = field(default_factory=list)
    _broken: list[BrokenReference] = field(default_factory=list)
    _skipped: list[NotUnderstood] = field(default_factory=list)
    _seen: set[tuple[int, str]] = field(default_factory=set)

    def result(self) -> ValueFiles:
        return ValueFiles(
            tuple(self._found), tuple(self._clones), tuple(self._broken), tuple(self._skipped)
        )

    def locate(self, entry: Scalar) -> Iterator[_Place]:
        """Where an entry leads, if it leads into a repository that is at hand."""
        raw = str(entry.value if entry.value is not None else "")
        reference, _, rest = raw.partition("/")
        is_reference = self._is_reference(reference)
        expanded = self.view.environment.expand(rest if is_reference else raw)
        if expanded.unknown:
            names = ", ".join(expanded.unknown)
            self._skip(entry, f"values file '{raw}' needs {names}, which only the cluster knows")
        elif is_reference:
            yield from self._in_reference(entry, reference.removeprefix("$"), expanded.text)
        elif _REMOTE.match(expanded.text):
            self._in_address(entry, expanded.text)
        else:
            yield from self._in_own(entry, expanded.text)

    def _in_address(self, entry: Scalar, text: str) -> None:
        """A plugin of Helm reads the file; one that helm-secrets decrypts has to be there."""
        wanted = text.removeprefix(_DECRYPTED)
        if wanted != text and self.view.own is not None and not wanted.startswith("/"):
            path = join_path(self.view.folder, wanted)
            if path is not None and not self.view.own.is_file(path):
                self.miss(_Place(entry, self.view.own, path))
                return
        address = re.sub(r"(://)[^/@]*@", r"\1", text.partition("?")[0])
        self._skip(entry, f"values file '{address}' is not in a repository")

    def _is_reference(self, name: str) -> bool:
        """Whether ``$name`` means a source; in a single source it may be a variable."""
        if not name.startswith("$"):
            return False
        first = _FIRST_NAME.match(name)
        is_variable = first is not None and first[1] in self.view.environment.variables
        return self.view.application.multi_source or not is_variable

    def _in_own(self, entry: Scalar, wanted: str) -> Iterator[_Place]:
        own, path = self.view.own, join_path(self.view.folder, wanted)
        is_git = own is not None and self.view.source.chart is None
        is_there = own is not None and path is not None and own.is_file(path)
        if not is_git and not is_there and self._is_referenced(wanted):
            self._break(entry, ReferenceFault.MISSING_VALUES_FILE, wanted, "")
        elif own is None:
            self._skip(entry, f"values file '{wanted}' lies in a chart that is not at hand")
        else:
            yield from self._checked(entry, wanted, Match(own, certain=True), path)

    def _is_referenced(self, wanted: str) -> bool:
        """Whether a source with a name has a file at that path: then its name was left out."""
        named = (source for source in self.view.application.sources if source.ref is not None)
        found = (self.view.find_clone(source) for source in named)
        return "/" in wanted and any(one and one.clone.is_file(wanted) for one in found)

    def _in_reference(self, entry: Scalar, name: str, rest: str) -> Iterator[_Place]:
        wanted = f"${name}/{rest}"
        source = next((s for s in self.view.application.sources if s.ref == name), None)
        if source is None:
            self._break(entry, ReferenceFault.UNDECLARED_REF, wanted, "")
            return
        found = self.view.find_clone(source)
        if found is None:
            self._skip(entry, f"values file '{wanted}' lies in a repository that is not analysed")
            return
        yield from self._checked(entry, wanted, found, join_path("", rest))

    def _checked(
        self, entry: Scalar, wanted: str, found: Match, path: str | None
    ) -> Iterator[_Place]:
        if path is None:
            self._break(entry, ReferenceFault.LEAVES_REPOSITORY, wanted, found.clone.name)
            return
        yield _Place(entry, found.clone, path, found.certain)

    def take_matches(self, place: _Place, named: frozenset[tuple[int, str]]) -> None:
        """Layer what a glob matches, by name, without what an entry names."""
        matches = [place._replace(path=path) for path in _matching(place)]
        if not matches:
            self.miss(place)
        for match in matches:
            if match.key not in named:
                self.take(match)

    def take(self, place: _Place, *, again: bool = False) -> None:
        """Layer one file, once unless it may come ``again``."""
        if place.key in self._seen and not again:
            return
        self._seen.add(place.key)
        if not place.clone.is_file(place.path):
            self.miss(place)
            return
        file = SourceFile(place.clone.name, place.path)
        self._found.append(LayeredFile(len(self._found), place.entry, file))
        self._clones.append(place.clone)

    def miss(self, place: _Place) -> None:
        """Note that a file is not there."""
        name = place.clone.name
        inner = find_empty_submodule(place.clone, place.path)
        if inner:
            lies = f"values file '{place.path}' lies in submodule '{inner}' of {name}"
            self._skip(place.entry, f"{lies}, which is not checked out")
        elif place.certain:
            wanted = f"{name}/{place.path}"
            self._break(place.entry, ReferenceFault.MISSING_VALUES_FILE, wanted, name)
        else:
            reason = f"values file '{place.path}' is not in the clone of {name}"
            self._skip(place.entry, reason)

    def _break(self, entry: Scalar, fault: ReferenceFault, wanted: str, repository: str) -> None:
        ignored = self.ignores_missing and fault is ReferenceFault.MISSING_VALUES_FILE
        self._broken.append(BrokenReference(fault, entry, wanted, repository, ignored))

    def _skip(self, entry: Scalar, reason: str) -> None:
        self._skipped.append(NotUnderstood(entry.span, reason))


def _matching(place: _Place) -> Iterator[str]:
    return (path for path in place.clone.files if matches_segments(path, place.path))
