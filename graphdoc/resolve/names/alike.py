"""The known name that is spelled most like another one."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import lru_cache

__all__ = ["ALIKE", "beside", "closest", "most_alike", "same_letters"]

# How alike two names must be, so that the one is likely meant to be the other.
ALIKE = 0.7
_USUAL = 0.6
# Of more names only so many before and after the wanted one in the alphabet are looked at.
_BESIDE = 100


def closest(wanted: str, known: Iterable[str], least: float = _USUAL) -> str:
    """The known name that is spelled most like the wanted one; empty where none is like it."""
    return next(iter(most_alike(wanted, known, least)), "")


def most_alike(
    wanted: str, known: Iterable[str], least: float = _USUAL, most: int = 1
) -> list[str]:
    """Those of the known names that are spelled like the wanted one, the most alike first."""
    names = _ordered(known if isinstance(known, frozenset) else frozenset(known))
    return get_close_matches(wanted, beside(names, wanted), most, least)


def beside(names: Sequence[str], wanted: str) -> Sequence[str]:
    """Those of a sorted list that are worth a look: all of them, unless there are very many."""
    if len(names) <= 2 * _BESIDE:
        return names
    at = bisect_left(names, wanted)
    return names[max(0, at - _BESIDE) : at + _BESIDE]


def same_letters(wanted: str, known: frozenset[str]) -> list[str]:
    """Those of the known names that have the letters of the wanted one, in whatever order."""
    return _by_letters(known).get(_letters(wanted), [])


@lru_cache(maxsize=64)
def _by_letters(names: frozenset[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        found.setdefault(_letters(name), []).append(name)
    return found


def _letters(name: str) -> str:
    return "".join(sorted(name))


@lru_cache(maxsize=64)
def _ordered(names: frozenset[str]) -> list[str]:
    return sorted(names)
