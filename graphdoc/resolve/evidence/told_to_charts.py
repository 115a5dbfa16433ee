"""What charts that could not be rendered are told."""

import re
from collections.abc import Iterator
from posixpath import dirname, join

from graphdoc.resolve.repositories.contents import skim_text
from graphdoc.resolve.resolved import Estate, Tool

__all__ = ["told_to_charts"]

_VALUES = re.compile(r"values.*\.ya?ml$")


def told_to_charts(estate: Estate) -> Iterator[str]:
    """The texts of values files: Applications and projects may be made of what they say."""
    clones = estate.clones_by_name
    files = {
        file
        for source in estate.sources
        if source.tool is Tool.HELM and source.not_understood
        for file in source.layered_files
    }
    places = {note.location.file for build in estate.builds for note in build.not_understood}
    for place in places:
        clone = clones.get(place.repository)
        folder = dirname(place.path)
        names = clone.children(folder) if clone is not None else ()
        files |= {place._replace(path=join(folder, name)) for name in names if _VALUES.search(name)}
    for file in sorted(file for file in files if file.repository in clones):
        yield skim_text(clones[file.repository], file.path)
