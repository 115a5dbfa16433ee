"""Which existing path somebody meant who wrote another one, where that is beyond doubt."""

import re
from collections.abc import Iterable, Iterator
from posixpath import splitext
from typing import NamedTuple

from graphdoc.model.file_kinds import YAML
from graphdoc.model.grouping import grouped

__all__ = ["Slip", "Slips", "find_slip", "words_of"]

_SEPARATOR = re.compile(r"[-_.]")
_NO_DIGIT = re.compile(r"\D")
# A shorter word with so many letters amiss may be the name of something else: eks and aks.
_LEAST_LETTERS = {1: 5, 2: 9}
_MOST_AMISS = max(_LEAST_LETTERS)


class Slip(NamedTuple):
    """One segment of a path that was written wrong; ``from_end`` counts from the last, which is 1.

    ``path`` is the path that exists.
    """

    from_end: int
    wrong: str
    right: str
    path: str


def find_slip(wanted: str, existing: Iterable[str], words: frozenset[str]) -> Slip | None:
    """The only path that differs from the wanted one by a slip of the pen in one segment.

    ``words`` are the names that mean something here: whoever wrote one of them meant it.
    """
    near = (path for path in existing if abs(len(path) - len(wanted)) <= _MOST_AMISS)
    found = [slip for path in near if (slip := _slip(wanted, path, words)) is not None]
    return found[0] if len(found) == 1 else None


class Slips:
    """Names that many are held to, found by what is left of each without one of its words."""

    def __init__(self, existing: Iterable[str]) -> None:
        self._by_rest = grouped((rest, name) for name in existing for rest in _rests(name))

    def find(self, wanted: str) -> str | None:
        """The only one that differs from the wanted one by a slip of the pen."""
        found = self.find_all(wanted)
        return found[0] if len(found) == 1 else None

    def find_all(self, wanted: str) -> list[str]:
        """Every one that differs so."""
        near = {name: None for rest in _rests(wanted) for name in self._by_rest.get(rest, ())}
        return [name for name in near if _slip(wanted, name, frozenset())]


def _rests(name: str) -> Iterator[tuple[object, ...]]:
    """Of every two names that differ by a slip one of these is the same."""
    yield ("", _SEPARATOR.sub("-", name).casefold())
    words = [word for segment in name.split("/") for word in ("/", *_SEPARATOR.split(segment))]
    after = [0]
    for word in reversed(words):
        after.append(hash((after[-1], word)))
    before = 0
    for place, word in enumerate(words, start=1):
        yield (before, after[-place - 1], _NO_DIGIT.sub("", word))
        before = hash((before, word))


def words_of(names: Iterable[str]) -> frozenset[str]:
    """The words that names and paths are made of."""
    return frozenset(
        word.casefold() for name in names for word in re.split(r"[-_./]", name) if word
    )


def _slip(wanted: str, path: str, words: frozenset[str]) -> Slip | None:
    ours, theirs = wanted.split("/"), path.split("/")
    if len(ours) != len(theirs):
        return None
    different = [
        index for index, pair in enumerate(zip(ours, theirs, strict=True)) if len({*pair}) > 1
    ]
    if len(different) != 1:
        return None
    index = different[0]
    if not _is_slip(ours[index], theirs[index], words):
        return None
    return Slip(len(ours) - index, ours[index], theirs[index], path)


def _is_slip(wrong: str, right: str, words: frozenset[str]) -> bool:
    if _SEPARATOR.sub("-", wrong).casefold() == _SEPARATOR.sub("-", right).casefold():
        return True
    (stem, ending), (right_stem, right_ending) = splitext(wrong), splitext(right)
    if stem == right_stem:
        return {ending, right_ending} == {*YAML}
    ours, theirs = _SEPARATOR.split(wrong), _SEPARATOR.split(right)
    if len(ours) != len(theirs):
        return False
    pairs = [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]]
    return len(pairs) == 1 and pairs[0][0].casefold() not in words and _is_misspelt(*pairs[0])


def _is_misspelt(wrong: str, right: str) -> bool:
    """Whether a word is another one with a letter or two amiss; digits and plurals tell apart."""
    digits, right_digits = _NO_DIGIT.sub("", wrong), _NO_DIGIT.sub("", right)
    if digits != right_digits or f"{wrong}s" == right or wrong == f"{right}s":
        return False
    if abs(len(wrong) - len(right)) > _MOST_AMISS:
        return False
    distance = _distance(wrong, right)
    letters = max(len(wrong), len(right))
    is_swap = distance == 1 and sorted(wrong) == sorted(right)
    return is_swap or letters >= _LEAST_LETTERS.get(distance, letters + 1)


def _distance(first: str, second: str) -> int:
    """How many letters are to be put in, left out, replaced or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, letter in enumerate(first, start=1):
        before, last, row = row, before, [i]
        for j, other in enumerate(second, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            swapped = i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other
            row.append(min(cost, last[j - 2] + 1) if swapped else cost)
    return row[-1]
