"""How far up a directory's tree a kustomization outside of any repository reaches."""

from collections.abc import Iterator
from pathlib import Path

from graphdoc.model.location import SourceFile
from graphdoc.model.node import Scalar, walk
from graphdoc.parse.yaml import YamlError, parse_documents

__all__ = ["find_folder_root"]

_KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
# A reference must not make whole file systems part of the analysis.
_LEAST_DEPTH = 2
_MOST_DIRECTORIES = 1000
_LONGEST_PATH = 1024


def find_folder_root(place: Path) -> Path:
    """The clone around a directory; without one, the folder that holds all that it refers to."""
    for parent in (place, *place.parents):
        if (parent / ".git").exists():
            return parent
    root, pending, seen = place, [place], {place}
    while pending and len(seen) < _MOST_DIRECTORIES:
        for target in _referred(pending.pop()):
            common = _common(root, target)
            if target in seen or len(common.parts) - 1 < _LEAST_DEPTH:
                continue
            seen.add(target)
            root = common
            pending.append(target)
    return root


def _referred(directory: Path) -> Iterator[Path]:
    """The directories that the paths of a kustomization lead to."""
    for name in _KUSTOMIZATIONS:
        file = directory / name
        if file.is_file():
            yield from _leading_up(file)


def _leading_up(file: Path) -> Iterator[Path]:
    try:
        documents = parse_documents(file.read_bytes(), SourceFile("", file.name))
    except (OSError, YamlError):
        return
    nodes = (node for d in documents if d.root is not None for _, node in walk(d.root))
    for node in nodes:
        if not isinstance(node, Scalar) or not isinstance(node.value, str):
            continue
        if len(node.value) > _LONGEST_PATH or "\n" in node.value or "\0" in node.value:
            continue
        target = (file.parent / node.value).resolve()
        if target.is_dir():
            yield target
        elif ".." in node.value and target.is_file():
            yield target.parent


def _common(first: Path, second: Path) -> Path:
    return next(parent for parent in (first, *first.parents) if second.is_relative_to(parent))
