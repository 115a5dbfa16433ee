"""Which charts, and which packages of Operator Hub, bring the operator of which API groups.

``known_operators.json`` holds them. Of a group that several operators share the kind stands before
it.
"""

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources

__all__ = ["groups_of_chart", "groups_of_package"]


def groups_of_chart(name: str) -> Sequence[str]:
    """The groups whose custom resources need what a chart installs; none for other charts."""
    return _table()["charts"].get(name.rpartition("/")[2], ())


def groups_of_package(name: str) -> Sequence[str]:
    """The groups whose custom resources need what a Subscription installs; none for others."""
    return _table()["packages"].get(name, ())


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    text = resources.files(__package__).joinpath("known_operators.json").read_text("utf-8")
    table: dict[str, dict[str, list[str]]] = json.loads(text)
    return table
