"""What a document has its readers make: of that, what it names need not be there yet."""

import re
from collections.abc import Iterable, Iterator
from posixpath import basename, dirname
from typing import NamedTuple

from graphdoc.parse.markdown import Fence, Line
from graphdoc.resolve.documents.known_paths import KnownPaths
from graphdoc.resolve.documents.speech import SHELL, arguments_in, is_placeholder, names_a_file
from graphdoc.resolve.repositories.paths import normalise

__all__ = ["Made", "find_made"]

_MAKERS = re.compile(r"^\s*(?:\$ )?(mkdir|touch|cp|mv)\s")
_ADDS = re.compile(r"^\s*(?:\$ )?(git add)\s")
_TO_THE_LAST = frozenset({"cp", "mv"})


class Made(NamedTuple):
    """Places that commands make, and names of folders that nothing has yet."""

    places: tuple[str, ...]
    names: tuple[str, ...]

    def has(self, text: str) -> bool:
        """Whether a path or an address lies in what is made."""
        return any(f"/{part}/" in f"/{text}/" for part in (*self.places, *self.names))


def find_made(known: KnownPaths, clone: str, near: str, fences: Iterable[Fence]) -> Made:
    """What the commands of a document in the folder ``near`` make.

    What they hand to Git counts where they make anything: else it should be there.
    """
    lines = [line for fence in fences if fence.language in SHELL for line in fence.lines]
    made = [p for p in _targets(lines, _MAKERS) if _is_new(known, clone, near, p)]
    made += [p for p in _targets(lines, _ADDS) if made and _is_new(known, clone, near, p)]
    folders = (basename(place) for place in made if not names_a_file(place))
    return Made(tuple(made), tuple(name for name in folders if not known.is_anywhere(name)))


def _targets(lines: Iterable[Line], tool: re.Pattern[str]) -> Iterator[str]:
    for line in lines:
        match = tool.match(line.text)
        words = [word.text for word, _ in arguments_in(line)] if match is not None else []
        if match is not None and match[1] in _TO_THE_LAST:
            words = [word for word in words[-1:] if line.text.rstrip().endswith(word)]
        yield from (normalise(word) or "" for word in words)


def _is_new(known: KnownPaths, clone: str, near: str, place: str) -> bool:
    """Whether nothing is there yet, and a file goes where files are: else it is a slip."""
    if not place or is_placeholder(place):
        return False
    is_there = any(known.has(*one) for one in known.readings(clone, near, place))
    is_meant = not names_a_file(place) or known.has_files_in(clone, dirname(place))
    return is_meant and not is_there
