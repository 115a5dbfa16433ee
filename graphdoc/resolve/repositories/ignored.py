"""What the .gitignore files of a clone say of its paths."""

import re
from collections.abc import Iterable, Iterator
from posixpath import dirname

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import SourceFile, Span
from graphdoc.resolve.repositories.contents import read_text
from graphdoc.resolve.repositories.paths import files_named, folders_above, matches_segments

__all__ = ["IgnoreRule", "Ignored"]

_PLAIN = re.compile(r"[\w./-]+")


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """One line of a .gitignore: a glob from the root, or for names in every folder below."""

    glob: str
    is_name: bool
    negated: bool
    span: Span


class Ignored:
    """Asked about one clone's paths: a line for the path itself goes before those for its folders.

    Of those for one path the deepest file decides, in it the last line that fits.
    """

    def __init__(self, clone: Clone) -> None:
        files = files_named(clone.files, ".gitignore")
        self._lines = {dirname(path): _Lines(clone, path) for path in files}
        self._rules: dict[str, IgnoreRule | None] = {"": None}
        self._above: dict[str, list[_Lines]] = {}

    def rule(self, path: str) -> IgnoreRule | None:
        """The line that ignores a path; ``None`` where none does."""
        below: list[str] = []
        while path not in self._rules:
            below.append(path)
            found = self._find(path)
            if found is not None:
                self._rules[path] = None if found.negated else found
            else:
                path = path.rpartition("/")[0]
        for one in below:
            self._rules[one] = self._rules[path]
        return self._rules[path]

    def _find(self, path: str) -> IgnoreRule | None:
        folder = path.rpartition("/")[0]
        if folder not in self._above:
            above = (folder, *folders_above(folder))
            self._above[folder] = [self._lines[one] for one in above if one in self._lines]
        for lines in self._above[folder]:
            found = lines.last(path)
            if found is not None:
                return found
        return None


class _Lines:
    """One .gitignore; what it says of a name is the same in every folder, and found once."""

    def __init__(self, clone: Clone, path: str) -> None:
        rules = sorted(_rules(clone, path), key=_line, reverse=True)
        self._of_names = _Globs(rule for rule in rules if rule.is_name)
        self._of_paths = _Globs(rule for rule in rules if not rule.is_name)
        self._names: dict[str, IgnoreRule | None] = {}

    def last(self, path: str) -> IgnoreRule | None:
        """The last line that fits a path."""
        name = path.rpartition("/")[2]
        if name not in self._names:
            self._names[name] = self._of_names.last(name)
        return _later(self._names[name], self._of_paths.last(path))


class _Globs:
    """Some of the lines, the last one first; those without a wildcard are looked up."""

    def __init__(self, rules: Iterable[IgnoreRule]) -> None:
        self._plain: dict[str, IgnoreRule] = {}
        self._wild: list[IgnoreRule] = []
        for rule in rules:
            if _PLAIN.fullmatch(rule.glob):
                self._plain.setdefault(rule.glob, rule)
            else:
                self._wild.append(rule)

    def last(self, text: str) -> IgnoreRule | None:
        """The last line whose glob fits."""
        wild = next((rule for rule in self._wild if matches_segments(text, rule.glob)), None)
        return _later(self._plain.get(text), wild)


def _later(*rules: IgnoreRule | None) -> IgnoreRule | None:
    return max((rule for rule in rules if rule is not None), key=_line, default=None)


def _line(rule: IgnoreRule) -> int:
    return rule.span.line


def _rules(clone: Clone, path: str) -> Iterator[IgnoreRule]:
    home = f"{dirname(path)}/" if dirname(path) else ""
    for number, line in enumerate(read_text(clone, path).splitlines(), start=1):
        pattern = line.split("  #")[0].strip()
        if not pattern or pattern.startswith("#"):
            continue
        bare = pattern.removeprefix("!").rstrip("/")
        is_name = "/" not in bare
        glob = bare if is_name else home + bare.lstrip("/")
        span = Span(SourceFile(clone.name, path), number, 1, number, len(line) + 1)
        yield IgnoreRule(glob, is_name, pattern.startswith("!"), span)
