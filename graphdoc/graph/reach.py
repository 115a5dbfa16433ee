"""Following steps from one thing to the next, for whoever asks what can be reached and how."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

__all__ = ["reach", "ways"]

T = TypeVar("T")


def reach(starts: Iterable[T], follow: Callable[[T], Iterable[T]]) -> frozenset[T]:
    """All that steps lead to, the starts among it."""
    return frozenset(ways(dict.fromkeys(starts, ()), follow))


def ways(
    starts: Mapping[T, tuple[T, ...]], follow: Callable[[T], Iterable[T]]
) -> dict[T, tuple[T, ...]]:
    """The shortest way to all that can be reached, without its end; starts have theirs."""
    found = dict(starts)
    pending = deque(found)
    while pending:
        here = pending.popleft()
        for there in follow(here):
            if there not in found:
                found[there] = (*found[here], here)
                pending.append(there)
    return found
