"""A picture as a file of its own: colours resolved, icons and background inside, links taken out.

Programs other than browsers know no CSS variables, so none is left in it.
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

from graphdoc.site.diagrams.cards import Picture
from graphdoc.site.writing.icons import symbols

__all__ = ["standalone_svg"]

_TOKEN = re.compile(r"--gd-([\w-]+):\s*([^;]+);")
_SVG_PART = re.compile(r"/\* svg:start \*/\n(.*?)/\* svg:end \*/", re.DOTALL)
_KIND = re.compile(
    r"^(\.k-[^{]+)\{ --k: var\(--gd-([\w-]+)\); --ks: var\(--gd-([\w-]+)\); \}", re.MULTILINE
)
_LINE = re.compile(r"^\.l-(\w+) \{ --l: var\(--gd-([\w-]+)\); \}", re.MULTILINE)
_VARIABLE = re.compile(r"var\(--gd-([\w-]+)\)")
_FALLBACK = re.compile(r"var\(--\w+, ([^()]+)\)")
_HREF = re.compile(r'<a href="[^"]*"')


def standalone_svg(picture: Picture) -> str:
    """The picture in the light colours, for a README, a slide or a printer."""
    kinds, lines = _kind_rules((*picture.kinds, "lane")), _line_rules(picture.lines)
    style = "".join((*kinds, _base(), *lines))
    icons = f"<defs>{symbols(picture.kinds)}</defs>"
    size = f'width="{picture.width}" height="{picture.height}"'
    background = f'<rect {size} fill="{_tokens()["bg"]}"/>'
    extra = f"</desc><style>\n{style}</style>{icons}{background}"
    return _HREF.sub("<a", picture.svg).replace("</desc>", extra, 1) + "\n"


def _kind_rules(kinds: Iterable[str]) -> list[str]:
    return [_kind_rule(kind, *_kind_colours()[kind]) for kind in kinds if kind in _kind_colours()]


def _kind_rule(kind: str, fill: str, stroke: str) -> str:
    own, chip = f".gd-svg .k-{kind}", f".gd-svg .gd-n .chip.k-{kind}"
    return (
        f"{own} > .b, {own} > a > .b, {chip} > .b {{ fill: {fill}; stroke: {stroke}; }}\n"
        f"{own} > .s, {own} > a > .s, {own} > use, {own} > a > use {{ fill: {stroke}; }}\n"
        f"{own} .win .r {{ stroke: {stroke}; }}\n"
    )


def _line_rules(lines: Iterable[str]) -> list[str]:
    colours = {name: _tokens()[token] for name, token in _LINE.findall(_sheet())}
    return [
        f".gd-svg .gd-e.l-{name} .line {{ stroke: {colours[name]}; }}\n"
        f".gd-svg .gd-e.l-{name} polygon {{ fill: {colours[name]}; }}\n"
        for name in lines
        if name in colours
    ]


def _base() -> str:
    """The rules that every diagram has, without the colours of kinds and lines."""
    part = _SVG_PART.search(_sheet())
    resolved = _VARIABLE.sub(lambda name: _tokens()[name[1]], part[1] if part else "")
    return _FALLBACK.sub(r"\1", resolved)


@cache
def _kind_colours() -> dict[str, tuple[str, str]]:
    return {
        name.strip().removeprefix(".k-"): (_tokens()[fill], _tokens()[stroke])
        for names, fill, stroke in _KIND.findall(_sheet())
        for name in names.split(",")
    }


@cache
def _tokens() -> dict[str, str]:
    """The light colours: the first block of the style sheet."""
    first = _sheet().partition("}")[0]
    return dict(_TOKEN.findall(first))


@cache
def _sheet() -> str:
    return resources.files("graphdoc.site").joinpath("assets", "graphdoc.css").read_text("utf-8")
