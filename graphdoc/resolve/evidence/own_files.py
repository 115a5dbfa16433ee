"""Which files of its own folder a chart's templates read, as patterns."""

import re
from collections.abc import Iterator
from posixpath import join

from graphdoc.model.clone import Clone
from graphdoc.model.grouping import grouped
from graphdoc.resolve.repositories.contents import read_text
from graphdoc.resolve.repositories.paths import files_below, matches_segments

__all__ = ["OwnFiles"]

_READ = re.compile(r"\.Files\.(?:Get|GetBytes|Glob|Lines)\b(?P<what>[^\n}]*)")
_OTHER = re.compile(r"\.Files\b(?!\.(?:Get|GetBytes|Glob|Lines)\b)")
_TEXT = re.compile(r"[ \t(]*(?:printf[ \t]+)?(?:\"((?:[^\"\\]|\\.)*)\"|`([^`]*)`)")
_VARIABLE = re.compile(r"^[ \t(]*\$(?P<name>\w+)")
_DEFINITION = re.compile(r"\$(?P<name>\w+)\s*+:?=\s*+(?P<what>[^\n}]*)")
_VERB = re.compile(r"%[-+# 0-9.]*[a-zA-Z]")
_ANY = "**"


class OwnFiles:
    """The files of one chart that ``.Files`` of its templates may stand for."""

    def __init__(self, clone: Clone, chart: str) -> None:
        self._folder = join(chart, "")
        templates = files_below(clone.files, join(chart, "templates"))
        texts = (read_text(clone, path) for path in templates)
        self._patterns = frozenset(p for text in texts if ".Files" in text for p in _patterns(text))

    def has(self, path: str) -> bool:
        """Whether a template may read a file."""
        if not self._patterns or not path.startswith(self._folder):
            return False
        own = path.removeprefix(self._folder)
        return any(matches_segments(own, pattern) for pattern in self._patterns)


def _patterns(text: str) -> Iterator[str]:
    if _OTHER.search(text):  # handed on whole, to a template that picks
        yield _ANY
    definitions = grouped((made["name"], made["what"]) for made in _DEFINITION.finditer(text))
    for read in _READ.finditer(text):
        variable = _VARIABLE.match(read["what"])
        # A loop sets nothing that could be read here, and several places leave it open.
        said = definitions.get(variable["name"], ()) if variable else (read["what"],)
        yield _pattern(said[0] if len(said) == 1 else "")


def _pattern(said: str) -> str:
    """What an expression may come to, as far as it is a text."""
    found = _TEXT.match(said)
    literal = (found[1] or found[2] or "") if found else ""
    return _VERB.sub("*", literal).removeprefix("./") or _ANY
