"""Other names of clusters: overlay ``eks-dev`` layers the values of a folder ``aws-dev``."""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from graphdoc.model.argocd import is_argocd
from graphdoc.model.grouping import grouped
from graphdoc.model.location import Span
from graphdoc.model.node import Scalar
from graphdoc.parse.argocd import parse_application
from graphdoc.resolve.kustomize import Build
from graphdoc.resolve.resolved import Estate

__all__ = ["Called", "find_called", "find_overlay_names"]


class Called(NamedTuple):
    """An overlay, the folder of values that it alone layers, and where it first names that."""

    overlay: str
    folder: str
    span: Span


class _Own(NamedTuple):
    """An overlay and the folders of values that its Applications name."""

    overlay: str
    folders: dict[str, Span]


def find_called(estate: Estate) -> Iterator[Called]:
    """Every overlay whose folder of values goes by another name, whether a root leads to it or not.

    Judged among overlays beside each other: the folder that one alone names is its own.
    """
    for siblings in _overlays(estate):
        named = Counter(folder for own in siblings for folder in own.folders)
        for overlay, folders in siblings:
            own = [folder for folder in folders if named[folder] == 1]
            if len(own) == 1 and overlay not in own[0]:
                yield Called(overlay, own[0], folders[own[0]])


def find_overlay_names(estate: Estate) -> frozenset[str]:
    """The names of overlays beside each other that each layer values of their own."""
    return frozenset(own.overlay for siblings in _overlays(estate) for own in siblings)


@lru_cache(maxsize=2)
def _overlays(estate: Estate) -> tuple[tuple[_Own, ...], ...]:
    """The overlays that bring Applications with values files, by the folder that holds them."""
    found = grouped((_parent(build), own) for build in estate.builds if (own := _own(build)))
    return tuple(siblings for siblings in found.values() if len(siblings) > 1)


def _parent(build: Build) -> tuple[str, str]:
    return build.clone, build.path.rpartition("/")[0]


def _own(build: Build) -> _Own | None:
    folders: dict[str, Span] = {}
    for file in _values_files(build):
        for folder in str(file.value).split("/")[:-1]:
            folders.setdefault(folder, file.span)
    return _Own(build.path.rpartition("/")[2], folders) if folders else None


def _values_files(build: Build) -> Iterator[Scalar]:
    for resource in build.resources:
        if is_argocd(resource, "Application"):
            for source in parse_application(resource).sources:
                yield from source.helm_options.value_files
