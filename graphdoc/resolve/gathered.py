"""Findings of one kind that stand side by side: few are told one by one, many as one."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from graphdoc.model.grouping import grouped

__all__ = ["gather", "listed"]

_FEW = 3

T = TypeVar("T")


def gather(
    found: Iterable[T], place: Callable[[T], object], few: int = _FEW
) -> Iterator[tuple[T, ...]]:
    """What stands in one place together, where it is more than a few; the rest singly."""
    groups = grouped((place(one), one) for one in found)
    for group in groups.values():
        if len(group) > few:
            yield tuple(group)
        else:
            yield from ((one,) for one in group)


def listed(names: Iterable[str]) -> str:
    """All names where they are few, else the first and how many more."""
    known = tuple(names)
    shown, hidden = known[:_FEW], len(known) - _FEW
    if hidden > 0:
        return f"{', '.join(shown)} and {hidden} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1])))
