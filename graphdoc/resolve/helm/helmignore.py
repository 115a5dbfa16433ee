"""Which files of a chart Helm leaves out, as its ``.helmignore`` says.

That is no ``.gitignore``: the first line that fits decides, and a line with ``!`` leaves out
whatever it does not fit.
"""

from posixpath import basename, join

from graphdoc.model.clone import Clone, UnreadableError
from graphdoc.model.dataclass import dataclass
from graphdoc.resolve.repositories.paths import matches_segments

__all__ = ["HelmIgnore"]

_NAME = ".helmignore"


@dataclass(frozen=True, slots=True)
class _Line:
    pattern: str
    folders_only: bool
    negated: bool

    def hides(self, path: str, *, is_folder: bool) -> bool:
        if self.folders_only and not is_folder:
            return self.negated
        return self._fits(path) != self.negated

    def _fits(self, path: str) -> bool:
        is_path = "/" in self.pattern
        return matches_segments(path if is_path else basename(path), self.pattern.lstrip("/"))


class HelmIgnore:
    """The ``.helmignore`` of the chart in a folder of a clone."""

    def __init__(self, clone: Clone, chart: str) -> None:
        path = join(chart, _NAME)
        try:
            text = clone.read(path).decode("utf-8", "replace") if clone.is_file(path) else ""
        except UnreadableError:
            text = ""
        lines = (line.strip() for line in text.lstrip("\ufeff").splitlines())
        self._lines = tuple(_line(one) for one in lines if one and not one.startswith("#"))

    def hides(self, path: str) -> bool:
        """Whether Helm leaves out a file, or a folder that it lies in."""
        parts = path.split("/")
        folders = ("/".join(parts[:end]) for end in range(1, len(parts)))
        return self._hides(path, is_folder=False) or any(
            self._hides(folder, is_folder=True) for folder in folders
        )

    def _hides(self, path: str, *, is_folder: bool) -> bool:
        return any(line.hides(path, is_folder=is_folder) for line in self._lines)


def _line(text: str) -> _Line:
    pattern = text.removeprefix("!")
    return _Line(pattern.removesuffix("/"), pattern.endswith("/"), text.startswith("!"))
