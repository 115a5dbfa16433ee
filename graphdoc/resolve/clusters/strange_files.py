"""Files that an overlay takes though they are named for the overlay beside it."""

import re
from collections.abc import Iterator
from posixpath import basename, dirname, join, normpath

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, Scalar
from graphdoc.resolve.kustomize import is_kustomization
from graphdoc.resolve.resolved import Estate

__all__ = ["StrangeFile", "find_strange_files"]

_WORD = re.compile(r"[A-Za-z0-9]+")
_GENERATORS = ("configMapGenerator", "secretGenerator")
_LISTS = ("files", "envs", "additionalValuesFiles")
_SINGLE = ("env", "valuesFile")


@dataclass(frozen=True, slots=True)
class StrangeFile:
    """One entry of an overlay; ``own`` lies beside the file and nothing in the overlay names it.

    ``theirs`` is where the other overlay names the file that is called as this one.
    """

    overlay: str
    name: str
    own: str
    span: Span
    theirs: Span


def find_strange_files(estate: Estate) -> Iterator[StrangeFile]:
    """Every file of a generator or chart that is named as the one of an overlay beside it."""
    clones = estate.clones_by_name
    folders = {(build.clone, build.path) for build in estate.builds if build.kustomizations}
    for name, folder in sorted(folders):
        entries = _entries(estate, clones[name], folder)
        named = {normpath(_path(entry)) for entry in entries}
        for entry in entries:
            yield from _strange(estate, clones[name], folder, entry, named)


def _strange(
    estate: Estate, clone: Clone, folder: str, entry: Scalar, named: set[str]
) -> Iterator[StrangeFile]:
    path = normpath(_path(entry))
    for word, other, beside in _overlays_beside(clone, folder, basename(path)):
        own = join(dirname(path), _spelled_for(basename(path), other, word))
        if own in named or not clone.is_file(join(folder, own)):
            continue
        theirs = _entries(estate, clone, beside)
        same = next((e for e in theirs if basename(_path(e)) == basename(path)), None)
        if same is not None:
            place = f"{clone.name}/{folder}"
            yield StrangeFile(place, path, own, entry.span, same.span)
            return


def _overlays_beside(clone: Clone, folder: str, name: str) -> Iterator[tuple[str, str, str]]:
    """What differs from an overlay that a file is named for, and it: ``prod/web``, ``dev/web``."""
    parts = folder.split("/")
    for index, word in enumerate(parts):
        for other in _words(name):
            beside = "/".join((*parts[:index], other, *parts[index + 1 :]))
            if other != word and is_kustomization(clone, beside):
                yield word, other, beside


def _words(name: str) -> Iterator[str]:
    """Every run of words in a file's name: an overlay may be called ``dev`` or ``upc-dev``."""
    spans = [match.span() for match in _WORD.finditer(name)]
    return (name[start:end] for start, _ in spans for _, end in spans if start < end)


def _spelled_for(name: str, other: str, word: str) -> str:
    """A file's name with the one word in place of the other, where that stands alone in it."""
    alone = rf"(?<![A-Za-z0-9]){re.escape(other)}(?![A-Za-z0-9])"
    return re.sub(alone, lambda _: word, name)


def _entries(estate: Estate, clone: Clone, folder: str) -> tuple[Scalar, ...]:
    """The files that generators and charts of a kustomization take."""
    kustomization = is_kustomization(clone, folder)
    parsed = estate.files.parse(clone, join(folder, kustomization)) if kustomization else None
    root = parsed.mapping if parsed is not None else None
    return tuple(_files(root)) if root is not None else ()


def _files(root: Mapping) -> Iterator[Scalar]:
    generators = (made for field in _GENERATORS for made in root.mappings_at(field))
    entries = (*generators, *root.mappings_at("helmCharts"))
    listed = (node for entry in entries for field in _LISTS for node in entry.items_at(field))
    single = (entry.find(field) for entry in entries for field in _SINGLE)
    yield from (node for node in (*listed, *single) if isinstance(node, Scalar))


def _path(entry: Scalar) -> str:
    """The path of an entry, which may name a key before it."""
    return str(entry.value).rpartition("=")[2]
