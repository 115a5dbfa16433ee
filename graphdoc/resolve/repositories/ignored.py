"""What the .gitignore files of a clone say of its paths."""

from collections.abc import Iterator
from posixpath import basename, dirname

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.model.location import SourceFile, Span
from graphdoc.resolve.repositories.contents import read_text
from graphdoc.resolve.repositories.paths import matches_segments

__all__ = ["IgnoreRule", "Ignored"]


@dataclass(frozen=True, slots=True)
class IgnoreRule:
    """One line of a .gitignore, as globs from the repository's root: what it names, and below."""

    glob: str
    within: str
    negated: bool
    span: Span

    def matches(self, path: str) -> bool:
        """Whether the file is, or lies below, what the line names."""
        return matches_segments(path, self.within)


class Ignored:
    """Asked about one clone's paths: the deepest file decides, in it the last line that fits."""

    def __init__(self, clone: Clone) -> None:
        files = (path for path in clone.files if basename(path) == ".gitignore")
        self._rules = {dirname(path): tuple(reversed(list(_rules(clone, path)))) for path in files}

    def rule(self, path: str) -> IgnoreRule | None:
        """The line that ignores a path; ``None`` where none does."""
        folder = path
        while folder:
            folder = dirname(folder)
            last = next((r for r in self._rules.get(folder, ()) if r.matches(path)), None)
            if last is not None:
                return None if last.negated else last
        return None


def _rules(clone: Clone, path: str) -> Iterator[IgnoreRule]:
    home = f"{dirname(path)}/" if dirname(path) else ""
    for number, line in enumerate(read_text(clone, path).splitlines(), start=1):
        pattern = line.split("  #")[0].strip()
        if not pattern or pattern.startswith("#"):
            continue
        bare = pattern.removeprefix("!").rstrip("/")
        anchored = bare.startswith("/") or "/" in bare
        glob = home + (bare.lstrip("/") if anchored else f"**/{bare}")
        span = Span(SourceFile(clone.name, path), number, 1, number, len(line) + 1)
        yield IgnoreRule(glob, f"{glob}/**", pattern.startswith("!"), span)
