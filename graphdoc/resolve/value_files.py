"""Which values files a source layers: relative paths, ``$ref`` paths, globs, and broken names."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from graphdoc.model.argocd import Application, Source
from graphdoc.model.clone import Clone
from graphdoc.model.finding import NotUnderstood
from graphdoc.model.location import SourceFile
from graphdoc.model.node import Scalar
from graphdoc.resolve.paths import join_path, matches_segments
from graphdoc.resolve.resolved import BrokenReference, LayeredFile, ReferenceFault

__all__ = ["FindClone", "ValueFiles", "build_environment", "find_value_files"]


class FoundClone(NamedTuple):
    """The clone of a source, and whether what it lacks is surely missing."""

    clone: Clone
    certain: bool


FindClone = Callable[[Source], FoundClone | None]

_VARIABLE = re.compile(r"\$(?:\{(ARGOCD_[A-Z_]+|KUBE_VERSION)\}|(ARGOCD_[A-Z_]+|KUBE_VERSION))")
_REMOTE = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ValueFiles:
    """What the entries of ``valueFiles`` lead to; ``clones`` holds the clone of each file found."""

    found: tuple[LayeredFile, ...]
    clones: tuple[Clone, ...]
    broken: tuple[BrokenReference, ...]
    not_understood: tuple[NotUnderstood, ...]


class _Place(NamedTuple):
    """A repository and a path in it that an entry names."""

    clone: Clone
    path: str
    certain: bool = True


def build_environment(application: Application, source: Source) -> dict[str, str]:
    """Argo CD's build environment, as far as it is known without a cluster."""
    return {
        "ARGOCD_APP_NAME": application.name,
        "ARGOCD_APP_NAMESPACE": application.destination.namespace,
        "ARGOCD_APP_PROJECT_NAME": application.project,
        "ARGOCD_APP_SOURCE_PATH": source.path or "",
        "ARGOCD_APP_SOURCE_REPO_URL": source.repo_url,
        "ARGOCD_APP_SOURCE_TARGET_REVISION": source.target_revision,
    }


def substitute(text: str, environment: dict[str, str]) -> str:
    """A string with Argo CD's build environment put in; unknown variables stay."""
    return _VARIABLE.sub(lambda m: environment.get(m[1] or m[2], m[0]), text)


def find_value_files(
    application: Application, source: Source, own: Clone | None, find_clone: FindClone
) -> ValueFiles:
    """Every values file of a source, in its order.

    Args:
        application: the Application, whose other sources ``$ref`` entries name.
        source: the source whose ``helm.valueFiles`` are read.
        own: the clone of the source itself; ``None`` for a chart from a Helm repository.
        find_clone: the clone of a source at its revision.
    """
    search = _Search(application, source, own, find_clone)
    entries = source.helm.value_files if source.helm is not None else ()
    for entry in entries:
        search.add(entry)
    return ValueFiles(
        tuple(search.found),
        tuple(search.clones),
        tuple(search.broken),
        tuple(search.not_understood),
    )


class _Search:
    def __init__(
        self, application: Application, source: Source, own: Clone | None, find_clone: FindClone
    ) -> None:
        self._references = {s.ref: s for s in application.sources if s.ref}
        self._environment = build_environment(application, source)
        self._source = source
        self._own = own
        self._find_clone = find_clone
        self._ignores = source.helm is not None and source.helm.ignore_missing_value_files
        self.found: list[LayeredFile] = []
        self.clones: list[Clone] = []
        self.broken: list[BrokenReference] = []
        self.not_understood: list[NotUnderstood] = []

    def add(self, entry: Scalar) -> None:
        wanted = substitute(str(entry.value if entry.value is not None else ""), self._environment)
        if _REMOTE.match(wanted):
            self._skip(entry, f"values file '{_without_query(wanted)}' is not in a repository")
            return
        place = self._place(entry, wanted)
        if place is None:
            return
        paths = list(_matching(place)) if "*" in place.path else [place.path]
        for path in paths:
            self._add_file(entry, place._replace(path=path))

    def _add_file(self, entry: Scalar, place: _Place) -> None:
        clone, path, certain = place
        if not clone.is_file(path) and not certain:
            self._skip(entry, f"values file '{path}' is not in the clone of {clone.name}")
            return
        if not clone.is_file(path):
            fault = ReferenceFault.MISSING_VALUES_FILE
            self._break(entry, fault, f"{clone.name}/{path}", clone.name)
            return
        self.found.append(LayeredFile(len(self.found), entry, SourceFile(clone.name, path)))
        self.clones.append(clone)

    def _place(self, entry: Scalar, wanted: str) -> _Place | None:
        if wanted.startswith("$"):
            return self._referenced_place(entry, wanted)
        if self._own is None:
            self._skip(entry, f"values file '{wanted}' lies in a chart that is not at hand")
            return None
        path = join_path(self._source.path or "", wanted)
        return self._checked(entry, wanted, FoundClone(self._own, certain=True), path)

    def _referenced_place(self, entry: Scalar, wanted: str) -> _Place | None:
        ref, _, rest = wanted[1:].partition("/")
        source = self._references.get(ref)
        if source is None:
            self._break(entry, ReferenceFault.UNDECLARED_REF, wanted, "")
            return None
        found = self._find_clone(source)
        if found is None:
            self._skip(entry, f"values file '{wanted}' lies in a repository that is not analysed")
            return None
        return self._checked(entry, wanted, found, join_path("", rest))

    def _checked(
        self, entry: Scalar, wanted: str, found: FoundClone, path: str | None
    ) -> _Place | None:
        if path is None:
            self._break(entry, ReferenceFault.LEAVES_REPOSITORY, wanted, found.clone.name)
            return None
        return _Place(found.clone, path, found.certain)

    def _break(self, entry: Scalar, fault: ReferenceFault, wanted: str, repository: str) -> None:
        ignored = self._ignores and fault is ReferenceFault.MISSING_VALUES_FILE
        self.broken.append(BrokenReference(fault, entry, wanted, repository, ignored))

    def _skip(self, entry: Scalar, reason: str) -> None:
        self.not_understood.append(NotUnderstood(entry.span, reason))


def _matching(place: _Place) -> Iterator[str]:
    return (path for path in place.clone.files if matches_segments(path, place.path))


def _without_query(url: str) -> str:
    return re.sub(r"(://)[^/@]*@", r"\1", url.partition("?")[0])
