"""Charts of the repositories that are analysed, by the address at which they are published.

A chart repository is often built from a Git repository: ``https://org.github.io/charts`` from
``github.com/org/charts``. The clone then has its charts, packed or as folders, and by the habit of
chart-releaser a tag ``<chart>-<version>`` for each that was ever published.
"""

import re
from collections.abc import Iterator
from dataclasses import field

from graphdoc.model.clone import Clone
from graphdoc.model.dataclass import dataclass
from graphdoc.resolve.helm.chart_cache import ChartCache, FoundChart
from graphdoc.resolve.repositories.addresses import Repositories, url_identity

__all__ = ["PublishedCharts", "publishers"]

# Where a forge serves what lies in a repository, and the repository.
_PAGES = (
    (re.compile(r"([^./]+)\.github\.io/([^/]+)(?:/.*)?"), r"github.com/\1/\2"),
    (re.compile(r"([^./]+)\.github\.io"), r"github.com/\1/\1.github.io"),
    (re.compile(r"raw\.githubusercontent\.com/([^/]+)/([^/]+)/.*"), r"github.com/\1/\2"),
    (re.compile(r"([^./]+)\.gitlab\.io/([^/]+)(?:/.*)?"), r"gitlab.com/\1/\2"),
    (re.compile(r"ghcr\.io/([^/]+)/([^/]+)(?:/.*)?"), r"github.com/\1/\2"),
    (re.compile(r"registry\.gitlab\.com/([^/]+)/([^/]+)(?:/.*)?"), r"gitlab.com/\1/\2"),
)


def publishers(repository: str) -> Iterator[str]:
    """The addresses of the Git repositories that may publish a chart repository."""
    identity = url_identity(repository)
    yield identity
    for pattern, source in _PAGES:
        if pattern.fullmatch(identity):
            yield pattern.sub(source, identity)


@dataclass(eq=False)
class PublishedCharts(ChartCache):
    """The charts of a folder, and those that the clones publish."""

    repositories: Repositories = field(default_factory=lambda: Repositories(()))
    _shelves: dict[int, tuple[Clone, ChartCache]] = field(default_factory=dict)

    def find(self, repository: str, name: str, version: str) -> FoundChart | None:
        """The chart of the folder, else of the clone that is published at the address."""
        found = super().find(repository, name, version)
        for clone in self._publishers(repository):
            tagged = clone.at(f"{name}-{version}")
            for place in (clone, *([tagged] if tagged is not None else [])):
                found = found or self._shelf(place).find(repository, name, version)
        return found

    def chart_of(self, tree: str) -> str | None:
        """The chart that a tree holds; ``None`` for the name of a repository."""
        shelves = (shelf.chart_of(tree) for _, shelf in self._shelves.values())
        return super().chart_of(tree) or next(filter(None, shelves), None)

    def _publishers(self, repository: str) -> Iterator[Clone]:
        for address in publishers(repository):
            match = self.repositories.find(address)
            if match is not None and match.certain:
                yield match.clone

    def _shelf(self, clone: Clone) -> ChartCache:
        key = id(clone)
        if key not in self._shelves:
            self._shelves[key] = (clone, ChartCache(clone, self.files))
        return self._shelves[key][1]
