"""Go's regular expressions, by RE2: the same syntax, and linear time for every one of them."""

import re
from functools import lru_cache
from typing import Protocol

from graphdoc.resolve.kustomize.trees import KustomizeError, NotUnderstoodError

__all__ = ["Expression", "compile_expression"]

_PLAIN = re.compile(r"[A-Za-z0-9_/:-]*")
# One byte of a character, which Go's engine has not.
_UNKNOWN_TO_GO = re.compile(r"(?<!\\)(?:\\\\)*\\C")


class Expression(Protocol):
    """An expression that can be matched as a whole or searched for."""

    def fullmatch(self, text: str, /) -> object | None:
        """Something where the whole text fits."""

    def search(self, text: str, /) -> object | None:
        """Something where a part of the text fits."""


@lru_cache(maxsize=1024)
def compile_expression(text: str) -> Expression:
    """The expression, to be matched as a whole or searched for.

    Raises:
        KustomizeError: Go cannot read it.
        NotUnderstoodError: RE2 is not installed.
    """
    return re.compile(text) if _PLAIN.fullmatch(text) else _compile(text)


def _compile(text: str) -> Expression:
    try:
        import re2  # noqa: PLC0415 -- most targets are plain names, and this takes a while
    except ImportError as error:
        reason = f"a regular expression, for which google-re2 must be installed: {text}"
        raise NotUnderstoodError(reason) from error
    options = re2.Options()
    options.log_errors = False
    if _UNKNOWN_TO_GO.search(text):
        raise KustomizeError(f"no regular expression of Go: {text}")
    try:
        expression: Expression = re2.compile(text, options)
    except re2.error as error:
        raise KustomizeError(f"no regular expression of Go: {text}") from error
    return expression
