"""Templates of charts that nothing renders whole: the paths that they name may be in use."""

import re
from collections.abc import Iterator
from functools import lru_cache
from posixpath import dirname, join

from graphdoc.model.clone import Clone
from graphdoc.parse.gotemplate import ACTION
from graphdoc.resolve.repositories.contents import skim_text
from graphdoc.resolve.repositories.paths import chart_folders, files_below, matches_segments
from graphdoc.resolve.resolved import Estate

__all__ = ["Unrendered", "find_open_clones", "find_unrendered", "widen"]

_PATH = re.compile(r"(?<![\w.*-])(?:\$[\w-]+/)?/?([\w.*-]++(?:/[\w.*-]++)+)")

_BRINGING = re.compile(r"^kind:\s*[\"']?Application(?:Set)?\b", re.MULTILINE)


@lru_cache(maxsize=2)
def find_open_clones(estate: Estate) -> frozenset[str]:
    """The clones of charts that may bring ever more Applications, as a cluster decides.

    An assumed cluster gives such a chart values with placeholders: what is below is not known, and
    of what seems unused nothing can be said.
    """
    clones = estate.clones_by_name
    charts = {
        source.chart_folder
        for entry, source in estate.application_sources
        if entry.is_assumed and source.not_understood and source.chart_folder
    }
    return frozenset(
        clone
        for clone, folder in charts
        if any(map(_BRINGING.search, _templates(clones[clone], folder)))
    )


@lru_cache(maxsize=2)
def find_unrendered(estate: Estate) -> "Unrendered":
    """The paths in templates that nothing renders, gathered once."""
    return Unrendered(estate)


def widen(pattern: str) -> str:
    """A pattern of which what is filled in at its beginning may be several folders, or none.

    So annotations of a cluster say where in a repository things are: ``{{base}}clusters/east``.
    Without the name of a folder the pattern stays: it would mean files everywhere.
    """
    head, _, rest = pattern.partition("/")
    if not head.startswith("*") or not dirname(pattern).strip("*/"):
        return pattern
    return f"**/{rest if head == '*' else pattern}"


class Unrendered:
    """Every path in such templates, with ``*`` for what values fill in."""

    def __init__(self, estate: Estate) -> None:
        whole = frozenset(_rendered_whole(estate))
        charts = [
            (clone, chart)
            for clone in estate.clones
            for chart in sorted(chart_folders(clone.files))
            if (clone.name, chart) not in whole
        ]
        self._patterns = frozenset(path for one in charts for path in _named_by(*one))
        self._starts = frozenset(
            (clone.name, chart)
            for clone, chart in charts
            if any(map(_BRINGING.search, _templates(clone, chart)))
        )

    def names(self, path: str) -> bool:
        """Whether a template may mean a file or folder."""
        return any(matches_segments(path, pattern) for pattern in self._patterns)

    def starts_from(self, repository: str, folder: str) -> bool:
        """Whether a chart of the folder may bring Applications, given values of its own."""
        return (repository, folder) in self._starts


def _rendered_whole(estate: Estate) -> Iterator[tuple[str, str]]:
    """The charts of which all that they may bring is known."""
    for source in estate.sources:
        # Values that are not here may switch on what the chart does not bring without them.
        is_whole = not (source.problems or source.broken or source.not_understood)
        if source.chart_folder and is_whole:
            yield source.chart_folder
    for root in estate.roots:
        # One that is given no values here is given some elsewhere.
        beside = estate.clones_by_name[root.clone].children(root.path)
        if any(name.startswith("values-") for name in beside):
            yield root.clone, root.path


def _named_by(clone: Clone, chart: str) -> set[str]:
    texts = (ACTION.sub("*", text) for text in _templates(clone, chart))
    found = {match[1] for text in texts for match in _PATH.finditer(text)}
    return {path for path in found if "*" not in path.partition("/")[0]}


def _templates(clone: Clone, chart: str) -> Iterator[str]:
    return (skim_text(clone, path) for path in files_below(clone.files, join(chart, "templates")))
