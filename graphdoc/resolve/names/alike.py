"""The known name that is spelled most like another one."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cached_property, lru_cache

from graphdoc.model.grouping import grouped

__all__ = ["ALIKE", "Neighbours", "closest", "most_alike", "same_letters", "the_nearest"]

# How alike two names must be, so that the one is likely meant to be the other.
ALIKE = 0.7
_USUAL = 0.6
# Of more names only so many before and after the wanted one in the alphabet are looked at, and so
# many that have the most of its letters in a row: of such a part that fewer than so many have.
_BESIDE = 100
_ROW = 3


def closest(wanted: str, known: Iterable[str], least: float = _USUAL) -> str:
    """The known name that is spelled most like the wanted one; empty where none is like it."""
    return next(iter(most_alike(wanted, known, least)), "")


def the_nearest(name: object) -> str:
    """A hint that names what was likely meant; empty where nothing was."""
    return f"the nearest is {name}" if name else ""


def most_alike(
    wanted: str, known: Iterable[str], least: float = _USUAL, most: int = 1
) -> list[str]:
    """Those of the known names that are spelled like the wanted one, the most alike first."""
    names = _neighbours(known if isinstance(known, frozenset) else frozenset(known))
    return get_close_matches(wanted, names.of(wanted), most, least)


class Neighbours:
    """Names among which one is looked for that is spelled alike."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted(names)

    def of(self, wanted: str) -> Sequence[str]:
        """Those that are worth a look: all of them, unless there are very many."""
        if len(self._names) <= 2 * _BESIDE:
            return self._names
        at = bisect_left(self._names, wanted)
        beside = self._names[max(0, at - _BESIDE) : at + _BESIDE]
        return sorted({*beside, *self._sharing(wanted)})

    def _sharing(self, wanted: str) -> list[str]:
        rare = (self._by_part.get(part, ()) for part in _parts(wanted))
        found = Counter(name for names in rare if len(names) < _BESIDE for name in names)
        return [name for name, _ in found.most_common(_BESIDE)]

    @cached_property
    def _by_part(self) -> dict[str, tuple[str, ...]]:
        return grouped((part, name) for name in self._names for part in _parts(name))


def _parts(name: str) -> list[str]:
    """Every few letters in a row, each once."""
    return list(dict.fromkeys(name[at : at + _ROW] for at in range(len(name) - _ROW + 1)))


def same_letters(wanted: str, known: frozenset[str]) -> tuple[str, ...]:
    """Those of the known names that have the letters of the wanted one, in whatever order."""
    return _by_letters(known).get(_letters(wanted), ())


@lru_cache(maxsize=64)
def _by_letters(names: frozenset[str]) -> dict[str, tuple[str, ...]]:
    return grouped((_letters(name), name) for name in sorted(names))


def _letters(name: str) -> str:
    return "".join(sorted(name))


@lru_cache(maxsize=64)
def _neighbours(names: frozenset[str]) -> Neighbours:
    return Neighbours(names)
