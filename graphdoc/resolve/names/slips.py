"""Which existing path somebody meant who wrote another one, where that is beyond doubt."""

import re
from collections.abc import Iterable
from posixpath import splitext
from typing import NamedTuple

__all__ = ["Slip", "find_slip", "words_of"]

_YAML_ENDINGS = frozenset({".yaml", ".yml"})
_SEPARATOR = re.compile(r"[-_.]")
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
        return {ending, right_ending} == _YAML_ENDINGS
    ours, theirs = _SEPARATOR.split(wrong), _SEPARATOR.split(right)
    if len(ours) != len(theirs):
        return False
    pairs = [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]]
    return len(pairs) == 1 and pairs[0][0].casefold() not in words and _is_misspelt(*pairs[0])


def _is_misspelt(wrong: str, right: str) -> bool:
    """Whether a word is another one with a letter or two amiss; digits and plurals tell apart."""
    digits, right_digits = re.sub(r"\D", "", wrong), re.sub(r"\D", "", right)
    if digits != right_digits or f"{wrong}s" == right or wrong == f"{right}s":
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
