"""Charts that the template of another chart names, where no values switch that template on."""

import re
from functools import lru_cache
from posixpath import basename, dirname

from graphdoc.model.location import SourceFile
from graphdoc.parse.gotemplate import ACTION
from graphdoc.resolve.repositories.contents import skim_text
from graphdoc.resolve.resolved import Estate

__all__ = ["find_switch"]

_ANY = "*"
_PATH = re.compile(r"(?<![\w.-])[\w.-]++(?:/(?:[\w.-]++|\*(?=/)))*/[\w.-]++", re.ASCII)


def find_switch(estate: Estate, chart: SourceFile) -> SourceFile | None:
    """The template of a rendered chart that names the folder of a chart, given by its file.

    What the template fills in stands for any one folder within the path.
    """
    folder = dirname(chart.path)
    named = _named(estate).get((chart.repository, basename(folder)), {})
    fitting = (file for path, file in named.items() if _fits(folder, path))
    return next(fitting, None)


def _fits(folder: str, path: str) -> bool:
    parts, wanted = folder.split("/"), path.split("/")
    return len(parts) == len(wanted) and all(
        want in {part, _ANY} for part, want in zip(parts, wanted, strict=True)
    )


@lru_cache(maxsize=2)  # two rules ask
def _named(estate: Estate) -> dict[tuple[str, str], dict[str, SourceFile]]:
    """By clone and the last folder's name, every path that a template names."""
    charts = {source.chart_folder for source in estate.sources if source.chart_folder}
    charts |= {(root.clone, root.path) for root in estate.roots}
    found: dict[tuple[str, str], dict[str, SourceFile]] = {}
    for clone in estate.clones:
        own = (path for name, path in charts if name == clone.name)
        folders = tuple(f"{path}/templates/".lstrip("/") for path in own)
        for path in (path for path in clone.files if path.startswith(folders)):
            for place in _PATH.findall(ACTION.sub(_ANY, skim_text(clone, path))):
                paths = found.setdefault((clone.name, basename(place)), {})
                paths.setdefault(place, SourceFile(clone.name, path))
    return found
