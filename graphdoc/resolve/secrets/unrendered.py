"""Secrets and ConfigMaps of charts that nothing analysed renders, one for each item of a list."""

import re
from collections.abc import Iterator
from functools import lru_cache
from posixpath import join
from typing import NamedTuple

from graphdoc.model.clone import Clone
from graphdoc.parse.gotemplate import ACTION
from graphdoc.resolve.names.spelling import has_word, with_gaps
from graphdoc.resolve.repositories.contents import skim_text
from graphdoc.resolve.repositories.paths import files_below, outer_charts
from graphdoc.resolve.resolved import Estate

__all__ = ["is_made_by_unrendered_chart"]

_DOCUMENT = re.compile(r"^---", re.MULTILINE)
_KINDS = {
    "ConfigMap": re.compile(r"^kind:\s*[\"']?ConfigMap\b", re.MULTILINE),
    "Secret": re.compile(r"^kind:\s*[\"']?\w*Secret\b", re.MULTILINE),
}
_NAME = re.compile(r"^metadata:[^\S\n]*\n+(?:[ \t].*\n)*?[ \t]+name:[ \t]*(\S.*)$", re.MULTILINE)
# What stands for an item of a list, and not for the release or what all of the chart shares.
_ITEM = re.compile(
    r"\{\{-?\s*(?:\$\w+|\.(?!Values\b|Release\b|Chart\b)\w*)(?:\.\w+)*\s*(?:\|[^{}]*)?\}\}"
)
_NAMING = re.compile(r"values[\w.-]*\.ya?ml")


class _Made(NamedTuple):
    """The names of what a template makes, and the text of the values that hold the items."""

    names: re.Pattern[str]
    is_item_alone: bool
    values: str


def is_made_by_unrendered_chart(estate: Estate, kind: str, name: str) -> bool:
    """Whether such a chart may make it: its template names it so, or its values list the name."""
    return any(
        made.names.fullmatch(name) and (not made.is_item_alone or has_word(made.values, name))
        for made in _makers(estate, kind)
    )


@lru_cache(maxsize=4)
def _makers(estate: Estate, kind: str) -> tuple[_Made, ...]:
    rendered = {source.chart_folder for source in estate.sources if source.chart_folder}
    rendered |= {(root.clone, root.path) for root in estate.roots}
    return tuple(
        made
        for clone in estate.clones
        for chart in sorted(set(outer_charts(clone.files)) - _required(estate, clone))
        if (clone.name, chart) not in rendered
        for made in _made_by(clone, chart, kind)
    )


def _required(estate: Estate, clone: Clone) -> set[str]:
    """The charts of a clone that others of it require: these render them."""
    charts = {chart: estate.files.chart(clone, chart) for chart in outer_charts(clone.files)}
    wanted = {one.name for facts in charts.values() if facts for one in facts.dependencies}
    return {chart for chart, facts in charts.items() if facts and facts.name in wanted}


def _made_by(clone: Clone, chart: str, kind: str) -> Iterator[_Made]:
    for path in files_below(clone.files, join(chart, "templates")):
        for document in _DOCUMENT.split(skim_text(clone, path)):
            match = _NAME.search(document) if _KINDS[kind].search(document) else None
            name = match[1].strip("\"' \t\r") if match is not None else ""
            rest = _ITEM.sub("\0", name)
            if "\0" in rest and not ACTION.search(rest):
                names = with_gaps(rest.split("\0"), "[a-z0-9.-]+?")
                yield _Made(names, not rest.strip("\0"), _values(clone, chart))


def _values(clone: Clone, chart: str) -> str:
    files = (name for name in clone.children(chart) if _NAMING.fullmatch(name))
    return "\n".join(skim_text(clone, join(chart, name)) for name in files)
