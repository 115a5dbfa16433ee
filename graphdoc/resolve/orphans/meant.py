"""What ApplicationSets that yield nothing would render, were their one pattern spelled right."""

import re
from collections.abc import Iterator
from posixpath import dirname

from graphdoc.model.dataclass import dataclass
from graphdoc.model.node import Mapping, Scalar, mappings_within
from graphdoc.model.remembering import remembered
from graphdoc.model.resource import Resource
from graphdoc.parse.gotemplate import ACTION
from graphdoc.resolve.names.near_paths import nearest_folder
from graphdoc.resolve.repositories.paths import matches_segments, normalise
from graphdoc.resolve.resolved import Estate, ResolvedApplicationSet

__all__ = ["MeantSet", "find_meant_sets", "paths_looked_for", "yields_nothing"]

_PATH = re.compile(r"\{\{-?\s*(?:\.path\.)?path\s*-?\}\}")


@dataclass(frozen=True, slots=True)
class MeantSet:
    """A set that yields nothing; ``near`` is the folder that its pattern probably means.

    ``found`` is the pattern of what the template calls its path.
    """

    made: ResolvedApplicationSet
    near: str
    found: str
    excluded: tuple[str, ...]
    folders: tuple[tuple[str, str], ...]

    def renders(self, clone: str, path: str) -> bool:
        """Whether one of its Applications would render a folder."""
        if any(matches_segments(path, pattern) for pattern in self.excluded):
            return False
        return any(c == clone and matches_segments(path, pattern) for c, pattern in self.folders)

    def fill(self, text: str) -> str:
        """A text of its template, with ``*`` for what is not known."""
        return _fill(self.found, text)


@remembered  # several rules ask
def find_meant_sets(estate: Estate) -> tuple[MeantSet, ...]:
    """The sets that yield nothing and look for one path, to which a folder is near."""
    found = (_meant(estate, made) for made in estate.application_sets if yields_nothing(made))
    return tuple(meant for meant in found if meant is not None)


def yields_nothing(made: ResolvedApplicationSet) -> bool:
    """Whether nothing but its generators keeps a set from making Applications."""
    return not (made.applications or made.not_understood or made.problems)


def paths_looked_for(made: ResolvedApplicationSet) -> tuple[Scalar, ...]:
    """The paths that its git generators look for."""
    items = (item for _, item in _entries(made.resource) if not item.is_true("exclude"))
    return tuple(path for item in items if (path := item.scalar("path")) is not None)


def _entries(resource: Resource) -> Iterator[tuple[str, Mapping]]:
    generators = resource.manifest.find("spec", "generators")
    for within in mappings_within(generators) if generators is not None else ():
        for key in ("directories", "files"):
            yield from ((key, item) for item in within.mappings_at("git", key))


def _meant(estate: Estate, made: ResolvedApplicationSet) -> MeantSet | None:
    clone = estate.clone(made.resource.span.file.repository)
    patterns = paths_looked_for(made)
    if clone is None or len(patterns) != 1:
        return None
    wanted = str(patterns[0].value)
    fixed = wanted.partition("*")[0].rpartition("/")[0]
    near = nearest_folder(clone, fixed) if fixed else ""
    if not near or near == fixed:
        return None
    entries = tuple(_entries(made.resource))
    right = near + wanted.removeprefix(fixed)
    found = dirname(right) if entries[0][0] == "files" else right
    excluded = tuple(item.text("path") for _, item in entries if item.is_true("exclude"))
    return MeantSet(made, near, found, excluded, tuple(_folders(estate, made, found)))


def _folders(estate: Estate, made: ResolvedApplicationSet, found: str) -> Iterator[tuple[str, str]]:
    for source in (node for node in made.resource.mappings if "repoURL" in node.entries):
        match = estate.repositories.find(source.text("repoURL"))
        pattern = normalise(_fill(found, source.text("path")))
        if match is not None and pattern:
            yield match.clone.name, pattern


def _fill(found: str, text: str) -> str:
    return ACTION.sub("*", _PATH.sub(found, text))
