"""Effective Helm values in words: each with the line that set it, and what that overrode."""

import json
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import starmap
from typing import NamedTuple

from graphdoc.model.helm import ValueLayer
from graphdoc.model.inert import inert
from graphdoc.model.location import Span
from graphdoc.model.node import Node, to_plain
from graphdoc.model.redact import REDACTED, hide_credentials, is_credential_key, redact
from graphdoc.report.report import Report, line_at
from graphdoc.report.style import Style, paint
from graphdoc.resolve.helm.layering import spell_key, value_leaves
from graphdoc.resolve.resolved import ResolvedApplication, ResolvedSource
from graphdoc.resolve.secrets.known import KnownSecrets

__all__ = ["UnknownKeyError", "values_to_text"]

_WIDTH = 160


class UnknownKeyError(Exception):
    """No value of the Application has this key."""

    def __init__(self, key: str, nearest: str | None) -> None:
        hint = f"; did you mean '{nearest}'?" if nearest else ""
        super().__init__(f"no value '{key}'{hint}")


class _Leaf(NamedTuple):
    route: tuple[str, ...]
    node: Node

    @property
    def key(self) -> str:
        return spell_key(self.route)


def values_to_text(report: Report, entry: ResolvedApplication, key: str | None) -> str:
    """The values of every chart of an Application, or those under one key.

    Raises:
        UnknownKeyError: no chart of it has a value there.
    """
    groups = [
        (source, tuple(starmap(_Leaf, value_leaves(source.values))))
        for source in entry.sources
        if source.values is not None
    ]
    known = [leaf.key for _, leaves in groups for leaf in leaves]
    if key is not None and not any(_is_under(name, key) for name in known):
        raise UnknownKeyError(key, _nearest(key, known))
    lines: list[str] = []
    for source, leaves in groups:
        chosen = [leaf for leaf in leaves if _is_under(leaf.key, key or "")]
        if chosen:
            lines += _source_lines(report, entry, source, chosen)
    return "".join(f"{line}\n" for line in lines)


def _source_lines(
    report: Report, entry: ResolvedApplication, source: ResolvedSource, leaves: list[_Leaf]
) -> Iterator[str]:
    chart = f", chart {source.chart.name}" if source.chart else ""
    title = inert(f"{entry.id}, source {source.source.index}{chart}")
    yield paint(f"# {title}", Style.BOLD, on=report.colour)
    for number, layer in enumerate(source.layers, start=1):
        yield f"# layer {number}: {_layer_name(report, layer)}"
    for broken in source.broken:
        yield f"# missing: {inert(broken.wanted)} ({_place(report, broken.scalar.span)})"
    for gap in source.not_understood:
        yield f"# not understood: {inert(gap.reason)} ({_place(report, gap.location)})"
    known = KnownSecrets(entry.resources)
    for leaf in leaves:
        yield from _leaf_lines(report, leaf, source.layers, known)
    yield ""


def _layer_name(report: Report, layer: ValueLayer) -> str:
    if layer.file is not None:
        return f"{inert(report.place(*layer.file))} ({layer.kind})"
    return f"{_place(report, layer.reference or layer.root.span)} ({layer.kind})"


def _leaf_lines(
    report: Report, leaf: _Leaf, layers: tuple[ValueLayer, ...], known: KnownSecrets
) -> Iterator[str]:
    key = paint(inert(leaf.key), Style.CYAN, on=report.colour)
    is_secret = known.holds(to_plain(leaf.node))
    yield f"{key}: {_value(leaf, leaf.node, is_secret=is_secret)}"
    yield f"    {_place(report, leaf.node.span)}"
    for span in reversed(leaf.node.earlier):
        below = next(
            (n for la in layers if (n := la.root.find(*leaf.route)) and n.span == span), None
        )
        old = (
            f"overrides {_value(leaf, below, is_secret=is_secret)} "
            if below is not None
            else "overrides "
        )
        yield f"    {old}{_place(report, span)}"


def _value(leaf: _Leaf, node: Node, *, is_secret: bool) -> str:
    plain = redact(to_plain(node))
    if (is_secret or is_credential_key(leaf.route[-1])) and plain not in (None, "", [], {}):
        return REDACTED
    text = inert(json.dumps(hide_credentials(plain), ensure_ascii=False))
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"


def _is_under(key: str, prefix: str) -> bool:
    return not prefix or key == prefix or key.startswith(f"{prefix}.")


def _nearest(key: str, known: list[str]) -> str | None:
    """The likeliest whole key: one that ends so, or whose spelling or last part is near."""
    ends = [name for name in known if name.endswith(f".{key}")]
    by_end = {name.rpartition(".")[2]: name for name in reversed(known)}
    whole = get_close_matches(key, known, n=1, cutoff=0.7)
    part = [by_end[end] for end in get_close_matches(key, by_end, n=1, cutoff=0.6)]
    return next(iter((*ends, *whole, *part)), None)


def _place(report: Report, span: Span) -> str:
    return inert(line_at(report.place, span))
