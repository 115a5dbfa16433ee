"""Elements of list generators, whose order makes no other Applications."""

import json
import re
from collections.abc import Mapping

from graphdoc.model.grouping import grouped
from graphdoc.model.node import Plain

__all__ = ["without_reordered"]

_ELEMENT = re.compile(
    r"(?P<list>/manifest/spec/(?:.+/)?generators/\d+/list/elements)/(?P<at>\d+)(?P<rest>/.*)?"
)
_Fields = Mapping[str, Plain]
_Lists = dict[str, list[str]]


def without_reordered(old: _Fields, new: _Fields) -> tuple[_Fields, _Fields]:
    """Both without the lists that hold the same elements in another order."""
    was, now = _elements(old), _elements(new)
    same = {name for name in was.keys() & now.keys() if was[name] == now[name]}
    return _without(old, same), _without(new, same)


def _elements(fields: _Fields) -> _Lists:
    """The elements of each list as text, sorted."""
    found = [(match, value) for p, value in fields.items() if (match := _ELEMENT.fullmatch(p))]
    items = grouped(((m["list"], m["at"]), (m["rest"] or "", value)) for m, value in found)
    texts = ((name, json.dumps(dict(item), sort_keys=True)) for (name, _), item in items.items())
    return {name: sorted(elements) for name, elements in grouped(texts).items()}


def _without(fields: _Fields, lists: set[str]) -> _Fields:
    return {
        pointer: value
        for pointer, value in fields.items()
        if not (match := _ELEMENT.fullmatch(pointer)) or match["list"] not in lists
    }
