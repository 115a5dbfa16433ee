"""Go's regular expressions: plain ones mean the same in Python, RE2 knows the syntax of all others.

Python's own matching may take exponential time. What is plain has few repetitions, and long texts
go to RE2, which takes linear time for every expression.
"""

import re
from functools import lru_cache
from typing import Protocol

from graphdoc.model.dataclass import dataclass
from graphdoc.resolve.kustomize.resources.trees import KustomizeError, NotUnderstoodError

__all__ = ["Expression", "compile_anchored", "compile_expression"]

_CLASS = r"\[\^?(?:[A-Za-z0-9]-[A-Za-z0-9]|[A-Za-z0-9_./:@ ])+-?\]"
_ATOM = rf"(?:[^\\.*+?()\[\]{{}}|^$]|\\[dw.*+?()\[\]{{}}|^$/_-]|\.|{_CLASS})"
_RUN = rf"(?:{_ATOM}[*+?]?)*+"
_ALTERNATIVES = rf"{_RUN}(?:\|{_RUN})*+"
_PLAIN = re.compile(rf"\^?(?:{_RUN}\((?:\?:)?{_ALTERNATIVES}\){_RUN}|{_ALTERNATIVES})\$?")
_REPEATED = re.compile(r"[*+]|(?<!\()\?")
_MOST_REPEATED = 3
_LONGEST = 128
# One byte of a character, which Go's engine has not.
_UNKNOWN_TO_GO = re.compile(r"(?<!\\)(?:\\\\)*\\C")


class Expression(Protocol):
    """An expression that can be searched for."""

    def search(self, text: str, /) -> object | None:
        """Something where a part of the text fits."""


def compile_anchored(text: str) -> Expression:
    """An expression that fits whole texts, as Kustomize's selectors do."""
    return compile_expression(text, "^(?:", ")$")


@lru_cache(maxsize=1024)
def compile_expression(text: str, before: str = "", after: str = "") -> Expression:
    """The expression between two others, which are plain themselves.

    Raises:
        KustomizeError: Go cannot read it.
        NotUnderstoodError: RE2 is needed and not installed.
    """
    repeated = len(_REPEATED.findall(text))
    if repeated > _MOST_REPEATED or not _PLAIN.fullmatch(text):
        return _compile(f"{before}{text}{after}")
    try:
        plain = re.compile(_to_python(before) + _to_python(text) + _to_python(after), re.ASCII)
    except re.error as error:
        raise _unreadable(text) from error
    return _Short(plain, f"{before}{text}{after}") if repeated else plain


@dataclass(frozen=True, slots=True)
class _Short:
    """An expression that Python's matching would take long for in long texts only."""

    plain: re.Pattern[str]
    text: str

    def search(self, text: str, /) -> object | None:
        if len(text) <= _LONGEST:
            return self.plain.search(text)
        return _compile(self.text).search(text)


def _to_python(text: str) -> str:
    """Python's ``$`` also fits before a line break at the end."""
    return f"{text[:-1]}\\Z" if text.endswith("$") and not text.endswith("\\$") else text


@lru_cache(maxsize=1024)
def _compile(text: str) -> Expression:
    try:
        import re2  # noqa: PLC0415 -- most expressions are plain, and this takes a while
    except ImportError as error:
        reason = f"a regular expression, for which google-re2 must be installed: {text}"
        raise NotUnderstoodError(reason) from error
    options = re2.Options()
    options.log_errors = False
    if _UNKNOWN_TO_GO.search(text):
        raise _unreadable(text)
    try:
        expression: Expression = re2.compile(text, options)
    except re2.error as error:
        raise _unreadable(text) from error
    return expression


def _unreadable(text: str) -> KustomizeError:
    return KustomizeError(f"no regular expression of Go: {text}")
