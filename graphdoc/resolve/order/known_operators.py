"""Which charts, and which packages of Operator Hub, bring the operator of which API groups.

``known_operators.json`` holds them. Of a group that several operators share the kind stands before
it.
"""

from collections.abc import Sequence
from functools import cache

from graphdoc.model.shipped import shipped_table

__all__ = ["groups_of_chart", "groups_of_package"]


def groups_of_chart(name: str) -> Sequence[str]:
    """The groups whose custom resources need what a chart installs; none for other charts."""
    return _table()["charts"].get(name.rpartition("/")[2], ())


def groups_of_package(name: str) -> Sequence[str]:
    """The groups whose custom resources need what a Subscription installs; none for others."""
    return _table()["packages"].get(name, ())


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    table: dict[str, dict[str, list[str]]] = shipped_table(__package__, "known_operators.json")
    return table
