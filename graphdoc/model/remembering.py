"""Answers kept for as long as what they are about is at hand."""

from collections.abc import Callable
from functools import cache, lru_cache, partial, wraps
from typing import Concatenate, ParamSpec, TypeVar

__all__ = ["remembered"]

S = TypeVar("S")
_P = ParamSpec("_P")
T = TypeVar("T")


def remembered(function: Callable[Concatenate[S, _P], T]) -> Callable[Concatenate[S, _P], T]:
    """Keep every answer about the last two subjects, which may be an old and a new estate."""

    @lru_cache(maxsize=2)
    def about(subject: S) -> Callable[_P, T]:
        return cache(partial(function, subject))  # type: ignore[return-value] # it is called alike

    @wraps(function)
    def remembering(subject: S, /, *rest: _P.args, **named: _P.kwargs) -> T:
        return about(subject)(*rest, **named)

    return remembering
