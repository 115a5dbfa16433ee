"""Folders of one shape side by side, of which each user of a repository takes one."""

from collections.abc import Iterable
from itertools import pairwise

from graphdoc.model.clone import Clone
from graphdoc.model.location import SourceFile

__all__ = ["are_alternatives"]

_MANY = 3


def are_alternatives(clones: Iterable[Clone], files: Iterable[SourceFile]) -> bool:
    """Whether files are one another's copies in folders that hold mostly the same paths."""
    ordered = sorted(files)
    paths = {clone.name: clone.files for clone in clones}
    return len(ordered) > 1 and all(
        one.repository == other.repository
        and _are_copies(paths.get(one.repository, ()), one.path, other.path)
        for one, other in pairwise(ordered)
    )


def _are_copies(files: Iterable[str], one: str, other: str) -> bool:
    sides = one.split("/"), other.split("/")
    start = next(i for i, pair in enumerate(zip(*sides, strict=False)) if len({*pair}) > 1)
    folders = ("/".join((*side[: start + 1], "")) for side in sides)
    held, held_too = ({f.removeprefix(d) for f in files if f.startswith(d)} for d in folders)
    shared = len(held & held_too)
    return shared >= _MANY and shared * 2 > len(held | held_too)
