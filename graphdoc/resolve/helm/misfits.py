"""Which of the values does not fit its chart, in Helm's own words."""

import re
from collections.abc import Iterable, Iterator

from graphdoc.model.location import Span
from graphdoc.model.node import Mapping, node_at
from graphdoc.resolve.helm.bundle import BundledChart
from graphdoc.resolve.helm.layering import EMPTY_VALUES, coalesce

__all__ = ["find_misfit"]

_MISFIT = re.compile(
    r"(?:(?P<chart>(?<!\S)\S+): )?- at '(?P<pointer>[^']*)': (?P<fault>(?:(?! - at ').)*)"
)
_MISMATCH = re.compile(r"type mismatch on ([^:]+):")
_ADDITIONAL = re.compile(r"additional propert\w+ '([^']+)'")


def find_misfit(message: str, chart: BundledChart, values: Mapping) -> Span | None:
    """Where the first such value stands that any layer sets."""
    return next(_misfits(message, chart, values), None)


def _misfits(message: str, chart: BundledChart, values: Mapping) -> Iterator[Span]:
    mismatch = _MISMATCH.match(message)
    whole = values.entries.get(mismatch[1]) if mismatch is not None else None
    if whole is not None and not isinstance(whole, Mapping):
        yield whole.span
    judged: tuple[Mapping, ...] = ()
    for match in _MISFIT.finditer(message):
        if match["chart"]:
            judged = tuple(_values_of(match["chart"], chart, values))
        yield from _at(match["pointer"], _ADDITIONAL.search(match["fault"]), judged)


def _at(pointer: str, extra: re.Match[str] | None, judged: Iterable[Mapping]) -> Iterator[Span]:
    for node in (node_at(values, pointer) for values in judged):
        if extra is not None and isinstance(node, Mapping) and extra[1] in node.keys:
            yield node.keys[extra[1]]
        elif extra is None and pointer and node is not None:
            yield node.span


def _values_of(name: str, chart: BundledChart, values: Mapping) -> Iterator[Mapping]:
    """What Helm holds against the schema of a chart; one that it requires may have its name."""
    effective = coalesce(values, chart.defaults)
    child = chart.child(name)
    if child is not None:
        yield coalesce(effective.mapping(name) or EMPTY_VALUES, child.defaults)
    if name == chart.metadata.name:
        yield effective
