"""A folder that is named as a clone, and is a part of one."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from posixpath import dirname, join, normpath

from graphdoc.clone import DiskClone, open_clone
from graphdoc.model.clone import UnreadableError
from graphdoc.model.kustomize import KUSTOMIZATION_NAMES
from graphdoc.resolve.repositories.addresses import Repositories

__all__ = ["clone_around", "leads_out"]

_READ = (".yaml", ".yml", "/Kustomization")
_ADDRESS = re.compile(rb"\brepoURL:[ \t]*[\"']?([^\s\"'#]+)")
_UPWARDS = re.compile(rb"(?:\.\./)+[^\s\"'#,\]}]*|\.\.(?=[\s,\]])")


def clone_around(folder: Path) -> DiskClone | None:
    """The clone that tracks files of a folder below its root; ``None`` where none does."""
    place = folder.resolve()
    root = next((parent for parent in place.parents if (parent / ".git").exists()), None)
    clone = open_clone(root.name, root, "") if root is not None else None
    if clone is None or clone.git is None:
        return None
    return clone if clone.git.ask("ls-files", "-z", "--", place.as_posix()) else None


def leads_out(folder: Path, clone: DiskClone) -> bool:
    """Whether files of a folder need the rest of the clone: by its address, or by paths."""
    inner = folder.resolve().relative_to(clone.root).as_posix()
    repositories = Repositories((clone,))
    files = [f for f in clone.files if f.startswith(f"{inner}/") and f.endswith(_READ)]
    return any(
        any(repositories.find(address) for address in _addresses(text))
        or any(_is_outside(path, inner) for path in _paths(file, text))
        for file, text in _texts(clone, files)
    )


def _texts(clone: DiskClone, files: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    for file in files:
        try:
            yield file, clone.read(file)
        except UnreadableError:
            continue


def _addresses(text: bytes) -> Iterator[str]:
    return (found[1].decode(errors="replace") for found in _ADDRESS.finditer(text))


def _paths(file: str, text: bytes) -> Iterator[str]:
    """Where the paths of a kustomization that start upwards lead."""
    if file.rpartition("/")[2] in KUSTOMIZATION_NAMES:
        for found in _UPWARDS.finditer(text):
            yield normpath(join(dirname(file), found[0].decode(errors="replace")))


def _is_outside(path: str, inner: str) -> bool:
    """Whether it lies in the clone, and not in the folder."""
    return not path.startswith("..") and not f"{path}/".startswith(f"{inner}/")
