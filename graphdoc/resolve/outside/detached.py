"""Checkouts on no branch, as CI makes them of pull requests, whose files nothing then reads."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from graphdoc.model.clone import Clone
from graphdoc.resolve.resolved import Estate

__all__ = ["Bypassed", "find_bypassed"]


class Bypassed(NamedTuple):
    """A clone on no branch, and the revisions that are read from Git in place of its files."""

    clone: Clone
    revisions: tuple[str, ...]


def find_bypassed(estate: Estate, clones: Iterable[Clone]) -> Iterator[Bypassed]:
    """Every such clone that Applications read at another revision than the estate does."""
    for clone in clones:
        if clone.branch is not None or clone.commit is None:
            continue
        revisions = {
            source.source.target_revision
            for source in estate.sources
            if source.clone is not None and source.clone is not estate.clone(clone.name)
            if source.clone.name == clone.name
        }
        if revisions:
            yield Bypassed(clone, tuple(sorted(revisions)))
