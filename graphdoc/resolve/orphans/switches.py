"""Charts that the template of another chart names, where no values switch that template on."""

import re
from functools import lru_cache
from posixpath import dirname

from graphdoc.model.location import SourceFile
from graphdoc.resolve.repositories.contents import skim_text
from graphdoc.resolve.resolved import Estate

__all__ = ["find_switch"]

_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)+", re.ASCII)


def find_switch(estate: Estate, chart: SourceFile) -> SourceFile | None:
    """The template of a rendered chart that names the folder of a chart, given by its file."""
    return _named(estate).get((chart.repository, dirname(chart.path)))


@lru_cache(maxsize=2)  # two rules ask
def _named(estate: Estate) -> dict[tuple[str, str], SourceFile]:
    charts = {source.chart_folder for source in estate.sources if source.chart_folder}
    charts |= {(root.clone, root.path) for root in estate.roots}
    found: dict[tuple[str, str], SourceFile] = {}
    for clone in estate.clones:
        own = (path for name, path in charts if name == clone.name)
        folders = tuple(f"{path}/templates/".lstrip("/") for path in own)
        for path in (path for path in clone.files if path.startswith(folders)):
            for place in _PATH.findall(skim_text(clone, path)):
                found.setdefault((clone.name, place), SourceFile(clone.name, path))
    return found
