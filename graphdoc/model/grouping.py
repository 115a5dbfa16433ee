"""Values by what they have in common; few are told one by one, many as one."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

__all__ = ["gather", "grouped", "listed"]

_FEW = 3

K = TypeVar("K")
T = TypeVar("T")


def grouped(pairs: Iterable[tuple[K, T]]) -> dict[K, tuple[T, ...]]:
    """The values of each key; keys and values in the order given."""
    groups: dict[K, list[T]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(group) for key, group in groups.items()}


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
