"""Which folder around a directory is read as one: its clone, or all that it refers to."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import field
from pathlib import Path

from graphdoc.model.dataclass import dataclass
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.model.location import SourceFile
from graphdoc.model.node import texts_within
from graphdoc.parse.yaml import YamlError, parse_documents

__all__ = ["Folders"]

# A reference must not make whole file systems part of the analysis.
_LEAST_DEPTH = 2
_MOST_DIRECTORIES = 1000
_LONGEST_PATH = 1024
# Kustomize takes no absolute path, and Windows would ask another machine for \\host\share.
_NO_PATH = re.compile(r"[\n\0\\]|^/|^[A-Za-z]:")


@dataclass(slots=True)
class Folders:
    """Finds the folder around each of many directories; their parents are looked at once."""

    _clones: dict[str, str | None] = field(default_factory=dict)
    _real: dict[str, str] = field(default_factory=dict)

    def resolve(self, place: Path) -> Path:
        """Where a directory lies in truth; neighbours share the way to them."""
        path = str(place)
        parent, name = os.path.split(path)
        if name in {"", "..", "."} or os.path.islink(path):  # noqa: PTH114 -- asked for each
            return Path(os.path.realpath(path))  # which no circle of links stops
        if parent not in self._real:
            self._real[parent] = os.path.realpath(parent)
        return Path(self._real[parent], name)

    def find_root(self, place: Path) -> Path:
        """The clone around a directory, or else the folder that holds all that it refers to."""
        clone = self._clone_around(str(place))
        return _all_referred(place) if clone is None else Path(clone)

    def _clone_around(self, place: str) -> str | None:
        if place not in self._clones:
            parent = os.path.dirname(place)  # noqa: PTH120 -- a path takes ten times as long
            is_clone = os.path.exists(os.path.join(place, ".git"))  # noqa: PTH110, PTH118
            outer = self._clone_around(parent) if not is_clone and parent != place else None
            self._clones[place] = place if is_clone else outer
        return self._clones[place]


def _all_referred(place: Path) -> Path:
    root, pending, seen = place, [place], {place}
    while pending and len(seen) < _MOST_DIRECTORIES:
        for target in _referred(pending.pop()):
            common = next(
                parent for parent in (root, *root.parents) if target.is_relative_to(parent)
            )
            if target in seen or len(common.parts) - 1 < _LEAST_DEPTH:
                continue
            seen.add(target)
            root = common
            pending.append(target)
    return root


def _referred(directory: Path) -> Iterator[Path]:
    """The directories that the paths of a kustomization lead to."""
    for name in KUSTOMIZATION_NAMES:
        file = directory / name
        if file.is_file():
            yield from _leading_up(file)


def _leading_up(file: Path) -> Iterator[Path]:
    try:
        documents = parse_documents(file.read_bytes(), SourceFile("", file.name))
    except (OSError, YamlError):
        return
    for text, _ in (found for document in documents for found in texts_within(document.root)):
        if len(text) > _LONGEST_PATH or _NO_PATH.search(text):
            continue
        target = Path(os.path.realpath(file.parent / text))
        with suppress(OSError):  # a text that is too long for a name
            if target.is_dir():
                yield target
            elif ".." in text and target.is_file():
                yield target.parent
