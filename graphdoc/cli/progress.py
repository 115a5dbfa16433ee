"""A sign of life on a terminal, once an analysis takes longer than a moment."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import Protocol

__all__ = ["show_progress"]

_PATIENCE = 2.0


@contextmanager
def show_progress() -> Iterator[Callable[[str], None]]:
    """Yield what a stage calls with its name; shows nothing unless standard error is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    sign = _Sign()
    timer = Timer(_PATIENCE, sign.start)
    timer.daemon = True
    timer.start()
    try:
        yield sign.update
    finally:
        timer.cancel()
        sign.stop()


class _Status(Protocol):
    def update(self, status: str) -> None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


class _Sign:
    """The name of the running stage; drawn only after the timer has rung."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stage = ""
        self._status: _Status | None = None
        self._over = False

    def update(self, stage: str) -> None:
        with self._lock:
            self._stage = stage
            if self._status is not None:
                self._status.update(stage)

    def start(self) -> None:
        from rich.console import Console  # noqa: PLC0415 -- slow to import, seldom needed

        with self._lock:
            if not self._over:
                self._status = Console(stderr=True).status(self._stage)
                self._status.start()

    def stop(self) -> None:
        with self._lock:
            self._over = True
            if self._status is not None:
                self._status.stop()
