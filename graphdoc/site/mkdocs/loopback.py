"""Answers only what a browser asks of this machine, whatever name somebody gives it."""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias
from urllib.parse import urlsplit

__all__ = ["for_this_machine"]

_Answer: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


def for_this_machine(answer: _Answer) -> _Answer:
    """The same answers, but none to a page whose name was made to lead here (DNS rebinding)."""

    def guarded(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if _host(str(environ.get("HTTP_HOST", ""))) in _NAMES:
            return answer(environ, start)
        start("403 Forbidden", [("Content-Type", "text/plain")])
        return [b"This site is served to this machine alone."]

    return guarded


def _host(header: str) -> str:
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""
