"""Values by what they have in common; few are told one by one, many as one."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

__all__ = [
    "counted", "first_of", "gather", "grouped", "in_order", "listed", "once", "plural_of", "way_up",
]  # fmt: skip

_FEW = 3

K = TypeVar("K")
T = TypeVar("T")


def grouped(pairs: Iterable[tuple[K, T]]) -> dict[K, tuple[T, ...]]:
    """The values of each key; keys and values in the order given."""
    groups: dict[K, list[T]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return {key: tuple(group) for key, group in groups.items()}


def once(found: Iterable[T], key: Callable[[T], object]) -> Iterator[T]:
    """The first of each key, in the order given."""
    seen: set[object] = set()
    for one in found:
        known = key(one)
        if known not in seen:
            seen.add(known)
            yield one


def way_up(start: K | None, above: Callable[[K], K | None]) -> Iterator[K]:
    """One thing, what is above it, and so on; it ends where it comes by for the second time."""
    seen: set[K] = set()
    while start and start not in seen:
        seen.add(start)
        yield start
        start = above(start)


def in_order(found: Iterable[T], key: Callable[[T], Any]) -> list[T]:
    """The first of each key, sorted by it."""
    return sorted(once(found, key), key=key)


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
    if len(known) > _FEW:
        return first_of(known, _FEW)
    return " and ".join(filter(None, (", ".join(known[:-1]), known[-1])))


def first_of(names: Sequence[object], most: int = 1) -> str:
    """The first of some names, and how many more there are."""
    shown, hidden = ", ".join(map(str, names[:most])), len(names) - most
    return f"{shown} and {hidden} more" if hidden > 0 else shown


def counted(number: int, word: str) -> str:
    """A number with its noun: ``1 Ingress``, ``2 Ingresses``."""
    return f"{number} {word if number == 1 else plural_of(word)}"


def plural_of(kind: str) -> str:
    """The plural of a kind's word: hosts, policies, Ingresses."""
    if kind.endswith("y") and kind[-2:-1] not in "aeiou":
        return f"{kind[:-1]}ies"
    return f"{kind}es" if kind.endswith(("ss", "x", "ch")) else f"{kind.removesuffix('s')}s"
