"""Label selectors as kubectl writes them: ``a=b,c!=d,e in (f, g),!h``."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from graphdoc.resolve.kustomize.resources.trees import KustomizeError

__all__ = ["parse_labels"]

_LabelSelector: TypeAlias = Callable[[dict[str, str]], bool]

_KEY = r"[A-Za-z0-9](?:[A-Za-z0-9_./-]*[A-Za-z0-9])?"
_VALUE = r"(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?)?"
_EQUALITY = re.compile(rf"\s*({_KEY})\s*(==|=|!=)\s*({_VALUE})\s*")
_SET = re.compile(rf"\s*({_KEY})\s+(in|notin)\s*\(([^()]*)\)\s*")
_NUMBER = re.compile(rf"\s*({_KEY})\s*([<>])\s*(-?[0-9]{{1,18}})\s*")
_EXISTS = re.compile(rf"\s*+(!?)\s*+({_KEY})\s*")
_COMMA = re.compile(r",(?![^(]*\))")


@lru_cache(maxsize=1024)
def parse_labels(text: str) -> _LabelSelector:
    """What decides whether labels fit; an empty text fits all."""
    if not text.strip():
        return lambda _: True
    tests = [_parse_one(part) for part in _COMMA.split(text)]
    return lambda labels: all(test(labels) for test in tests)


def _parse_one(part: str) -> _LabelSelector:
    for pattern, make in (
        (_EQUALITY, _equality),
        (_SET, _set),
        (_NUMBER, _number),
        (_EXISTS, _exists),
    ):
        match = pattern.fullmatch(part)
        if match:
            return make(*match.groups())
    raise KustomizeError(f"unable to parse selector '{part.strip()}'")


def _equality(key: str, operator: str, value: str) -> _LabelSelector:
    if operator == "!=":
        return lambda labels: labels.get(key) != value
    return lambda labels: labels.get(key) == value


def _set(key: str, operator: str, values: str) -> _LabelSelector:
    wanted = frozenset(value.strip() for value in values.split(","))
    if operator == "notin":
        return lambda labels: labels.get(key) not in wanted
    return lambda labels: labels.get(key) in wanted


def _number(key: str, operator: str, value: str) -> _LabelSelector:
    bound = int(value)

    def compare(labels: dict[str, str]) -> bool:
        text = labels.get(key, "")
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
            return False
        return int(text) > bound if operator == ">" else int(text) < bound

    return compare


def _exists(negated: str, key: str) -> _LabelSelector:
    return (lambda labels: key not in labels) if negated else (lambda labels: key in labels)
